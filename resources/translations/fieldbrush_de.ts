<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>AreasPage</name>
    <message>
        <source>95 % range</source>
        <translation>95-%-Bereich</translation>
    </message>
    <message>
        <source>All scenes</source>
        <translation>Alle Szenen</translation>
    </message>
    <message>
        <source>Areas by scene</source>
        <translation>Flächen je Szene</translation>
    </message>
    <message>
        <source>Areas of all scenes</source>
        <translation>Flächen aller Szenen</translation>
    </message>
    <message>
        <source>Corrected, {unit}</source>
        <translation>Korrigiert, {unit}</translation>
    </message>
    <message>
        <source>Counted on the map, scene by scene</source>
        <translation>Auf der Karte gezählt, Szene für Szene</translation>
    </message>
    <message>
        <source>Counted, {unit}</source>
        <translation>Gezählt, {unit}</translation>
    </message>
    <message>
        <source>Scene</source>
        <translation>Szene</translation>
    </message>
    <message>
        <source>not checked</source>
        <translation>nicht geprüft</translation>
    </message>
    <message>
        <source>not learned</source>
        <translation>nicht gelernt</translation>
    </message>
</context>
<context>
    <name>AskKeyDialog</name>
    <message>
        <source>New key</source>
        <translation>Neue Taste</translation>
    </message>
    <message>
        <source>Press the new key.</source>
        <translation>Die neue Taste drücken.</translation>
    </message>
    <message>
        <source>Use this key</source>
        <translation>Diese Taste nehmen</translation>
    </message>
</context>
<context>
    <name>BandsBox</name>
    <message>
        <source>Band</source>
        <translation>Band</translation>
    </message>
    <message>
        <source>Bands</source>
        <translation>Bänder</translation>
    </message>
    <message>
        <source>Bands, as we read them</source>
        <translation>Bänder, wie wir sie verstehen</translation>
    </message>
    <message>
        <source>Meaning</source>
        <translation>Bedeutung</translation>
    </message>
    <message>
        <source>Meaning of band {number}</source>
        <translation>Bedeutung von Band {number}</translation>
    </message>
    <message>
        <source>Nodata</source>
        <translation>Nodata</translation>
    </message>
    <message>
        <source>The side of the squares that you label, one after the other</source>
        <translation>Seitenlänge der Quadrate, die nacheinander gelabelt werden</translation>
    </message>
    <message>
        <source>Tile size</source>
        <translation>Kachelgröße</translation>
    </message>
    <message>
        <source>What the file says where nothing was measured, such as a border of zeros</source>
        <translation>Was in der Datei steht, wo nichts gemessen wurde, etwa ein Rand aus Nullen</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keiner</translation>
    </message>
</context>
<context>
    <name>BudgetAndFileBox</name>
    <message>
        <source>Budget</source>
        <translation>Budget</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Fieldbrush projects (*{suffix})</source>
        <translation>Fieldbrush-Projekte (*{suffix})</translation>
    </message>
    <message>
        <source>Save as</source>
        <translation>Speichern als</translation>
    </message>
    <message>
        <source>Save the project as</source>
        <translation>Projekt speichern als</translation>
    </message>
</context>
<context>
    <name>BudgetDialog</name>
    <message>
        <source>Budget</source>
        <translation>Budget</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Ändern</translation>
    </message>
    <message>
        <source>How much can you label in all?</source>
        <translation>Wie viel lässt sich insgesamt labeln?</translation>
    </message>
    <message>
        <source>That much is done already.</source>
        <translation>So viel ist schon erledigt.</translation>
    </message>
</context>
<context>
    <name>BudgetFields</name>
    <message>
        <source>Budget</source>
        <translation>Budget</translation>
    </message>
    <message>
        <source>Budget unit</source>
        <translation>Einheit des Budgets</translation>
    </message>
    <message>
        <source>minutes</source>
        <translation>Minuten</translation>
    </message>
    <message>
        <source>tiles</source>
        <translation>Kacheln</translation>
    </message>
</context>
<context>
    <name>CanvasView</name>
    <message>
        <source>Canvas</source>
        <translation>Bildfläche</translation>
    </message>
    <message>
        <source>Close the polygon first with Enter, or give it up with Esc.</source>
        <translation>Zuerst das Polygon mit Enter schließen oder mit Esc verwerfen.</translation>
    </message>
    <message>
        <source>Double-click a tile to label it</source>
        <translation>Eine Kachel doppelklicken, um sie zu labeln</translation>
    </message>
    <message>
        <source>Finish the stroke first, or give it up with Esc.</source>
        <translation>Zuerst den Strich beenden oder mit Esc verwerfen.</translation>
    </message>
</context>
<context>
    <name>CertaintyPage</name>
    <message>
        <source>This is measured on strokes: they cover {share} of the tiles held back, mostly inside patches. Along edges, and so on the whole map, the model is right less often than it says.</source>
        <translation>Gemessen ist das an Strichen: Sie bedecken {share} der zurückgehaltenen Kacheln, meist im Inneren von Flächen. An Rändern, und damit auf der ganzen Karte, hat das Modell seltener recht, als es angibt.</translation>
    </message>
    <message>
        <source>This model was trained without tiles held back: nobody knows how far to believe it.</source>
        <translation>Dieses Modell wurde ohne zurückgehaltene Kacheln trainiert: Niemand weiß, wie weit man ihm glauben darf.</translation>
    </message>
    <message>
        <source>When the model is 80 % certain, it should be right in 80 of 100 pixels: the columns should end at the line. On average they miss it by {after}; before its certainty was corrected, by {before}.</source>
        <translation>Ist das Modell zu 80 % gewiss, sollte es bei 80 von 100 Pixeln recht haben: Die Säulen sollten an der Linie enden. Im Mittel verfehlen sie diese um {after}; bevor die Gewissheit korrigiert wurde, um {before}.</translation>
    </message>
</context>
<context>
    <name>ChangeKeyDialog</name>
    <message>
        <source>Change a key</source>
        <translation>Taste ändern</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>Standard</translation>
    </message>
    <message>
        <source>No key</source>
        <translation>Keine Taste</translation>
    </message>
    <message>
        <source>This key is free.</source>
        <translation>Diese Taste ist frei.</translation>
    </message>
    <message>
        <source>{key} is taken: {use}.</source>
        <translation>{key} ist vergeben: {use}.</translation>
    </message>
    <message>
        <source>“{command}” has this key now and loses it.</source>
        <translation>„{command}“ hat diese Taste jetzt und verliert sie.</translation>
    </message>
</context>
<context>
    <name>ClassKeyDialog</name>
    <message>
        <source>Follow the order: {key}</source>
        <translation>Der Reihenfolge folgen: {key}</translation>
    </message>
    <message>
        <source>Free key {key}</source>
        <translation>Freie Taste {key}</translation>
    </message>
    <message>
        <source>Free keys</source>
        <translation>Freie Tasten</translation>
    </message>
    <message>
        <source>Key of a class</source>
        <translation>Taste einer Klasse</translation>
    </message>
    <message>
        <source>The key of a class is a Latin letter, also with Shift, or a digit from 1 to 9.</source>
        <translation>Die Taste einer Klasse ist ein lateinischer Buchstabe, auch mit Umschalt, oder eine Ziffer von 1 bis 9.</translation>
    </message>
    <message>
        <source>This key is free.</source>
        <translation>Diese Taste ist frei.</translation>
    </message>
    <message>
        <source>no key</source>
        <translation>keine Taste</translation>
    </message>
    <message>
        <source>{key} is taken: {use}.</source>
        <translation>{key} ist vergeben: {use}.</translation>
    </message>
    <message>
        <source>{key} is the key of the class “{name}”.</source>
        <translation>{key} ist die Taste der Klasse „{name}“.</translation>
    </message>
    <message>
        <source>{key} is the key of “{command}”. Give that another one first: Help, Keys.</source>
        <translation>{key} ist die Taste von „{command}“. Diesem Befehl erst eine andere geben: Hilfe, Tastenkürzel.</translation>
    </message>
</context>
<context>
    <name>ClassTable</name>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>Add a class</source>
        <translation>Klasse hinzufügen</translation>
    </message>
    <message>
        <source>Change the colour</source>
        <translation>Farbe ändern</translation>
    </message>
    <message>
        <source>Choose the key</source>
        <translation>Die Taste wählen</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>Klasse</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>Klassen</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>Farbe</translation>
    </message>
    <message>
        <source>Colour of the class</source>
        <translation>Farbe der Klasse</translation>
    </message>
    <message>
        <source>Double-click to change the colour</source>
        <translation>Doppelklick ändert die Farbe</translation>
    </message>
    <message>
        <source>Double-click to choose a key</source>
        <translation>Doppelklicken, um eine Taste zu wählen</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Taste</translation>
    </message>
    <message>
        <source>Move down, to a later key (Alt+Down)</source>
        <translation>Nach unten, auf eine spätere Taste (Alt+Abwärts)</translation>
    </message>
    <message>
        <source>Move up, to an earlier key (Alt+Up)</source>
        <translation>Nach oben, auf eine frühere Taste (Alt+Aufwärts)</translation>
    </message>
    <message>
        <source>Remove the class</source>
        <translation>Klasse entfernen</translation>
    </message>
    <message>
        <source>class {number}</source>
        <translation>Klasse {number}</translation>
    </message>
    <message>
        <source>ignore</source>
        <translation>ignorieren</translation>
    </message>
    <message>
        <source>no key</source>
        <translation>keine Taste</translation>
    </message>
    <message>
        <source>{key} was chosen, and is the key of “{command}” now.</source>
        <translation>{key} war gewählt, ist jetzt aber die Taste von „{command}“.</translation>
    </message>
</context>
<context>
    <name>ClassesDialog</name>
    <message>
        <source>Bring the last removed class back</source>
        <translation>Zuletzt entfernte Klasse zurückholen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>Klassen</translation>
    </message>
    <message>
        <source>Merge into…</source>
        <translation>Zusammenlegen mit …</translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation>Es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>The keys 1 to 9 follow this order where you choose no others. Every change is saved at once; your labels keep their class.</source>
        <translation>Die Tasten 1 bis 9 folgen dieser Reihenfolge, wo Sie keine anderen wählen. Jede Änderung wird sofort gespeichert; Ihre Labels behalten ihre Klasse.</translation>
    </message>
    <message>
        <source>“{name}” is back, with all its paint.</source>
        <translation>„{name}“ ist wieder da, mit allem, was damit gemalt war.</translation>
    </message>
    <message>
        <source>“{name}” is back, with all its paint. Its key {key} is another class&apos;s now.</source>
        <translation>„{name}“ ist wieder da, mit allem, was damit gemalt war. Die Taste {key} hat jetzt eine andere Klasse.</translation>
    </message>
    <message>
        <source>“{name}” is removed.</source>
        <translation>„{name}“ ist entfernt.</translation>
    </message>
</context>
<context>
    <name>ClassesPanel</name>
    <message>
        <source>A pen&apos;s pressure changes the size</source>
        <translation>Der Druck des Stifts ändert die Größe</translation>
    </message>
    <message>
        <source>Brush size</source>
        <translation>Pinselgröße</translation>
    </message>
    <message>
        <source>Edit classes…</source>
        <translation>Bearbeiten …</translation>
    </message>
    <message>
        <source>Hide “{name}”</source>
        <translation>„{name}“ verbergen</translation>
    </message>
    <message>
        <source>How different a colour may be and still be alike: 1 hardly, 128 much</source>
        <translation>Wie verschieden eine Farbe sein darf und noch als ähnlich gilt: 1 kaum, 128 sehr</translation>
    </message>
    <message>
        <source>How large the patches of like colour are, across</source>
        <translation>Wie groß die Flecken ähnlicher Farbe sind, im Durchmesser</translation>
    </message>
    <message>
        <source>Paint {name}</source>
        <translation>{name} malen</translation>
    </message>
    <message>
        <source>Patch size</source>
        <translation>Fleckengröße</translation>
    </message>
    <message>
        <source>Patches</source>
        <translation>Flecken</translation>
    </message>
    <message>
        <source>Protect painted pixels</source>
        <translation>Gemaltes schützen</translation>
    </message>
    <message>
        <source>Show “{name}”</source>
        <translation>„{name}“ zeigen</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Square brush</source>
        <translation>Eckiger Pinsel</translation>
    </message>
    <message>
        <source>Tolerance</source>
        <translation>Toleranz</translation>
    </message>
    <message>
        <source>ignore</source>
        <translation>ignorieren</translation>
    </message>
</context>
<context>
    <name>CommandBar</name>
    <message>
        <source>More tools</source>
        <translation>Weitere Werkzeuge</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Werkzeuge</translation>
    </message>
</context>
<context>
    <name>ComparePage</name>
    <message>
        <source>Compare with</source>
        <translation>Vergleichen mit</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>Unterschied</translation>
    </message>
    <message>
        <source>Differing pixels by scene</source>
        <translation>Verschiedene Pixel je Szene</translation>
    </message>
    <message numerus="yes">
        <source>IoU on %n tile(s) that neither has learned from.</source>
        <translation>
            <numerusform>IoU auf %n Kachel, von der keines gelernt hat.</numerusform>
            <numerusform>IoU auf %n Kacheln, von denen keines gelernt hat.</numerusform>
        </translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>Model {version}</source>
        <translation>Modell {version}</translation>
    </message>
    <message>
        <source>Pixels that the two see differently</source>
        <translation>Pixel, die beide verschieden sehen</translation>
    </message>
    <message>
        <source>Scene</source>
        <translation>Szene</translation>
    </message>
    <message>
        <source>Scores side by side</source>
        <translation>Güte nebeneinander</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>Anteil</translation>
    </message>
    <message>
        <source>There is no other model to compare with.</source>
        <translation>Es gibt kein anderes Modell zum Vergleichen.</translation>
    </message>
</context>
<context>
    <name>CompositeBox</name>
    <message>
        <source>Composite</source>
        <translation>Bandkombination</translation>
    </message>
</context>
<context>
    <name>CurvePage</name>
    <message>
        <source>Mean IoU. Filled: kept models, all on the same tiles that none of them learned from. Hollow: earlier rounds, each on the tiles held back at the time.</source>
        <translation>Mittlere IoU. Gefüllt: behaltene Modelle, alle auf denselben Kacheln, von denen keines gelernt hat. Hohl: frühere Runden, jede auf den damals zurückgehaltenen Kacheln.</translation>
    </message>
    <message>
        <source>No round has a score yet: label five tiles or more, then train.</source>
        <translation>Noch hat keine Runde eine Güte: mindestens fünf Kacheln labeln, dann trainieren.</translation>
    </message>
</context>
<context>
    <name>CurvePlot</name>
    <message>
        <source>IoU {value}</source>
        <translation>IoU {value}</translation>
    </message>
    <message>
        <source>Learning curve</source>
        <translation>Lernkurve</translation>
    </message>
    <message>
        <source>loss {value}</source>
        <translation>Verlust {value}</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Average over four mirrored views: four times as long</source>
        <translation>Über vier gespiegelte Ansichten mitteln: dauert viermal so lange</translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation>Ordner wählen</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>GeoTIFFs on the scenes&apos; own pixels, and GeoPackages with the same areas as polygons and their hectares, with class names and colours for QGIS. Unlabeled is nodata.</source>
        <translation>GeoTIFFs im Pixelraster der Szenen und GeoPackages mit denselben Flächen als Polygone samt Hektar, mit Klassennamen und Farben für QGIS. Was kein Label hat, ist Nodata.</translation>
    </message>
    <message numerus="yes">
        <source>Labels (%n painted tile(s))</source>
        <translation>
            <numerusform>Labels (%n bemalte Kachel)</numerusform>
            <numerusform>Labels (%n bemalte Kacheln)</numerusform>
        </translation>
    </message>
    <message>
        <source>Made by</source>
        <translation>Gemacht von</translation>
    </message>
    <message>
        <source>Prediction and doubt of every scene</source>
        <translation>Vorhersage und Zweifel für jede Szene</translation>
    </message>
    <message>
        <source>paint two classes first</source>
        <translation>zuerst zwei Klassen malen</translation>
    </message>
    <message>
        <source>the model is still being loaded</source>
        <translation>das Modell wird noch geladen</translation>
    </message>
</context>
<context>
    <name>Exporting</name>
    <message numerus="yes">
        <source>%n file(s) written to {folder}</source>
        <translation>
            <numerusform>%n Datei in {folder} geschrieben</numerusform>
            <numerusform>%n Dateien in {folder} geschrieben</numerusform>
        </translation>
    </message>
    <message>
        <source>Close and stop the export</source>
        <translation>Schließen und Export abbrechen</translation>
    </message>
    <message>
        <source>Keep exporting</source>
        <translation>Weiter exportieren</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>The export has been cancelled.</source>
        <translation>Der Export wurde abgebrochen.</translation>
    </message>
    <message>
        <source>The export is not finished</source>
        <translation>Der Export ist noch nicht fertig</translation>
    </message>
    <message>
        <source>The map was made by: {name}</source>
        <translation>Die Karte stammt von: {name}</translation>
    </message>
    <message>
        <source>What is predicted already is kept: the next export into the same folder goes on from there. If you wait here, the project closes when the export is finished. It goes to {folder}.</source>
        <translation>Was schon vorhergesagt ist, bleibt erhalten: Der nächste Export in denselben Ordner macht dort weiter. Wenn Sie hier warten, schließt sich das Projekt, sobald der Export fertig ist. Er kommt nach {folder}.</translation>
    </message>
    <message>
        <source>Where to put the field report&apos;s folder</source>
        <translation>Wohin mit dem Ordner des Feldberichts?</translation>
    </message>
    <message>
        <source>{project} field report</source>
        <translation>{project} Feldbericht</translation>
    </message>
    <message>
        <source>{written}. Predictions are still being written.</source>
        <translation>{written}. Vorhersagen werden noch geschrieben.</translation>
    </message>
</context>
<context>
    <name>FilterBar</name>
    <message>
        <source>All scenes</source>
        <translation>Alle Szenen</translation>
    </message>
    <message>
        <source>All tiles</source>
        <translation>Alle Kacheln</translation>
    </message>
    <message>
        <source>Any doubt</source>
        <translation>Alle Zweifel</translation>
    </message>
    <message>
        <source>Any paint</source>
        <translation>Alle Labels</translation>
    </message>
    <message>
        <source>Any reason</source>
        <translation>Alle Gründe</translation>
    </message>
    <message>
        <source>Any score</source>
        <translation>Alle Werte</translation>
    </message>
    <message>
        <source>By place in the scene</source>
        <translation>Nach der Lage</translation>
    </message>
    <message>
        <source>By rank</source>
        <translation>Nach Rang</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Doubt</source>
        <translation>Zweifel</translation>
    </message>
    <message>
        <source>Doubt over {percent} %</source>
        <translation>Zweifel über {percent} %</translation>
    </message>
    <message>
        <source>Flagged</source>
        <translation>Vorgemerkt</translation>
    </message>
    <message>
        <source>Ignore</source>
        <translation>Ignorieren</translation>
    </message>
    <message>
        <source>Last painted first</source>
        <translation>Zuletzt bemalt</translation>
    </message>
    <message>
        <source>Most doubtful first</source>
        <translation>Nach Zweifel</translation>
    </message>
    <message>
        <source>New</source>
        <translation>Neu</translation>
    </message>
    <message>
        <source>Not painted</source>
        <translation>Nicht bemalt</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Offen</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>Reihenfolge</translation>
    </message>
    <message>
        <source>Over {percent} % of the best score</source>
        <translation>Über {percent} % der höchsten Bewertung</translation>
    </message>
    <message>
        <source>Painted</source>
        <translation>Bemalt</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>Scene</source>
        <translation>Szene</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>Bewertung</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Search in notes and scene names</source>
        <translation>In Notizen und Szenennamen suchen</translation>
    </message>
    <message>
        <source>Skipped</source>
        <translation>Übersprungen</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Begonnen</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>With a note</source>
        <translation>Mit Notiz</translation>
    </message>
</context>
<context>
    <name>FormulaDialog</name>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>As the formula</source>
        <translation>Wie die Formel</translation>
    </message>
    <message>
        <source>Band formula</source>
        <translation>Bandformel</translation>
    </message>
    <message>
        <source>Bands</source>
        <translation>Bänder</translation>
    </message>
    <message>
        <source>Formula</source>
        <translation>Formel</translation>
    </message>
    <message>
        <source>Functions</source>
        <translation>Funktionen</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>The formula on this tile</source>
        <translation>Die Formel auf dieser Kachel</translation>
    </message>
    <message>
        <source>Understood. Where it is not defined, the picture stays transparent.</source>
        <translation>Verstanden. Wo sie nicht definiert ist, bleibt das Bild durchsichtig.</translation>
    </message>
    <message>
        <source>Write it with the bands below.</source>
        <translation>Mit den Bändern unten schreiben.</translation>
    </message>
</context>
<context>
    <name>GoToDialog</name>
    <message>
        <source>Go to</source>
        <translation>Gehe zu</translation>
    </message>
    <message>
        <source>Label the tile there</source>
        <translation>Die Kachel dort labeln</translation>
    </message>
    <message>
        <source>Looking for the place …</source>
        <translation>Der Ort wird gesucht …</translation>
    </message>
    <message>
        <source>Map coordinates as in the status bar, degrees such as 48.137 N, 11.575 E, or pixel 640, 480.</source>
        <translation>Kartenkoordinaten wie in der Statusleiste, Grad wie 48.137 N, 11.575 E, oder pixel 640, 480.</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>There is no tile at this place: too little of it has image data. You can still look.</source>
        <translation>Hier ist keine Kachel: zu wenig Bilddaten. Ansehen geht trotzdem.</translation>
    </message>
    <message>
        <source>x, y  ·  latitude, longitude  ·  pixel column, row</source>
        <translation>x, y  ·  Breite, Länge  ·  pixel Spalte, Zeile</translation>
    </message>
</context>
<context>
    <name>HeldPress</name>
    <message>
        <source>This tile is still being read, and what you did before waits for that. Esc gives it up.</source>
        <translation>Diese Kachel wird noch gelesen, und was Sie davor getan haben, wartet darauf. Esc verwirft es.</translation>
    </message>
    <message>
        <source>This tile is still being read. What you did takes effect when it is there; Esc gives it up.</source>
        <translation>Diese Kachel wird noch gelesen. Was Sie getan haben, wirkt, sobald sie da ist; Esc verwirft es.</translation>
    </message>
