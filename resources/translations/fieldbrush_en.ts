<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>ComparePage</name>
    <message numerus="yes">
        <source>IoU on %n tile(s) that neither has learned from.</source>
        <translation>
            <numerusform>IoU on %n tile that neither has learned from.</numerusform>
            <numerusform>IoU on %n tiles that neither has learned from.</numerusform>
        </translation>
    </message>
</context>
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
    <name>Exporting</name>
    <message numerus="yes">
        <source>%n file(s) written to {folder}</source>
        <translation>
            <numerusform>%n file written to {folder}</numerusform>
            <numerusform>%n files written to {folder}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HistoryPanel</name>
    <message numerus="yes">
        <source>%n class(es)</source>
        <translation>
            <numerusform>%n class</numerusform>
            <numerusform>%n classes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ImportMasksDialog</name>
    <message numerus="yes">
        <source>%n mask(s) for {tiles}.</source>
        <translation>
            <numerusform>%n mask for {tiles}.</numerusform>
            <numerusform>%n masks for {tiles}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n scene(s) have none.</source>
        <translation>
            <numerusform>%n scene has none.</numerusform>
            <numerusform>%n scenes have none.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tile(s)</source>
        <translation>
            <numerusform>%n tile</numerusform>
            <numerusform>%n tiles</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Importing</name>
    <message numerus="yes">
        <source>%n mask(s) lay on other pixels than their scene.</source>
        <translation>
            <numerusform>%n mask lay on other pixels than its scene.</numerusform>
            <numerusform>%n masks lay on other pixels than their scenes.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n mask(s) were found with the scenes and can become labels.</source>
        <translation>
            <numerusform>%n mask was found with the scenes and can become labels.</numerusform>
            <numerusform>%n masks were found with the scenes and can become labels.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tile(s) cannot be read.</source>
        <translation>
            <numerusform>%n tile cannot be read.</numerusform>
            <numerusform>%n tiles cannot be read.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tile(s) painted from masks.</source>
        <translation>
            <numerusform>%n tile painted from masks.</numerusform>
            <numerusform>%n tiles painted from masks.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LooseBandsOffer</name>
    <message numerus="yes">
        <source>These files are the bands of %n scene(s), each in a file of its own: {bands}. The program can put them together into one GeoTIFF a scene. Your files stay as they are.</source>
        <translation>
            <numerusform>These files are the bands of one scene, each in a file of its own: {bands}. The program can put them together into one GeoTIFF. Your files stay as they are.</numerusform>
            <numerusform>These files are the bands of %n scenes, each in a file of its own: {bands}. The program can put them together into one GeoTIFF a scene. Your files stay as they are.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message numerus="yes">
        <source>%n tile(s) hold less than {percent} % image data and are left out.</source>
        <translation>
            <numerusform>%n tile holds less than {percent} % image data and is left out.</numerusform>
            <numerusform>%n tiles hold less than {percent} % image data and are left out.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ModelList</name>
    <message numerus="yes">
        <source>%n tile(s)</source>
        <translation>
            <numerusform>%n tile</numerusform>
            <numerusform>%n tiles</numerusform>
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
        <source>%n mask(s) found</source>
        <translation>
            <numerusform>%n mask found</numerusform>
            <numerusform>%n masks found</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n mask(s): to be imported as labels</source>
        <translation>
            <numerusform>%n mask: to be imported as labels</numerusform>
            <numerusform>%n masks: to be imported as labels</numerusform>
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
    <name>NoteDialog</name>
    <message numerus="yes">
        <source>%n character(s) too long.</source>
        <translation>
            <numerusform>%n character too long.</numerusform>
            <numerusform>%n characters too long.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QueuePanel</name>
    <message numerus="yes">
        <source>From your last %n tile(s), pauses not counted.</source>
        <translation>
            <numerusform>From your last %n tile, pauses not counted.</numerusform>
            <numerusform>From your last %n tiles, pauses not counted.</numerusform>
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
    <name>RemoveClassDialog</name>
    <message numerus="yes">
        <source>“{name}” is painted on %n tile(s), {pixels} pixels.</source>
        <translation>
            <numerusform>“{name}” is painted on %n tile, {pixels} pixels.</numerusform>
            <numerusform>“{name}” is painted on %n tiles, {pixels} pixels.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ReviewPanel</name>
    <message numerus="yes">
        <source>%n pixel(s)</source>
        <translation>
            <numerusform>%n pixel</numerusform>
            <numerusform>%n pixels</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n place(s) to look at: what stands out most comes first.</source>
        <translation>
            <numerusform>%n place to look at.</numerusform>
            <numerusform>%n places to look at: what stands out most comes first.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Ask again about %n kept place(s)</source>
        <translation>
            <numerusform>Ask again about %n kept place</numerusform>
            <numerusform>Ask again about %n kept places</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ScoresPage</name>
    <message numerus="yes">
        <source>On %n tile(s) drawn at random and predicted before painting, {share} were right.</source>
        <translation>
            <numerusform>On %n tile drawn at random and predicted before painting, {share} were right.</numerusform>
            <numerusform>On %n tiles drawn at random and predicted before painting, {share} were right.</numerusform>
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
    <name>TileListPage</name>
    <message numerus="yes">
        <source>%n tile(s)</source>
        <translation>
            <numerusform>%n tile</numerusform>
            <numerusform>%n tiles</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{found} of %n tile(s)</source>
        <translation>
            <numerusform>{found} of %n tile</numerusform>
            <numerusform>{found} of %n tiles</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TrainingPanel</name>
    <message numerus="yes">
        <source>%n of them join(s) tiles it learned from: the score may flatter.</source>
        <translation>
            <numerusform>%n of them joins tiles it learned from: the score may flatter.</numerusform>
            <numerusform>%n of them join tiles it learned from: the score may flatter.</numerusform>
        </translation>
    </message>
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
    <message numerus="yes">
        <source>Stopped after %n step(s): the score on held-out tiles no longer rose.</source>
        <translation>
            <numerusform>Stopped after %n step: the score on held-out tiles no longer rose.</numerusform>
            <numerusform>Stopped after %n steps: the score on held-out tiles no longer rose.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Workspace</name>
    <message numerus="yes">
        <source>No tile is open any more. %n tile(s) were skipped or flagged: they are in the list of all tiles.</source>
        <translation>
            <numerusform>No tile is open any more. %n tile was skipped or flagged: it is in the list of all tiles.</numerusform>
            <numerusform>No tile is open any more. %n tiles were skipped or flagged: they are in the list of all tiles.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>_Search</name>
    <message numerus="yes">
        <source>Search %n composites</source>
        <translation>
            <numerusform>Search %n composite</numerusform>
            <numerusform>Search %n composites</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>budget</name>
    <message numerus="yes">
        <source>%n tile(s) left: about {minutes} min</source>
        <translation>
            <numerusform>%n tile left: about {minutes} min</numerusform>
            <numerusform>%n tiles left: about {minutes} min</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{minutes} min left: about %n tile(s)</source>
        <translation>
            <numerusform>{minutes} min left: about %n tile</numerusform>
            <numerusform>{minutes} min left: about %n tiles</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{minutes} min left: all %n tile(s) need about {needed} min</source>
        <translation>
            <numerusform>{minutes} min left: the last tile needs about {needed} min</numerusform>
            <numerusform>{minutes} min left: all %n tiles need about {needed} min</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>map</name>
    <message numerus="yes">
        <source>{name}: IoU {iou} on %n tile(s) held out</source>
        <translation>
            <numerusform>{name}: IoU {iou} on %n tile held out</numerusform>
            <numerusform>{name}: IoU {iou} on %n tiles held out</numerusform>
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
