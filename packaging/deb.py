"""Packs dist/fieldbrush as a .deb for Debian 12+, Ubuntu 22.04+ and their kin, and tries the package out when root.

    python packaging/deb.py [--no-install-check]

Files go to /usr/lib/fieldbrush; /usr/bin/fieldbrush points there. No maintainer scripts: the menu entry, the file
type and the icons are picked up by the triggers of the packages that look after them.
"""

from __future__ import annotations

import argparse
import fnmatch
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
FOLDER = DIST / "fieldbrush"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
ZSTD_LEVEL = 12  # one CPU minute; xz -6 saves 40 MB more and takes nine

_OTHERS = ("libresolv.so.2", "libutil.so.1", "ld-linux*")  # further parts of glibc

# Package: the libraries of it that the bundle links to and leaves to the system. Names that Debian 12 and Ubuntu 22.04
# use; their successors (libglib2.0-0t64 …) provide them. Verified against the bundle by `unmet`.
DEPENDS = {
    "libc6 (>= 2.35)": ("libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", *_OTHERS),
    "libstdc++6 (>= 11)": ("libstdc++.so.6",),
    "libgcc-s1": ("libgcc_s.so.1",),
    "libglib2.0-0": ("libglib-2.0.so.0", "libgthread-2.0.so.0"),
    "libegl1": ("libEGL.so.1",),
    "libgl1": ("libGL.so.1",),
    "libx11-6": ("libX11.so.6",),
    "libx11-xcb1": ("libX11-xcb.so.1",),
    "libxcb1": ("libxcb.so.1",),
    "libxau6": ("libXau.so.6",),
    "libxdmcp6": ("libXdmcp.so.6",),
    "libdbus-1-3": ("libdbus-1.so.3",),
    "libfontconfig1": ("libfontconfig.so.1",),
    "libfreetype6": ("libfreetype.so.6",),
    "libexpat1": ("libexpat.so.1",),
    "libbrotli1": ("libbrotlidec.so.1", "libbrotlicommon.so.1"),
    "libgssapi-krb5-2": ("libgssapi_krb5.so.2",),
    "libwayland-client0": ("libwayland-client.so.0",),
    "libwayland-cursor0": ("libwayland-cursor.so.0",),
    "libwayland-egl1": ("libwayland-egl.so.1",),
    "xkb-data": (),  # libxkbcommon, which is bundled, reads it
}
GLIBC_LIMIT = (2, 35)  # as in DEPENDS

CONTROL = """\
Package: fieldbrush
Version: {version}
Architecture: {architecture}
Maintainer: Fieldbrush developers <fieldbrush@localhost>
Installed-Size: {size_kb}
Section: science
Priority: optional
Depends: {depends}
Description: {summary}
 Fieldbrush opens satellite and drone scenes, ranks their tiles so that every
 label counts, lets an expert paint healthy and unhealthy crop, retrains a
 model while painting goes on, and exports maps with exact georeference.
 It works offline and never uses the network.
"""
DESKTOP = """\
[Desktop Entry]
Type=Application
Name=Fieldbrush
GenericName=Crop labeling
GenericName[de]=Pflanzenbestände kartieren
Comment=Label satellite and drone imagery into healthy and unhealthy crop
Comment[de]=Satelliten- und Drohnenbilder in gesunde und kranke Bestände einteilen
Exec=fieldbrush %F
Icon=fieldbrush
Terminal=false
Categories=Science;Geoscience;
Keywords=remote sensing;GIS;segmentation;agriculture;GeoTIFF;
MimeType=application/x-fieldbrush-project;image/tiff;
StartupNotify=true
StartupWMClass=fieldbrush
"""
MIME = """\
<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="application/x-fieldbrush-project">
    <comment>Fieldbrush project</comment>
    <comment xml:lang="de">Fieldbrush-Projekt</comment>
    <sub-class-of type="application/vnd.sqlite3"/>
    <magic priority="60">
      <match type="string" value="SQLite format 3" offset="0">
        <match type="big32" value="0x{application_id:08x}" offset="68"/>
      </match>
    </magic>
    <glob pattern="*.fieldbrush" weight="60"/>
  </mime-type>
</mime-info>
"""
COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Fieldbrush
Comment: The licences of the libraries in this package lie, one folder each, in
 /usr/lib/fieldbrush/_internal/licences. Qt and PySide6 are used under the LGPL 3
 and may be replaced: their files are plain shared libraries in
 /usr/lib/fieldbrush/_internal/PySide6. The encoder's weights (EfficientNet-Lite0,
 Apache 2.0) come with their licence in /usr/lib/fieldbrush/_internal/resources/encoder.

