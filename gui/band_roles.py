"""What a band measures, in the window's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def role_name(role: str) -> str:
    """Of one of `core.imagery.interpretation.ROLES`."""
    names = {
        "coastal": QCoreApplication.translate("bands", "Coastal blue"),
        "blue": QCoreApplication.translate("bands", "Blue"),
        "green": QCoreApplication.translate("bands", "Green"),
        "red": QCoreApplication.translate("bands", "Red"),
        "rededge": QCoreApplication.translate("bands", "Red edge"),
        "nir": QCoreApplication.translate("bands", "Near infrared (NIR)"),
        "swir1": QCoreApplication.translate("bands", "Short-wave infrared 1"),
        "swir2": QCoreApplication.translate("bands", "Short-wave infrared 2"),
        "thermal": QCoreApplication.translate("bands", "Thermal"),
        "pan": QCoreApplication.translate("bands", "Panchromatic"),
        "alpha": QCoreApplication.translate("bands", "Transparency (not data)"),
        "other": QCoreApplication.translate("bands", "Something else"),
    }
    return names[role]
