"""What two fingers on a touchpad mean: panning and zooming, told apart from a mouse's wheel."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QInputDevice, QNativeGestureEvent, QWheelEvent

_PIXELS_PER_STEP = 60.0  # where the system counts in steps of a wheel
_LEAST_FACTOR = 0.5  # of one event: systems report up to -1 for "together"


def two_finger_pan(event: QWheelEvent) -> QPointF | None:
    """How far two fingers move the picture, logical pixels; None for a wheel, which zooms, and with Ctrl held.

    Qt gives wheels of many mice on X11 a `pixelDelta` too, so only the device and the phases tell them apart.
    """
    fingers = event.phase() != Qt.ScrollPhase.NoScrollPhase
    fingers |= event.device() is not None and event.device().type() == QInputDevice.DeviceType.TouchPad
    if not fingers or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        return None
    if not event.pixelDelta().isNull():
        return QPointF(event.pixelDelta())
    return QPointF(event.angleDelta()) * (_PIXELS_PER_STEP / 120)


def pinch_factor(event: QNativeGestureEvent) -> float | None:
    """The factor to zoom by; None for other gestures."""
    if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
        return None
    return max(1.0 + event.value(), _LEAST_FACTOR)
