"""Every command of the program as data: its name, text, keys, icon, and what it needs to be possible.

`build_actions` turns them into QActions; menus, tool bar and the key sheet are lists of these names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QWidget

from gui.icons import icon
from gui.translate import translatable as _


class Needs(Enum):
    """What must be there for a command to be offered. What else it needs it asks for itself: a key that does nothing
    must say why."""

    NOTHING = "nothing"
    PROJECT = "project"
    TILE = "tile"


@dataclass(frozen=True)
class Command:
    """One command. `keys` in Qt's portable form, the first one is shown; `checkable` commands are switches."""

    name: str
    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    needs: Needs = Needs.PROJECT
    checkable: bool = False
    repeats: bool = False


def _enter(modifiers: str = "") -> tuple[str, ...]:
    """Both keys that are called Enter."""
    return f"{modifiers}Enter", f"{modifiers}Return"


# Brackets are no first keys: on many keyboards they take AltGr. And what Shift makes of a key ("{" of "[") is no
# further key: where both match, Qt does nothing.
COMMANDS: tuple[Command, ...] = (
    Command("new", _("actions", "New project…"), ("Ctrl+N",), "new", Needs.NOTHING),
    Command("open", _("actions", "Open…"), ("Ctrl+O",), "open", Needs.NOTHING),
    Command("demo", _("actions", "Open the demo farm"), (), "demo", Needs.NOTHING),
    Command("save", _("actions", "Save"), ("Ctrl+S",), "save"),
    Command("import masks", _("actions", "Import masks…"), ("Ctrl+I",), "mask"),
    Command("export", _("actions", "Export…"), ("Ctrl+E",), "export"),
    Command("export report", _("actions", "Export field report…"), ("Ctrl+Shift+E",), "training"),
    Command("close", _("actions", "Close project"), ("Ctrl+W",), ""),
    Command("quit", _("actions", "Quit"), ("Ctrl+Q",), "", Needs.NOTHING),
    Command("undo", _("actions", "Undo"), ("Ctrl+Z",), "undo", Needs.TILE, repeats=True),
    Command("redo", _("actions", "Redo"), ("Ctrl+Y", "Ctrl+Shift+Z"), "redo", Needs.TILE, repeats=True),
    Command("fill unlabeled", _("actions", "Fill what is unlabeled"), ("Shift+F",), "", Needs.TILE),
    Command("smooth", _("actions", "Smooth the outlines"), ("Ctrl+Shift+S",), "", Needs.TILE),
    Command("fill holes", _("actions", "Fill small holes"), ("Ctrl+Shift+H",), "", Needs.TILE),
    Command("remove specks", _("actions", "Remove specks"), ("Ctrl+Shift+X",), "", Needs.TILE),
    Command("classes", _("actions", "Classes…"), ("Ctrl+Shift+C",), "classes"),
    Command("restore class", _("actions", "Bring the last removed class back"), (), ""),
    Command("accept", _("actions", "Accept the prediction as a draft"), _enter("Ctrl+"), "accept", Needs.TILE),
    Command("accept class", _("actions", "Accept only the chosen class"), _enter("Ctrl+Shift+"), "", Needs.TILE),
    Command("brush", _("actions", "Brush"), ("B",), "brush", Needs.PROJECT, checkable=True),
    Command("eraser", _("actions", "Eraser"), ("E",), "eraser", Needs.PROJECT, checkable=True),
    Command("snapping brush", _("actions", "Edge-snapping brush"), ("S",), "edge", checkable=True),
    Command("prediction brush", _("actions", "Accept the prediction here"), ("H",), "accept", checkable=True),
    Command("line", _("actions", "Line"), ("Shift+L",), "line", checkable=True),
    Command("rectangle", _("actions", "Rectangle"), ("Shift+P",), "rectangle", checkable=True),
    Command("lasso", _("actions", "Lasso"), ("L",), "lasso", checkable=True),
    Command("polygon", _("actions", "Polygon"), ("P",), "polygon", checkable=True),
    Command("fill", _("actions", "Fill"), ("F",), "fill", checkable=True),
    Command("wand", _("actions", "Superpixel wand"), ("W",), "wand", checkable=True),
    Command("relabel", _("actions", "Change the class of a piece"), ("Y",), "relabel", checkable=True),
    Command("select", _("actions", "Select an area"), ("Shift+A",), "select", checkable=True),
    Command("inspect", _("actions", "Inspect values"), ("I",), "inspect", checkable=True),
    Command("square brush", _("actions", "Square brush"), ("Shift+S",), "brush-square", checkable=True),
    Command("pen pressure", _("actions", "A pen's pressure changes the size"), (), "pen", checkable=True),
    Command("smaller", _("actions", "Smaller brush"), (",", "["), "minus", Needs.PROJECT, repeats=True),
    Command("larger", _("actions", "Larger brush"), (".", "]"), "plus", Needs.PROJECT, repeats=True),
    Command("smaller 1", _("actions", "Smaller by one pixel"), ("Shift+,", "Shift+["), "", repeats=True),
    Command("larger 1", _("actions", "Larger by one pixel"), ("Shift+.", "Shift+]"), "", repeats=True),
    Command("protect", _("actions", "Protect painted pixels"), ("Shift+B",), "protect", checkable=True),
    Command("swap", _("actions", "Swap the last two classes"), ("X",), ""),
    Command("next composite", _("actions", "Next composite"), ("V",), "composite"),
    Command("previous composite", _("actions", "Previous composite"), ("Shift+V",), ""),
    Command("formula", _("actions", "Band formula…"), ("Ctrl+B",), "composite"),
    Command("stretch", _("actions", "Stretch to what is in view"), ("C",), "stretch"),
    Command("usual stretch", _("actions", "Usual stretch"), ("Shift+C",), ""),
    Command("value range", _("actions", "Paint only in a range of values"), ("O",), "range", checkable=True),
    Command("mask", _("actions", "Labels"), ("M",), "mask", checkable=True),
    Command("prediction", _("actions", "Prediction"), ("N",), "prediction", checkable=True),
    Command("doubt", _("actions", "Doubt"), ("U",), "doubt", checkable=True),
    Command("grid", _("actions", "Tile grid"), ("Shift+G",), "grid", checkable=True),
    Command("tile list", _("actions", "All tiles"), ("G",), "tiles", checkable=True),
    Command("ranking", _("actions", "Queue on the map"), ("Shift+R",), "ranking", checkable=True),
    Command("windows", _("actions", "Windows worth painting"), ("Shift+W",), "windows", checkable=True),
    Command("next window", _("actions", "Next window"), ("Z",), "", Needs.TILE),
    Command("likeness", _("actions", "Tiles by likeness…"), ("Ctrl+L",), "likeness"),
    Command("minimap", _("actions", "Minimap"), ("Shift+M",), "minimap", checkable=True),
    Command("panels", _("actions", "Panels"), ("F9",), "panels", checkable=True),
    Command("usual panels", _("actions", "Usual panels"), (), ""),
    Command("one pane", _("actions", "One view"), ("Alt+1",), "", checkable=True),
    Command("two panes", _("actions", "Two linked views"), ("Alt+2",), "two-panes", checkable=True),
    Command("four panes", _("actions", "Four linked views"), ("Alt+4",), "four-panes", checkable=True),
    Command("fit", _("actions", "Whole scene"), ("Ctrl+0",), "fit"),
    Command("fit tile", _("actions", "Whole tile"), ("Home",), "tile", Needs.TILE),
    Command("actual size", _("actions", "100 %"), ("Ctrl+1",), "actual-size"),
    Command("zoom in", _("actions", "Zoom in"), ("Ctrl++", "+", "="), "zoom-in", repeats=True),
    Command("zoom out", _("actions", "Zoom out"), ("Ctrl+-", "-"), "zoom-out", repeats=True),
    Command("submit", _("actions", "Submit and go on"), _enter(), "submit", Needs.TILE),
    Command("next", _("actions", "Next tile"), ("D",), "next", repeats=True),
    Command("previous", _("actions", "Previous tile"), ("A",), "previous", repeats=True),
    Command("back", _("actions", "Back to the last visited tile"), ("Alt+Left",), "", Needs.TILE),
    Command("forward", _("actions", "Forward again"), ("Alt+Right",), "", Needs.TILE),
    Command("go to", _("actions", "Go to…"), ("Ctrl+G",), "place"),
    Command("note", _("actions", "Note on the tile…"), ("J",), "note", Needs.TILE),
    Command("skip", _("actions", "Skip"), ("K",), "skip", Needs.TILE),
    Command("flag", _("actions", "Flag"), ("R",), "flag", Needs.TILE),
    Command("train", _("actions", "Train now"), ("T",), "train"),
    Command("train anew", _("actions", "Train anew, without the last model"), ("Ctrl+Shift+T",), ""),
    Command("report", _("actions", "Model report…"), ("Ctrl+M",), "training"),
    Command("review", _("actions", "Review the labels"), ("Ctrl+R",), "search"),
    Command("keys", _("actions", "Keys"), ("F1",), "keys", Needs.NOTHING),
    Command("about", _("actions", "About Fieldbrush"), (), "info", Needs.NOTHING),
)