</context>
<context>
    <name>HistoryPanel</name>
    <message numerus="yes">
        <source>%n class(es)</source>
        <translation>
            <numerusform>%n Klasse</numerusform>
            <numerusform>%n Klassen</numerusform>
        </translation>
    </message>
    <message>
        <source>Class removed on all tiles</source>
        <translation>Klasse auf allen Kacheln entfernt</translation>
    </message>
    <message>
        <source>Imported mask</source>
        <translation>Importierte Maske</translation>
    </message>
    <message>
        <source>No stroke on this tile yet.</source>
        <translation>Noch kein Strich auf dieser Kachel.</translation>
    </message>
    <message>
        <source>Strokes on this tile</source>
        <translation>Striche auf dieser Kachel</translation>
    </message>
    <message>
        <source>ignore</source>
        <translation>ignorieren</translation>
    </message>
</context>
<context>
    <name>ImportMasksDialog</name>
    <message numerus="yes">
        <source>%n mask(s) for {tiles}.</source>
        <translation>
            <numerusform>%n Maske für {tiles}.</numerusform>
            <numerusform>%n Masken für {tiles}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n scene(s) have none.</source>
        <translation>
            <numerusform>%n Szene hat keine.</numerusform>
            <numerusform>%n Szenen haben keine.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tile(s)</source>
        <translation>
            <numerusform>%n Kachel</numerusform>
            <numerusform>%n Kacheln</numerusform>
        </translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Importieren</translation>
    </message>
    <message>
        <source>Import masks</source>
        <translation>Masken importieren</translation>
    </message>
    <message>
        <source>Masks are painted over the labels that are there; where they say nothing, your labels stay. On each tile it is a stroke that can be undone.</source>
        <translation>Masken werden über die vorhandenen Labels gemalt; wo sie nichts sagen, bleiben Ihre Labels. Auf jeder Kachel ist das ein Strich, der sich zurücknehmen lässt.</translation>
    </message>
    <message>
        <source>Meaning</source>
        <translation>Bedeutung</translation>
    </message>
    <message>
        <source>Meaning of value {value}</source>
        <translation>Bedeutung des Werts {value}</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>Anteil</translation>
    </message>
    <message>
        <source>They say themselves which class each of their values is.</source>
        <translation>Sie sagen selbst, welche Klasse jeder ihrer Werte ist.</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>What the values mean</source>
        <translation>Was die Werte bedeuten</translation>
    </message>
    <message>
        <source>ignore</source>
        <translation>ignorieren</translation>
    </message>
    <message>
        <source>unlabeled</source>
        <translation>ohne Label</translation>
    </message>
</context>
<context>
    <name>Importing</name>
    <message numerus="yes">
        <source>%n mask(s) lay on other pixels than their scene.</source>
        <translation>
            <numerusform>%n Maske lag auf anderen Pixeln als ihre Szene.</numerusform>
            <numerusform>%n Masken lagen auf anderen Pixeln als ihre Szenen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n mask(s) were found with the scenes and can become labels.</source>
        <translation>
            <numerusform>%n Maske wurde bei den Szenen gefunden und kann zu Labels werden.</numerusform>
            <numerusform>%n Masken wurden bei den Szenen gefunden und können zu Labels werden.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tile(s) cannot be read.</source>
        <translation>
            <numerusform>%n Kachel lässt sich nicht lesen.</numerusform>
            <numerusform>%n Kacheln lassen sich nicht lesen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tile(s) painted from masks.</source>
        <translation>
            <numerusform>%n Kachel aus Masken gemalt.</numerusform>
            <numerusform>%n Kacheln aus Masken gemalt.</numerusform>
        </translation>
    </message>
    <message>
        <source>Choose the folder with the masks</source>
        <translation>Ordner mit den Masken wählen</translation>
    </message>
    <message>
        <source>Import masks</source>
        <translation>Masken importieren</translation>
    </message>
    <message>
        <source>Import masks…</source>
        <translation>Masken importieren …</translation>
    </message>
    <message>
        <source>Looking at the masks …</source>
        <translation>Masken werden angesehen …</translation>
    </message>
    <message>
        <source>Painting the tiles …</source>
        <translation>Kacheln werden gemalt …</translation>
    </message>
    <message>
        <source>Reading the masks …</source>
        <translation>Masken werden gelesen …</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
</context>
<context>
    <name>InspectorPanel</name>
    <message>
        <source>Label</source>
        <translation>Label</translation>
    </message>
    <message>
        <source>Prediction</source>
        <translation>Vorhersage</translation>
    </message>
    <message>
        <source>ignore</source>
        <translation>ignorieren</translation>
    </message>
    <message>
        <source>{name}, {doubt} % doubt</source>
        <translation>{name}, {doubt} % Zweifel</translation>
    </message>
</context>
<context>
    <name>KeyButton</name>
    <message>
        <source>Change the key</source>
        <translation>Taste ändern</translation>
    </message>
    <message>
        <source>Keys of “{command}”: {keys}</source>
        <translation>Tasten von „{command}“: {keys}</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
</context>
<context>
    <name>KeysDialog</name>
    <message>
        <source>Classes</source>
        <translation>Klassen</translation>
    </message>
    <message>
        <source>Click a command&apos;s keys to change them.</source>
        <translation>Ein Klick auf die Tasten eines Befehls ändert sie.</translation>
    </message>
    <message>
        <source>Find a command or a key</source>
        <translation>Befehl oder Taste suchen</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>On the canvas</source>
        <translation>Auf der Bildfläche</translation>
    </message>
    <message>
        <source>Reset all keys</source>
        <translation>Alle Tasten zurücksetzen</translation>
    </message>
</context>
<context>
    <name>LayersPanel</name>
    <message>
        <source>Add a band formula</source>
        <translation>Bandformel hinzufügen</translation>
    </message>
    <message>
        <source>Contrast and colours</source>
        <translation>Kontrast und Farben</translation>
    </message>
    <message>
        <source>Doubt</source>
        <translation>Zweifel</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>Labels</translation>
    </message>
    <message>
        <source>Opacity of {layer}</source>
        <translation>Deckkraft: {layer}</translation>
    </message>
    <message>
        <source>Prediction</source>
        <translation>Vorhersage</translation>
    </message>
    <message>
        <source>Remove this formula</source>
        <translation>Diese Formel entfernen</translation>
    </message>
</context>
<context>
    <name>LikenessDialog</name>
    <message>
        <source>Near points look alike. Click one to see the tile.</source>
        <translation>Nahe Punkte sehen ähnlich aus. Ein Klick zeigt die Kachel.</translation>
    </message>
    <message>
        <source>Tiles by likeness</source>
        <translation>Kacheln nach Ähnlichkeit</translation>
    </message>
    <message>
        <source>labeled</source>
        <translation>gelabelt</translation>
    </message>
    <message>
        <source>like a labeled one</source>
        <translation>ähnlich einer gelabelten</translation>
    </message>
    <message>
        <source>not yet like any</source>
        <translation>noch keiner ähnlich</translation>
    </message>
</context>
<context>
    <name>LikenessPlot</name>
    <message>
        <source>A labeled tile looks like it</source>
        <translation>Eine gelabelte Kachel sieht ihr ähnlich</translation>
    </message>
    <message>
        <source>Comparing the tiles…</source>
        <translation>Kacheln werden verglichen …</translation>
    </message>
    <message>
        <source>Labeled</source>
        <translation>Gelabelt</translation>
    </message>
    <message>
        <source>Not like anything labeled so far</source>
        <translation>Bisher ist nichts Ähnliches gelabelt</translation>
    </message>
    <message>
        <source>Place {place} in the queue: {reason}</source>
        <translation>Platz {place} in der Warteschlange: {reason}</translation>
    </message>
    <message>
        <source>Tiles by likeness</source>
        <translation>Kacheln nach Ähnlichkeit</translation>
    </message>
</context>
<context>
    <name>LinkedView</name>
    <message>
        <source>Linked view</source>
        <translation>Verbundene Ansicht</translation>
    </message>
</context>
<context>
    <name>LookBox</name>
    <message>
        <source>2–98 %</source>
        <translation>2–98 %</translation>
    </message>
    <message>
        <source>All scenes</source>
        <translation>Alle Szenen</translation>
    </message>
    <message>
        <source>As in a view</source>
        <translation>Wie in einer Ansicht</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Fixed values</source>
        <translation>Feste Werte</translation>
    </message>
    <message>
        <source>Gamma</source>
        <translation>Gamma</translation>
    </message>
    <message>
        <source>Gamma {value}: the middle brighter or darker</source>
        <translation>Gamma {value}: die Mitte heller oder dunkler</translation>
    </message>
    <message>
        <source>Min – max</source>
        <translation>Min – Max</translation>
    </message>
    <message>
        <source>Stretch</source>
        <translation>Streckung</translation>
    </message>
    <message>
        <source>Value shown highest</source>
        <translation>Höchster gezeigter Wert</translation>
    </message>
    <message>
        <source>Value shown lowest</source>
        <translation>Niedrigster gezeigter Wert</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>Werte</translation>
    </message>
    <message>
        <source>± 2 std. deviations</source>
        <translation>± 2 Standardabweichungen</translation>
    </message>
</context>
<context>
    <name>LooseBandsOffer</name>
    <message>
        <source>Choose a folder for the new scene files</source>
        <translation>Ordner für die neuen Szenen wählen</translation>
    </message>
    <message>
        <source>Put the bands together…</source>
        <translation>Bänder zusammenfügen …</translation>
    </message>
    <message numerus="yes">
        <source>These files are the bands of %n scene(s), each in a file of its own: {bands}. The program can put them together into one GeoTIFF a scene. Your files stay as they are.</source>
        <translation>
            <numerusform>Diese Dateien sind die Bänder einer Szene, jedes in einer eigenen Datei: {bands}. Das Programm kann sie zu einem GeoTIFF zusammenfügen. Ihre Dateien bleiben, wie sie sind.</numerusform>
            <numerusform>Diese Dateien sind die Bänder von %n Szenen, jedes in einer eigenen Datei: {bands}. Das Programm kann sie zu je einem GeoTIFF zusammenfügen. Ihre Dateien bleiben, wie sie sind.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Closing the project …</source>
        <translation>Das Projekt wird geschlossen …</translation>
    </message>
    <message numerus="yes">
        <source>%n tile(s) hold less than {percent} % image data and are left out.</source>
        <translation>
            <numerusform>%n Kachel enthält weniger als {percent} % Bilddaten und bleibt weg.</numerusform>
            <numerusform>%n Kacheln enthalten weniger als {percent} % Bilddaten und bleiben weg.</numerusform>
        </translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Projects and scenes (*{suffix} *.tif *.tiff *.jp2)</source>
        <translation>Projekte und Szenen (*{suffix} *.tif *.tiff *.jp2)</translation>
    </message>
    <message>
        <source>The export of {project} was not finished. Open that project again and export to the same folder; what is predicted already is kept.</source>
        <translation>Der Export von {project} ist nicht fertig geworden. Dieses Projekt wieder öffnen und in denselben Ordner exportieren; was schon vorhergesagt ist, bleibt erhalten.</translation>
    </message>
</context>
<context>
    <name>Minimap</name>
    <message>
        <source>Minimap</source>
        <translation>Übersichtskarte</translation>
    </message>
    <message>
        <source>The whole scene. Drag to move the view.</source>
        <translation>Die ganze Szene. Ziehen verschiebt den Ausschnitt.</translation>
    </message>
</context>
<context>
    <name>MissingScenes</name>
    <message>
        <source>Choose the folder…</source>
        <translation>Ordner wählen …</translation>
    </message>
</context>
<context>
    <name>ModelList</name>
    <message numerus="yes">
        <source>%n tile(s)</source>
        <translation>
            <numerusform>%n Kachel</numerusform>
            <numerusform>%n Kacheln</numerusform>
        </translation>
    </message>
    <message>
        <source>IoU {iou} when trained</source>
        <translation>IoU {iou} beim Training</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>The IoU is the mean over the classes, on the tiles held back when the model was trained. The scores beside the list are measured now, on all painted tiles it did not learn from.</source>
        <translation>Die IoU ist das Mittel über die Klassen, auf den Kacheln, die beim Training des Modells zurückgehalten wurden. Die Werte neben der Liste werden jetzt gemessen, auf allen bemalten Kacheln, von denen es nicht gelernt hat.</translation>
    </message>
    <message>
        <source>The weights of model {version}</source>
        <translation>Gewichte von Modell {version}</translation>
    </message>
    <message>
        <source>{model} · in use</source>
        <translation>{model} · verwendet</translation>
    </message>
    <message>
        <source>{model} · makes the map</source>
        <translation>{model} · macht die Karte</translation>
    </message>
</context>
<context>
    <name>ModelReportDialog</name>
    <message>
        <source>Areas</source>
        <translation>Flächen</translation>
    </message>
    <message>
        <source>Certainty</source>
        <translation>Gewissheit</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Delete model {version} for good?</source>
        <translation>Modell {version} endgültig löschen?</translation>
    </message>
    <message>
        <source>Export the model</source>
        <translation>Modell exportieren</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren …</translation>
    </message>
    <message>
        <source>Folder for the report</source>
        <translation>Ordner für den Bericht</translation>
    </message>
    <message>
        <source>Import a model</source>
        <translation>Modell importieren</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>Importieren …</translation>
    </message>
    <message>
        <source>Saving …</source>
        <translation>Wird gespeichert …</translation>
    </message>
    <message>
        <source>The pixel classifier is not trained in rounds: it learns from every stroke.</source>
        <translation>Der Pixel-Klassifikator wird nicht in Runden trainiert: Er lernt aus jedem Strich.</translation>
    </message>
    <message>
        <source>It predicts everything anew, and the next training goes on from it</source>
        <translation>Es sagt alles neu voraus, und das nächste Training geht von ihm aus</translation>
    </message>
    <message>
        <source>Areas are those of the model in use or of the pixel classifier. Use this one to see its areas.</source>
        <translation>Flächen gibt es vom benutzten Modell und vom Pixel-Klassifikator. Benutzen Sie dieses Modell, um seine zu sehen.</translation>
    </message>
    <message>
        <source>How sure the pixel classifier may be is not measured.</source>
        <translation>Wie sicher der Pixel-Klassifikator sein darf, ist nicht gemessen.</translation>
    </message>
    <message>
        <source>Learning curve</source>
        <translation>Lernkurve</translation>
    </message>
    <message>
        <source>Measuring …</source>
        <translation>Wird gemessen …</translation>
    </message>
    <message>
        <source>Measuring … {share} %</source>
        <translation>Wird gemessen … {share} %</translation>
    </message>
    <message>
        <source>Model report</source>
        <translation>Modellbericht</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Models (*{suffix})</source>
        <translation>Modelle (*{suffix})</translation>
    </message>
    <message>
        <source>Only models are compared with each other.</source>
        <translation>Nur Modelle werden miteinander verglichen.</translation>
    </message>
    <message>
        <source>Save report…</source>
        <translation>Bericht speichern …</translation>
    </message>
    <message>
        <source>Scores</source>
        <translation>Güte</translation>
    </message>
    <message>
        <source>There is no model yet: train one, or import one.</source>
        <translation>Noch gibt es kein Modell: eines trainieren oder importieren.</translation>
    </message>
    <message>
        <source>Use this model</source>
        <translation>Dieses Modell verwenden</translation>
    </message>
</context>
<context>
    <name>NewProjectDialog</name>
    <message numerus="yes">
        <source>%n file(s) left out</source>
        <translation>
            <numerusform>%n Datei ausgelassen</numerusform>
            <numerusform>%n Dateien ausgelassen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n mask(s) found</source>
        <translation>
            <numerusform>%n Maske gefunden</numerusform>
            <numerusform>%n Masken gefunden</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n mask(s): to be imported as labels</source>
        <translation>
            <numerusform>%n Maske: lässt sich als Labels importieren</numerusform>
            <numerusform>%n Masken: lassen sich als Labels importieren</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n scene(s)</source>
        <translation>
            <numerusform>%n Szene</numerusform>
            <numerusform>%n Szenen</numerusform>
        </translation>
    </message>
    <message>
        <source>Add GeoTIFF files or a folder of them.</source>
        <translation>GeoTIFF-Dateien oder einen Ordner damit hinzufügen.</translation>
    </message>
    <message>
        <source>Budget and file</source>
        <translation>Budget und Datei</translation>
    </message>
    <message>
        <source>Choose a folder of scenes</source>
        <translation>Ordner mit Szenen wählen</translation>
    </message>
    <message>
        <source>Choose scenes</source>
        <translation>Szenen wählen</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>Klassen</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
    <message>
        <source>Create project</source>
        <translation>Projekt anlegen</translation>
    </message>
    <message>
        <source>Files…</source>
        <translation>Dateien …</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>Ordner …</translation>
    </message>
    <message>
        <source>How much can you label? The program picks the tiles that are worth it.</source>
        <translation>Wie viel lässt sich labeln? Das Programm wählt die Kacheln, die am meisten bringen.</translation>
    </message>
    <message>
        <source>New project</source>
        <translation>Neues Projekt</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>Vorschau</translation>
    </message>
    <message>
        <source>Rasters ({patterns})</source>
        <translation>Rasterbilder ({patterns})</translation>
    </message>
    <message>
        <source>Scenes</source>
        <translation>Szenen</translation>
    </message>
    <message>
        <source>Stopping …</source>
        <translation>Wird abgebrochen …</translation>
    </message>
    <message>
        <source>healthy</source>
        <translation>gesund</translation>
    </message>
    <message>
        <source>unhealthy</source>
        <translation>ungesund</translation>
    </message>
    <message>
        <source>{name} is left out</source>
        <translation>{name} bleibt außen vor</translation>
    </message>
</context>
<context>
    <name>NoteDialog</name>
    <message numerus="yes">
        <source>%n character(s) too long.</source>
        <translation>
            <numerusform>%n Zeichen zu lang.</numerusform>
            <numerusform>%n Zeichen zu lang.</numerusform>
        </translation>
    </message>
    <message>
        <source>Ctrl+Enter saves. The list of all tiles finds notes.</source>
        <translation>Strg+Enter speichert. Die Liste aller Kacheln findet Notizen.</translation>
    </message>
    <message>
        <source>Note on the tile</source>
        <translation>Notiz zur Kachel</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>What is to be remembered here?</source>
        <translation>Was soll hier festgehalten werden?</translation>
    </message>
    <message>
        <source>flagged a moment ago</source>
        <translation>gerade vorgemerkt</translation>
    </message>
    <message>
        <source>skipped a moment ago</source>
        <translation>gerade übersprungen</translation>
    </message>
    <message>
        <source>submitted a moment ago</source>
        <translation>gerade abgeschlossen</translation>
    </message>
    <message>
        <source>the tile on the screen</source>
        <translation>die Kachel auf dem Bildschirm</translation>
    </message>
</context>
<context>
    <name>NoticeBar</name>
    <message>
        <source>Close this message</source>
        <translation>Diese Meldung schließen</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>Details kopieren</translation>
    </message>
</context>
<context>
    <name>OverlayAuthor</name>
    <message>
        <source>Accept</source>
        <translation>Übernehmen</translation>
    </message>
    <message>
        <source>Coloured by model {version}</source>
        <translation>Eingefärbt von Modell {version}</translation>
    </message>
    <message>
        <source>Coloured by the pixel classifier</source>
        <translation>Eingefärbt vom Pixel-Klassifikator</translation>
    </message>
    <message>
        <source>It learns from every stroke: paint over what is wrong.</source>
        <translation>Er lernt aus jedem Strich: Falsches einfach übermalen.</translation>
    </message>
    <message>
        <source>It learns when you train again: paint over what is wrong.</source>
        <translation>Es lernt beim nächsten Training: Falsches einfach übermalen.</translation>
    </message>
</context>
<context>
    <name>PaneHeader</name>
    <message>
        <source>Doubt</source>
        <translation>Zweifel</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>Labels</translation>
    </message>
    <message>
        <source>Prediction</source>
        <translation>Vorhersage</translation>
    </message>
    <message>
        <source>What lies over the picture</source>
        <translation>Was über dem Bild liegt</translation>
    </message>
    <message>
        <source>You paint in this view</source>
        <translation>In dieser Ansicht wird gemalt</translation>
    </message>
</context>
<context>
    <name>Preferences</name>
    <message>
        <source>Appearance</source>
        <translation>Erscheinungsbild</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>The language changes when you start Fieldbrush again.</source>
        <translation>Die neue Sprache gilt ab dem nächsten Start von Fieldbrush.</translation>
    </message>
</context>
<context>
    <name>QueuePanel</name>
    <message>
        <source>A tile is taken to cost a minute until yours are known.</source>
        <translation>Eine Kachel zählt als eine Minute, bis die eigene Zeit bekannt ist.</translation>
    </message>
    <message>
        <source>About {base} s for a tile and {stroke} s for each stroke.</source>
        <translation>Etwa {base} s je Kachel und {stroke} s je Strich.</translation>
    </message>
    <message>
        <source>Budget used</source>
        <translation>Verbrauchtes Budget</translation>
    </message>
    <message>
        <source>Change the budget</source>
        <translation>Budget ändern</translation>
    </message>
    <message numerus="yes">
        <source>From your last %n tile(s), pauses not counted.</source>
        <translation>
            <numerusform>Aus der letzten Kachel, Pausen nicht gezählt.</numerusform>
            <numerusform>Aus den letzten %n Kacheln, Pausen nicht gezählt.</numerusform>
        </translation>
    </message>
    <message>
        <source>Half of them took {first} to {third} s.</source>
        <translation>Die Hälfte davon brauchte {first} bis {third} s.</translation>
    </message>
    <message>
        <source>Labeling more will hardly help</source>
        <translation>Mehr Labels helfen kaum noch</translation>
    </message>
    <message>
        <source>The budget is used up</source>
        <translation>Das Budget ist verbraucht</translation>
    </message>
    <message>
        <source>Tiles to label</source>
        <translation>Zu labelnde Kacheln</translation>
    </message>
    <message numerus="yes">
        <source>{done} of %n minute(s)</source>
        <translation>
            <numerusform>{done} von %n Minute</numerusform>
            <numerusform>{done} von %n Minuten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{done} of %n tile(s)</source>
        <translation>
            <numerusform>{done} von %n Kachel</numerusform>
            <numerusform>{done} von %n Kacheln</numerusform>
        </translation>
    </message>
    <message>
        <source>{seconds} s a tile</source>
        <translation>{seconds} s je Kachel</translation>
    </message>
</context>
<context>
    <name>Rail</name>
    <message>
        <source>Panels</source>
        <translation>Seitenleisten</translation>
    </message>
</context>
<context>
    <name>ReliabilityPlot</name>
    <message>
        <source>Share of right pixels by certainty</source>
        <translation>Anteil richtiger Pixel nach Gewissheit</translation>
    </message>
    <message>
        <source>certainty</source>
        <translation>Gewissheit</translation>
    </message>
    <message>
        <source>right</source>
        <translation>richtig</translation>
    </message>
