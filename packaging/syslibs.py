"""What Fieldbrush needs of a Linux system besides Python packages: says what is missing, and installs it where it may.

Runs with any Python 3.9+ and nothing else, before the virtual environment exists. macOS and Windows need nothing.

    python3 packaging/syslibs.py                    check and install what the window needs
    python3 packaging/syslibs.py --purpose tests    also Xvfb and friends for the end-to-end tests
    python3 packaging/syslibs.py --dry-run          only say what is missing (exit code 1 if anything is)
"""

from __future__ import annotations

import argparse
import ctypes
import functools
import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

LIBRARY = "library"
PROGRAM = "program"
PYTHON_MODULE = "module"
FILE = "file"


@dataclass(frozen=True)
class Need:
    """One thing the system must have, and the Debian and Ubuntu package that brings it."""

    kind: str
    name: str  # soname, program, module or path
    package: str


# What Qt's wheels link to and do not carry. Without libxcb-cursor0 no window opens: the most common failure of all.
_OFFSCREEN = (
    Need(LIBRARY, "libglib-2.0.so.0", "libglib2.0-0"),
    Need(LIBRARY, "libEGL.so.1", "libegl1"),
    Need(LIBRARY, "libGL.so.1", "libgl1"),
    Need(LIBRARY, "libdbus-1.so.3", "libdbus-1-3"),
    Need(LIBRARY, "libfontconfig.so.1", "libfontconfig1"),
    Need(LIBRARY, "libxkbcommon.so.0", "libxkbcommon0"),
)
_WINDOW = (
    Need(LIBRARY, "libX11-xcb.so.1", "libx11-xcb1"),
    Need(LIBRARY, "libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
    Need(LIBRARY, "libxcb-cursor.so.0", "libxcb-cursor0"),
    Need(LIBRARY, "libxcb-icccm.so.4", "libxcb-icccm4"),
    Need(LIBRARY, "libxcb-image.so.0", "libxcb-image0"),
    Need(LIBRARY, "libxcb-keysyms.so.1", "libxcb-keysyms1"),
    Need(LIBRARY, "libxcb-render-util.so.0", "libxcb-render-util0"),
    Need(LIBRARY, "libxcb-shape.so.0", "libxcb-shape0"),
)
# The end-to-end tests drive a real window on a screen of their own; openbox gives it focus as a desktop would.
_END_TO_END = (
    Need(PROGRAM, "Xvfb", "xvfb"),
    Need(PROGRAM, "xdotool", "xdotool"),
    Need(PROGRAM, "openbox", "openbox"),
)
_PACKAGING = (
    Need(PROGRAM, "dpkg-deb", "dpkg"),
    Need(PROGRAM, "strip", "binutils"),
    Need(PROGRAM, "objdump", "binutils"),
)


@dataclass(frozen=True)
class Report:
    """What is missing. Without `required` nothing runs; without `optional` the end-to-end tests run offscreen."""

    required: Sequence[Need]
    optional: Sequence[Need]

    @property
    def missing(self) -> list[Need]:
        return [*self.required, *self.optional]


def setup_needs() -> list[Need]:
    """What making a virtual environment with this very Python takes."""
    needs = [Need(PYTHON_MODULE, "venv", "python3-venv"), Need(PYTHON_MODULE, "ensurepip", "python3-venv")]
    if sys.base_prefix == "/usr":  # Debian's own Python: each version has its package
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        needs = [Need(need.kind, need.name, package) for need in needs]
    if os.path.exists("/etc/debian_version"):
        needs.append(Need(FILE, "/etc/ssl/certs/ca-certificates.crt", "ca-certificates"))
    return needs


def report_for(
    purpose: str, is_there: Callable[[Need], bool], needs_setup: Sequence[Need] = (), on_linux: bool = True
) -> Report:
    """What `purpose` ("window", "commands", "tests" or "package") lacks, given a way to tell whether a need is met.

    The commands load no Qt: a server without its libraries, and without the right to install them, can run them.
    """
    if not on_linux:
        return Report((), ())
    if purpose == "commands":
        return Report([need for need in needs_setup if not is_there(need)], ())
    required = [*needs_setup, *_OFFSCREEN]
    optional: list[Need] = []
    if purpose == "tests":
        optional = [*_WINDOW, *_END_TO_END]
    else:
        required += _WINDOW
    if purpose == "package":
        required += _PACKAGING
        optional = list(_END_TO_END)
    return Report([need for need in required if not is_there(need)], [need for need in optional if not is_there(need)])


def packages_of(needs: Iterable[Need]) -> list[str]:
    """The Debian packages that bring `needs`, each once, in their order."""
    return list(dict.fromkeys(need.package for need in needs))


def apt_line(needs: Iterable[Need], prefix: str = "sudo ") -> str:
    """The exact line that installs `needs` on Debian and Ubuntu."""
    return f"{prefix}apt-get install -y --no-install-recommends " + " ".join(packages_of(needs))


def explain(needs: Sequence[Need], has_apt: bool = True) -> str:
    """One sentence that says what is missing and what to do about it."""
    names = ", ".join(dict.fromkeys(need.name for need in needs))
    if has_apt:
        return f"This system lacks {names}; install with: {apt_line(needs)}"
    return f"This system lacks {names}; install the packages of your distribution that bring them."


def is_there(need: Need) -> bool:
    """Whether this machine meets `need`."""
    if need.kind == PROGRAM:
        return shutil.which(need.name) is not None
    if need.kind == PYTHON_MODULE:
        return importlib.util.find_spec(need.name) is not None
    if need.kind == FILE:
        return os.path.exists(need.name)
    return need.name in _known_libraries() or _loads(need.name)


@functools.cache
def _known_libraries() -> frozenset[str]:
    """Sonames in the linker's cache: asking it takes 4 ms, loading fifteen libraries takes longer and leaves traces."""
    ldconfig = shutil.which("ldconfig", path=os.environ.get("PATH", "") + ":/sbin:/usr/sbin")
    if ldconfig is None:
        return frozenset()
    lines = subprocess.run([ldconfig, "-p"], stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return frozenset(line.split()[0] for line in lines if "=>" in line)


def _loads(library: str) -> bool:
    """For systems without a linker cache (NixOS, musl)."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _rights() -> list[str] | None:
    """The command prefix that gives the right to install: [] for root, sudo where it asks nothing, else None."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        probe = subprocess.run(["sudo", "-n", "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if probe.returncode == 0:
            return ["sudo", "-n"]
    return None


def _install(needs: Sequence[Need], prefix: list[str]) -> bool:
    """Install with apt-get; refresh its lists first where there are none, and once more if they prove stale."""
    environment = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive"]
    install = [*environment, "apt-get", "install", "-y", "-q", "--no-install-recommends", *packages_of(needs)]
    update = [*environment, "apt-get", "update", "-q"]
    print("Installing what the system lacks: " + apt_line(needs, " ".join([*prefix, ""])), file=sys.stderr, flush=True)
    has_lists = any(Path("/var/lib/apt/lists").glob("*Packages*"))
    if has_lists and subprocess.run(install, stdout=2).returncode == 0:
        return True
    subprocess.run(update, stdout=2)
    return subprocess.run(install, stdout=2).returncode == 0


def check(purpose: str = "window", dry_run: bool = False) -> Report:
    """What is missing for `purpose`, after installing it where this process has the rights to."""
    on_linux = sys.platform == "linux"
    setup = setup_needs() if on_linux and sys.prefix == sys.base_prefix else []
    report = report_for(purpose, is_there, setup, on_linux)
    if not report.missing or dry_run:
        return report
    rights = _rights()
    if rights is None:
        return report
    _install(report.missing, rights)
    _known_libraries.cache_clear()
    importlib.invalidate_caches()
    return report_for(purpose, is_there, setup, on_linux)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check (and install) what Fieldbrush needs of a Linux system.")
    parser.add_argument("--purpose", choices=["window", "tests", "package"], default="window")
    parser.add_argument("--dry-run", action="store_true", help="only say what is missing")
    options = parser.parse_args(arguments)
    report = check(options.purpose, options.dry_run)
    if report.missing:
        print(explain(report.missing, shutil.which("apt-get") is not None), file=sys.stderr)
        return 1 if report.required or options.dry_run else 0
    print("Everything the system has to bring is there.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
