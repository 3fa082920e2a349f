"""Where the pictures of the documentation are taken: a home and a screen of their own, and files that are small."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QRect, QSettings
from PySide6.QtGui import QPixmap

LARGEST_FILE = 300_000
_FEWER_COLOURS = ((256, True), (256, False), (200, False), (160, False), (128, False))
_FLAT_COLOURS, _LEAST_FLAT_PX = 72, 60


@contextmanager
def private_home() -> Iterator[Path]:
    """A folder that the program takes for the user's home; set before Qt looks for its folders."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        for name in ("HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA"):
            os.environ[name] = folder
        for name in ("CACHE", "CONFIG", "DATA", "STATE"):
            os.environ[f"XDG_{name}_HOME"] = str(home / name.lower())
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(home / "config"))
        yield home


@contextmanager
def screen(width: int, height: int) -> Iterator[None]:
    """Uses the screen there is, else an Xvfb of its own, else Qt's offscreen platform."""
    has_screen = sys.platform != "linux" or any(os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY"))
    if has_screen or "QT_QPA_PLATFORM" in os.environ:
        yield
    elif shutil.which("Xvfb") is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        yield
    else:
        read_end, write_end = os.pipe()
        command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
        server = subprocess.Popen(command, pass_fds=(write_end,), stdin=subprocess.DEVNULL)
        os.close(write_end)
        try:
            with os.fdopen(read_end) as pipe:
                os.environ["DISPLAY"] = f":{pipe.readline().strip()}"
            yield
        finally:
            os.environ.pop("DISPLAY", None)
            server.terminate()
            server.wait(10)


def save(picture: QPixmap, path: Path, scene: QRect) -> None:
    """As a PNG of at most 256 colours, fewer where it would be too large; plain without Pillow.

    The window's own colours stay exact: they are counted outside `scene`, in device pixels.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.toImage().save(buffer, "PNG")  # type: ignore[call-overload]
    data = bytes(buffer.data().data())
    try:
        from PIL import Image
    except ImportError:
        path.write_bytes(data)
    else:
        full = Image.open(io.BytesIO(data)).convert("RGB")
        outside = full.copy()
        outside.paste(0, (scene.left(), scene.top(), scene.right() + 1, scene.bottom() + 1))
        counts = sorted(outside.getcolors(full.width * full.height), reverse=True)[:_FLAT_COLOURS]
        flat = [part for count, colour in counts if count >= _LEAST_FLAT_PX for part in colour]  # the window's own
        for colours, dithered in _FEWER_COLOURS:
            other = full.quantize(colours - len(flat) // 3, method=Image.Quantize.MEDIANCUT).getpalette()
            palette = Image.new("P", (1, 1))
            palette.putpalette(flat + other)
            dither = Image.Dither.FLOYDSTEINBERG if dithered else Image.Dither.NONE
            full.quantize(palette=palette, dither=dither).save(path, optimize=True)
            if path.stat().st_size <= LARGEST_FILE:
                break
    print(f"{path.name}: {path.stat().st_size // 1000} kB", flush=True)