</context>
<context>
    <name>RemoveClassDialog</name>
    <message>
        <source>Ignore its pixels</source>
        <translation>Ihre Pixel werden ignoriert</translation>
    </message>
    <message>
        <source>Leave its pixels unlabeled</source>
        <translation>Ihre Pixel bleiben ohne Label</translation>
    </message>
    <message>
        <source>Merge into</source>
        <translation>Zusammenlegen mit</translation>
    </message>
    <message>
        <source>Remove a class</source>
        <translation>Klasse entfernen</translation>
    </message>
    <message>
        <source>Remove the class</source>
        <translation>Klasse entfernen</translation>
    </message>
    <message>
        <source>You can bring the class back until its tiles are painted again.</source>
        <translation>Die Klasse lässt sich zurückholen, solange ihre Kacheln nicht neu bemalt sind.</translation>
    </message>
    <message>
        <source>choose a class</source>
        <translation>Klasse wählen</translation>
    </message>
    <message>
        <source>“{name}” is painted nowhere.</source>
        <translation>„{name}“ ist nirgends gemalt.</translation>
    </message>
    <message numerus="yes">
        <source>“{name}” is painted on %n tile(s), {pixels} pixels.</source>
        <translation>
            <numerusform>„{name}“ ist auf %n Kachel gemalt, {pixels} Pixel.</numerusform>
            <numerusform>„{name}“ ist auf %n Kacheln gemalt, {pixels} Pixel.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Reporter</name>
    <message>
        <source>Copy details</source>
        <translation>Details kopieren</translation>
    </message>
    <message>
        <source>Something unexpected happened</source>
        <translation>Etwas Unerwartetes ist geschehen</translation>
    </message>
    <message>
        <source>Your labels are saved. You can go on; please send the details to the developers.</source>
        <translation>Die Labels sind gespeichert, die Arbeit kann weitergehen. Bitte die Details an die Entwickler schicken.</translation>
    </message>
</context>
<context>
    <name>ReviewPanel</name>
    <message numerus="yes">
        <source>%n pixel(s)</source>
        <translation>
            <numerusform>%n Pixel</numerusform>
            <numerusform>%n Pixel</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n place(s) to look at: what stands out most comes first.</source>
        <translation>
            <numerusform>%n Stelle zum Ansehen.</numerusform>
            <numerusform>%n Stellen zum Ansehen: Was am meisten auffällt, kommt zuerst.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Ask again about %n kept place(s)</source>
        <translation>
            <numerusform>Nach %n behaltener Stelle wieder fragen</numerusform>
            <numerusform>Nach %n behaltenen Stellen wieder fragen</numerusform>
        </translation>
    </message>
    <message>
        <source>Checking your paint against what the other tiles teach …</source>
        <translation>Ihre Labels werden mit dem verglichen, was die anderen Kacheln lehren …</translation>
    </message>
    <message>
        <source>Finds paint that looks wrong: each tile is judged by what the other tiles teach.</source>
        <translation>Findet Labels, die falsch aussehen: Jede Kachel wird nach dem beurteilt, was die anderen lehren.</translation>
    </message>
    <message>
        <source>Fix</source>
        <translation>Ändern</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Nothing to ask: paint and model agree.</source>
        <translation>Nichts zu fragen: Labels und Modell stimmen überein.</translation>
    </message>
    <message>
        <source>Places to look at</source>
        <translation>Stellen zum Ansehen</translation>
    </message>
    <message>
        <source>Review again</source>
        <translation>Noch einmal prüfen</translation>
    </message>
    <message>
        <source>Review the labels</source>
        <translation>Labels prüfen</translation>
    </message>
    <message>
        <source>Take the brush with the other class and paint over it</source>
        <translation>Den Pinsel mit der anderen Klasse nehmen und darübermalen</translation>
    </message>
    <message>
        <source>The paint is right: never ask again</source>
        <translation>Die Labels stimmen: nicht wieder fragen</translation>
    </message>
</context>
<context>
    <name>ReviewWalk</name>
    <message>
        <source>Painted pixels are protected: switch that off, then paint over the outlined place.</source>
        <translation>Gemaltes ist geschützt: Das zuerst ausschalten, dann die umrandete Stelle übermalen.</translation>
    </message>
    <message>
        <source>The brush paints “{name}” now: paint over the outlined place.</source>
        <translation>Der Pinsel malt jetzt „{name}“: die umrandete Stelle übermalen.</translation>
    </message>
</context>
<context>
    <name>RoundsPlot</name>
    <message>
        <source>Learning curve over the rounds</source>
        <translation>Lernkurve über die Runden</translation>
    </message>
    <message>
        <source>tiles learned from</source>
        <translation>Kacheln, von denen gelernt wurde</translation>
    </message>
</context>
<context>
    <name>ScenePreview</name>
    <message>
        <source>No picture yet</source>
        <translation>Noch kein Bild</translation>
    </message>
</context>
<context>
    <name>ScoresPage</name>
    <message>
        <source>Confusion matrix</source>
        <translation>Verwechslungsmatrix</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>Mittel</translation>
    </message>
    <message numerus="yes">
        <source>On %n tile(s) drawn at random and predicted before painting, {share} were right.</source>
        <translation>
            <numerusform>Auf %n zufällig gezogener, vor dem Malen vorhergesagter Kachel waren {share} richtig.</numerusform>
            <numerusform>Auf %n zufällig gezogenen, vor dem Malen vorhergesagten Kacheln waren {share} richtig.</numerusform>
        </translation>
    </message>
    <message>
        <source>Painted ↓  Predicted →</source>
        <translation>Gemalt ↓  Vorhergesagt →</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>Präzision</translation>
    </message>
    <message>
        <source>Recall</source>
        <translation>Treffer­quote</translation>
    </message>
    <message>
        <source>Scores by class</source>
        <translation>Güte je Klasse</translation>
    </message>
    <message>
        <source>What is taken for what, in percent of the painted pixels</source>
        <translation>Was wofür gehalten wird, in Prozent der gemalten Pixel</translation>
    </message>
</context>
<context>
    <name>Sentence</name>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>Alles auswählen</translation>
    </message>
</context>
<context>
    <name>StartPage</name>
    <message>
        <source>Drop GeoTIFFs here</source>
        <translation>GeoTIFFs hier ablegen</translation>
    </message>
    <message>
        <source>Recent projects</source>
        <translation>Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Satellite or drone scenes, a folder of them, or a Fieldbrush project.
Nothing leaves this computer.</source>
        <translation>Satelliten- oder Drohnenszenen, ein Ordner damit oder ein Fieldbrush-Projekt.
Nichts verlässt diesen Rechner.</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message numerus="yes">
        <source>%n more waiting</source>
        <translation>
            <numerusform>%n weitere Aufgabe wartet</numerusform>
            <numerusform>%n weitere Aufgaben warten</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cancel this export</source>
        <translation>Diesen Export abbrechen</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Bereit</translation>
    </message>
    <message>
        <source>Ready. All work is saved.</source>
        <translation>Bereit. Alles ist gespeichert.</translation>
    </message>
    <message>
        <source>pixel {x}, {y}</source>
        <translation>Pixel {x}, {y}</translation>
    </message>
    <message>
        <source>tile {size}</source>
        <translation>Kachel {size}</translation>
    </message>
    <message>
        <source>{width} × {height} px</source>
        <translation>{width} × {height} px</translation>
    </message>
    <message>
        <source>{work} (paused)</source>
        <translation>{work} (angehalten)</translation>
    </message>
</context>
<context>
    <name>TileDelegate</name>
    <message>
        <source>{percent} % doubt</source>
        <translation>{percent} % Zweifel</translation>
    </message>
</context>
<context>
    <name>TileListModel</name>
    <message>
        <source>Doubt {percent} %</source>
        <translation>Zweifel {percent} %</translation>
    </message>
    <message>
        <source>Note: {words}</source>
        <translation>Notiz: {words}</translation>
    </message>
</context>
<context>
    <name>TileListPage</name>
    <message numerus="yes">
        <source>%n tile(s)</source>
        <translation>
            <numerusform>%n Kachel</numerusform>
            <numerusform>%n Kacheln</numerusform>
        </translation>
    </message>
    <message>
        <source>All tiles</source>
        <translation>Alle Kacheln</translation>
    </message>
    <message>
        <source>Back to the scene</source>
        <translation>Zurück zur Szene</translation>
    </message>
    <message>
        <source>Back to the scene  Esc</source>
        <translation>Zurück zur Szene  Esc</translation>
    </message>
    <message>
        <source>Filters and order</source>
        <translation>Filter und Reihenfolge</translation>
    </message>
    <message>
        <source>No tile matches these filters.</source>
        <translation>Keine Kachel passt zu diesen Filtern.</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Alle zeigen</translation>
    </message>
    <message>
        <source>Show all tiles</source>
        <translation>Alle Kacheln zeigen</translation>
    </message>
    <message numerus="yes">
        <source>{found} of %n tile(s)</source>
        <translation>
            <numerusform>{found} von %n Kachel</numerusform>
            <numerusform>{found} von %n Kacheln</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ToolBox</name>
    <message>
        <source>Draw round an area: smoothing, filling and accepting keep to it. Esc gives it up.</source>
        <translation>Einen Bereich umfahren: Glätten, Füllen und Übernehmen beschränken sich darauf. Esc hebt ihn auf.</translation>
    </message>
</context>
<context>
    <name>ToolValue</name>
    <message>
        <source>{name} as a number</source>
        <translation>{name} als Zahl</translation>
    </message>
</context>
<context>
    <name>TrainingPanel</name>
    <message>
        <source>After every fourth submitted tile, while you go on painting</source>
        <translation>Nach jeder vierten abgeschlossenen Kachel, während weitergemalt wird</translation>
    </message>
    <message>
        <source>Automatically</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>Cancel the training; the last model stays</source>
        <translation>Training abbrechen; das letzte Modell bleibt</translation>
    </message>
    <message>
        <source>Getting ready …</source>
        <translation>Vorbereitung …</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>How long a training may take</source>
        <translation>Höchstdauer eines Trainings</translation>
    </message>
    <message numerus="yes">
        <source>Model {version}, IoU on %n tile(s) held back: {scores}</source>
        <translation>
            <numerusform>Modell {version}, IoU auf %n zurückgehaltener Kachel: {scores}</numerusform>
            <numerusform>Modell {version}, IoU auf %n zurückgehaltenen Kacheln: {scores}</numerusform>
        </translation>
    </message>
    <message>
        <source>Model {version}. Label more tiles to see how good it is. Those with very little paint by hand do not count: what was accepted judges nothing.</source>
        <translation>Modell {version}. Mehr Kacheln labeln, um zu sehen, wie gut es ist. Solche, auf denen kaum von Hand gemalt ist, zählen nicht: Übernommenes urteilt über nichts.</translation>
    </message>
    <message numerus="yes">
        <source>Ready to train on %n painted tile(s).</source>
        <translation>
            <numerusform>Bereit zum Training mit %n bemalter Kachel.</numerusform>
            <numerusform>Bereit zum Training mit %n bemalten Kacheln.</numerusform>
        </translation>
    </message>
    <message>
        <source>up to </source>
        <translation>max. </translation>
    </message>
    <message>
        <source>Model {version}. Label five tiles or more to see how good it is.</source>
        <translation>Modell {version}. Wie gut es ist, zeigt sich ab fünf gelabelten Kacheln.</translation>
    </message>
    <message numerus="yes">
        <source>%n of them join(s) tiles it learned from: the score may flatter.</source>
        <translation>
            <numerusform>%n davon grenzt an Kacheln, von denen es gelernt hat: Die Güte kann zu hoch sein.</numerusform>
            <numerusform>%n davon grenzen an Kacheln, von denen es gelernt hat: Die Güte kann zu hoch sein.</numerusform>
        </translation>
    </message>
    <message>
        <source>Model report: scores, areas, versions</source>
        <translation>Modellbericht: Güte, Flächen, Versionen</translation>
    </message>
    <message>
        <source>Model {version}. Enough tiles are labeled: the next training can show how good it is.</source>
        <translation>Modell {version}. Genug Kacheln sind gelabelt: Das nächste Training kann zeigen, wie gut es ist.</translation>
    </message>
    <message>
        <source>Nothing better than model {version} was found: its weights stay. Train for longer.</source>
        <translation>Nichts Besseres als Modell {version} wurde gefunden: Seine Gewichte bleiben. Trainieren Sie länger.</translation>
    </message>
    <message>
        <source>Paint two classes, then a model can learn them.</source>
        <translation>Zwei Klassen malen, dann kann ein Modell sie lernen.</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Paused.</source>
        <translation>Angehalten.</translation>
    </message>
    <message>
        <source>Step {step}, {speed} steps/s, {left}</source>
        <translation>Schritt {step}, {speed} Schritte/s, {left}</translation>
    </message>
    <message numerus="yes">
        <source>Stopped after %n step(s): the score on held-out tiles no longer rose.</source>
        <translation>
            <numerusform>Nach %n Schritt beendet: Auf zurückgehaltenen Kacheln stieg die Güte nicht mehr.</numerusform>
            <numerusform>Nach %n Schritten beendet: Auf zurückgehaltenen Kacheln stieg die Güte nicht mehr.</numerusform>
        </translation>
    </message>
    <message>
        <source>The prediction is the pixel classifier&apos;s: it learns from every stroke.</source>
        <translation>Die Vorhersage stammt vom Pixel-Klassifikator: Er lernt aus jedem Strich.</translation>
    </message>
    <message>
        <source>The pixel classifier still does better.</source>
        <translation>Der Pixel-Klassifikator ist noch besser.</translation>
    </message>
    <message>
        <source>Train now</source>
        <translation>Trainieren</translation>
    </message>
    <message>
        <source>Until then the prediction is the pixel classifier&apos;s.</source>
        <translation>Bis dahin stammt die Vorhersage vom Pixel-Klassifikator.</translation>
    </message>
    <message>
        <source>Waiting to start …</source>
        <translation>Wartet auf den Start …</translation>
    </message>
</context>
<context>
    <name>ValueRangeBox</name>
    <message>
        <source>All of this tile lies in this range</source>
        <translation>Die ganze Kachel liegt in diesem Bereich</translation>
    </message>
    <message>
        <source>Largest value to paint</source>
        <translation>Größter Wert, der gemalt wird</translation>
    </message>
    <message>
        <source>Nothing on this tile lies in this range</source>
        <translation>Nichts auf dieser Kachel liegt in diesem Bereich</translation>
    </message>
    <message>
        <source>Paint only in a range of values</source>
        <translation>Nur in einem Wertebereich malen</translation>
    </message>
    <message>
        <source>Smallest value to paint</source>
        <translation>Kleinster Wert, der gemalt wird</translation>
    </message>
    <message>
        <source>Tools, eraser included, then leave the hatched pixels as they are</source>
        <translation>Werkzeuge, auch der Radierer, lassen die schraffierten Pixel dann, wie sie sind</translation>
    </message>
    <message>
        <source>Value that decides</source>
        <translation>Wert, der entscheidet</translation>
    </message>
    <message>
        <source>{share} % of this tile; the rest is hatched</source>
        <translation>{share} % dieser Kachel; Rest schraffiert</translation>
    </message>
</context>
<context>
    <name>Wayfinding</name>
    <message>
        <source>Here. Double-click a tile to label it.</source>
        <translation>Hier. Eine Kachel doppelklicken, um sie zu labeln.</translation>
    </message>
</context>
<context>
    <name>WindowFrames</name>
    <message>
        <source>No window is proposed on this tile now: paint where you like, or submit it.</source>
        <translation>Auf dieser Kachel ist jetzt kein Fenster vorgeschlagen: nach Belieben malen oder sie abschließen.</translation>
    </message>
    <message>
        <source>Still looking for windows on this tile: the first is shown as soon as it is found.</source>
        <translation>Fenster auf dieser Kachel werden noch gesucht: Das erste wird gezeigt, sobald es gefunden ist.</translation>
    </message>
    <message>
        <source>Window {number} of {count}: {reason}</source>
        <translation>Fenster {number} von {count}: {reason}</translation>
    </message>
    <message>
        <source>about {seconds} s</source>
        <translation>etwa {seconds} s</translation>
    </message>
</context>
<context>
    <name>Workspace</name>
    <message>
        <source>A model is being trained already. Wait until it is ready, or cancel it first.</source>
        <translation>Es wird schon ein Modell trainiert. Warten, bis es fertig ist, oder es erst abbrechen.</translation>
    </message>
    <message>
        <source>Already saved: every stroke is, in the moment you end it.</source>
        <translation>Schon gespeichert: jeder Strich, in dem Moment, in dem er endet.</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>Klassen</translation>
    </message>
    <message>
        <source>Every tile is done. Export the labels, or look at the prediction.</source>
        <translation>Alle Kacheln sind fertig. Jetzt die Labels exportieren oder die Vorhersage ansehen.</translation>
    </message>
    <message>
        <source>Every tile is done. Export the labels.</source>
        <translation>Alle Kacheln sind fertig. Die Labels lassen sich exportieren.</translation>
    </message>
    <message>
        <source>Every tile is done. Train a model on them, or export the labels.</source>
        <translation>Alle Kacheln sind fertig. Jetzt ein Modell darauf trainieren oder die Labels exportieren.</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Ebenen</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message numerus="yes">
        <source>No tile is open any more. %n tile(s) were skipped or flagged: they are in the list of all tiles.</source>
        <translation>
            <numerusform>Keine Kachel ist mehr offen. %n Kachel wurde übersprungen oder vorgemerkt: Sie steht in der Liste aller Kacheln.</numerusform>
            <numerusform>Keine Kachel ist mehr offen. %n Kacheln wurden übersprungen oder vorgemerkt: Sie stehen in der Liste aller Kacheln.</numerusform>
        </translation>
    </message>
    <message>
        <source>Paint two classes, then a model can learn them.</source>
        <translation>Zwei Klassen malen, dann kann ein Modell sie lernen.</translation>
    </message>
    <message>
        <source>Paint with the left button, erase with the right. The wheel zooms, Shift+wheel changes the brush.</source>
        <translation>Die linke Maustaste malt, die rechte radiert. Das Rad zoomt, Umschalt+Rad ändert die Pinselgröße.</translation>
    </message>
    <message>
        <source>Put it back</source>
        <translation>Zurückholen</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>Warteschlange</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>Prüfung</translation>
    </message>
    <message>
        <source>Strokes</source>
        <translation>Striche</translation>
    </message>
    <message>
        <source>Submit</source>
        <translation>Abschließen</translation>
    </message>
    <message>
        <source>The Submit button</source>
        <translation>Der Knopf „Abschließen“</translation>
    </message>
    <message>
        <source>This tile was done. It is flagged now; its paint stays.</source>
        <translation>Diese Kachel war fertig. Jetzt ist sie vorgemerkt; das Gemalte bleibt.</translation>
    </message>
    <message>
        <source>This tile was done. It is skipped now; its paint stays.</source>
        <translation>Diese Kachel war fertig. Jetzt ist sie übersprungen; das Gemalte bleibt.</translation>
    </message>
    <message>
        <source>Train now</source>
        <translation>Jetzt trainieren</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>Werte</translation>
    </message>
    <message>
        <source>{key} submits the tile and brings the next one. You need not paint every pixel.</source>
        <translation>{key} schließt die Kachel ab und bringt die nächste. Nicht jedes Pixel muss bemalt sein.</translation>
    </message>
</context>
<context>
    <name>_ClassButton</name>
    <message>
        <source>Key {key}</source>
        <translation>Taste {key}</translation>
    </message>
</context>
<context>
    <name>_RowDelegate</name>
    <message>
        <source>budget ends here</source>
        <translation>Budget endet hier</translation>
    </message>
    <message>
        <source>started</source>
        <translation>begonnen</translation>
    </message>
</context>
<context>
    <name>_Search</name>
    <message>
        <source>No composite has this in its name.</source>
        <translation>Keine Bandkombination hat das im Namen.</translation>
    </message>
    <message numerus="yes">
        <source>Search %n composites</source>
        <translation>
            <numerusform>%n Bandkombination durchsuchen</numerusform>
            <numerusform>%n Bandkombinationen durchsuchen</numerusform>
        </translation>
    </message>
    <message>
        <source>Search composites</source>
        <translation>Bandkombinationen durchsuchen</translation>
    </message>
</context>
<context>
    <name>_TileView</name>
    <message>
        <source>All tiles</source>
        <translation>Alle Kacheln</translation>
    </message>
</context>
<context>
    <name>about</name>
    <message>
        <source>About Fieldbrush</source>
        <translation>Über Fieldbrush</translation>
    </message>
    <message>
        <source>All licences</source>
        <translation>Alle Lizenzen</translation>
    </message>
    <message>
        <source>Built on Qt and PySide6 (LGPL 3), PyTorch, GDAL and other free software. The encoder is EfficientNet-Lite0 (Apache License 2.0).</source>
        <translation>Gebaut auf Qt und PySide6 (LGPL 3), PyTorch, GDAL und weiterer freier Software. Der Encoder ist EfficientNet-Lite0 (Apache-Lizenz 2.0).</translation>
    </message>
    <message>
        <source>Label satellite and drone imagery into healthy / unhealthy crop masks, offline, where every label counts.</source>
        <translation>Aus Satelliten- und Drohnenbildern Masken gesunder und ungesunder Bestände machen: offline und so, dass jedes Label zählt.</translation>
    </message>
