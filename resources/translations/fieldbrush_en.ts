<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>ExportDialog</name>
    <message numerus="yes">
        <source>Labels (%n painted tile(s))</source>
        <translation>
            <numerusform>Labels (%n painted tile)</numerusform>
            <numerusform>Labels (%n painted tiles)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message numerus="yes">
        <source>%n file(s) written to {folder}</source>
        <translation>
            <numerusform>%n file written to {folder}</numerusform>
            <numerusform>%n files written to {folder}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>NewProjectDialog</name>
    <message numerus="yes">
        <source>%n file(s) left out</source>
        <translation>
            <numerusform>%n file left out</numerusform>
            <numerusform>%n files left out</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n scene(s)</source>
        <translation>
            <numerusform>%n scene</numerusform>
            <numerusform>%n scenes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QueuePanel</name>
    <message numerus="yes">
        <source>about %n tile(s) left</source>
        <translation>
            <numerusform>about %n tile left</numerusform>
            <numerusform>about %n tiles left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{done} of %n minute(s)</source>
        <translation>
            <numerusform>{done} of %n minute</numerusform>
            <numerusform>{done} of %n minutes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{done} of %n tile(s)</source>
        <translation>
            <numerusform>{done} of %n tile</numerusform>
            <numerusform>{done} of %n tiles</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message numerus="yes">
        <source>%n more waiting</source>
        <translation>
            <numerusform>%n more waiting</numerusform>
            <numerusform>%n more waiting</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TrainingPanel</name>
    <message numerus="yes">
        <source>Model {version}, IoU on %n tile(s) held back: {scores}</source>
        <translation>
            <numerusform>Model {version}, IoU on %n tile held back: {scores}</numerusform>
            <numerusform>Model {version}, IoU on %n tiles held back: {scores}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Ready to train on %n painted tile(s).</source>
        <translation>
            <numerusform>Ready to train on %n painted tile.</numerusform>
            <numerusform>Ready to train on %n painted tiles.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>relink</name>
    <message numerus="yes">
        <source>%n scene(s) are not where they were.</source>
        <translation>
            <numerusform>%n scene is not where it was.</numerusform>
            <numerusform>%n scenes are not where they were.</numerusform>
        </translation>
    </message>
</context>
</TS>