Files: *
Copyright: Fieldbrush developers
License: Fieldbrush
{licence}
"""


class PackageError(Exception):
    """One sentence: why there is no package, or why it is no good."""


def elf_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as stream:
                if stream.read(4) == b"\x7fELF":
                    yield path


def parse_needed(output: str) -> tuple[set[str], tuple[int, ...]]:
    """From `objdump -p`: the libraries a file links to, and the newest glibc it asks for."""
    needed = set(re.findall(r"^\s+NEEDED\s+(\S+)", output, re.MULTILINE))
    versions = re.findall(r"\bGLIBC_(\d+(?:\.\d+)+)\b", output.split("Version References:")[-1])
    newest = max((tuple(int(part) for part in version.split(".")) for version in versions), default=(0,))
    return needed, newest


def _headers(path: Path) -> str:
    return subprocess.run(["objdump", "-p", path], capture_output=True, text=True).stdout


def needed_libraries(path: Path) -> set[str]:
    """The libraries an ELF file links to."""
    return parse_needed(_headers(path))[0]


def unmet(needed: set[str], bundled: set[str]) -> set[str]:
    """The libraries that neither the bundle nor a package of DEPENDS brings."""
    patterns = [pattern for libraries in DEPENDS.values() for pattern in libraries]
    return {name for name in needed - bundled if not any(fnmatch.fnmatch(name, pattern) for pattern in patterns)}


def verify_depends(folder: Path) -> None:
    """Raise PackageError if the bundle links to a library or a glibc that the package's Depends don't bring."""
    bundled = {path.name for path in folder.rglob("*") if ".so" in path.name}
    lacking: dict[str, str] = {}
    for path in elf_files(folder):
        needed, glibc = parse_needed(_headers(path))
        lacking.update(dict.fromkeys(unmet(needed, bundled), path.name))
        if glibc > GLIBC_LIMIT:
            lacking["glibc " + ".".join(map(str, glibc))] = path.name
    if lacking:
        lines = ", ".join(f"{name} (for {user})" for name, user in sorted(lacking.items()))
        raise PackageError(f"the bundle needs what no package in Depends brings: {lines}")


def version() -> str:
    return re.search(r'^__version__ = "(.+)"', (ROOT / "core/__init__.py").read_text(), re.MULTILINE)[1]  # type: ignore[index]


def application_id() -> int:
    """The number by which a project differs from other SQLite files."""
    found = re.search(r"^APPLICATION_ID = (\w+)", (ROOT / "core/project/schema.py").read_text(), re.MULTILINE)
    if found is None:
        raise PackageError("core/project/schema.py doesn't say APPLICATION_ID any more")
    return int(found[1], 0)


def summary() -> str:
    found = re.search(r'^description = "(.+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    return found[1][:78] if found else "Labeling of satellite and drone imagery"


def licence_paragraph() -> str:
    """The project's own licence as a paragraph of the copyright file."""
    path = ROOT / "LICENSE"
    text = path.read_text(encoding="utf-8") if path.exists() else "All rights reserved."
    return "\n".join(f" {line}" if line.strip() else " ." for line in text.splitlines())