</context>
<context>
    <name>actions</name>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>&amp;Modell</translation>
    </message>
    <message>
        <source>&amp;Project</source>
        <translation>&amp;Projekt</translation>
    </message>
    <message>
        <source>&amp;Tools</source>
        <translation>&amp;Werkzeuge</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>100 %</source>
        <translation>100 %</translation>
    </message>
    <message>
        <source>A pen&apos;s pressure changes the size</source>
        <translation>Der Druck des Stifts ändert die Größe</translation>
    </message>
    <message>
        <source>About Fieldbrush</source>
        <translation>Über Fieldbrush</translation>
    </message>
    <message>
        <source>Accept only the chosen class</source>
        <translation>Nur die gewählte Klasse übernehmen</translation>
    </message>
    <message>
        <source>Accept the prediction as a draft</source>
        <translation>Vorhersage als Entwurf übernehmen</translation>
    </message>
    <message>
        <source>Accept the prediction here</source>
        <translation>Vorhersage hier übernehmen</translation>
    </message>
    <message>
        <source>All tiles</source>
        <translation>Alle Kacheln</translation>
    </message>
    <message>
        <source>Alt or Ctrl + click</source>
        <translation>Alt oder Strg + Klick</translation>
    </message>
    <message>
        <source>Arrow keys</source>
        <translation>Pfeiltasten</translation>
    </message>
    <message>
        <source>Back to the last visited tile</source>
        <translation>Zurück zur zuletzt besuchten Kachel</translation>
    </message>
    <message>
        <source>Band formula…</source>
        <translation>Bandformel …</translation>
    </message>
    <message>
        <source>Bring the last removed class back</source>
        <translation>Zuletzt entfernte Klasse zurückholen</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>Pinsel</translation>
    </message>
    <message>
        <source>Change the class of a piece</source>
        <translation>Klasse eines Stücks ändern</translation>
    </message>
    <message>
        <source>Choose a class</source>
        <translation>Klasse wählen</translation>
    </message>
    <message>
        <source>Choose the class “{name}”</source>
        <translation>Die Klasse „{name}“ wählen</translation>
    </message>
    <message>
        <source>Choose “ignore”</source>
        <translation>„ignorieren“ wählen</translation>
    </message>
    <message>
        <source>Classes…</source>
        <translation>Klassen …</translation>
    </message>
    <message>
        <source>Close project</source>
        <translation>Projekt schließen</translation>
    </message>
    <message>
        <source>Double click</source>
        <translation>Doppelklick</translation>
    </message>
    <message>
        <source>Doubt</source>
        <translation>Zweifel</translation>
    </message>
    <message>
        <source>Edge-snapping brush</source>
        <translation>Kantenpinsel</translation>
    </message>
    <message>
        <source>Erase to unlabeled</source>
        <translation>Label wegradieren</translation>
    </message>
    <message>
        <source>Eraser</source>
        <translation>Radierer</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>Export field report…</source>
        <translation>Feldbericht exportieren …</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren …</translation>
    </message>
    <message>
        <source>Fill</source>
        <translation>Füllen</translation>
    </message>
    <message>
        <source>Fill small holes</source>
        <translation>Kleine Löcher füllen</translation>
    </message>
    <message>
        <source>Fill what is unlabeled</source>
        <translation>Rest ohne Label füllen</translation>
    </message>
    <message>
        <source>First corner: erase; later: take a corner back</source>
        <translation>Erste Ecke: radieren; später: eine Ecke zurücknehmen</translation>
    </message>
    <message>
        <source>Flag</source>
        <translation>Vormerken</translation>
    </message>
    <message>
        <source>Forward again</source>
        <translation>Wieder vor</translation>
    </message>
    <message>
        <source>Four linked views</source>
        <translation>Vier verbundene Ansichten</translation>
    </message>
    <message>
        <source>Give the stroke up</source>
        <translation>Strich verwerfen</translation>
    </message>
    <message>
        <source>Go to the next control</source>
        <translation>Zum nächsten Bedienelement</translation>
    </message>
    <message>
        <source>Go to…</source>
        <translation>Gehe zu …</translation>
    </message>
    <message>
        <source>Hold Q</source>
        <translation>Q halten</translation>
    </message>
    <message>
        <source>Import masks…</source>
        <translation>Masken importieren …</translation>
    </message>
    <message>
        <source>Inspect values</source>
        <translation>Werte ansehen</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Label that tile</source>
        <translation>Diese Kachel labeln</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>Labels</translation>
    </message>
    <message>
        <source>Larger brush</source>
        <translation>Pinsel größer</translation>
    </message>
    <message>
        <source>Larger by one pixel</source>
        <translation>Ein Pixel größer</translation>
    </message>
    <message>
        <source>Lasso</source>
        <translation>Lasso</translation>
    </message>
    <message>
        <source>Left button</source>
        <translation>Linke Maustaste</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>Linie</translation>
    </message>
    <message>
        <source>Middle button, or Space and drag</source>
        <translation>Mittlere Taste oder Leertaste + ziehen</translation>
    </message>
    <message>
        <source>Minimap</source>
        <translation>Übersichtskarte</translation>
    </message>
    <message>
        <source>Model report…</source>
        <translation>Modellbericht …</translation>
    </message>
    <message>
        <source>Move the scene</source>
        <translation>Szene verschieben</translation>
    </message>
    <message>
        <source>Move the scene; pinch to zoom</source>
        <translation>Szene verschieben; auf- und zuziehen zoomt</translation>
    </message>
    <message>
        <source>New project…</source>
        <translation>Neues Projekt …</translation>
    </message>
    <message>
        <source>Next composite</source>
        <translation>Nächste Bandkombination</translation>
    </message>
    <message>
        <source>Next tile</source>
        <translation>Nächste Kachel</translation>
    </message>
    <message>
        <source>Next window</source>
        <translation>Nächstes Fenster</translation>
    </message>
    <message>
        <source>Note on the tile…</source>
        <translation>Notiz zur Kachel …</translation>
    </message>
    <message>
        <source>One view</source>
        <translation>Eine Ansicht</translation>
    </message>
    <message>
        <source>Open the demo farm</source>
        <translation>Demo-Betrieb öffnen</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>Öffnen …</translation>
    </message>
    <message>
        <source>Paint</source>
        <translation>Malen</translation>
    </message>
    <message>
        <source>Paint only in a range of values</source>
        <translation>Nur in einem Wertebereich malen</translation>
    </message>
    <message>
        <source>Panels</source>
        <translation>Seitenleisten</translation>
    </message>
    <message>
        <source>Pick the class under the cursor</source>
        <translation>Klasse unter dem Zeiger aufnehmen</translation>
    </message>
    <message>
        <source>Polygon</source>
        <translation>Polygon</translation>
    </message>
    <message>
        <source>Prediction</source>
        <translation>Vorhersage</translation>
    </message>
    <message>
        <source>Previous composite</source>
        <translation>Vorige Bandkombination</translation>
    </message>
    <message>
        <source>Previous tile</source>
        <translation>Vorige Kachel</translation>
    </message>
    <message>
        <source>Protect painted pixels</source>
        <translation>Gemaltes schützen</translation>
    </message>
    <message>
        <source>Queue on the map</source>
        <translation>Warteschlange auf der Karte</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Rectangle</source>
        <translation>Rechteck</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Remove specks</source>
        <translation>Sprenkel entfernen</translation>
    </message>
    <message>
        <source>Review the labels</source>
        <translation>Labels prüfen</translation>
    </message>
    <message>
        <source>Right button</source>
        <translation>Rechte Maustaste</translation>
    </message>
    <message>
        <source>Right button, polygon</source>
        <translation>Rechte Taste, Polygon</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Select an area</source>
        <translation>Einen Bereich auswählen</translation>
    </message>
    <message>
        <source>Shift + click</source>
        <translation>Umschalt + Klick</translation>
    </message>
    <message>
        <source>Shift + wheel</source>
        <translation>Umschalt + Rad</translation>
    </message>
    <message>
        <source>Size of brush or patches, or the fill&apos;s tolerance</source>
        <translation>Größe von Pinsel oder Flecken, oder Toleranz des Füllens</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>Überspringen</translation>
    </message>
    <message>
        <source>Smaller brush</source>
        <translation>Pinsel kleiner</translation>
    </message>
    <message>
        <source>Smaller by one pixel</source>
        <translation>Ein Pixel kleiner</translation>
    </message>
    <message>
        <source>Smooth the outlines</source>
        <translation>Umrisse glätten</translation>
    </message>
    <message>
        <source>Square brush</source>
        <translation>Eckiger Pinsel</translation>
    </message>
    <message>
        <source>Straight line from the last point</source>
        <translation>Gerade vom letzten Punkt aus</translation>
    </message>
    <message>
        <source>Stretch to what is in view</source>
        <translation>Auf das Sichtbare strecken</translation>
    </message>
    <message>
        <source>Submit and go on</source>
        <translation>Abschließen und weiter</translation>
    </message>
    <message>
        <source>Superpixel wand</source>
        <translation>Superpixel-Zauberstab</translation>
    </message>
    <message>
        <source>Swap the last two classes</source>
        <translation>Zwischen zwei Klassen wechseln</translation>
    </message>
    <message>
        <source>T&amp;iles</source>
        <translation>&amp;Kacheln</translation>
    </message>
    <message>
        <source>The bare image</source>
        <translation>Nur das Bild</translation>
    </message>
    <message>
        <source>Tile grid</source>
        <translation>Kachelraster</translation>
    </message>
    <message>
        <source>Tiles by likeness…</source>
        <translation>Kacheln nach Ähnlichkeit …</translation>
    </message>
    <message>
        <source>Train anew, without the last model</source>
        <translation>Neu trainieren, ohne das letzte Modell</translation>
    </message>
    <message>
        <source>Train now</source>
        <translation>Jetzt trainieren</translation>
    </message>
    <message>
        <source>Two fingers on a touchpad</source>
        <translation>Zwei Finger auf dem Touchpad</translation>
    </message>
    <message>
        <source>Two linked views</source>
        <translation>Zwei verbundene Ansichten</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Usual panels</source>
        <translation>Übliche Seitenleisten</translation>
    </message>
    <message>
        <source>Usual stretch</source>
        <translation>Übliche Streckung</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>Mausrad</translation>
    </message>
    <message>
        <source>Whole scene</source>
        <translation>Ganze Szene</translation>
    </message>
    <message>
        <source>Whole tile</source>
        <translation>Ganze Kachel</translation>
    </message>
    <message>
        <source>Windows worth painting</source>
        <translation>Lohnende Fenster</translation>
    </message>
    <message>
        <source>Zoom at the cursor</source>
        <translation>Am Zeiger zoomen</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>Vergrößern</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>Verkleinern</translation>
    </message>
</context>
<context>
    <name>bands</name>
    <message>
        <source>Blue</source>
        <translation>Blau</translation>
    </message>
    <message>
        <source>Coastal blue</source>
        <translation>Küstenblau</translation>
    </message>
    <message>
        <source>Green</source>
        <translation>Grün</translation>
    </message>
    <message>
        <source>Near infrared (NIR)</source>
        <translation>Nahes Infrarot (NIR)</translation>
    </message>
    <message>
        <source>Panchromatic</source>
        <translation>Panchromatisch</translation>
    </message>
    <message>
        <source>Red</source>
        <translation>Rot</translation>
    </message>
    <message>
        <source>Red edge</source>
        <translation>Red Edge</translation>
    </message>
    <message>
        <source>Short-wave infrared 1</source>
        <translation>Kurzwelliges Infrarot 1</translation>
    </message>
    <message>
        <source>Short-wave infrared 2</source>
        <translation>Kurzwelliges Infrarot 2</translation>
    </message>
    <message>
        <source>Something else</source>
        <translation>Etwas anderes</translation>
    </message>
    <message>
        <source>Thermal</source>
        <translation>Thermal</translation>
    </message>
    <message>
        <source>Transparency (not data)</source>
        <translation>Transparenz (keine Daten)</translation>
    </message>
</context>
<context>
    <name>budget</name>
    <message numerus="yes">
        <source>%n tile(s) left: about {minutes} min</source>
        <translation>
            <numerusform>noch %n Kachel: etwa {minutes} min</numerusform>
            <numerusform>noch %n Kacheln: etwa {minutes} min</numerusform>
        </translation>
    </message>
    <message>
        <source>No tile is left to label</source>
        <translation>Keine Kachel mehr offen</translation>
    </message>
    <message numerus="yes">
        <source>{minutes} min left: about %n tile(s)</source>
        <translation>
            <numerusform>noch {minutes} min: etwa %n Kachel</numerusform>
            <numerusform>noch {minutes} min: etwa %n Kacheln</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{minutes} min left: all %n tile(s) need about {needed} min</source>
        <translation>
            <numerusform>noch {minutes} min: die letzte Kachel braucht etwa {needed} min</numerusform>
            <numerusform>noch {minutes} min: alle %n Kacheln brauchen etwa {needed} min</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>canvas</name>
    <message>
        <source>Nothing changed in the selected area. Esc gives it up.</source>
        <translation>Im ausgewählten Bereich hat sich nichts geändert. Esc hebt ihn auf.</translation>
    </message>
    <message>
        <source>Nothing changed: painted pixels are protected. Switch that off to change them.</source>
        <translation>Nichts geändert: Gemaltes ist geschützt. Zum Ändern den Schutz ausschalten.</translation>
    </message>
    <message>
        <source>Nothing changed: painting is limited to a range of values. The rest is hatched.</source>
        <translation>Nichts geändert: Gemalt wird nur in einem Wertebereich. Der Rest ist schraffiert.</translation>
    </message>
