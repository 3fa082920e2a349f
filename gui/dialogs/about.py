"""What the program is, its version, and what it is built on."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from core import __version__
from resources import resource_path


def show_about(parent: QWidget) -> None:
    translate = QCoreApplication.translate
    sentence = translate(
        "about",
        "Label satellite and drone imagery into healthy / unhealthy crop masks, offline, where every label counts.",
    )
    parts = translate(
        "about",
        "Built on Qt and PySide6 (LGPL 3), PyTorch, GDAL and other free software. "
        "The encoder is EfficientNet-Lite0 (Apache License 2.0).",
    )
    words = f"<b>Fieldbrush {__version__}</b><p>{sentence}</p><p>{parts}</p>"
    if (folder := resource_path().parent / "licences").is_dir():  # of a packaged program
        words += f'<p><a href="{folder.as_uri()}">{translate("about", "All licences")}</a></p>'
    QMessageBox.about(parent, translate("about", "About Fieldbrush"), words)
