"""How the kinds of picks (Regimes) look and what they are called. The colours tell colour-blind eyes apart, too."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor

from gui.translate import translatable as _

_COLOURS = {"typical": "#0072B2", "coverage": "#009E73", "doubt": "#E69F00", "audit": "#CC79A7"}
_TITLES = {
    "typical": _("regimes", "typical"),
    "coverage": _("regimes", "for coverage"),
    "doubt": _("regimes", "for doubt"),
    "audit": _("regimes", "random check"),
}
REGIMES = tuple(_COLOURS)


def regime_colour(regime: str) -> QColor | None:
    """None for Tiles that are ranked behind all that have a reason of their own."""
    return QColor(_COLOURS[regime]) if regime in _COLOURS else None


def regime_title(regime: str) -> str:
    return QCoreApplication.translate("regimes", _TITLES[regime])