</context>
<context>
    <name>core</name>
    <message>
        <source>A budget is in tiles or in minutes, not in {unit}.</source>
        <translation>Ein Budget gilt in Kacheln oder Minuten, nicht in {unit}.</translation>
    </message>
    <message>
        <source>A budget of {amount} is not possible.</source>
        <translation>Ein Budget von {amount} ist nicht möglich.</translation>
    </message>
    <message>
        <source>A campaign needs masks with two classes or more. Say what the values mean with --map, such as 0=1,255=2.</source>
        <translation>Eine Kampagne braucht Masken mit mindestens zwei Klassen. Sagen Sie mit --map, was die Werte bedeuten, etwa 0=1,255=2.</translation>
    </message>
    <message>
        <source>A cluster needs Dask, which is not installed.</source>
        <translation>Ein Rechnerverbund braucht Dask, und das ist nicht installiert.</translation>
    </message>
    <message>
        <source>A demo scene of {size} px is too small for fields.</source>
        <translation>Eine Demo-Szene von {size} px ist zu klein für Felder.</translation>
    </message>
    <message>
        <source>A guess from the number of bands: {name}.</source>
        <translation>Vermutet nach der Zahl der Bänder: {name}.</translation>
    </message>
    <message>
        <source>A mask in this project has {found} pixels instead of {expected}.</source>
        <translation>Eine Maske in diesem Projekt hat {found} statt {expected} Pixel.</translation>
    </message>
    <message>
        <source>A mask in this project is damaged ({reason}).</source>
        <translation>Eine Maske in diesem Projekt ist beschädigt ({reason}).</translation>
    </message>
    <message>
        <source>A model is being trained already.</source>
        <translation>Es wird bereits ein Modell trainiert.</translation>
    </message>
    <message>
        <source>A note of {count} characters is too long.</source>
        <translation>Eine Notiz mit {count} Zeichen ist zu lang.</translation>
    </message>
    <message>
        <source>A process of this training has ended, or does not answer: {reason}.</source>
        <translation>Ein Prozess dieses Trainings ist beendet oder antwortet nicht: {reason}.</translation>
    </message>
    <message>
        <source>A project needs at least two classes.</source>
        <translation>Ein Projekt braucht mindestens zwei Klassen.</translation>
    </message>
    <message>
        <source>A random check that the ranking and the model are right</source>
        <translation>Stichprobe, ob Rangfolge und Modell richtig liegen</translation>
    </message>
    <message>
        <source>A single scene&apos;s corrected area takes the map to err there as it does in all scenes together.</source>
        <translation>Die korrigierte Fläche einer einzelnen Szene nimmt an, dass sich die Karte dort so irrt wie in allen Szenen zusammen.</translation>
    </message>
    <message>
        <source>A tile of {tile_px} pixels is not possible.</source>
        <translation>Eine Kachel von {tile_px} Pixeln ist nicht möglich.</translation>
    </message>
    <message>
        <source>Add 1,000 to its values, for example with QGIS&apos;s raster calculator, or label it in a project of its own.</source>
        <translation>Zu den Werten 1000 addieren, etwa mit dem Rasterrechner von QGIS, oder die Szene in einem eigenen Projekt labeln.</translation>
    </message>
    <message>
        <source>Add a class, for example “unhealthy”.</source>
        <translation>Eine Klasse hinzufügen, zum Beispiel „ungesund“.</translation>
    </message>
    <message>
        <source>Add them first, then import it.</source>
        <translation>Sie zuerst hinzufügen, dann importieren.</translation>
    </message>
    <message>
        <source>Add “)”.</source>
        <translation>„)“ ergänzen.</translation>
    </message>
    <message>
        <source>Adds less than the tiles ranked higher</source>
        <translation>Bringt weniger als die höher eingestuften Kacheln</translation>
    </message>
    <message>
        <source>Agriculture (SWIR, NIR, blue)</source>
        <translation>Landwirtschaft (SWIR, NIR, Blau)</translation>
    </message>
    <message>
        <source>All of them were drawn at random.</source>
        <translation>Alle davon wurden zufällig gezogen.</translation>
    </message>
    <message>
        <source>Among the {count} images are no bands of one scene, each in a file of its own.</source>
        <translation>Unter den {count} Bildern sind keine Bänder einer Szene in je einer eigenen Datei.</translation>
    </message>
    <message>
        <source>An interval needs five tiles it did not learn from (so far: {count}). Take the scores as a hint.</source>
        <translation>Ein Bereich braucht fünf Kacheln, aus denen nichts gelernt wurde (bisher: {count}). Die Werte sind nur ein Hinweis.</translation>
    </message>
    <message>
        <source>An interval of the areas needs five held-out tiles (so far: {count}).</source>
        <translation>Ein Bereich der Flächen braucht fünf zurückgehaltene Kacheln (bisher: {count}).</translation>
    </message>
    <message>
        <source>As you set it.</source>
        <translation>Wie von Hand eingestellt.</translation>
    </message>
    <message>
        <source>Ask for the right to read it, or copy it.</source>
        <translation>Leserechte erbitten oder die Datei kopieren.</translation>
    </message>
    <message>
        <source>Ask for {least} px or more.</source>
        <translation>Mindestens {least} px angeben.</translation>
    </message>
    <message>
        <source>Asking the pixel classifier</source>
        <translation>Pixel-Klassifikator wird befragt</translation>
    </message>
    <message>
        <source>At least one band must hold data.</source>
        <translation>Mindestens ein Band muss Daten enthalten.</translation>
    </message>
    <message>
        <source>Band names of {product}, several times; composites show the first.</source>
        <translation>Bandnamen von {product}, mehrmals; Bandkombinationen zeigen die ersten.</translation>
    </message>
    <message>
        <source>Band names of {product}.</source>
        <translation>Bandnamen von {product}.</translation>
    </message>
    <message>
        <source>Band {n}</source>
        <translation>Band {n}</translation>
    </message>
    <message>
        <source>Band {n} is marked as transparency but holds data: taken for NIR.</source>
        <translation>Band {n} ist als Transparenz gekennzeichnet, enthält aber Daten: als NIR gelesen.</translation>
    </message>
    <message>
        <source>Band {n}: {name}</source>
        <translation>Band {n}: {name}</translation>
    </message>
    <message>
        <source>Bands 1, 2, 3</source>
        <translation>Bänder 1, 2, 3</translation>
    </message>
    <message>
        <source>Bring it back as a whole: Edit, Bring the last removed class back.</source>
        <translation>Im Ganzen zurückholen: Bearbeiten, Zuletzt entfernte Klasse zurückholen.</translation>
    </message>
    <message>
        <source>Bring that class back first.</source>
        <translation>Diese Klasse zuerst zurückholen.</translation>
    </message>
    <message>
        <source>Check its name, and whether you may open it.</source>
        <translation>Prüfen, ob der Name stimmt und ob der Ordner geöffnet werden darf.</translation>
    </message>
    <message>
        <source>Check that its drive is connected and has space left. If that does not help, close the project and open it again.</source>
        <translation>Prüfen, ob sein Laufwerk angeschlossen ist und Platz hat. Hilft das nicht, das Projekt schließen und wieder öffnen.</translation>
    </message>
    <message>
        <source>Check that the file is there and that you may open it.</source>
        <translation>Prüfen, ob die Datei da ist und geöffnet werden darf.</translation>
    </message>
    <message>
        <source>Check that the folder exists, that you may write to it, and that the disk is not full.</source>
        <translation>Prüfen, ob der Ordner existiert und beschreibbar und der Datenträger nicht voll ist.</translation>
    </message>
    <message>
        <source>Check that you may write to its folder.</source>
        <translation>Prüfen, ob der Ordner beschreibbar ist.</translation>
    </message>
    <message>
        <source>Check the address and that it runs: dask scheduler. It looks like tcp://HOST:8786.</source>
        <translation>Die Adresse prüfen, und ob er läuft: dask scheduler. Sie sieht so aus: tcp://HOST:8786.</translation>
    </message>
    <message>
        <source>Check the name, or make a new project.</source>
        <translation>Den Namen prüfen oder ein neues Projekt anlegen.</translation>
    </message>
    <message>
        <source>Check the nodata value, or choose other scenes.</source>
        <translation>Den Nodata-Wert prüfen oder andere Szenen wählen.</translation>
    </message>
    <message>
        <source>Check the nodata value: it may be what the whole scene holds.</source>
        <translation>Den Nodata-Wert prüfen: Vielleicht enthält die Szene nur diesen Wert.</translation>
    </message>
    <message>
        <source>Check whether it was moved or its drive is missing.</source>
        <translation>Prüfen, ob die Datei verschoben wurde oder ihr Laufwerk fehlt.</translation>
    </message>
    <message>
        <source>Check whether they were moved or their drive is missing.</source>
        <translation>Prüfen, ob die Dateien verschoben wurden oder ihr Laufwerk fehlt.</translation>
    </message>
    <message>
        <source>Checking on the tiles held out</source>
        <translation>Prüfung an den zurückgehaltenen Kacheln</translation>
    </message>
    <message>
        <source>Choose GeoTIFF files.</source>
        <translation>GeoTIFF-Dateien wählen.</translation>
    </message>
    <message>
        <source>Choose a file in the safetensors format.</source>
        <translation>Eine Datei im Format safetensors wählen.</translation>
    </message>
    <message>
        <source>Choose a folder you may write to.</source>
        <translation>Einen beschreibbaren Ordner wählen.</translation>
    </message>
    <message>
        <source>Choose another file.</source>
        <translation>Eine andere Datei wählen.</translation>
    </message>
    <message>
        <source>Choose another folder, or move the file away.</source>
        <translation>Einen anderen Ordner wählen oder die Datei wegräumen.</translation>
    </message>
    <message>
        <source>Choose another name, or open it.</source>
        <translation>Einen anderen Namen wählen oder die Datei öffnen.</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>Einen anderen Namen wählen.</translation>
    </message>
    <message>
        <source>Choose another one.</source>
        <translation>Eine andere Wahl treffen.</translation>
    </message>
    <message>
        <source>Choose from {least} to {most} pixels.</source>
        <translation>Einen Wert von {least} bis {most} Pixeln wählen.</translation>
    </message>
    <message>
        <source>Choose masks with one whole number for each class.</source>
        <translation>Masken mit einer ganzen Zahl für jede Klasse wählen.</translation>
    </message>
    <message>
        <source>Choose one of: {known}.</source>
        <translation>Zur Wahl stehen: {known}.</translation>
    </message>
    <message>
        <source>Choose the files themselves, or their folder.</source>
        <translation>Die Dateien selbst wählen oder ihren Ordner.</translation>
    </message>
    <message>
        <source>Choose the image files inside it.</source>
        <translation>Die Bilddateien darin wählen.</translation>
    </message>
    <message>
        <source>Choose the image it belongs to, and import this one as its labels when the project is there.</source>
        <translation>Das Bild wählen, zu dem sie gehört, und diese als dessen Labels importieren, wenn das Projekt da ist.</translation>
    </message>
    <message>
        <source>Choose the image it belongs to.</source>
        <translation>Das Bild wählen, zu dem sie gehört.</translation>
    </message>
    <message>
        <source>Choose the image, and import the map as its labels when the project is there.</source>
        <translation>Das Bild wählen und die Karte als dessen Labels importieren, wenn das Projekt da ist.</translation>
    </message>
    <message>
        <source>Choose weights of {timm} by timm&apos;s names, or a model that Fieldbrush exported for the same bands.</source>
        <translation>Gewichte von {timm} mit den Namen von timm wählen oder ein Modell, das Fieldbrush für dieselben Bänder exportiert hat.</translation>
    </message>
    <message>
        <source>Choose where to save it, and under what name.</source>
        <translation>Wählen, wo und unter welchem Namen es gespeichert wird.</translation>
    </message>
    <message>
        <source>Class {value} has no name.</source>
        <translation>Klasse {value} hat keinen Namen.</translation>
    </message>
    <message>
        <source>Class {value} still has painted pixels.</source>
        <translation>Von Klasse {value} gibt es noch gemalte Pixel.</translation>
    </message>
    <message>
        <source>Close it there, then try again.</source>
        <translation>Dort schließen und erneut versuchen.</translation>
    </message>
    <message>
        <source>Close other programs.</source>
        <translation>Andere Programme schließen.</translation>
    </message>
    <message>
        <source>Colour table</source>
        <translation>Farbtabelle</translation>
    </message>
    <message>
        <source>Colouring the queue</source>
        <translation>Warteschlange wird eingefärbt</translation>
    </message>
    <message>
        <source>Colouring the scenes</source>
        <translation>Szenen werden eingefärbt</translation>
    </message>
    <message>
        <source>Colouring this tile</source>
        <translation>Diese Kachel wird eingefärbt</translation>
    </message>
    <message>
        <source>Colours as the file marks them.</source>
        <translation>Farben, wie die Datei sie kennzeichnet.</translation>
    </message>
    <message>
        <source>Comparing the scenes</source>
        <translation>Die Szenen werden verglichen</translation>
    </message>
    <message>
        <source>Comparing the tiles</source>
        <translation>Kacheln werden verglichen</translation>
    </message>
    <message>
        <source>Comparing two models</source>
        <translation>Zwei Modelle werden verglichen</translation>
    </message>
    <message>
        <source>Convert it to amplitudes or dB first.</source>
        <translation>Zuerst in Amplituden oder dB umrechnen.</translation>
    </message>
    <message>
        <source>Copy it, with the files beside it that bear its name, to a folder you may write to.</source>
        <translation>Es mit den Dateien daneben, die seinen Namen tragen, in einen Ordner kopieren, in den geschrieben werden darf.</translation>
    </message>
    <message>
        <source>Copy or download it again; if it opens elsewhere, save it anew as GeoTIFF there.</source>
        <translation>Neu kopieren oder herunterladen; falls ein anderes Programm sie öffnet, dort neu als GeoTIFF speichern.</translation>
    </message>
    <message>
        <source>Copy the image itself to a folder and open it there.</source>
        <translation>Das Bild selbst in einen Ordner kopieren und dort öffnen.</translation>
    </message>
    <message>
        <source>Corrected after Olofsson et al. (2014). This trusts that held-out tiles are painted in proportion: a class painted more than its share, or land that is none of your classes, makes it too large.</source>
        <translation>Korrigiert nach Olofsson u. a. (2014). Das setzt voraus, dass zurückgehaltene Kacheln anteilig bemalt sind: Eine Klasse, die über ihren Anteil gemalt ist, oder Land, das zu keiner Klasse gehört, macht es zu groß.</translation>
    </message>
    <message>
        <source>Cutting tiles</source>
        <translation>Kacheln werden geschnitten</translation>
    </message>
    <message>
        <source>Delete it and make the project anew.</source>
        <translation>Die Datei löschen und das Projekt neu anlegen.</translation>
    </message>
    <message>
        <source>Demo</source>
        <translation>Demo</translation>
    </message>
    <message>
        <source>Doubts have been right {right} % of the way, on {count} tiles: they are trusted {trust} %</source>
        <translation>Zweifel waren zu {right} % berechtigt, auf {count} Kacheln: ihnen wird zu {trust} % vertraut</translation>
    </message>
    <message>
        <source>Doubts have been right {right} % of the way, on {count} tiles; choosing mostly for coverage</source>
        <translation>Zweifel waren zu {right} % berechtigt, auf {count} Kacheln; vor allem die Abdeckung entscheidet</translation>
    </message>
    <message>
        <source>Drawn at random</source>
        <translation>Zufällig gezogen</translation>
    </message>
    <message>
        <source>Dry to wet</source>
        <translation>Trocken–nass</translation>
    </message>
    <message>
        <source>EVI (dense crop)</source>
        <translation>EVI (dichter Bestand)</translation>
    </message>
    <message>
        <source>Erase or merge them before you remove the class.</source>
        <translation>Vor dem Entfernen der Klasse wegradieren oder zusammenlegen.</translation>
    </message>
    <message>
        <source>Export it again on the scene&apos;s own pixel grid ({scene_width} × {scene_height}).</source>
        <translation>Neu exportieren, im Pixelraster der Szene ({scene_width} × {scene_height}).</translation>
    </message>
    <message>
        <source>Export it anew.</source>
        <translation>Es neu exportieren.</translation>
    </message>
    <message>
        <source>Exporting labels</source>
        <translation>Labels werden exportiert</translation>
    </message>
    <message>
        <source>Exporting predictions</source>
        <translation>Vorhersagen werden exportiert</translation>
    </message>
    <message>
        <source>Exporting the field report</source>
        <translation>Feldbericht wird exportiert</translation>
    </message>
    <message>
        <source>False colour (NIR)</source>
        <translation>Falschfarben (NIR)</translation>
    </message>
    <message>
        <source>False colour (SWIR)</source>
        <translation>Falschfarben (SWIR)</translation>
    </message>
    <message>
        <source>False colour (red edge)</source>
        <translation>Falschfarben (Red Edge)</translation>
    </message>
    <message>
        <source>Farthest from what is labeled</source>
        <translation>Am weitesten vom Gelabelten entfernt</translation>
    </message>
    <message>
        <source>For what shall not count there is “ignore” already, key 0.</source>
        <translation>Für das, was nicht zählen soll, gibt es schon „ignorieren“, Taste 0.</translation>
    </message>
    <message>
        <source>Free some space and repeat the last step.</source>
        <translation>Platz schaffen und den letzten Schritt wiederholen.</translation>
    </message>
    <message>
        <source>Free some space in the cache folder; everything else works without it.</source>
        <translation>Platz im Cache-Ordner schaffen; alles andere geht auch ohne.</translation>
    </message>
    <message>
        <source>Free some space, then try again.</source>
        <translation>Platz schaffen, dann noch einmal versuchen.</translation>
    </message>
    <message>
        <source>From the band names in the file.</source>
        <translation>Nach den Bandnamen in der Datei.</translation>
    </message>
    <message>
        <source>From the band names in the file; those that say nothing to us are a guess from their order.</source>
        <translation>Nach den Bandnamen in der Datei; was uns nichts sagt, ist nach der Reihenfolge geraten.</translation>
    </message>
    <message>
        <source>From the wavelengths in the file.</source>
        <translation>Nach den Wellenlängen in der Datei.</translation>
    </message>
    <message>
        <source>Getting ready</source>
        <translation>Vorbereitung</translation>
    </message>
    <message>
        <source>Give --jobs 1 or more.</source>
        <translation>--jobs 1 oder mehr angeben.</translation>
    </message>
    <message>
        <source>Give a value that they can hold.</source>
        <translation>Einen Wert angeben, den sie enthalten können.</translation>
    </message>
    <message>
        <source>Give another file with --out, or the same options.</source>
        <translation>Mit --out eine andere Datei angeben oder dieselben Optionen verwenden.</translation>
    </message>
    <message>
        <source>Give each band one of: {known}.</source>
        <translation>Jedem Band eine dieser Rollen geben: {known}.</translation>
    </message>
    <message>
        <source>Give every class a name.</source>
        <translation>Jeder Klasse einen Namen geben.</translation>
    </message>
    <message>
        <source>Give every class its own key.</source>
        <translation>Jeder Klasse eine eigene Taste geben.</translation>
    </message>
    <message>
        <source>Give every class its own name.</source>
        <translation>Jeder Klasse einen eigenen Namen geben.</translation>
    </message>
    <message>
        <source>Give every class its own value.</source>
        <translation>Jeder Klasse einen eigenen Wert geben.</translation>
    </message>
    <message>
        <source>Give every mask the name of its scene, or use the list that these masks were made for.</source>
        <translation>Geben Sie jeder Maske den Namen ihrer Szene, oder nehmen Sie die Liste, zu der diese Masken gehören.</translation>
    </message>
    <message>
        <source>Give it like 10,5,0.02.</source>
        <translation>In der Form 10,5,0.02 angeben.</translation>
    </message>
    <message>
        <source>Give one with images and masks.</source>
        <translation>Einen Ordner mit Bildern und Masken angeben.</translation>
    </message>
    <message>
        <source>Give smaller budgets, more scenes, or smaller tiles (--tile).</source>
        <translation>Kleinere Budgets, mehr Szenen oder kleinere Kacheln (--tile) angeben.</translation>
    </message>
    <message>
        <source>Give smaller budgets, more scenes, or smaller tiles (--tile); or --no-gap, where tiles that touch show no common ground: without it those beside the test are left out.</source>
        <translation>Kleinere Budgets, mehr Szenen oder kleinere Kacheln (--tile) angeben; oder --no-gap, wo Kacheln, die sich berühren, keinen gemeinsamen Boden zeigen: Ohne das bleiben die neben dem Test außer Betracht.</translation>
    </message>
    <message>
        <source>Give the folder that holds them. Their names may have changed.</source>
        <translation>Den Ordner angeben, in dem sie liegen. Ihre Namen dürfen sich geändert haben.</translation>
    </message>
    <message>
        <source>Give the project a name.</source>
        <translation>Dem Projekt einen Namen geben.</translation>
    </message>
    <message>
        <source>Give them like 2,4,8,16.</source>
        <translation>So angeben: 2,4,8,16.</translation>
    </message>
    <message>
        <source>Give them more memory or fewer threads each. What was finished is kept.</source>
        <translation>Ihnen mehr Speicher oder je weniger Threads geben. Was fertig war, bleibt erhalten.</translation>
    </message>
    <message>
        <source>Going on with the training that was interrupted</source>
        <translation>Das unterbrochene Training geht weiter</translation>
    </message>
    <message>
        <source>Green leaf index</source>
        <translation>Grünblattindex (GLI)</translation>
    </message>
    <message>
        <source>Greys</source>
        <translation>Graustufen</translation>
    </message>
    <message>
        <source>Growing the demo farmland</source>
        <translation>Demo-Felder werden angelegt</translation>
    </message>
    <message>
        <source>If it shows another date or place now, put the original back before you label on.</source>
        <translation>Falls sie jetzt ein anderes Datum oder einen anderen Ort zeigt: vor dem Weiterlabeln das Original zurücklegen.</translation>
    </message>
    <message>
        <source>Import it as that one&apos;s labels when the project is there.</source>
        <translation>Als dessen Labels importieren, wenn das Projekt da ist.</translation>
    </message>
    <message>
        <source>Importing the model</source>
        <translation>Modell wird importiert</translation>
    </message>
    <message>
        <source>In the middle of {count} tiles on which the model easily changes its mind</source>
        <translation>Mitten unter {count} Kacheln, bei denen das Modell leicht seine Meinung ändert</translation>
    </message>
    <message>
        <source>In {one} 0 is nodata, in the masks imported before it was the first class.</source>
        <translation>In {one} ist 0 Nodata, in den früher importierten Masken war es die erste Klasse.</translation>
    </message>
    <message>
        <source>In {one} 0 is nodata, in {other} it is not.</source>
        <translation>In {one} ist 0 Nodata, in {other} nicht.</translation>
    </message>
    <message>
        <source>Install Fieldbrush again.</source>
        <translation>Fieldbrush neu installieren.</translation>
    </message>
    <message>
        <source>Install Fieldbrush again; in a checkout run: python packaging/encoder_weights.py</source>
        <translation>Fieldbrush neu installieren; in einem Checkout ausführen: python packaging/encoder_weights.py</translation>
    </message>
    <message>
        <source>Install it with: pip install fieldbrush[science]</source>
        <translation>Installieren mit: pip install fieldbrush[science]</translation>
    </message>
    <message>
        <source>Install it: pip install fieldbrush[cluster]</source>
        <translation>Installieren mit: pip install fieldbrush[cluster]</translation>
    </message>
    <message>
        <source>Install the newest version.</source>
        <translation>Die neueste Version installieren.</translation>
    </message>
    <message>
        <source>Install the same Fieldbrush everywhere.</source>
        <translation>Überall dasselbe Fieldbrush installieren.</translation>
    </message>
    <message>
        <source>Install the same Fieldbrush for the scheduler and all workers.</source>
        <translation>Für den Scheduler und alle Worker dasselbe Fieldbrush installieren.</translation>
    </message>
    <message>
        <source>Install the same version everywhere.</source>
        <translation>Überall dieselbe Version installieren.</translation>
    </message>
    <message>
        <source>It goes from {least_first:.8g} to {most_first:.8g}, and from {least_second:.8g} to {most_second:.8g}.</source>
        <translation>Sie reicht von {least_first:.8g} bis {most_first:.8g} und von {least_second:.8g} bis {most_second:.8g}.</translation>
    </message>
    <message>
        <source>It is not clear which mask belongs to which scene: {one}, {other}.</source>
        <translation>Es ist nicht klar, welche Maske zu welcher Szene gehört: {one}, {other}.</translation>
    </message>
    <message>
        <source>It is tried again when something else is saved, and when the project is closed.</source>
        <translation>Es wird wieder versucht, sobald etwas anderes gespeichert wird, und beim Schließen des Projekts.</translation>
    </message>
    <message>
        <source>It needs the columns scene, column and row.</source>
        <translation>Nötig sind die Spalten scene, column und row.</translation>
    </message>
    <message>
        <source>Its labels would change the model in another way than those of tiles ranked higher</source>
        <translation>Ihre Labels würden das Modell anders verändern als die höher eingestufter Kacheln</translation>
    </message>
    <message>
        <source>Its labels would change the model much like those of tiles ranked higher</source>
        <translation>Ihre Labels würden das Modell ähnlich verändern wie die höher eingestufter Kacheln</translation>
    </message>
    <message>
        <source>Its labels would change the model the most</source>
        <translation>Ihre Labels würden das Modell am stärksten verändern</translation>
    </message>
    <message>
        <source>Keep it under {most}.</source>
        <translation>Unter {most} bleiben.</translation>
    </message>
    <message>
        <source>Keep one of them, or give the folder that holds the right masks and no others.</source>
        <translation>Eine davon behalten, oder den Ordner angeben, der die richtigen Masken enthält und keine anderen.</translation>
    </message>
    <message>
        <source>Keep the first line of what “fieldbrush rank” wrote, and at least one more.</source>
        <translation>Die erste Zeile dessen behalten, was „fieldbrush rank“ geschrieben hat, und mindestens eine weitere.</translation>
    </message>
    <message>
        <source>Label it in a project of its own.</source>
        <translation>Sie in einem eigenen Projekt labeln.</translation>
    </message>
    <message>
        <source>Labels were painted while the classes were merged.</source>
        <translation>Während die Klassen zusammengelegt wurden, wurde gemalt.</translation>
    </message>
    <message>
        <source>Leave one band that is not transparency.</source>
        <translation>Mindestens ein Band nicht als Transparenz einstellen.</translation>
    </message>
    <message>
        <source>Let the embeddings be computed anew.</source>
        <translation>Die Embeddings neu berechnen lassen.</translation>
    </message>
    <message>
        <source>Link the scene this project was made with.</source>
        <translation>Die Szene verknüpfen, mit der dieses Projekt angelegt wurde.</translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation>Modell wird geladen</translation>
    </message>
    <message>
        <source>Looking at the tiles</source>
        <translation>Kacheln werden ausgewertet</translation>
    </message>
    <message>
        <source>Looking at this tile</source>
        <translation>Diese Kachel wird ausgewertet</translation>
    </message>
    <message>
        <source>Looking for overviews</source>
        <translation>Übersichten werden gesucht</translation>
    </message>
    <message>
        <source>Looking for windows</source>
        <translation>Fenster werden gesucht</translation>
    </message>
    <message>
        <source>Looks unlike what the model has seen: {names} and {count} more. Label a tile there before you believe it.</source>
        <translation>Sieht anders aus als alles, was das Modell gesehen hat: {names} und {count} weitere. Dort eine Kachel labeln, bevor Sie ihm glauben.</translation>
    </message>
    <message>
        <source>Looks unlike what the model has seen: {names}. Label a tile there before you believe it.</source>
        <translation>Sieht anders aus als alles, was das Modell gesehen hat: {names}. Dort eine Kachel labeln, bevor Sie ihm glauben.</translation>
    </message>
    <message>
        <source>MSAVI (sparse crop)</source>
        <translation>MSAVI (lückiger Bestand)</translation>
    </message>
    <message>
        <source>Magma</source>
        <translation>Magma</translation>
    </message>
    <message>
        <source>Make an orthomosaic with all bands in one GeoTIFF first, for example in OpenDroneMap, Metashape or Pix4D.</source>
        <translation>Zuerst ein Orthomosaik mit allen Bändern in einem GeoTIFF daraus machen, etwa in OpenDroneMap, Metashape oder Pix4D.</translation>
    </message>
    <message>
        <source>Measure them again.</source>
        <translation>Sie neu messen.</translation>
    </message>
    <message>
        <source>Measured on {count} tiles it did not learn from; ranges hold the truth in 95 of 100 cases.</source>
        <translation>Gemessen auf {count} Kacheln, von denen es nicht gelernt hat; die Bereiche enthalten die Wahrheit in 95 von 100 Fällen.</translation>
    </message>
    <message>
        <source>Measuring areas</source>
        <translation>Flächen werden gemessen</translation>
    </message>
    <message>
        <source>Measuring what is fastest on this machine</source>
        <translation>Es wird gemessen, was auf diesem Rechner am schnellsten ist</translation>
    </message>
    <message>
        <source>Merge them again.</source>
        <translation>Sie noch einmal zusammenlegen.</translation>
    </message>
    <message>
        <source>Merging classes</source>
        <translation>Klassen werden zusammengelegt</translation>
    </message>
    <message>
        <source>Model {version} could not be saved and is lost: {reason}</source>
        <translation>Modell {version} konnte nicht gespeichert werden und ist verloren: {reason}</translation>
    </message>
    <message>
        <source>Model {version} is better.</source>
        <translation>Modell {version} ist besser.</translation>
    </message>
    <message>
        <source>Model {version} is in use.</source>
        <translation>Modell {version} wird gerade verwendet.</translation>
    </message>
    <message>
        <source>Model {version} is not in use.</source>
        <translation>Modell {version} wird nicht verwendet.</translation>
    </message>
    <message>
        <source>Model {version} is not kept any more.</source>
        <translation>Modell {version} ist nicht mehr da.</translation>
    </message>
    <message>
        <source>Model {version} is not loaded.</source>
        <translation>Modell {version} ist nicht geladen.</translation>
    </message>
    <message>
        <source>Model {version} is not saved yet: {reason}</source>
        <translation>Modell {version} ist noch nicht gespeichert: {reason}</translation>
    </message>
    <message>
        <source>Much like tiles that are labeled or ranked higher</source>
        <translation>Ähnelt gelabelten oder höher eingestuften Kacheln</translation>
    </message>
    <message>
        <source>NDRE (chlorophyll)</source>
        <translation>NDRE (Chlorophyll)</translation>
    </message>
    <message>
        <source>NDVI (vegetation)</source>
        <translation>NDVI (Vegetation)</translation>
    </message>
    <message>
        <source>NDWI (water)</source>
        <translation>NDWI (Wasser)</translation>
    </message>
    <message>
        <source>Natural colour</source>
        <translation>Echtfarben</translation>
    </message>
    <message>
        <source>Nearer to tiles that are labeled or ranked higher</source>
        <translation>Näher an gelabelten oder höher eingestuften Kacheln</translation>
    </message>
    <message>
        <source>Nearest to the average tile</source>
        <translation>Der durchschnittlichen Kachel am nächsten</translation>
    </message>
    <message>
        <source>Nearly the same as a tile ranked higher</source>
        <translation>Fast gleich wie eine höher eingestufte Kachel</translation>
    </message>
    <message>
        <source>No Dask scheduler answers at {address}.</source>
        <translation>Unter {address} antwortet kein Dask-Scheduler.</translation>
    </message>
    <message>
        <source>No class can be called “{name}”: files call so what is in none.</source>
        <translation>Keine Klasse kann „{name}“ heißen: So heißt in Dateien, was zu keiner gehört.</translation>
    </message>
    <message>
        <source>No class has been removed from this project.</source>
        <translation>In diesem Projekt wurde keine Klasse entfernt.</translation>
    </message>
    <message>
        <source>No labels have shown yet whether doubts are right: they are trusted {trust} %</source>
        <translation>Noch hat kein Label gezeigt, ob Zweifel berechtigt sind: ihnen wird zu {trust} % vertraut</translation>
    </message>
    <message>
        <source>No other tile looks like it</source>
        <translation>Keine andere Kachel sieht so aus</translation>
    </message>
    <message>
        <source>No painted tile is left that this model did not learn from: there is no honest score yet.</source>
        <translation>Keine bemalte Kachel ist übrig, von der dieses Modell nicht gelernt hat: Noch gibt es keine ehrliche Güte.</translation>
    </message>
    <message>
        <source>No pixel can be {nodata:g}: the scenes hold {dtype}.</source>
        <translation>Kein Pixel kann {nodata:g} sein: Die Szenen enthalten {dtype}.</translation>
    </message>
    <message>
        <source>No pixel of these scenes is valid.</source>
        <translation>Kein Pixel dieser Szenen ist gültig.</translation>
    </message>
    <message>
        <source>No scene can be read.</source>
        <translation>Keine Szene ist lesbar.</translation>
    </message>
    <message>
        <source>No tile has enough valid pixels: the scenes are nodata almost everywhere.</source>
        <translation>Keine Kachel hat genug gültige Pixel: Die Szenen sind fast überall Nodata.</translation>
    </message>
    <message>
        <source>No tile held out has paint of {names}: their scores are not known.</source>
        <translation>Auf keiner zurückgehaltenen Kachel sind {names} gemalt: Die Werte dieser Klassen sind nicht bekannt.</translation>
    </message>
    <message>
        <source>No tile held out has paint of {name}: its scores are not known.</source>
        <translation>Auf keiner zurückgehaltenen Kachel ist {name} gemalt: Die Werte dieser Klasse sind nicht bekannt.</translation>
    </message>
    <message>
        <source>No tile is left to test on.</source>
        <translation>Zum Prüfen bleibt keine Kachel übrig.</translation>
    </message>
    <message>
        <source>No tile that this model did not learn from can be read: there is no score now.</source>
        <translation>Keine Kachel, von der dieses Modell nicht gelernt hat, lässt sich lesen: Jetzt gibt es keine Güte.</translation>
    </message>
    <message>
        <source>None of the {count} files can be used as a scene.</source>
        <translation>Keine der {count} Dateien lässt sich als Szene verwenden.</translation>
    </message>
    <message>
        <source>None of the {count} listed tiles has a mask in {folder}: {names}.</source>
        <translation>Von den {count} aufgezählten Kacheln hat keine eine Maske in {folder}: {names}.</translation>
    </message>
    <message>
        <source>Not compared with the other tiles yet</source>
        <translation>Noch nicht mit den anderen Kacheln verglichen</translation>
    </message>
    <message>
        <source>Not new, but of all that is left it adds the most</source>
        <translation>Nicht neu, bringt aber von allem Übrigen am meisten</translation>
    </message>
    <message>
        <source>Not ranked yet</source>
        <translation>Noch nicht eingestuft</translation>
    </message>
    <message>
        <source>Nothing is painted on this tile.</source>
        <translation>Auf dieser Kachel ist nichts gemalt.</translation>
    </message>
    <message>
        <source>Nothing on this tile has a class yet.</source>
        <translation>Auf dieser Kachel hat noch nichts eine Klasse.</translation>
    </message>
    <message>
        <source>Numbers go up to 1e30.</source>
        <translation>Zahlen reichen bis 1e30.</translation>
    </message>
    <message>
        <source>On the tiles held out the pixel classifier does better than this model: train longer, or label more.</source>
        <translation>Auf den zurückgehaltenen Kacheln ist der Pixel-Klassifikator besser als dieses Modell: länger trainieren oder mehr labeln.</translation>
    </message>
    <message>
        <source>One of only {count} tiles that look like it</source>
        <translation>Eine von nur {count} Kacheln, die so aussehen</translation>
    </message>
    <message>
        <source>Only {count} tiles can be labeled, and the largest budget of {budget} is more than half of them: the more of them are labeled, the less can it matter which were first.</source>
        <translation>Nur {count} Kacheln lassen sich labeln, und das größte Budget von {budget} ist mehr als die Hälfte davon: Je mehr von ihnen gelabelt sind, desto weniger kann es ausmachen, welche zuerst kamen.</translation>
    </message>
    <message>
        <source>Only {count} tiles can be labeled, fewer than the largest budget of {budget}.</source>
        <translation>Nur {count} Kacheln lassen sich labeln, weniger als das größte Budget von {budget}.</translation>
    </message>
    <message>
        <source>Open GeoTIFF, JPEG, PNG or JPEG 2000 files; convert others first, for example in QGIS.</source>
        <translation>GeoTIFF-, JPEG-, PNG- oder JPEG-2000-Dateien öffnen; andere vorher umwandeln, zum Beispiel in QGIS.</translation>
    </message>
    <message>
        <source>Open a .fieldbrush file.</source>
        <translation>Eine .fieldbrush-Datei öffnen.</translation>
    </message>
    <message>
        <source>Open it again.</source>
        <translation>Erneut öffnen.</translation>
    </message>
    <message>
        <source>Open the project again.</source>
        <translation>Das Projekt erneut öffnen.</translation>
    </message>
    <message>
        <source>Opening scenes</source>
        <translation>Szenen werden geöffnet</translation>
    </message>
    <message>
        <source>Paint a little of two classes first.</source>
        <translation>Zuerst ein wenig von zwei Klassen malen.</translation>
    </message>
    <message>
        <source>Paint a tile first.</source>
        <translation>Zuerst eine Kachel bemalen.</translation>
    </message>
    <message>
        <source>Paint at least two classes, a stroke or more of each, then train again.</source>
        <translation>Mindestens zwei Klassen malen, je einen Strich oder mehr, dann erneut trainieren.</translation>
    </message>
    <message>
        <source>Paint something, or skip it.</source>
        <translation>Etwas malen oder sie überspringen.</translation>
    </message>
    <message>
        <source>Paint two classes on tiles whose scenes can be read.</source>
        <translation>Zwei Klassen auf Kacheln malen, deren Szenen sich lesen lassen.</translation>
    </message>
    <message>
        <source>Paint two classes on two tiles or more.</source>
        <translation>Zwei Klassen auf mindestens zwei Kacheln malen.</translation>
    </message>
    <message>
        <source>Paint two classes, or train a model.</source>
        <translation>Zwei Klassen malen oder ein Modell trainieren.</translation>
    </message>
    <message>
        <source>Paint two classes, then wait a moment.</source>
        <translation>Zwei Klassen malen, dann einen Moment warten.</translation>
    </message>
    <message>
        <source>Plots need matplotlib, which is not installed.</source>
        <translation>Diagramme brauchen matplotlib, das nicht installiert ist.</translation>
    </message>
    <message>
        <source>Predicting the queue</source>
        <translation>Vorhersage für die Warteschlange</translation>
    </message>
    <message>
        <source>Predicting the scenes</source>
        <translation>Vorhersage für die Szenen</translation>
    </message>
    <message>
        <source>Predicting this tile</source>
        <translation>Vorhersage für diese Kachel</translation>
    </message>
    <message>
        <source>Preparing the overview of {name}</source>
        <translation>Übersicht von {name} wird vorbereitet</translation>
    </message>
    <message>
        <source>Preparing to train</source>
        <translation>Training wird vorbereitet</translation>
    </message>
    <message>
        <source>Put the bands together with “fieldbrush stack”, and take the file that it writes.</source>
        <translation>Die Bänder mit „fieldbrush stack“ zusammenfügen und die Datei nehmen, die es schreibt.</translation>
    </message>
    <message>
        <source>Put the original back, or show where it is now.</source>
        <translation>Das Original zurücklegen oder zeigen, wo es jetzt liegt.</translation>
    </message>
    <message>
        <source>Putting the bands together</source>
        <translation>Bänder werden zusammengefügt</translation>
    </message>
    <message>
        <source>Rank again; if it stays, reopen the project.</source>
        <translation>Rangfolge neu bilden; falls es bleibt, das Projekt neu öffnen.</translation>
    </message>
    <message>
        <source>Ranking the tiles</source>
        <translation>Rangfolge wird gebildet</translation>
    </message>
    <message>
        <source>Reading the scene</source>
        <translation>Szene wird gelesen</translation>
    </message>
    <message>
        <source>Reading thumbnails</source>
        <translation>Vorschaubilder werden gelesen</translation>
    </message>
    <message>
        <source>Red, green and blue as the file marks them.</source>
        <translation>Rot, Grün und Blau, wie in der Datei gekennzeichnet.</translation>
    </message>
    <message>
        <source>Red, green and blue as the file marks them; band {n} taken for NIR.</source>
        <translation>Rot, Grün und Blau, wie in der Datei gekennzeichnet; Band {n} als NIR gelesen.</translation>
    </message>
    <message>
        <source>Red, green and blue as the file marks them; the others are a guess from their number.</source>
        <translation>Rot, Grün und Blau, wie die Datei sie ausweist; die anderen sind nach ihrer Anzahl vermutet.</translation>
    </message>
    <message>
        <source>Rename it.</source>
        <translation>Bitte umbenennen.</translation>
    </message>
    <message>
        <source>Rename one of them.</source>
        <translation>Eine davon umbenennen.</translation>
    </message>
    <message>
        <source>Restore it from a copy.</source>
        <translation>Aus einer Kopie wiederherstellen.</translation>
    </message>
    <message>
        <source>Restore the project from a copy.</source>
        <translation>Das Projekt aus einer Kopie wiederherstellen.</translation>
    </message>
    <message>
        <source>Reviewing the labels</source>
        <translation>Labels werden geprüft</translation>
    </message>
    <message>
        <source>SAVI (sparse crop)</source>
        <translation>SAVI (lückiger Bestand)</translation>
    </message>
    <message>
        <source>Save it as a tiled GeoTIFF, for example in QGIS with the option TILED=YES.</source>
        <translation>Als gekacheltes GeoTIFF speichern, zum Beispiel in QGIS mit der Option TILED=YES.</translation>
    </message>
    <message>
        <source>Save it with LZW or Deflate compression, for example in QGIS.</source>
        <translation>Mit LZW- oder Deflate-Kompression speichern, zum Beispiel in QGIS.</translation>
    </message>
    <message>
        <source>Save it with its bands in that order, or label it in a project of its own.</source>
        <translation>Sie mit den Bändern in dieser Reihenfolge speichern oder in einem eigenen Projekt labeln.</translation>
    </message>
    <message>
        <source>Say for every value once what it means.</source>
        <translation>Von jedem Wert einmal sagen, was er bedeutet.</translation>
    </message>
    <message>
        <source>Say so: --map 0={zero},255={full}; or, where it is to be ignored, --map 0={zero},255=255</source>
        <translation>Sagen Sie es: --map 0={zero},255={full}; oder, wo 255 ignoriert werden soll, --map 0={zero},255=255</translation>
    </message>
    <message>
        <source>Say what the values mean: --map {same} where 0 is unlabeled; --map {up} where it is the first class, and then import the earlier masks again.</source>
        <translation>Sagen Sie, was die Werte bedeuten: --map {same}, wo 0 „ohne Label“ heißt; --map {up}, wo es die erste Klasse ist, und importieren Sie dann die früheren Masken noch einmal.</translation>
    </message>
    <message>
        <source>Scenes overlap, such as {one} and {other}: land that lies in both counts twice.</source>
        <translation>Szenen überlappen sich, etwa {one} und {other}: Land, das in beiden liegt, zählt doppelt.</translation>
    </message>
    <message>
        <source>Scenes that cannot be read were left out: {names} and {count} more.</source>
        <translation>Szenen, die sich nicht lesen lassen, wurden ausgelassen: {names} und {count} weitere.</translation>
    </message>
    <message>
        <source>Scenes that cannot be read were left out: {names}.</source>
        <translation>Szenen, die sich nicht lesen lassen, wurden ausgelassen: {names}.</translation>
    </message>
    <message>
        <source>Scoring the pixel classifier</source>
        <translation>Pixel-Klassifikator wird bewertet</translation>
    </message>
    <message>
        <source>Sentinel-2 at 20 m, in the order of the names</source>
        <translation>Sentinel-2 mit 20 m, in der Reihenfolge der Namen</translation>
    </message>
    <message>
        <source>Separate them by commas, and write decimals with a point.</source>
        <translation>Sie mit Kommas trennen, Dezimalzahlen mit Punkt schreiben.</translation>
    </message>
    <message>
        <source>Stands for what the model is unsure of ({percent} % doubt)</source>
        <translation>Steht für das, worin das Modell unsicher ist ({percent} % Zweifel)</translation>
    </message>
    <message>
        <source>Stands for what the pixel classifier is unsure of ({percent} % doubt)</source>
        <translation>Steht für das, worin der Pixel-Klassifikator unsicher ist ({percent} % Zweifel)</translation>
    </message>
    <message>
        <source>Subtract 1,000 from its values, for example with QGIS&apos;s raster calculator, or label it in a project of its own.</source>
        <translation>Von den Werten 1000 abziehen, etwa mit dem Rasterrechner von QGIS, oder die Szene in einem eigenen Projekt labeln.</translation>
    </message>
    <message>
        <source>Such files have the same name but for the band, as “_B02” and “_B03”, and lie on the same ground.</source>
        <translation>Solche Dateien heißen gleich bis auf das Band, etwa „_B02“ und „_B03“, und zeigen denselben Boden.</translation>
    </message>
    <message>
        <source>The class “{name}” cannot come back: there is later paint on {count} of its tiles.</source>
        <translation>Die Klasse „{name}“ kann nicht zurückkommen: Auf {count} ihrer Kacheln wurde seither gemalt.</translation>
    </message>
    <message>
        <source>The comma at character {place} is no decimal sign here.</source>
        <translation>Das Komma an Stelle {place} ist hier kein Dezimalzeichen.</translation>
    </message>
    <message>
        <source>The difference may be chance.</source>
        <translation>Der Unterschied kann Zufall sein.</translation>
    </message>
    <message>
        <source>The map is made by a pixel classifier that all paint has taught; the scores are those of one that has not seen the tiles that judge it.</source>
        <translation>Die Karte macht ein Pixel-Klassifikator, der aus allem Gemalten gelernt hat. Die Werte gelten für einen, der die Kacheln der Prüfung nicht gesehen hat.</translation>
    </message>
    <message>
        <source>The map never shows {names}: there is no estimate, and where it occurs other classes are shown, which come out too large.</source>
        <translation>Die Karte zeigt {names} nie: Es gibt keine Schätzung, und wo es vorkommt, stehen andere Klassen, die dadurch zu groß ausfallen.</translation>
    </message>
    <message>
        <source>The map never shows {names}: where it occurs other classes are counted, and only the corrected areas make up for that.</source>
        <translation>Die Karte zeigt {names} nie: Wo es vorkommt, zählt sie andere Klassen, und nur die korrigierten Flächen gleichen das aus.</translation>
    </message>
    <message>
        <source>The mask {path} has the value {value}, of which --map {known} says nothing.</source>
        <translation>Die Maske {path} enthält den Wert {value}, von dem --map {known} nichts sagt.</translation>
    </message>
    <message>
        <source>The mask {path} has the value {value}, of which the --map given before says nothing: {known}.</source>
        <translation>Die Maske {path} enthält den Wert {value}, von dem das früher angegebene --map nichts sagt: {known}.</translation>
    </message>
    <message>
        <source>The disk is full: {path} could not be written.</source>
        <translation>Der Datenträger ist voll: {path} konnte nicht geschrieben werden.</translation>
    </message>
    <message>
        <source>The disk of {path} has too little room: {needed} MB are needed, {room} are free.</source>
        <translation>Der Datenträger von {path} hat zu wenig Platz: {needed} MB sind nötig, {room} sind frei.</translation>
    </message>
    <message>
        <source>The masks hold nothing but 0 and 255, and nothing says which class 255 is.</source>
        <translation>Die Masken enthalten nur 0 und 255, und nichts sagt, welche Klasse 255 ist.</translation>
    </message>
    <message>
        <source>The masks hold {values}, and the project has the classes {classes}. Say what each value means (0 is unlabeled, 255 ignore), for example --map {map}</source>
        <translation>Die Masken enthalten {values}, und das Projekt hat die Klassen {classes}. Angeben, was jeder Wert bedeutet (0 heißt ohne Label, 255 ignorieren), zum Beispiel --map {map}</translation>
    </message>
    <message>
        <source>The masks imported before held no 0, so their values were taken for the classes&apos; numbers; these hold one.</source>
        <translation>In den früher importierten Masken kam keine 0 vor, deshalb galten ihre Werte als die Nummern der Klassen; in diesen kommt eine vor.</translation>
    </message>
    <message>
        <source>The masks in {folder} hold more than {count} values: they are pictures or measurements, not masks.</source>
        <translation>Die Masken in {folder} haben mehr als {count} Werte: Es sind Bilder oder Messwerte, keine Masken.</translation>
    </message>
    <message>
        <source>The next {minutes} minutes (about {tiles} tiles) promise {gain:+.1f} points of IoU ({low:+.1f} to {high:+.1f}), but random checks still turn out better and better: going on may help.</source>
        <translation>Die nächsten {minutes} Minuten (etwa {tiles} Kacheln) versprechen {gain:+.1f} IoU-Punkte ({low:+.1f} bis {high:+.1f}), aber die Stichproben fallen immer besser aus: Weitermachen kann helfen.</translation>
    </message>
    <message>
        <source>The project {path} is of an earlier version, or in use, and may not be written.</source>
        <translation>Das Projekt {path} ist von einer früheren Version oder in Gebrauch und darf nicht beschrieben werden.</translation>
    </message>
    <message>
        <source>The project {path} may not be read.</source>
        <translation>Das Projekt {path} darf nicht gelesen werden.</translation>
    </message>
    <message>
        <source>There are no images (GeoTIFF, JPEG 2000, JPEG, PNG) in {folders}.</source>
        <translation>In {folders} sind keine Bilder (GeoTIFF, JPEG 2000, JPEG, PNG).</translation>
    </message>
    <message>
        <source>There is too little memory.</source>
        <translation>Der Arbeitsspeicher reicht nicht.</translation>
    </message>
    <message>
        <source>Tiles that join those it learned from do not count: {count}.</source>
        <translation>Kacheln, die an solche grenzen, von denen es gelernt hat, zählen nicht: {count}.</translation>
    </message>
    <message>
        <source>Try again in a moment, or train a new one.</source>
        <translation>Gleich noch einmal versuchen, oder ein neues trainieren.</translation>
    </message>
    <message>
        <source>This tile is still being read.</source>
        <translation>Diese Kachel wird noch gelesen.</translation>
    </message>
    <message>
        <source>Try again in a moment.</source>
        <translation>Gleich noch einmal versuchen.</translation>
    </message>
    <message>
        <source>Trying the pixel classifier on the tiles held out</source>
        <translation>Der Pixel-Klassifikator wird an den zurückgehaltenen Kacheln erprobt</translation>
    </message>
    <message>
        <source>When it was trained, its mean IoU was {iou:.2f}; tiles held back then: {count}.</source>
        <translation>Beim Training war seine mittlere IoU {iou:.2f}; damals zurückgehaltene Kacheln: {count}.</translation>
    </message>
    <message>
        <source>a DJI multispectral camera</source>
        <translation>eine DJI-Multispektralkamera</translation>
    </message>
    <message>
        <source>a MicaSense camera: blue, green, red, NIR, red edge</source>
        <translation>eine MicaSense-Kamera: Blau, Grün, Rot, NIR, Red Edge</translation>
    </message>
    <message>
        <source>a drone camera: blue, green, red, red edge, NIR</source>
        <translation>eine Drohnenkamera: Blau, Grün, Rot, Red Edge, NIR</translation>
    </message>
    <message>
        <source>blue to SWIR 2</source>
        <translation>Blau bis SWIR 2</translation>
    </message>
    <message>
        <source>blue, green, red, NIR</source>
        <translation>Blau, Grün, Rot, NIR</translation>
    </message>
    <message>
        <source>red, green, blue, NIR</source>
        <translation>Rot, Grün, Blau, NIR</translation>
    </message>
    <message>
        <source>single bands in the order of their names, NIR before red</source>
        <translation>einzelne Bänder in der Reihenfolge ihrer Namen, NIR vor Rot</translation>
    </message>
    <message>
        <source>{one} and {other} are photographs of a drone&apos;s camera, each with one band of the same moment, not yet a map.</source>
        <translation>{one} und {other} sind Fotos einer Drohnenkamera, jedes mit einem Band desselben Augenblicks, und noch keine Karte.</translation>
    </message>
    <message>
        <source>{path} has other bands than the other scenes: {bands} × {dtype}, not {other_bands} × {other_dtype}.</source>
        <translation>{path} hat andere Bänder als die übrigen Szenen: {bands} × {dtype} statt {other_bands} × {other_dtype}.</translation>
    </message>
    <message>
        <source>{path} is taken for the mask of {image}, by its name.</source>
        <translation>{path} wird nach dem Namen für die Maske von {image} gehalten.</translation>
    </message>
    <message>
        <source>{path} stands 1,000 higher in all its values than other scenes, as Sentinel-2 images do since 2022.</source>
        <translation>{path} liegt in allen Werten um 1000 höher als andere Szenen, wie Sentinel-2-Bilder seit 2022.</translation>
    </message>
    <message>
        <source>{path} stands 1,000 lower in all its values than other scenes, as Sentinel-2 images do from before 2022.</source>
        <translation>{path} liegt in allen Werten um 1000 tiefer als andere Szenen, wie Sentinel-2-Bilder aus der Zeit vor 2022.</translation>
    </message>
    <message>
        <source>“{written}” is not a number.</source>
        <translation>„{written}“ ist keine Zahl.</translation>
    </message>
    <message>
        <source>Say what the values mean with --map, such as 0=0,1=1,2=2.</source>
        <translation>Sagen Sie mit --map, was die Werte bedeuten, etwa 0=0,1=1,2=2.</translation>
    </message>
    <message>
        <source>Give a number above 0, at most {most}.</source>
        <translation>Eine Zahl über 0 angeben, höchstens {most}.</translation>
    </message>
    <message>
        <source>Copy or download it again, and make the project anew.</source>
        <translation>Die Datei neu kopieren oder herunterladen und das Projekt neu anlegen.</translation>
    </message>
    <message>
        <source>Copy or download them again, and make the project anew.</source>
        <translation>Die Dateien neu kopieren oder herunterladen und das Projekt neu anlegen.</translation>
    </message>
    <message>
        <source>Give every mask the name of its scene, with or without “_labels” or “_mask”, as GeoTIFF or PNG.</source>
        <translation>Jeder Maske den Namen ihrer Szene geben, mit oder ohne „_labels“ oder „_mask“, als GeoTIFF oder PNG.</translation>
    </message>
    <message>
        <source>If the values are the classes&apos; numbers, say so: --map {map}</source>
        <translation>Sind die Werte die Nummern der Klassen, das angeben: --map {map}</translation>
    </message>
    <message>
        <source>Close other programs, then try again. What was finished is kept.</source>
        <translation>Andere Programme schließen und es erneut versuchen. Was fertig war, bleibt erhalten.</translation>
    </message>
    <message>
        <source>All of it is water, or of a single colour</source>
        <translation>Alles darauf ist Wasser oder von einer einzigen Farbe</translation>
    </message>
    <message>
        <source>In a group of its own</source>
        <translation>In einer eigenen Gruppe</translation>
    </message>
    <message>
        <source>It has less than {percent} % of a tile&apos;s image data</source>
        <translation>Sie hat weniger als {percent} % der Bilddaten einer ganzen Kachel</translation>
    </message>
    <message>
        <source>Looking for the scenes</source>
        <translation>Szenen werden gesucht</translation>
    </message>
    <message>
        <source>Looks unlike anything labeled or ranked higher</source>
        <translation>Sieht anders aus als alles Gelabelte und höher Eingestufte</translation>
    </message>
    <message>
        <source>More like {count} tiles than any labeled or ranked higher</source>
        <translation>Ähnelt {count} Kacheln mehr als jede gelabelte oder höher eingestufte</translation>
    </message>
    <message>
        <source>Nearly the same as a tile that is labeled or skipped already</source>
        <translation>Fast gleich wie eine schon gelabelte oder übersprungene Kachel</translation>
    </message>
    <message>
        <source>Nobody knows how good it is: that takes five painted tiles, of which some judge it.</source>
        <translation>Wie gut er ist, weiß niemand: Dazu braucht es fünf bemalte Kacheln, von denen einige ihn prüfen.</translation>
    </message>
    <message>
        <source>Put the file back or connect its drive, then repeat the last step.</source>
        <translation>Die Datei zurücklegen oder ihr Laufwerk anschließen, dann den letzten Schritt wiederholen.</translation>
    </message>
    <message>
        <source>Scoring the model</source>
        <translation>Modell wird bewertet</translation>
    </message>
    <message>
        <source>Seeds and steps must be 1 or more.</source>
        <translation>Seeds und Schritte müssen mindestens 1 sein.</translation>
    </message>
    <message>
        <source>Several workers of {address} died of the same part of the work; their memory may be too small.</source>
        <translation>Mehrere Worker von {address} sind am selben Teil der Arbeit gestorben; ihr Speicher ist vielleicht zu klein.</translation>
    </message>
    <message>
        <source>Shorten it, or split it into two.</source>
        <translation>Sie kürzen oder in zwei teilen.</translation>
    </message>
    <message>
        <source>Show where the files are now.</source>
        <translation>Zeigen, wo die Dateien jetzt sind.</translation>
    </message>
    <message>
        <source>Simulate with the linear probe.</source>
        <translation>Mit der linearen Probe simulieren.</translation>
    </message>
    <message>
        <source>Simulating</source>
        <translation>Simulation läuft</translation>
    </message>
    <message>
        <source>Soil to crop</source>
        <translation>Boden – Grün</translation>
    </message>
    <message>
        <source>Something is missing at the end of the formula.</source>
        <translation>Am Ende der Formel fehlt etwas.</translation>
    </message>
    <message>
        <source>Stands for much that looks like it</source>
        <translation>Steht für vieles, das ähnlich aussieht</translation>
    </message>
    <message>
        <source>Stands for {count} tiles that look like it</source>
        <translation>Steht für {count} Kacheln, die so aussehen</translation>
    </message>
    <message>
        <source>Start it again, and then this command: it goes on from there.</source>
        <translation>Ihn neu starten, danach diesen Befehl: Er macht dort weiter.</translation>
    </message>
    <message>
        <source>Start some: dask worker {address}</source>
        <translation>Welche starten: dask worker {address}</translation>
    </message>
    <message>
        <source>Take a Latin letter, also with Shift, or a digit from 1 to 9.</source>
        <translation>Einen lateinischen Buchstaben nehmen, auch mit Umschalt, oder eine Ziffer von 1 bis 9.</translation>
    </message>
    <message>
        <source>Take some parentheses or signs away.</source>
        <translation>Einige Klammern oder Zeichen weglassen.</translation>
    </message>
    <message>
        <source>The Dask scheduler at {address} has no workers.</source>
        <translation>Der Dask-Scheduler unter {address} hat keine Worker.</translation>
    </message>
    <message>
        <source>The Dask scheduler at {address} is gone.</source>
        <translation>Der Dask-Scheduler unter {address} ist nicht mehr da.</translation>
    </message>
    <message>
        <source>The U-Net does not learn from windows here.</source>
        <translation>Das U-Net lernt hier nicht aus Fenstern.</translation>
    </message>
    <message>
        <source>The bands are {names}.</source>
        <translation>Die Bänder sind {names}.</translation>
    </message>
    <message>
        <source>The budgets are not in rising order.</source>
        <translation>Die Budgets sind nicht aufsteigend geordnet.</translation>
    </message>
    <message>
        <source>The class value {value} is not allowed.</source>
        <translation>Der Klassenwert {value} ist nicht erlaubt.</translation>
    </message>
    <message>
        <source>The cluster at {address} cannot run Fieldbrush: {reason}.</source>
        <translation>Der Rechnerverbund unter {address} kann Fieldbrush nicht ausführen: {reason}.</translation>
    </message>
    <message>
        <source>The cluster at {address} has Fieldbrush {found}, this is {ours}.</source>
        <translation>Der Rechnerverbund unter {address} hat Fieldbrush {found}, dies ist {ours}.</translation>
    </message>
    <message>
        <source>The disk is full: the project {path} could not be saved.</source>
        <translation>Der Datenträger ist voll: Das Projekt {path} konnte nicht gespeichert werden.</translation>
    </message>
    <message>
        <source>The encoder&apos;s weights are missing: {path}.</source>
        <translation>Die Gewichte des Encoders fehlen: {path}.</translation>
    </message>
    <message>
        <source>The encoder&apos;s weights differ between the computers: {path}.</source>
        <translation>Die Gewichte des Encoders sind nicht auf allen Rechnern dieselben: {path}.</translation>
    </message>
    <message>
        <source>The encoder&apos;s weights in {path} cannot be read: {reason}.</source>
        <translation>Die Gewichte des Encoders in {path} sind nicht lesbar: {reason}.</translation>
    </message>
    <message>
        <source>The encoder&apos;s weights in {path} do not fit this version of Fieldbrush.</source>
        <translation>Die Gewichte des Encoders in {path} passen nicht zu dieser Version von Fieldbrush.</translation>
    </message>
    <message>
        <source>The file does not say what its bands are.</source>
        <translation>Die Datei sagt nicht, was ihre Bänder sind.</translation>
    </message>
    <message>
        <source>The file has a colour table.</source>
        <translation>Die Datei hat eine Farbtabelle.</translation>
    </message>
    <message>
        <source>The file {path} does not hold weights for the encoder {name}: {reason}.</source>
        <translation>Die Datei {path} enthält keine Gewichte für den Encoder {name}: {reason}.</translation>
    </message>
    <message>
        <source>The folder {folder} cannot be read: {reason}.</source>
        <translation>Der Ordner {folder} kann nicht gelesen werden: {reason}.</translation>
    </message>
    <message>
        <source>The formula is empty.</source>
        <translation>Die Formel ist leer.</translation>
    </message>
    <message>
        <source>The formula is longer than {most} characters.</source>
        <translation>Die Formel ist länger als {most} Zeichen.</translation>
    </message>
    <message>
        <source>The formula is nested too deeply at character {place}.</source>
        <translation>Die Formel ist bei Zeichen {place} zu tief geschachtelt.</translation>
    </message>
    <message>
        <source>The formula names no band.</source>
        <translation>Die Formel nennt kein Band.</translation>
    </message>
    <message>
        <source>The functions are {names}.</source>
        <translation>Die Funktionen sind {names}.</translation>
    </message>
    <message>
        <source>The last change here was made on all tiles at once: the class “{name}” was removed.</source>
        <translation>Die letzte Änderung hier galt allen Kacheln zugleich: Die Klasse „{name}“ wurde entfernt.</translation>
    </message>
    <message>
        <source>The map makes {value} the class {target}, which is not in the project.</source>
        <translation>Die Zuordnung macht {value} zur Klasse {target}, die es im Projekt nicht gibt.</translation>
    </message>
    <message>
        <source>The map&apos;s errors are not known well enough to correct the areas: label more tiles of every class.</source>
        <translation>Die Fehler der Karte sind nicht gut genug bekannt, um die Flächen zu korrigieren: mehr Kacheln jeder Klasse labeln.</translation>
    </message>
    <message>
        <source>The mask {path} does not lie on its scene: it is {width} × {height} pixels in another place or size.</source>
        <translation>Die Maske {path} liegt nicht auf ihrer Szene: Ihre {width} × {height} Pixel haben einen anderen Ort oder eine andere Größe.</translation>
    </message>
    <message>
        <source>The mask {path} has the value {value}, which is no whole number.</source>
        <translation>Die Maske {path} hat den Wert {value}, der keine ganze Zahl ist.</translation>
    </message>
    <message>
        <source>The mask {path} has the value {value}, which is none of the project&apos;s classes.</source>
        <translation>Die Maske {path} enthält den Wert {value}, der zu keiner Klasse des Projekts gehört.</translation>
    </message>
    <message>
        <source>The mask {path} has the value {value}. Where 0 is the first class, no class is left for it.</source>
        <translation>Die Maske {path} hat den Wert {value}. Wenn 0 die erste Klasse ist, bleibt für ihn keine übrig.</translation>
    </message>
    <message>
        <source>The masks hold {count} values. If they are masks of classes, say with --map what each of them means.</source>
        <translation>Die Masken enthalten {count} Werte. Wenn es Masken von Klassen sind, mit --map sagen, was jeder davon bedeutet.</translation>
    </message>
    <message>
        <source>The masks hold {values}. Say what each means (0 is unlabeled, 255 ignore), for example --map {map}</source>
        <translation>Die Masken enthalten {values}. Angeben, was jeder Wert bedeutet (0 heißt ohne Label, 255 ignorieren), zum Beispiel --map {map}</translation>
    </message>
    <message>
        <source>The masks of {name} hold fewer than two classes.</source>
        <translation>Die Masken von {name} enthalten weniger als zwei Klassen.</translation>
    </message>
    <message>
        <source>The model easily changes its mind here ({percent} %)</source>
        <translation>Das Modell ändert hier leicht seine Meinung ({percent} %)</translation>
    </message>
    <message>
        <source>The model hardly ever changes its mind here ({percent} %)</source>
        <translation>Das Modell ändert hier fast nie seine Meinung ({percent} %)</translation>
    </message>
    <message>
        <source>The model hardly trusts its own answer here ({percent} % doubt)</source>
        <translation>Das Modell traut hier der eigenen Antwort kaum ({percent} % Zweifel)</translation>
    </message>
    <message>
        <source>The model has not learned {new} yet: train again.</source>
        <translation>Das Modell hat {new} noch nicht gelernt: neu trainieren.</translation>
    </message>
    <message>
        <source>The model has not learned {new}: paint that first, then train again.</source>
        <translation>Das Modell hat {new} nicht gelernt: erst malen, dann neu trainieren.</translation>
    </message>
    <message>
        <source>The model is hardly unsure here ({percent} % doubt)</source>
        <translation>Das Modell ist hier kaum unsicher ({percent} % Zweifel)</translation>
    </message>
    <message>
        <source>The model is unsure here ({percent} % doubt)</source>
        <translation>Hier ist das Modell unsicher ({percent} % Zweifel)</translation>
    </message>
    <message>
        <source>The model is unsure here ({percent} %)</source>
        <translation>Hier ist das Modell unsicher ({percent} %)</translation>
    </message>
    <message>
        <source>The model still looks for {gone}, which is left open now: train again.</source>
        <translation>Das Modell sucht noch {gone}; das bleibt jetzt offen: neu trainieren.</translation>
    </message>
    <message>
        <source>The model wavers between the classes here ({percent} % doubt)</source>
        <translation>Das Modell schwankt hier zwischen den Klassen ({percent} % Zweifel)</translation>
    </message>
    <message>
        <source>The next {minutes} minutes (about {tiles} tiles) promise {gain:+.1f} points of IoU ({low:+.1f} to {high:+.1f}), if it goes on as in the last rounds.</source>
        <translation>Die nächsten {minutes} Minuten (etwa {tiles} Kacheln) versprechen {gain:+.1f} IoU-Punkte ({low:+.1f} bis {high:+.1f}), wenn es weitergeht wie in den letzten Runden.</translation>
    </message>
    <message>
        <source>The next {minutes} minutes (about {tiles} tiles) promise {gain:+.1f} points of IoU ({low:+.1f} to {high:+.1f}): labeling more will hardly help.</source>
        <translation>Die nächsten {minutes} Minuten (etwa {tiles} Kacheln) versprechen {gain:+.1f} IoU-Punkte ({low:+.1f} bis {high:+.1f}): Mehr Labels helfen kaum noch.</translation>
    </message>
    <message>
        <source>The number at character {place} is too large.</source>
        <translation>Die Zahl bei Zeichen {place} ist zu groß.</translation>
    </message>
    <message>
        <source>The only band.</source>
        <translation>Das einzige Band.</translation>
    </message>
    <message>
        <source>The overview of {name} could not be saved: {reason}.</source>
        <translation>Die Übersicht von {name} konnte nicht gespeichert werden: {reason}.</translation>
    </message>
    <message>
        <source>The parenthesis opened at character {place} is not closed.</source>
        <translation>Die bei Zeichen {place} geöffnete Klammer ist nicht geschlossen.</translation>
    </message>
    <message>
        <source>The pixel classifier cannot tell two classes.</source>
        <translation>Der Pixel-Klassifikator kann keine zwei Klassen unterscheiden.</translation>
    </message>
    <message>
        <source>The pixel classifier hardly trusts its own answer here ({percent} % doubt)</source>
        <translation>Der Pixel-Klassifikator traut hier der eigenen Antwort kaum ({percent} % Zweifel)</translation>
    </message>
    <message>
        <source>The pixel classifier is hardly unsure here ({percent} % doubt)</source>
        <translation>Der Pixel-Klassifikator ist hier kaum unsicher ({percent} % Zweifel)</translation>
    </message>
    <message>
        <source>The pixel classifier is unsure here ({percent} % doubt)</source>
        <translation>Hier ist der Pixel-Klassifikator unsicher ({percent} % Zweifel)</translation>
    </message>
    <message>
        <source>The pixel classifier is unsure here ({percent} %)</source>
        <translation>Hier ist der Pixel-Klassifikator unsicher ({percent} %)</translation>
    </message>
    <message>
        <source>The pixel classifier wavers between the classes here ({percent} % doubt)</source>
        <translation>Der Pixel-Klassifikator schwankt hier zwischen den Klassen ({percent} % Zweifel)</translation>
    </message>
    <message>
        <source>The places this model learned from cannot be read.</source>
        <translation>Die Orte, von denen dieses Modell gelernt hat, sind nicht lesbar.</translation>
    </message>
    <message>
        <source>The processes that computed died {count} times in a row; the memory may be too small.</source>
        <translation>Die rechnenden Prozesse sind {count}-mal hintereinander gestorben; der Speicher ist vielleicht zu klein.</translation>
    </message>
    <message>
        <source>The project has no name yet.</source>
        <translation>Das Projekt hat noch keinen Namen.</translation>
    </message>
    <message>
        <source>The project has {known}; 0 is unlabeled and 255 ignore.</source>
        <translation>Das Projekt hat {known}; 0 heißt ohne Label, 255 ignorieren.</translation>
    </message>
    <message>
        <source>The project {path} can no longer be read or saved.</source>
        <translation>Das Projekt {path} lässt sich nicht mehr lesen oder speichern.</translation>
    </message>
    <message>
        <source>The project {path} cannot be read or saved: {reason}.</source>
        <translation>Das Projekt {path} lässt sich nicht lesen oder speichern: {reason}.</translation>
    </message>
    <message>
        <source>The project {path} cannot be written.</source>
        <translation>Das Projekt {path} lässt sich nicht schreiben.</translation>
    </message>
    <message>
        <source>The project {path} cannot be written: {reason}.</source>
        <translation>Das Projekt {path} lässt sich nicht schreiben: {reason}.</translation>
    </message>
    <message>
        <source>The project {path} is damaged or not complete.</source>
        <translation>Das Projekt {path} ist beschädigt oder unvollständig.</translation>
    </message>
    <message>
        <source>The project {path} is damaged.</source>
        <translation>Das Projekt {path} ist beschädigt.</translation>
    </message>
    <message>
        <source>The project {path} is open in another window.</source>
        <translation>Das Projekt {path} ist in einem anderen Fenster geöffnet.</translation>
    </message>
    <message>
        <source>The project {path} was made by a newer Fieldbrush.</source>
        <translation>Das Projekt {path} stammt von einem neueren Fieldbrush.</translation>
    </message>
    <message>
        <source>The project {path} was moved, deleted or replaced while it was open.</source>
        <translation>Das Projekt {path} wurde verschoben, gelöscht oder ersetzt, während es offen war.</translation>
    </message>
    <message>
        <source>The scene {path} cannot be read: {reason}.</source>
        <translation>Die Szene {path} ist nicht lesbar: {reason}.</translation>
    </message>
    <message>
        <source>The scene {path} has changed since it came into this project.</source>
        <translation>Die Szene {path} hat sich geändert, seit sie in diesem Projekt ist.</translation>
    </message>
    <message>
        <source>The scene {path} has not been identified yet.</source>
        <translation>Die Szene {path} ist noch nicht erkannt worden.</translation>
    </message>
    <message>
        <source>The scene {path} is not the file that was labeled: it has another size.</source>
        <translation>Die Szene {path} ist nicht die gelabelte Datei: Sie hat eine andere Größe.</translation>
    </message>
    <message>
        <source>The size of a pixel is unknown in {scenes}: areas are in pixels.</source>
        <translation>In {scenes} ist die Größe eines Pixels unbekannt: Flächen stehen in Pixeln.</translation>
    </message>
    <message>
        <source>The statistics are of {found} bands, but the scenes have {expected}.</source>
        <translation>Die Statistik umfasst {found} Bänder, die Szenen haben aber {expected}.</translation>
    </message>
    <message>
        <source>The tiles cannot be ranked: {flags} labeled flags for {count} tiles.</source>
        <translation>Die Kacheln lassen sich nicht einstufen: {flags} Label-Angaben für {count} Kacheln.</translation>
    </message>
    <message>
        <source>The tiles cannot be ranked: {name} has shape {shape} for {count} tiles.</source>
        <translation>Die Kacheln lassen sich nicht einstufen: {name} hat die Form {shape} bei {count} Kacheln.</translation>
    </message>
    <message>
        <source>The tiles were chosen for learning, not at random, and paint prefers the clear cases.</source>
        <translation>Die Kacheln wurden zum Lernen gewählt, nicht zufällig, und gemalt wird eher, was klar ist.</translation>
    </message>
    <message>
        <source>There are no labels to export.</source>
        <translation>Es gibt keine Labels zum Exportieren.</translation>
    </message>
    <message>
        <source>There is a composite of the name {name} already.</source>
        <translation>Es gibt schon eine Bandkombination namens {name}.</translation>
    </message>
    <message>
        <source>There is no band “{name}” (character {place}).</source>
        <translation>Es gibt kein Band „{name}“ (Zeichen {place}).</translation>
    </message>
    <message>
        <source>There is no folder {path}.</source>
        <translation>Es gibt keinen Ordner {path}.</translation>
    </message>
    <message>
        <source>There is no function “{name}” (character {place}).</source>
        <translation>Es gibt keine Funktion „{name}“ (Zeichen {place}).</translation>
    </message>
    <message>
        <source>There is no latitude {latitude:g} with longitude {longitude:g}.</source>
        <translation>Eine Breite {latitude:g} mit der Länge {longitude:g} gibt es nicht.</translation>
    </message>
    <message>
        <source>There is no model yet, and fewer than two classes are painted.</source>
        <translation>Es gibt noch kein Modell, und es sind weniger als zwei Klassen gemalt.</translation>
    </message>
    <message>
        <source>There is no model yet.</source>
        <translation>Es gibt noch kein Modell.</translation>
    </message>
    <message>
        <source>There is no prediction of this tile yet.</source>
        <translation>Für diese Kachel gibt es noch keine Vorhersage.</translation>
    </message>
    <message>
        <source>There is no project {path}.</source>
        <translation>Es gibt kein Projekt {path}.</translation>
    </message>
    <message>
        <source>There is no strategy {name}.</source>
        <translation>Es gibt keine Strategie {name}.</translation>
    </message>
    <message>
        <source>There is nothing to simulate.</source>
        <translation>Es gibt nichts zu simulieren.</translation>
    </message>
    <message>
        <source>There is too little memory to read {name}.</source>
        <translation>Der Speicher reicht nicht, um {name} zu lesen.</translation>
    </message>
    <message>
        <source>There is too little paint to check it against itself.</source>
        <translation>Es ist zu wenig gemalt, um es an sich selbst zu prüfen.</translation>
    </message>
    <message>
        <source>There is too little paint to learn from: nothing (or next to nothing) is painted as {missing}.</source>
        <translation>Zum Lernen ist zu wenig gemalt: nichts oder fast nichts als {missing}.</translation>
    </message>
    <message>
        <source>These tiles have not been cut into windows.</source>
        <translation>Diese Kacheln sind nicht in Fenster geteilt.</translation>
    </message>
    <message>
        <source>These training settings make no sense: {settings}.</source>
        <translation>Diese Trainingseinstellungen ergeben keinen Sinn: {settings}.</translation>
    </message>
    <message>
        <source>This PyTorch cannot train in several processes.</source>
        <translation>Dieses PyTorch kann nicht in mehreren Prozessen trainieren.</translation>
    </message>
    <message>
        <source>This class is not in the project any more.</source>
        <translation>Diese Klasse ist nicht mehr im Projekt.</translation>
    </message>
    <message>
        <source>This is not a model that Fieldbrush can use: {reason}.</source>
        <translation>Mit diesem Modell kann Fieldbrush nichts anfangen: {reason}.</translation>
    </message>
    <message>
        <source>This model knows classes that the project does not have: {classes}.</source>
        <translation>Dieses Modell kennt Klassen, die das Projekt nicht hat: {classes}.</translation>
    </message>
    <message>
        <source>This model reads the bands {model}, but the project&apos;s scenes have {scenes}.</source>
        <translation>Dieses Modell liest die Bänder {model}, die Szenen des Projekts haben aber {scenes}.</translation>
    </message>
    <message>
        <source>This project has had {most} classes.</source>
        <translation>Dieses Projekt hatte schon {most} Klassen.</translation>
    </message>
    <message>
        <source>This version of Fieldbrush has no encoder named {name}.</source>
        <translation>Diese Version von Fieldbrush hat keinen Encoder namens {name}.</translation>
    </message>
    <message>
        <source>This would paint the class {value}, which is not in the project.</source>
        <translation>Damit würde die Klasse {value} gemalt, die es im Projekt nicht gibt.</translation>
    </message>
    <message>
        <source>Tiles that cannot be read do not count: {count}.</source>
        <translation>Kacheln, die sich nicht lesen lassen, zählen nicht: {count}.</translation>
    </message>
    <message>
        <source>Time, learning rate and processes must be positive, a batch size not negative, a crop at least 32 px, heads 1 to 16.</source>
        <translation>Zeit, Lernrate und Prozesse müssen positiv sein, die Batchgröße nicht negativ, ein Ausschnitt mindestens 32 px groß, Köpfe 1 bis 16.</translation>
    </message>
    <message>
        <source>Too few tiles to tell which is better.</source>
        <translation>Zu wenige Kacheln, um zu sagen, welches besser ist.</translation>
    </message>
    <message>
        <source>Train a new model for this project, or correct the band roles.</source>
        <translation>Ein neues Modell für dieses Projekt trainieren oder die Rollen der Bänder berichtigen.</translation>
    </message>
    <message>
        <source>Train a new model, or choose a file that Fieldbrush exported.</source>
        <translation>Ein neues Modell trainieren oder eine von Fieldbrush exportierte Datei wählen.</translation>
    </message>
    <message>
        <source>Train again with a smaller learning rate, or from scratch if this went on from an earlier model.</source>
        <translation>Mit kleinerer Lernrate erneut trainieren oder ganz von vorn, falls es auf einem früheren Modell aufbaut.</translation>
    </message>
    <message>
        <source>Train again; if it happens again, with one process.</source>
        <translation>Noch einmal trainieren; wenn es wieder geschieht, mit einem Prozess.</translation>
    </message>
    <message>
        <source>Train one first.</source>
        <translation>Zuerst eins trainieren.</translation>
    </message>
    <message>
        <source>Train with one process.</source>
        <translation>Mit einem Prozess trainieren.</translation>
    </message>
    <message>
        <source>Trained</source>
        <translation>Fertig trainiert</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>Training ran out of bounds: the loss is no longer a number.</source>
        <translation>Das Training ist entgleist: Der Verlust ist keine Zahl mehr.</translation>
    </message>
    <message>
        <source>Try again, or restore it from a copy.</source>
        <translation>Erneut versuchen oder aus einer Kopie wiederherstellen.</translation>
    </message>
    <message>
        <source>Two classes are called “{name}”.</source>
        <translation>Zwei Klassen heißen „{name}“.</translation>
    </message>
    <message>
        <source>Two classes have the key {key}.</source>
        <translation>Zwei Klassen haben die Taste {key}.</translation>
    </message>
    <message>
        <source>Two classes have the value {value}.</source>
        <translation>Zwei Klassen haben den Wert {value}.</translation>
    </message>
    <message>
        <source>Typical of {count} tiles that look like it</source>
        <translation>Typisch für {count} Kacheln, die so aussehen</translation>
    </message>
    <message>
        <source>Undo the later strokes on those tiles first.</source>
        <translation>Zuerst die späteren Striche auf diesen Kacheln rückgängig machen.</translation>
    </message>
    <message>
        <source>Unlike what is painted so far</source>
        <translation>Anders als alles bisher Gemalte</translation>
    </message>
    <message>
        <source>Use a value from 1 to {largest}.</source>
        <translation>Einen Wert von 1 bis {largest} verwenden.</translation>
    </message>
    <message>
        <source>Use another one first, then delete it.</source>
        <translation>Zuerst ein anderes verwenden, dann dieses löschen.</translation>
    </message>
    <message>
        <source>Use band names, numbers, + - * / ** and parentheses.</source>
        <translation>Bandnamen, Zahlen, + - * / ** und Klammern verwenden.</translation>
    </message>
    <message>
        <source>Use fewer --jobs, or close other programs. What was finished is kept.</source>
        <translation>Weniger --jobs angeben oder andere Programme schließen. Was fertig war, bleibt erhalten.</translation>
    </message>
    <message>
        <source>Use it first, then export its map.</source>
        <translation>Zuerst dieses verwenden, dann seine Karte exportieren.</translation>
    </message>
    <message>
        <source>Use more or larger scenes, or smaller tiles.</source>
        <translation>Mehr oder größere Szenen oder kleinere Kacheln verwenden.</translation>
    </message>
    <message>
        <source>Use the CSV that “fieldbrush rank” wrote for this project.</source>
        <translation>Die CSV-Datei verwenden, die „fieldbrush rank“ für dieses Projekt geschrieben hat.</translation>
    </message>
    <message>
        <source>Use {known}, or install the version that made the model.</source>
        <translation>{known} verwenden oder die Version installieren, von der das Modell stammt.</translation>
    </message>
    <message>
        <source>Viridis</source>
        <translation>Viridis</translation>
    </message>
    <message>
        <source>Wait until it is ready, or cancel it first.</source>
        <translation>Warten, bis es fertig ist, oder es vorher abbrechen.</translation>
    </message>
    <message>
        <source>When that is mended, open the project again and train once more.</source>
        <translation>Wenn das behoben ist, öffnen Sie das Projekt wieder und trainieren Sie noch einmal.</translation>
    </message>
    <message>
        <source>Where {name} lies on Earth is not known.</source>
        <translation>Wo {name} auf der Erde liegt, ist nicht bekannt.</translation>
    </message>
    <message>
        <source>Write a band or a number there.</source>
        <translation>Dort ein Band oder eine Zahl schreiben.</translation>
    </message>
    <message>
        <source>Write colours as #rrggbb, for example #0072B2.</source>
        <translation>Farben als #rrggbb schreiben, zum Beispiel #0072B2.</translation>
    </message>
    <message>
        <source>Write it like 0=1,1=2,2=3.</source>
        <translation>So schreiben: 0=1,1=2,2=3.</translation>
    </message>
    <message>
        <source>Write one such as (nir - red) / (nir + red).</source>
        <translation>Eine schreiben wie (nir - red) / (nir + red).</translation>
    </message>
    <message>
        <source>Write the latitude first, from -90 to 90, then the longitude, from -180 to 180.</source>
        <translation>Zuerst die Breite von -90 bis 90 schreiben, dann die Länge von -180 bis 180.</translation>
    </message>
    <message>
        <source>Write the nodata value, or leave it empty for none.</source>
        <translation>Den Nodata-Wert eingeben oder das Feld leer lassen, wenn es keinen gibt.</translation>
    </message>
    <message>
        <source>Write x, y as in the status bar, latitude, longitude in degrees, or: pixel column, row.</source>
        <translation>x, y wie in der Statusleiste schreiben, Breite, Länge in Grad, oder: pixel Spalte, Zeile.</translation>
    </message>
    <message>
        <source>Write x, y as in the status bar, or: pixel column, row.</source>
        <translation>x, y wie in der Statusleiste schreiben, oder: pixel Spalte, Zeile.</translation>
    </message>
    <message>
        <source>You said {painted}; the model is {certainty} sure otherwise: {likely}</source>
        <translation>Sie sagten {painted}; das Modell sagt zu {certainty} {likely}</translation>
    </message>
    <message>
        <source>Tiles it learned from join {count} of them: the scores may flatter.</source>
        <translation>An {count} davon grenzen Kacheln, von denen es gelernt hat: Die Güte kann zu hoch sein.</translation>
    </message>
    <message>
        <source>Of these, {count} drawn at random, the others chosen for learning.</source>
        <translation>Davon {count} zufällig gezogen, die anderen zum Lernen ausgewählt.</translation>
    </message>
    <message>
        <source>Put the masks into folders that are called like the scenes&apos; folders, or name them so: {names}.</source>
        <translation>Die Masken in Ordner legen, die wie die der Szenen heißen, oder sie so benennen: {names}.</translation>
    </message>
    <message>
        <source>Save the masks anew with a whole number for every class, for example 1, 2 and 3.</source>
        <translation>Die Masken neu speichern, mit einer ganzen Zahl für jede Klasse, zum Beispiel 1, 2 und 3.</translation>
    </message>
    <message>
        <source>Use masks with one band that holds the class values. QGIS makes values of colours: Raster, Conversion, RGB to PCT.</source>
        <translation>Masken mit einem Band nehmen, das die Klassenwerte enthält. Aus Farben macht QGIS Werte: Raster, Konvertierung, RGB nach PCT.</translation>
    </message>
    <message>
        <source>Write decimals with a point, such as 1.5.</source>
        <translation>Dezimalzahlen mit Punkt schreiben, etwa 1.5.</translation>
    </message>
    <message>
        <source>{count} scenes cannot be read and are not part of the project, {name} for one.</source>
        <translation>{count} Szenen lassen sich nicht lesen und sind nicht Teil des Projekts, eine davon {name}.</translation>
    </message>
    <message>
        <source>{folder} has no mask that bears a scene&apos;s name.</source>
        <translation>In {folder} trägt keine Maske den Namen einer Szene.</translation>
    </message>
    <message>
        <source>{folder} has none of the missing scenes.</source>
        <translation>In {folder} ist keine der fehlenden Szenen.</translation>
    </message>
    <message>
        <source>{jobs} processes cannot do anything.</source>
        <translation>{jobs} Prozesse können nichts tun.</translation>
    </message>
    <message>
        <source>{name}</source>
        <translation>{name}</translation>
    </message>
    <message>
        <source>{name} at character {place} takes {needed} value(s), not {count}.</source>
        <translation>{name} bei Zeichen {place} braucht {needed} Wert(e), nicht {count}.</translation>
    </message>
    <message>
        <source>{name} cannot be read and is not part of the project.</source>
        <translation>{name} lässt sich nicht lesen und ist nicht Teil des Projekts.</translation>
    </message>
    <message>
        <source>{name} cannot be read: it is damaged or incomplete.</source>
        <translation>{name} ist nicht lesbar: beschädigt oder unvollständig.</translation>
    </message>
    <message>
        <source>{name} has a name, or lies in a folder, with broken characters.</source>
        <translation>Der Name von {name} oder der eines Ordners darüber enthält beschädigte Zeichen.</translation>
    </message>
    <message>
        <source>{name} has one bit a pixel: it is a mask, not an image.</source>
        <translation>{name} hat ein Bit je Pixel: Das ist eine Maske, kein Bild.</translation>
    </message>
    <message>
        <source>{name} has {found} bands, but the project needs {needed}.</source>
        <translation>{name} hat {found} Bänder, das Projekt braucht aber {needed}.</translation>
    </message>
    <message>
        <source>{name} holds complex numbers (raw radar).</source>
        <translation>{name} enthält komplexe Zahlen (Radar-Rohdaten).</translation>
    </message>
    <message>
        <source>{name} is a folder.</source>
        <translation>{name} ist ein Ordner.</translation>
    </message>
    <message>
        <source>{name} is a map that this program has exported, not an image.</source>
        <translation>{name} ist eine Karte, die dieses Programm exportiert hat, kein Bild.</translation>
    </message>
    <message>
        <source>{name} is closed.</source>
        <translation>{name} ist geschlossen.</translation>
    </message>
    <message>
        <source>{name} is compressed in a way that this program does not know.</source>
        <translation>{name} ist auf eine Weise komprimiert, die dieses Programm nicht kennt.</translation>
    </message>
    <message>
        <source>{name} is gone.</source>
        <translation>{name} ist verschwunden.</translation>
    </message>
    <message>
        <source>{name} is not an image file on this computer but a pointer to other data.</source>
        <translation>{name} ist keine Bilddatei auf diesem Rechner, sondern ein Verweis auf andere Daten.</translation>
    </message>
    <message>
        <source>{name} is not an image this program can open.</source>
        <translation>{name} ist kein Bild, das dieses Programm öffnen kann.</translation>
    </message>
    <message>
        <source>{name} is stored in a single piece that is too large to read in parts.</source>
        <translation>{name} ist als ein einziges Stück gespeichert, zu groß, um es in Teilen zu lesen.</translation>
    </message>
    <message>
        <source>{name} may not be read.</source>
        <translation>{name} darf nicht gelesen werden.</translation>
    </message>
    <message>
        <source>{name} says which pixels of an image are usable: it is no image itself.</source>
        <translation>{name} sagt, welche Pixel eines Bildes brauchbar sind: Die Datei ist selbst kein Bild.</translation>
    </message>
    <message>
        <source>{name} was not found.</source>
        <translation>{name} wurde nicht gefunden.</translation>
    </message>
    <message>
        <source>{one} and {other} are bands of one image, each in a file of its own.</source>
        <translation>{one} und {other} sind Bänder eines Bildes, jedes in einer eigenen Datei.</translation>
    </message>
    <message>
        <source>{path} could not be read: {reason}.</source>
        <translation>{path} konnte nicht gelesen werden: {reason}.</translation>
    </message>
    <message>
        <source>{path} could not be written: {reason}.</source>
        <translation>{path} konnte nicht geschrieben werden: {reason}.</translation>
    </message>
    <message>
        <source>{path} exists already and holds something else.</source>
        <translation>{path} gibt es schon, mit anderem Inhalt.</translation>
    </message>
    <message>
        <source>{path} exists already and was not written by this program.</source>
        <translation>{path} gibt es schon, und dieses Programm hat sie nicht geschrieben.</translation>
    </message>
    <message>
        <source>{path} exists already.</source>
        <translation>{path} gibt es schon.</translation>
    </message>
    <message>
        <source>{path} has been edited since this program wrote it.</source>
        <translation>{path} wurde bearbeitet, seit dieses Programm sie geschrieben hat.</translation>
    </message>
    <message>
        <source>{path} has the bands {bands}, the other scenes have {other_bands}.</source>
        <translation>{path} hat die Bänder {bands}, die anderen Szenen haben {other_bands}.</translation>
    </message>
    <message>
        <source>{path} has {bands} bands: it is a picture, not a mask.</source>
        <translation>{path} hat {bands} Bänder: Das ist ein Bild, keine Maske.</translation>
    </message>
    <message>
        <source>{path} holds something else than this simulation.</source>
        <translation>{path} enthält etwas anderes als diese Simulation.</translation>
    </message>
    <message>
        <source>{path} is empty.</source>
        <translation>{path} ist leer.</translation>
    </message>
    <message>
        <source>{path} is not a Fieldbrush project.</source>
        <translation>{path} ist kein Fieldbrush-Projekt.</translation>
    </message>
    <message>
        <source>{path} is not a list of tiles: {reason}.</source>
        <translation>{path} ist keine Liste von Kacheln: {reason}.</translation>
    </message>
    <message>
        <source>{path} is too large to be a model.</source>
        <translation>{path} ist zu groß für ein Modell.</translation>
    </message>
    <message>
        <source>{path} lists no tiles.</source>
        <translation>{path} nennt keine Kacheln.</translation>
    </message>
    <message>
        <source>{path}, line {line}: the project has no tile, or several, at column {column}, row {row} of {scene}.</source>
        <translation>{path}, Zeile {line}: Das Projekt hat in Spalte {column}, Zeile {row} von {scene} keine oder mehrere Kacheln.</translation>
    </message>
    <message>
        <source>{words} lies outside {name}.</source>
        <translation>{words} liegt außerhalb von {name}.</translation>
    </message>
    <message>
        <source>“{budgets}” are not budgets.</source>
        <translation>„{budgets}“ sind keine Budgets.</translation>
    </message>
    <message>
        <source>“{colour}” is not a colour.</source>
        <translation>„{colour}“ ist keine Farbe.</translation>
    </message>
    <message>
        <source>“{cost}” is no cost.</source>
        <translation>„{cost}“ sind keine Kosten.</translation>
    </message>
    <message>
        <source>“{key}” cannot be the key of a class.</source>
        <translation>„{key}“ kann nicht die Taste einer Klasse sein.</translation>
    </message>
    <message>
        <source>“{path}” is a folder, not a project.</source>
        <translation>„{path}“ ist ein Ordner, kein Projekt.</translation>
    </message>
    <message>
        <source>“{roles}” are not the roles of the {count} bands.</source>
        <translation>„{roles}“ sind nicht die Rollen der {count} Bänder.</translation>
    </message>
    <message>
        <source>“{sign}” at character {place} was not expected there.</source>
        <translation>„{sign}“ bei Zeichen {place} war dort nicht erwartet.</translation>
    </message>
    <message>
        <source>“{text}” is not a value map.</source>
        <translation>„{text}“ ist keine Wertezuordnung.</translation>
    </message>
    <message>
        <source>“{text}” makes {value} two things at once.</source>
        <translation>„{text}“ macht {value} zu zweierlei.</translation>
    </message>
    <message>
        <source>“{words}” is no position.</source>
        <translation>„{words}“ ist keine Position.</translation>
    </message>
