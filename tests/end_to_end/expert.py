"""A user in a thread of its own: real mouse and key events through the X server (xdotool) into the real window.

The window's event loop runs on the main thread as in the program; the expert looks at it through `look()`, which runs
a function there and waits for its result. Where there is no X server (offscreen), the same gestures are sent with
QTest.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from itertools import pairwise
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

T = TypeVar("T")
PATIENCE_S = 240.0
BUTTONS = {Qt.MouseButton.LeftButton: "1", Qt.MouseButton.MiddleButton: "2", Qt.MouseButton.RightButton: "3"}


class _MainThread(QObject):
    """Runs calls of the expert's on the main thread."""

    asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked.connect(lambda call: call(), Qt.ConnectionType.QueuedConnection)


class Expert:
    """See the module. All methods are for the expert's thread."""

    def __init__(self) -> None:
        self._main = _MainThread()
        self.has_screen = QApplication.platformName() == "xcb" and shutil.which("xdotool") is not None

    def work(self, script: Callable[[], None]) -> None:
        """Run `script` as the expert while the main thread, which calls this, runs the event loop."""
        app = QApplication.instance()
        assert app is not None
        outcome: Future[None] = Future()

        def run() -> None:
            try:
                outcome.set_result(script())
            except BaseException as error:
                outcome.set_exception(error)
            finally:
                self._main.asked.emit(lambda: (QApplication.closeAllWindows(), app.quit()))

        thread = threading.Thread(target=run, name="expert")
        thread.start()
        app.exec()
        thread.join()
        outcome.result()

    def look(self, what: Callable[[], T]) -> T:
        """The result of `what()`, run on the main thread."""
        answer: Future[T] = Future()

        def call() -> None:
            try:
                answer.set_result(what())
            except BaseException as error:
                answer.set_exception(error)

        self._main.asked.emit(call)
        return answer.result(PATIENCE_S)

    def wait_for(self, what: Callable[[], Any], complaint: str, patience_s: float = PATIENCE_S) -> Any:
        """Look again and again until `what()` is true; its value then."""
        end = time.monotonic() + patience_s
        while not (seen := self.look(what)):
            assert time.monotonic() < end, complaint
            time.sleep(0.05)
        return seen

    # -- mouse ------------------------------------------------------------------------------------------------

    def stroke(
        self, widget: QWidget, points: Sequence[QPointF], button: Qt.MouseButton = Qt.MouseButton.LeftButton
    ) -> None:
        """Press at the first of `points` (positions in `widget`), move through the others, release."""
        if self.has_screen:
            places = [self._on_screen(widget, point) for point in points]
            self._do("mousemove", *places[0], "mousedown", BUTTONS[button])
            for here, there in pairwise(places):
                for share in (0.25, 0.5, 0.75, 1.0):
                    x, y = (round(int(a) + share * (int(b) - int(a))) for a, b in zip(here, there, strict=True))
                    self._do("mousemove", str(x), str(y))
                    time.sleep(0.01)
            self._do("mouseup", BUTTONS[button])
        else:
            self.look(lambda: self._test_stroke(widget, points, button))
        time.sleep(0.1)

    def _test_stroke(self, widget: QWidget, points: Sequence[QPointF], button: Qt.MouseButton) -> None:
        places = [point.toPoint() for point in points]
        QTest.mousePress(widget, button, Qt.KeyboardModifier.NoModifier, places[0])
        for place in places[1:]:
            QTest.mouseMove(widget, place)
        QTest.mouseRelease(widget, button, Qt.KeyboardModifier.NoModifier, places[-1])

    def click(self, widget: QWidget, *, double: bool = False) -> None:
        """A left click in the middle of `widget`."""
        middle = self.look(lambda: QPointF(widget.rect().center()))
        if self.has_screen:
            again = ["--repeat", "2", "--delay", "60"] if double else []
            self._do("mousemove", *self._on_screen(widget, middle), "click", *again, "1")
        else:
            press = QTest.mouseDClick if double else QTest.mouseClick
            self._main.asked.emit(lambda: press(widget, Qt.MouseButton.LeftButton, pos=middle.toPoint()))
        time.sleep(0.15)

    def _on_screen(self, widget: QWidget, point: QPointF) -> tuple[str, str]:
        place: QPoint = self.look(lambda: widget.mapToGlobal(point).toPoint())
        return str(place.x()), str(place.y())

    # -- keys -------------------------------------------------------------------------------------------------

    def key(self, name: str) -> None:
        """Press a key or chord as xdotool names it: "Return", "ctrl+z", "2"."""
        if self.has_screen:
            self._do("key", "--clearmodifiers", name)
        else:
            self._main.asked.emit(lambda: self._test_key(name))
        time.sleep(0.15)

    def type(self, text: str) -> None:
        """Type `text` into whatever has the focus."""
        if self.has_screen:
            self._do("type", "--delay", "8", text)
        else:
            self.look(lambda: QTest.keyClicks(QApplication.focusWidget(), text))
        time.sleep(0.15)

    def _test_key(self, name: str) -> None:
        *held, last = name.split("+")
        modifiers = Qt.KeyboardModifier.NoModifier
        for modifier in held:
            modifiers |= {
                "ctrl": Qt.KeyboardModifier.ControlModifier,
                "shift": Qt.KeyboardModifier.ShiftModifier,
            }[modifier]
        key = getattr(Qt.Key, f"Key_{last if len(last) > 1 else last.upper()}")
        window = QApplication.activeModalWidget() or QApplication.activeWindow()
        assert window is not None
        QTest.keyClick(window.focusWidget() or window, key, modifiers)

    def focus(self, window: QWidget, patience_s: float = PATIENCE_S) -> None:
        """Give `window` the keyboard, as a click on its title bar would; needed without a window manager."""
        if not self.has_screen:
            self.look(window.activateWindow)
            return
        end = time.monotonic() + patience_s
        handle = str(self.look(lambda: int(window.winId())))
        while not self.look(window.isActiveWindow):
            assert time.monotonic() < end, "the window does not get the keyboard"
            # refused while the X server has not mapped the window yet, which Qt cannot tell
            subprocess.run(["xdotool", "windowfocus", handle], env=os.environ, timeout=30, stderr=subprocess.DEVNULL)
            time.sleep(0.1)

    def _do(self, *arguments: str) -> None:
        subprocess.run(["xdotool", *arguments], check=True, env=os.environ, timeout=30)
