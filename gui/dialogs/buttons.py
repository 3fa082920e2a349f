"""The row of buttons under a dialog."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton

from gui.theme import set_class


def dialog_buttons(
    dialog: QDialog, accept: str, accepted: Callable[[], object]
) -> tuple[QDialogButtonBox, QPushButton]:
    """Cancel and a primary button called `accept`, in the platform's order; the primary one is returned too."""
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, dialog)
    primary = QPushButton(accept, dialog)
    set_class(primary, "primary")
    primary.setDefault(True)
    box.addButton(primary, QDialogButtonBox.ButtonRole.AcceptRole)
    box.accepted.connect(accepted)
    box.rejected.connect(dialog.reject)
    return box, primary
