"""Which keys trigger which command: the defaults of COMMANDS, and what the user has changed, kept in the settings."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QAction, QKeySequence

from core.labels.classes import IGNORE_KEY, ORDERED_KEYS
from gui.actions import COMMANDS, show_keys, translated
from gui.translate import translatable as _

_SETTING = "keys/"

# Keys that are no command's, with what they do: the canvas and the window take them.
RESERVED: dict[str, str] = {
    **dict.fromkeys(ORDERED_KEYS, _("actions", "Choose a class")),
    IGNORE_KEY: _("actions", "Choose “ignore”"),
    "Q": _("actions", "The bare image"),
    **dict.fromkeys(("Space", "Left", "Right", "Up", "Down"), _("actions", "Move the scene")),
    "Esc": _("actions", "Give the stroke up"),
    **dict.fromkeys(("Tab", "Shift+Tab"), _("actions", "Go to the next control")),
}


class Keymap(QObject):
    """The keys of all commands; what is changed here shows in menus and tool tips at once. And it knows those of the
    open project's Classes, which no command is given."""

    changed = Signal()  # keys of commands

    def __init__(self, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self._actions = actions
        self.of_classes: Mapping[str, str] = {}  # the Classes' names by their keys, in the Classes' order
        self._defaults = {command.name: tuple(map(portable, command.keys)) for command in COMMANDS}
        self._chosen = self._stored()
        self._apply()

    def keys(self, name: str) -> tuple[str, ...]:
        """The command's keys in Qt's portable form; a default that the user has given to another command is not."""
        if name in self._chosen:
            return self._chosen[name]
        taken = {key for other, keys in self._chosen.items() if other != name for key in keys}
        return tuple(key for key in self._defaults[name] if key not in taken)

    def is_changed(self, name: str | None = None) -> bool:
        """Whether a command, or any, has other keys than at first."""
        names = self._defaults if name is None else (name,)
        return any(self.keys(one) != self._defaults[one] for one in names)

    def holder(self, key: str) -> str | None:
        """The name of the command that the key triggers."""
        return next((name for name in self._defaults if key in self.keys(name)), None)

    def all_keys(self) -> frozenset[str]:
        """Those of all commands."""
        return frozenset(key for name in self._defaults for key in self.keys(name))

    def lend(self, of_classes: Mapping[str, str]) -> None:
        """Classes have these keys by now (see `of_classes`); none while no project is open."""
        self.of_classes = of_classes

    def reserved_for(self, key: str) -> str:
        """What a key that no command may have does, in the window's language; empty for others."""
        if key in self.of_classes:
            return translated(_("actions", "Choose the class “{name}”")).format(name=self.of_classes[key])
        return translated(RESERVED[key]) if key in RESERVED else ""

    def set_key(self, name: str, key: str) -> None:
        """Give a command one key, or none ("") instead of all it has; whoever had that key loses it.

        Raises ValueError for a key that is RESERVED, a Class's, or none at all.
        """
        if self.reserved_for(key) or portable(key) != key:
            raise ValueError(key)
        other = self.holder(key) if key else None
        if other is not None and other != name:
            self._choose(other, tuple(kept for kept in self.keys(other) if kept != key))
        self._choose(name, (key,) if key else ())
        self._apply()

    def reset(self, name: str | None = None) -> None:
        """The first keys again, of one command or of all. Keys that another command has been given stay there."""
        for one in tuple(self._chosen) if name is None else (name,):
            self._chosen.pop(one, None)
            QSettings().remove(_SETTING + one)
        self._apply()

    def _choose(self, name: str, keys: tuple[str, ...]) -> None:
        self._chosen[name] = keys
        QSettings().setValue(_SETTING + name, " ".join(keys))

    def _stored(self) -> dict[str, tuple[str, ...]]:
        """What the settings say, as far as it makes sense: each key once, and none that is RESERVED."""
        found: dict[str, tuple[str, ...]] = {}
        seen = set(RESERVED)
        for name in self._defaults:
            value = QSettings().value(_SETTING + name)
            if isinstance(value, str):
                keys = tuple(dict.fromkeys(k for k in value.split() if portable(k) == k and k not in seen))
                if keys or not value:
                    found[name] = keys
                    seen |= set(keys)
        return found

    def _apply(self) -> None:
        for name, action in self._actions.items():
            show_keys(action, self.keys(name))
        self.changed.emit()


def portable(key: str) -> str:
    """The key as Qt writes it in files; empty for what is none."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


def native(key: str) -> str:
    """The key as this system shows it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
