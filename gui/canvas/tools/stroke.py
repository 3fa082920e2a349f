"""What brushes and sweeps share: one Stroke from press to release, along the cursor's way."""

from __future__ import annotations

from PySide6.QtCore import Qt

from core.labels.classes import UNLABELED
from core.labels.strokes import Ink, StrokeRecorder
from gui.canvas.tools.base import Gesture, Tool, ToolHost


class StrokeTool(Tool):
    """Paints while the button is down; a subclass begins the Stroke at the press and says what is painted on the
    way."""

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._recorder: StrokeRecorder | None = None
        self._ink = Ink(UNLABELED)
        self._last: tuple[float, float] | None = None  # where the cursor was; also after the Stroke

    @property
    def is_busy(self) -> bool:
        return self._recorder is not None

    def press(self, gesture: Gesture) -> None:
        """Nothing is painted but by a Stroke that has begun: what raises before leaves none under way."""
        self.begin(gesture)
        self._recorder = self.host.begin_stroke(self.stroke_name(gesture.button))
        self.paint_to(self._recorder, gesture)

    def move(self, gesture: Gesture) -> None:
        if self._recorder is not None:
            self.paint_to(self._recorder, gesture)

    def lift_to(self, gesture: Gesture) -> None:
        self._last = (gesture.x, gesture.y)

    def release(self) -> None:
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            self.host.finish_stroke(recorder)

    def cancel(self) -> None:
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            self.host.show_changed(recorder.cancel())

    def begin(self, gesture: Gesture) -> None:
        """A Stroke is about to begin here: look at the place, and remember with what it paints."""
        raise NotImplementedError

    def stroke_name(self, button: Qt.MouseButton) -> str:
        """What a Stroke of that button is called in the history."""
        return self.name

    def paint_to(self, recorder: StrokeRecorder, gesture: Gesture) -> None:
        """The cursor has come here from `_last`."""
        raise NotImplementedError
