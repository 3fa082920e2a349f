"""Making the demo project, with progress, in the background."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from core.labels.classes import DEFAULT_CLASSES, HEALTHY, UNHEALTHY, LabelClass
from gui.dialogs.waiting import wait_for


def make_demo(parent: QWidget) -> Path | None:
    """The demo project's file, generated if it is not there yet; None when the user cancels or it fails."""
    from core.demo.project import default_demo_folder, make_demo_project  # here: few need it, and it loads scipy

    translate = QCoreApplication.translate
    title, words = translate("demo", "Demo farm"), translate("demo", "Growing a farm to practise on …")
    return wait_for(parent, title, words, partial(make_demo_project, default_demo_folder(), classes=_classes())).result


def _classes() -> tuple[LabelClass, ...]:
    """The default ones, named in the window's language."""
    translate = QCoreApplication.translate
    names = {HEALTHY: translate("NewProjectDialog", "healthy"), UNHEALTHY: translate("NewProjectDialog", "unhealthy")}
    return tuple(replace(each, name=names[each.value]) for each in DEFAULT_CLASSES)