</context>
<context>
    <name>demo</name>
    <message>
        <source>Demo farm</source>
        <translation>Demo-Betrieb</translation>
    </message>
    <message>
        <source>Growing a farm to practise on …</source>
        <translation>Ein Übungsbetrieb wird angelegt …</translation>
    </message>
</context>
<context>
    <name>errors</name>
    <message>
        <source>Something unexpected happened ({details}). Your labels are saved.</source>
        <translation>Etwas Unerwartetes ist geschehen ({details}). Die Labels sind gespeichert.</translation>
    </message>
</context>
<context>
    <name>legend</name>
    <message>
        <source>Doubt</source>
        <translation>Zweifel</translation>
    </message>
    <message>
        <source>Next in the queue</source>
        <translation>Die Nächsten</translation>
    </message>
    <message>
        <source>sure</source>
        <translation>sicher</translation>
    </message>
    <message>
        <source>unsure</source>
        <translation>unsicher</translation>
    </message>
</context>
<context>
    <name>map</name>
    <message>
        <source>Model {version}</source>
        <translation>Modell {version}</translation>
    </message>
    <message>
        <source>Pixel classifier</source>
        <translation>Pixel-Klassifikator</translation>
    </message>
    <message>
        <source>Scene and map have the pixel classifier&apos;s colours until the model is better.</source>
        <translation>Szene und Karte haben die Farben des Pixel-Klassifikators, bis das Modell besser ist.</translation>
    </message>
    <message>
        <source>The scene has the model&apos;s colours, the map the pixel classifier&apos;s.</source>
        <translation>Die Szene hat die Farben des Modells, die Karte die des Pixel-Klassifikators.</translation>
    </message>
    <message>
        <source>The scene has the pixel classifier&apos;s colours, the map the model&apos;s.</source>
        <translation>Die Szene hat die Farben des Pixel-Klassifikators, die Karte die des Modells.</translation>
    </message>
    <message>
        <source>The scene has the pixel classifier&apos;s colours, the map the model&apos;s: nobody has measured which is better.</source>
        <translation>Die Szene hat die Farben des Pixel-Klassifikators, die Karte die des Modells: Welche besser ist, hat niemand gemessen.</translation>
    </message>
    <message>
        <source>The scene has the pixel classifier&apos;s colours: with strokes on a tile it does better, without them the model does.</source>
        <translation>Die Szene hat die Farben des Pixel-Klassifikators: Mit Strichen auf einer Kachel ist er besser, ohne sie das Modell.</translation>
    </message>
    <message numerus="yes">
        <source>{name}: IoU {iou} on %n tile(s) held out</source>
        <translation>
            <numerusform>{name}: IoU {iou} auf %n zurückgehaltenen Kachel</numerusform>
            <numerusform>{name}: IoU {iou} auf %n zurückgehaltenen Kacheln</numerusform>
        </translation>
    </message>
    <message>
        <source>{name}: not scored yet</source>
        <translation>{name}: noch nicht bewertet</translation>
    </message>