_TEXTS = {command.name: command.text for command in COMMANDS}

TOOL_COMMANDS = ("brush", "eraser", "snapping brush", "wand", "fill", "lasso", "polygon", "rectangle", "line",
                 "prediction brush", "relabel", "select", "inspect")  # fmt: skip

TOOLBAR: tuple[str | None, ...] = (
    "undo", "redo", None, *TOOL_COMMANDS, None, "protect", "value range", None,
    "mask", "prediction", "doubt", "grid", None, "two panes", "four panes", None, "fit", "fit tile", "actual size",
)  # fmt: skip

MENUS: tuple[tuple[str, tuple[str | None, ...]], ...] = (
    (_("actions", "&Project"), ("new", "open", "demo", None, "save", None, "import masks", "export", "export report",
                                None, "close", "quit")),
    (_("actions", "&Edit"), ("undo", "redo", None, "fill unlabeled", "smooth", "fill holes", "remove specks", None,
                             "protect", "value range", "swap", None, "classes", "restore class")),
    (_("actions", "&View"), ("next composite", "previous composite", "formula", "stretch", "usual stretch", None,
                             "mask", "prediction", "doubt", "grid", "minimap", "panels", "usual panels", None,
                             "one pane", "two panes", "four panes", "fit", "fit tile", "actual size", "zoom in",
                             "zoom out")),
    (_("actions", "&Tools"), (*TOOL_COMMANDS, None, "larger", "smaller", "larger 1", "smaller 1", "square brush",
                              "pen pressure")),
    (_("actions", "T&iles"), ("submit", "skip", "flag", "note", None, "next", "previous", "back", "forward", None,
                              "tile list", "go to", "ranking", "likeness", None, "windows", "next window")),
    (_("actions", "&Model"), ("train", "train anew", "report", "review", None, "accept", "accept class")),
    (_("actions", "&Help"), ("keys", "about")),
)  # fmt: skip