def stage(root: Path) -> None:
    """Lay out the package's file tree under `root`."""
    share = root / "usr/share"
    shutil.copytree(FOLDER, root / "usr/lib/fieldbrush", symlinks=True)
    texts = {
        "applications/fieldbrush.desktop": DESKTOP,
        "mime/packages/fieldbrush.xml": MIME.format(application_id=application_id()),
        "doc/fieldbrush/copyright": COPYRIGHT.format(licence=licence_paragraph()),
    }
    for name, text in texts.items():
        path = share / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name in ("apps/fieldbrush.svg", "mimetypes/application-x-fieldbrush-project.svg"):
        path = share / "icons/hicolor/scalable" / name
        path.parent.mkdir(parents=True)
        shutil.copyfile(ROOT / "resources/icons/app.svg", path)
    (root / "usr/bin").mkdir()
    (root / "usr/bin/fieldbrush").symlink_to("../lib/fieldbrush/fieldbrush")
    for path in root.rglob("*"):  # whatever the builder's umask was
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)


def build() -> Path:
    """Write the package; its path."""
    verify_depends(FOLDER)
    architecture = ARCHITECTURES.get(platform.machine(), platform.machine())
    target = DIST / f"fieldbrush_{version()}_{architecture}.deb"
    with tempfile.TemporaryDirectory(dir=DIST) as folder:
        root = Path(folder) / "root"
        root.mkdir(mode=0o755)
        stage(root)
        size_kb = sum(path.lstat().st_size for path in root.rglob("*") if not path.is_dir()) // 1024
        fields = {"version": version(), "architecture": architecture, "size_kb": size_kb, "summary": summary()}
        (root / "DEBIAN").mkdir(mode=0o755)
        (root / "DEBIAN/control").write_text(CONTROL.format(depends=", ".join(DEPENDS), **fields), encoding="utf-8")
        options = ["--root-owner-group", "-Zzstd", f"-z{ZSTD_LEVEL}"]
        subprocess.run(["dpkg-deb", *options, "--build", root, target], check=True, stdout=subprocess.DEVNULL)
    return target


def check_installed(package: Path) -> None:
    """Install, run, and purge the package on this very machine. Raises PackageError; needs root."""
    apt = ["apt-get", "-y", "-q", "-o", "Dpkg::Use-Pty=0"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}

    def step(*command: object) -> None:
        started = time.monotonic()
        done = subprocess.run([str(part) for part in command], env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            raise PackageError(f"`{' '.join(map(str, command))}` failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        print(f"deb: {' '.join(map(str, command[:7]))} … {time.monotonic() - started:.0f} s", flush=True)

    # A copy where apt's own unprivileged user may read it: else a warning for packages below /root.
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        copy = Path(shutil.copy(package, folder))
        step(*apt, "install", copy)
    try:
        step(sys.executable, ROOT / "packaging/smoke.py", "/usr/bin/fieldbrush", "--no-window")
    finally:
        step(*apt, "purge", "fieldbrush")
    left = [path for path in ("/usr/lib/fieldbrush", "/usr/bin/fieldbrush") if os.path.lexists(path)]
    if left:
        raise PackageError(f"purging leaves {', '.join(left)} behind")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Pack dist/fieldbrush as a .deb and try it out.")
    parser.add_argument("--no-install-check", action="store_true", help="don't install it here, also when root")
    options = parser.parse_args(arguments)
    try:
        package = build()
        print(f"deb: {package.relative_to(ROOT)}, {package.stat().st_size / 1e6:.0f} MB", flush=True)
        if options.no_install_check or os.geteuid() != 0 or os.path.lexists("/usr/bin/fieldbrush"):
            print(f"deb: not tried out; install it with: sudo apt-get install ./{package.relative_to(ROOT)}")
        else:
            check_installed(package)
    except PackageError as error:
        print(f"deb: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
