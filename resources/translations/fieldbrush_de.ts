<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>BudgetDialog</name>
    <message>
        <source>Budget</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Budget unit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How much labeling do you have in all?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tiles</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CanvasView</name>
    <message>
        <source>Canvas</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Double-click a tile to label it</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ClassesPanel</name>
    <message>
        <source>Brush size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Brush size in pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Protect painted pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ignore</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CurvePlot</name>
    <message>
        <source>IoU {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learning curve</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The learning curve appears here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>loss {value}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Choose a folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GeoTIFFs on the scenes&apos; own pixels, with class names and colours for QGIS. Unlabeled is nodata.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Labels ({count} painted tiles)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prediction and doubt of every scene</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HistoryPanel</name>
    <message>
        <source>Strokes on this tile</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>InspectorPanel</name>
    <message>
        <source>Label</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prediction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ignore</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}, {doubt} % doubt</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KeysDialog</name>
    <message>
        <source>Keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On the canvas</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LayersPanel</name>
    <message>
        <source>Composite</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Doubt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opacity of {layer}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prediction</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message numerus="yes">
        <source>%n file(s) written to {folder}</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>About Fieldbrush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Label satellite and drone imagery into healthy / unhealthy crop masks, offline, where every label counts.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Projects and scenes (*{suffix} *.tif *.tiff *.jp2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The language changes when you start Fieldbrush again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tools</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NewProjectDialog</name>
    <message numerus="yes">
        <source>%n file(s) left out</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n scene(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Add</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add GeoTIFF files or a folder of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Band</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bands, as we read them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Budget</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Budget and file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Budget unit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a folder of scenes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose scenes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colour of the class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Create project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Double-click to change the colour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fieldbrush projects (*{suffix})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How much can you label? The program picks the tiles that are worth it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Meaning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Meaning of band {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nodata</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nodata must be a number, or empty for none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rasters (*.tif *.tiff *.jp2 *.png *.jpg)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the project as</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scenes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>healthy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unhealthy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is left out</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NoticeBar</name>
    <message>
        <source>Close this message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QueuePanel</name>
    <message>
        <source>Budget used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the budget</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The budget is used up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tiles to label</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about {count} tiles left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {amount} minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {amount} tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{seconds} s a tile</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Reporter</name>
    <message>
        <source>Copy details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something unexpected happened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your labels are saved. You can go on; please send the details to the developers.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StartPage</name>
    <message>
        <source>Drop GeoTIFFs here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recent projects</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Satellite or drone scenes, a folder of them, or a Fieldbrush project. Nothing leaves this computer.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message numerus="yes">
        <source>%n more waiting</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready. All work is saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pixel {x}, {y}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{work} (paused)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TrainingPanel</name>
    <message numerus="yes">
        <source>%n tile(s) held back</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>After every fourth submitted tile, while you go on painting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel the training; the last model stays</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Getting ready …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How long a training may take</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model {version}, IoU on {tiles}: {scores}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model {version}. Label five tiles or more to see how good it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint two classes, then a model can learn them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready to train on {count} painted tiles.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Retrain by itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step {step}, {speed} steps/s, {left}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting to start …</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Workspace</name>
    <message>
        <source>Already saved: every stroke is, in the moment you end it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter submits the tile and brings the next one. You need not paint every pixel.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every tile is done. Export the labels, or look at the prediction.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint two classes, then a model can learn them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint with the left button, erase with the right. The wheel zooms, Shift+wheel changes the brush.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Strokes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Submit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Values</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_RowDelegate</name>
    <message>
        <source>started</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>actions</name>
    <message>
        <source>&amp;Edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Label</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>0</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 … 9</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>100 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About Fieldbrush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accept the prediction as a draft</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alt + click</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Brush size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose “ignore”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Double click</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Doubt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Erase to unlabeled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Eraser</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Esc</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fill what is unlabeled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Flag</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the stroke up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hold Q</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Label that tile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Larger brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Larger by one pixel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left button</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Middle button, or Space and drag</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move the scene</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New project…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next composite</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next tile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the demo farm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pick the class under the cursor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prediction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous composite</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous tile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Protect painted pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Right button</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shift + click</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shift + wheel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Skip</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smaller brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smaller by one pixel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Straight line from the last point</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Submit and go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Swap the last two classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The bare image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tile grid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whole scene</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whole tile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom at the cursor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>bands</name>
    <message>
        <source>Blue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Coastal blue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Green</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Near infrared (NIR)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Panchromatic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Red</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Red edge</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Short-wave infrared 1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Short-wave infrared 2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something else</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thermal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Transparency (not data)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>core</name>
    <message>
        <source>A budget is in tiles or in minutes, not in {unit}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A budget of {amount} is not possible.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A demo scene of {size} px is too small for fields.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A guess from the number of bands: {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A mask in this project has {found} pixels instead of {expected}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A mask in this project is damaged ({reason}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A model is being trained already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A project needs at least two classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A random check that the ranking and the model are right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A tile of {tile_px} pixels is not possible.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a class of that value first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a class, for example “unhealthy”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As you set it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask for the right to read it, or copy it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask for {least} px or more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At least one band must hold data.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Band names of {product}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Band {n} is marked as transparency but holds data: taken for NIR.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Band {n}: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bands 1, 2, 3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that the file is there and that you may open it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that the folder exists, that you may write to it, and that the disk is not full.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that you may write to its folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the name, or make a new project.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the nodata value, or choose other scenes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the nodata value: it may be what the whole scene holds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check whether it was moved or its drive is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking on the tiles held out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose GeoTIFF files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a folder you may write to.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another name, or open it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose from {least} to {most} pixels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose one of: {known}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the image files inside it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the original file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Class {value} has no name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Class {value} still has painted pixels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close it there, then try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close other programs, or choose a smaller crop.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close other programs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colour table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Convert it to amplitudes or dB first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy or download it again; if it opens elsewhere, save it anew as GeoTIFF there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the image itself to a folder and open it there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cover the variety</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cutting tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete it and make the project anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Demo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drawn at random</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drawn at random, but little of it has image data</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Erase or merge them before you remove the class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export it again on the scene&apos;s own pixel grid ({scene_width} × {scene_height}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exporting labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exporting predictions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>False colour (NIR)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>False colour (SWIR)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>False colour (red edge)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some space and repeat the last step.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From the band names in the file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give a number above 0.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give each band one of: {known}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give every class a name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give every class its own name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give every class its own value.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give every mask the name of its scene, with or without “_labels” or “_mask”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Green leaf index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Growing the demo farmland</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>If it shows another date or place now, put the original back before you label on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install Fieldbrush again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install Fieldbrush again; in a checkout run: python packaging/encoder_weights.py</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install the newest version.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It needs the columns scene, column and row.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Label it in a project of its own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave one band that is not transparency.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Less than {percent} % of it has image data</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let the embeddings be computed anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Link the scene this project was made with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking at the tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looks unlike anything labeled so far</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measure them again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measuring what is fastest on this machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Much like tiles that are labeled or ranked higher</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>NDRE (chlorophyll)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>NDVI (vegetation)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>NDWI (water)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Natural colour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nearly the same as a tile ranked higher</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nearly the same as a tile that is labeled already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No other tile looks like it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No pixel of these scenes is valid.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No tile has enough valid pixels: the scenes are nodata almost everywhere.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None of the {count} files can be used as a scene.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not compared with the other tiles yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not ranked yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is painted on this tile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One of only {count} tiles that look like it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open GeoTIFF, JPEG, PNG or JPEG 2000 files; convert others first, for example in QGIS.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a .fieldbrush file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the project again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opening scenes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint a tile first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint at least two classes, a stroke or more of each, then train again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint something, or skip it with K.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predicting the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predicting the scenes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predicting this tile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preparing to train</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put the original back, or show where it is now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Random</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Random, well-filled tiles first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rank again; if it stays, reopen the project.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ranking the tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the scene</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading thumbnails</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Red, green and blue as the file marks them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Red, green and blue as the file marks them; band {n} taken for NIR.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restore it from a copy.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restore the project from a copy.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save it as a tiled GeoTIFF, for example in QGIS with the option TILED=YES.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save it with LZW or Deflate compression, for example in QGIS.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say what it means with --map, for example --map 0=1,1=2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stands for {count} tiles that look like it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The class value {value} is not allowed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is full: the project {path} could not be saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The encoder&apos;s weights are missing: {path}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The encoder&apos;s weights in {path} cannot be read: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The encoder&apos;s weights in {path} do not fit this version of Fieldbrush.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file does not say what its bands are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file has a colour table.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The mask {path} does not lie on its scene: it is {width} × {height} pixels in another place or size.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The mask {path} has the value {value}, which is none of the project&apos;s classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model is unsure here ({percent} % doubt)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The only band.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The project {path} cannot be read or saved: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The project {path} cannot be written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The project {path} cannot be written: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The project {path} is damaged or not complete.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The project {path} is damaged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The project {path} is open in another window.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The project {path} was made by a newer Fieldbrush.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The scene {path} cannot be read: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The scene {path} has changed since it came into this project.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The scene {path} has not been identified yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The scene {path} is not the file that was labeled: it has another size.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The statistics are of {found} bands, but the scenes have {expected}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The tiles cannot be ranked: {flags} labeled flags for {count} tiles.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The tiles cannot be ranked: {name} has shape {shape} for {count} tiles.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time, the batch size and the learning rate must be positive, a crop at least 32 pixels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are no labels to export.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no model yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no prediction of this tile yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no project {path}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no strategy {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is not enough memory to train, even with one crop of {size} pixels at a time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is too little memory to read {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is too little paint to learn from: nothing (or next to nothing) is painted as {missing}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>These training settings make no sense: {settings}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is not a model that Fieldbrush can use: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This model reads the bands {model}, but the project&apos;s scenes have {scenes}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This version of Fieldbrush has no encoder named {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This would paint the class {value}, which is not in the project.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train a model first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train a new model for this project, or correct the band roles.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train a new model, or choose a file that Fieldbrush exported.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train again with a smaller learning rate, or from scratch if this went on from an earlier model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train one first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trained</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training ran out of bounds: the loss is no longer a number.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again, or restore it from a copy.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two classes are called “{name}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two classes have the value {value}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Typical of {count} tiles that look like it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Typical tiles first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use a value from 1 to {largest}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use masks with one band that holds the class values.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the CSV that “fieldbrush rank” wrote for this project.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use {known}, or install the version that made the model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wait until it is ready, or cancel it first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the model is unsure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write colours as #rrggbb, for example #0072B2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write it like 0=1,1=2,2=3.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder} has no mask that bears a scene&apos;s name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} cannot be read: it is damaged or incomplete.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} has {found} bands, but the project needs {needed}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} holds complex numbers (raw radar).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is a folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is closed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is compressed in a way that this program does not know.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is gone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is not an image file on this computer but a pointer to other data.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is not an image this program can open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is stored in a single piece that is too large to read in parts.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} may not be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} could not be written: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} exists already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} has {bands} bands of {dtype}, the other scenes have {other_bands} of {other_dtype}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} has {bands} bands: it is a picture, not a mask.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} is empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} is not a Fieldbrush project.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} is not a list of tiles: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} is not the scene that was labeled ({name}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path}, line {line}: the project has no tile, or several, at column {column}, row {row} of {scene}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{colour}” is not a colour.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{roles}” are not the roles of the {count} bands.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{text}” is not a value map.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>status</name>
    <message>
        <source>{minutes} min left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{seconds} s left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>tools</name>
    <message>
        <source>Accept prediction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Eraser</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fill what is unlabeled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