# What the canvas itself does with the mouse and held keys, for the key sheet.
GESTURES: tuple[tuple[str, str], ...] = (
    (_("actions", "Left button"), _("actions", "Paint")),
    (_("actions", "Right button"), _("actions", "Erase to unlabeled")),
    (_("actions", "Right button, polygon"), _("actions", "First corner: erase; later: take a corner back")),
    (_("actions", "Shift + click"), _("actions", "Straight line from the last point")),
    (_("actions", "Alt or Ctrl + click"), _("actions", "Pick the class under the cursor")),
    (_("actions", "Wheel"), _("actions", "Zoom at the cursor")),
    (_("actions", "Shift + wheel"), _("actions", "Size of brush or patches, or the fill's tolerance")),
    (_("actions", "Middle button, or Space and drag"), _("actions", "Move the scene")),
    (_("actions", "Arrow keys"), _("actions", "Move the scene")),
    (_("actions", "Two fingers on a touchpad"), _("actions", "Move the scene; pinch to zoom")),
    (_("actions", "Double click"), _("actions", "Label that tile")),
    (_("actions", "Hold Q"), _("actions", "The bare image")),
    (_("actions", "Esc"), _("actions", "Give the stroke up")),
)


def translated(source: str) -> str:
    """A text of this file in the window's language."""
    return QCoreApplication.translate("actions", source)


def command_text(name: str) -> str:
    """What a command is called where one speaks of it."""
    return translated(_TEXTS[name]).rstrip(" …")


def build_actions(window: QWidget, handlers: Mapping[str, Callable[..., object]]) -> dict[str, QAction]:
    """A QAction for every command, wired to its handler. Raises KeyError for a command nobody handles."""
    actions = {}
    for command in COMMANDS:
        action = QAction(translated(command.text), window)
        action.setObjectName(command.name)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setAutoRepeat(command.repeats)
        action.setCheckable(command.checkable)
        if command.icon:
            action.setIcon(icon(command.icon))
        show_keys(action, command.keys)
        action.triggered.connect(handlers[command.name])
        window.addAction(action)
        actions[command.name] = action
    return actions


class KeysInTip(QObject):
    """A button's tool tip is its action's, also when the keys are changed later."""

    def __init__(self, button: QAbstractButton, action: QAction) -> None:
        super().__init__(button)
        self._button, self._action = button, action
        action.changed.connect(self._tell)
        self._tell()

    def _tell(self) -> None:
        self._button.setToolTip(self._action.toolTip())


def first_key(action: QAction) -> str:
    """The first of the keys that trigger it now, as this system shows it; "" where there are none."""
    keys = action.shortcuts()
    return keys[0].toString(QKeySequence.SequenceFormat.NativeText) if keys else ""


def show_keys(action: QAction, keys: Sequence[str]) -> None:
    """Let these keys, in Qt's portable form, trigger the action; its tool tip names the first."""
    action.setShortcuts([QKeySequence(key) for key in keys])
    action.setToolTip(f"{action.text().rstrip(' …')}  {first_key(action)}".strip())
