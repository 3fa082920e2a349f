"""Widgets as who uses the window finds them: by the words on them, or what a screen reader calls them."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

W = TypeVar("W", bound=QWidget)


def button(root: QWidget, words: str) -> QAbstractButton:
    """The one button that bears the words, or is called so."""
    return _only(
        [one for one in root.findChildren(QAbstractButton) if words in (one.text(), one.accessibleName())], words
    )


def named(root: QWidget, kind: type[W], name: str) -> W:
    """The one of its kind that is called so, by itself or by the label that belongs to it."""
    beside = [label.buddy() for label in root.findChildren(QLabel) if label.text() == name]
    return _only([one for one in root.findChildren(kind) if one.accessibleName() == name or one in beside], name)


def label(root: QWidget, words: str) -> QLabel:
    """The one that says exactly this."""
    return _only([one for one in root.findChildren(QLabel) if one.text() == words], words)


def words_in(root: QWidget) -> str:
    """All that the labels say that are shown when `root` is, one below the other."""
    return "\n".join(one.text() for one in root.findChildren(QLabel) if one.isVisibleTo(root))


def _only(found: list[W], words: str) -> W:
    assert len(found) == 1, f"“{words}” is there {len(found)} times"
    return found[0]