</context>
<context>
    <name>regimes</name>
    <message>
        <source>for coverage</source>
        <translation>zur Abdeckung</translation>
    </message>
    <message>
        <source>for doubt</source>
        <translation>wegen Zweifel</translation>
    </message>
    <message>
        <source>random check</source>
        <translation>Stichprobe</translation>
    </message>
    <message>
        <source>typical</source>
        <translation>typisch</translation>
    </message>
</context>
<context>
    <name>relink</name>
    <message numerus="yes">
        <source>%n scene(s) are not where they were.</source>
        <translation>
            <numerusform>%n Szene liegt nicht mehr an ihrem Ort.</numerusform>
            <numerusform>%n Szenen liegen nicht mehr an ihrem Ort.</numerusform>
        </translation>
    </message>
    <message>
        <source>Choose the folder…</source>
        <translation>Ordner wählen …</translation>
    </message>
    <message>
        <source>Folder of the moved scenes</source>
        <translation>Ordner der verschobenen Szenen</translation>
    </message>
    <message>
        <source>Looking for the scenes …</source>
        <translation>Szenen werden gesucht …</translation>
    </message>
    <message>
        <source>No file in “{folder}” has the content of those. Show another one?</source>
        <translation>Keine Datei in „{folder}“ hat ihren Inhalt. Einen anderen Ordner zeigen?</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>Jetzt nicht</translation>
    </message>
    <message>
        <source>Scenes are missing</source>
        <translation>Szenen fehlen</translation>
    </message>
    <message>
        <source>Your labels are safe. Show the folder the scenes are in now?</source>
        <translation>Die Labels sind sicher. Den Ordner zeigen, in dem die Szenen jetzt liegen?</translation>
    </message>
