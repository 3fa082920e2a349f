"""The keys that choose the Classes of the open project."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from core.events import Change, Subject
from core.labels.classes import IGNORE, IGNORE_KEY, class_keys
from core.session import Session
from gui.keymap import Keymap


class ClassKeys(QObject):
    """Has them work in the window, and tells the Keymap of them. Where a command has come to the same key, as the user
    set it or in a later version, the command keeps it."""

    changed = Signal()

    def __init__(
        self, session: Session, keymap: Keymap, choose: Callable[[int], object], window: QWidget, parent: QObject
    ) -> None:
        """`choose` is what a key does with its label value; `parent` is gone with the project."""
        super().__init__(parent)
        self._session = session
        self._keymap = keymap
        self._window = window
        self._choose = choose
        self._keys: dict[int, str] = {}
        self._shortcuts: dict[str, QShortcut] = {}
        self._refresh()
        keymap.changed.connect(self._refresh)
        self._unsubscribe = session.changes.subscribe(self._session_changed)

    def detach(self) -> None:
        """The project is about to be closed: its keys are free again."""
        self._unsubscribe()
        self._keymap.changed.disconnect(self._refresh)
        self._set_shortcuts(())
        self._keymap.lend({})

    def key_of(self, value: int) -> str:
        """The key of a Class or of IGNORE, in Qt's portable form; empty where it has none."""
        return self._keys.get(value, "")

    def press(self, key: str) -> bool:
        """Do what the key does; False where it is the key of no Class."""
        value = next((value for value, its_key in self._keys.items() if its_key == key), None)
        if value is not None:
            self._choose(value)
        return value is not None

    def _session_changed(self, change: Change) -> None:
        if Subject.CLASSES in change.subjects:
            self._refresh()

    def _refresh(self) -> None:
        classes = self._session.classes
        keys = {**class_keys(classes, self._keymap.all_keys()), IGNORE: IGNORE_KEY}
        self._keymap.lend({keys[c.value]: c.name for c in classes if c.value in keys})
        if keys != self._keys:
            self._keys = keys
            self._set_shortcuts(keys.values())
            self.changed.emit()

    def _set_shortcuts(self, keys: Collection[str]) -> None:
        for gone in self._shortcuts.keys() - set(keys):
            shortcut = self._shortcuts.pop(gone)
            shortcut.setEnabled(False)  # it is deleted later
            shortcut.deleteLater()
        for new in set(keys) - self._shortcuts.keys():
            self._shortcuts[new] = shortcut = QShortcut(QKeySequence(new), self._window)
            shortcut.activated.connect(partial(self.press, new))
