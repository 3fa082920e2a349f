"""Which key shall choose a Class: pressed, or picked among those that are free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from string import ascii_uppercase

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from core.labels.classes import ORDERED_KEYS, LabelClass, class_keys, is_class_key
from gui.actions import command_text, translated
from gui.controls import muted
from gui.dialogs.ask_key import AskKeyDialog
from gui.keymap import RESERVED, Keymap, native
from gui.theme import SPACE_TIGHT

_OFFERED = (*ORDERED_KEYS, *ascii_uppercase, *(f"Shift+{letter}" for letter in ascii_uppercase))
_MOST_OFFERED, _COLUMNS = 15, 5  # that fits on a screen of 683 × 384 px, in German too
_FOR_THE_DIALOG = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class ClassKeyDialog(AskKeyDialog):
    """After `exec()` has accepted: `chosen`, for `LabelClass.key`."""

    def __init__(
        self, label_class: LabelClass, classes: Sequence[LabelClass], keymap: Keymap, parent: QWidget | None = None
    ) -> None:
        super().__init__(self.tr("Key of a class"), label_class.name, parent)
        self.chosen = label_class.key
        self._keymap = keymap
        self._others = keys_of_others(label_class, classes, keymap)
        self._offer([key for key in _OFFERED if self.judge(key)[1]][:_MOST_OFFERED])
        by_order = [c if c.value != label_class.value else replace(c, key="") for c in classes]
        digit = class_keys(by_order, keymap.all_keys()).get(label_class.value)
        follow = self.tr("Follow the order: {key}").format(key=digit or self.tr("no key"))
        self._add_button(follow, partial(self.take, "")).setEnabled(bool(label_class.key))
        self._edit.installEventFilter(self)  # a Class's key is no Enter and no Esc: those are the dialog's

    def _offer(self, free: Sequence[str]) -> None:
        caption = muted(self.tr("Free keys"), self, wraps=False)
        grid = QGridLayout()
        grid.setSpacing(SPACE_TIGHT)
        for number, key in enumerate(free):
            button = QPushButton(native(key), self)
            button.setAutoDefault(False)
            button.setAccessibleName(self.tr("Free key {key}").format(key=native(key)))
            button.clicked.connect(partial(self._pick, key))
            grid.addWidget(button, *divmod(number, _COLUMNS))
            self._next_by_tab(button)
        place = self._whole.indexOf(self._extra)
        self._whole.insertWidget(place, caption)
        self._whole.insertLayout(place + 1, grid)

    def _pick(self, key: str) -> None:
        self._edit.setKeySequence(QKeySequence(key))
        self._accept.setFocus(Qt.FocusReason.OtherFocusReason)

    def judge(self, key: str) -> tuple[str, bool]:
        holder = self._keymap.holder(key)
        if key in RESERVED and key not in ORDERED_KEYS:
            words = self.tr("{key} is taken: {use}.").format(key=native(key), use=translated(RESERVED[key]))
        elif not is_class_key(key):
            words = self.tr("The key of a class is a Latin letter, also with Shift, or a digit from 1 to 9.")
        elif key in self._others:
            words = self.tr("{key} is the key of the class “{name}”.").format(key=native(key), name=self._others[key])
        elif holder is not None:
            sentence = self.tr("{key} is the key of “{command}”. Give that another one first: Help, Keys.")
            words = sentence.format(key=native(key), command=command_text(holder))
        else:
            return self.tr("This key is free."), True
        return words, False

    def take(self, key: str) -> None:
        self.chosen = key

    def _key(self) -> str:
        return super()._key().removeprefix("Num+")  # of the keypad: the same digit

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _FOR_THE_DIALOG:
            self.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)


def keys_of_others(label_class: LabelClass, classes: Sequence[LabelClass], keymap: Keymap) -> Mapping[str, str]:
    """The names of all other Classes by their keys: those they have, and those they have chosen."""
    keys = class_keys(classes, keymap.all_keys())
    others = [c for c in classes if c.value != label_class.value]
    return {key: c.name for c in others for key in (keys.get(c.value, ""), c.key) if key}