</context>
<context>
    <name>status</name>
    <message>
        <source>E</source>
        <comment>east</comment>
        <translation>O</translation>
    </message>
    <message>
        <source>N</source>
        <comment>north</comment>
        <translation>N</translation>
    </message>
    <message>
        <source>S</source>
        <comment>south</comment>
        <translation>S</translation>
    </message>
    <message>
        <source>W</source>
        <comment>west</comment>
        <translation>W</translation>
    </message>
    <message>
        <source>{minutes} min left</source>
        <translation>noch {minutes} min</translation>
    </message>
    <message>
        <source>{seconds} s left</source>
        <translation>noch {seconds} s</translation>
    </message>
</context>
<context>
    <name>system</name>
    <message>
        <source>Device or resource busy</source>
        <translation>Gerät oder Datei ist in Gebrauch</translation>
    </message>
    <message>
        <source>Disk quota exceeded</source>
        <translation>Speicherplatz-Kontingent überschritten</translation>
    </message>
    <message>
        <source>File exists</source>
        <translation>Datei existiert bereits</translation>
    </message>
    <message>
        <source>File name too long</source>
        <translation>Dateiname ist zu lang</translation>
    </message>
    <message>
        <source>File too large</source>
        <translation>Datei ist zu groß</translation>
    </message>
    <message>
        <source>Input/output error</source>
        <translation>Lese- oder Schreibfehler</translation>
    </message>
    <message>
        <source>Is a directory</source>
        <translation>Ist ein Ordner</translation>
    </message>
    <message>
        <source>No space left on device</source>
        <translation>Kein Platz mehr auf dem Datenträger</translation>
    </message>
    <message>
        <source>No such file or directory</source>
        <translation>Datei oder Ordner nicht gefunden</translation>
    </message>
    <message>
        <source>Not a directory</source>
        <translation>Ist kein Ordner</translation>
    </message>
    <message>
        <source>Operation not permitted</source>
        <translation>Nicht erlaubt</translation>
    </message>
    <message>
        <source>Permission denied</source>
        <translation>Keine Berechtigung</translation>
    </message>
    <message>
        <source>Read-only file system</source>
        <translation>Nur lesbarer Datenträger</translation>
    </message>
    <message>
        <source>Too many levels of symbolic links</source>
        <translation>Zu viele Verweise hintereinander</translation>
    </message>
</context>
<context>
    <name>tiles</name>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Flagged</source>
        <translation>Vorgemerkt</translation>
    </message>
    <message>
        <source>New</source>
        <translation>Neu</translation>
    </message>
    <message>
        <source>Skipped</source>
        <translation>Übersprungen</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Begonnen</translation>
    </message>
    <message>
        <source>{scene}, row {row}, column {column}</source>
        <translation>{scene}, Zeile {row}, Spalte {column}</translation>
    </message>
</context>
<context>
    <name>unsaved</name>
    <message>
        <source>Close without the model</source>
        <translation>Ohne das Modell schließen</translation>
    </message>
    <message>
        <source>Keep the project open</source>
        <translation>Projekt offen lassen</translation>
    </message>
    <message>
        <source>When the project is closed now, the model is lost. Your labels are saved.</source>
        <translation>Wird das Projekt jetzt geschlossen, ist das Modell verloren. Ihre Labels sind gespeichert.</translation>
    </message>
</context>
</TS>
