"""The program's own virtual environment, .venv: made on the first run, checked in milliseconds on every later one.

Runs with any Python 3.9+ and nothing else installed. `make` and `py -m gui`, `py -m tests` come through here.

    python3 packaging/environment.py [--extras dev,package] [--purpose window|tests|package]

GPU=1 in the environment (`make GPU=1 setup`) takes PyTorch's CUDA build, GPU=0 goes back to the CPU build;
without GPU the choice made before is kept.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import platform
import re
import runpy
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "fieldbrush-setup.json"
WEIGHTS = ROOT / "resources" / "encoder" / "efficientnet_lite0.safetensors"
TRANSLATIONS = ROOT / "resources" / "translations"
CPU_REQUIREMENTS = ROOT / "requirements-torch-cpu.txt"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
CUDA_INDEX = "https://download.pytorch.org/whl/cu130"
TORCH = ("torch==2.13.0", "torchvision==0.28.0")  # what the tests run with
NEWEST_TORCH = ("torch>=2.6", "torchvision")
FREE_BYTES_NEEDED = {False: 3 * 10**9, True: 10 * 10**9}  # by GPU

# A local index that lacks one package; the second and later tries to reach an index.
_NOISE = r"WARNING: (Location .* is ignored|Retrying \(Retry\(total=[0-3])"

# Modules whose absence means that an interpreter is not set up for the program, or for its tests.
PROGRAM_MODULES = (
    *("PySide6", "torch", "segmentation_models_pytorch", "rasterio", "sklearn", "skimage", "safetensors"),
    *("reportlab", "rich"),
)
TEST_MODULES = (*PROGRAM_MODULES, "pytest", "pytest_timeout", "xdist", "hypothesis", "psutil")


class SetupError(Exception):
    """One sentence: what failed and what to do."""


class HopelessError(SetupError):
    """Another version or another index would not help either: no network, no space."""


@dataclass(frozen=True)
class Stamp:
    """What the environment was made from; written last, so an interrupted set-up is taken up again."""

    recipe: str
    root: str
    extras: tuple[str, ...]
    gpu: bool


def venv_python() -> Path:
    """The environment's interpreter, whether or not it exists."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def recipe() -> str:
    """A hash of everything that decides what is installed."""
    digest = hashlib.sha256()
    for path in (ROOT / "pyproject.toml", CPU_REQUIREMENTS):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def read_stamp() -> Stamp | None:
    """What .venv was made from; None if there is no usable one."""
    try:
        stored = json.loads(STAMP.read_text(encoding="utf-8"))
        stamp = Stamp(str(stored["recipe"]), str(stored["root"]), tuple(stored["extras"]), bool(stored["gpu"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return stamp if venv_python().exists() and stamp.root == str(ROOT) else None


def wanted_gpu(value: str | None, before: bool) -> bool:
    """Whether the CUDA build is wanted, from the variable GPU and what is there already."""
    if value is None or value == "":
        return before
    return value.lower() not in ("0", "no", "off", "false")


def check_interpreter() -> None:
    """Raise SetupError where PyTorch or the program cannot run with this Python at all."""
    version = platform.python_version()
    example = "py -3.12 -m gui demo" if os.name == "nt" else "make PYTHON=python3.12 demo"
    if sys.version_info < (3, 11):  # noqa: UP036  (this file runs before the requirement can be enforced)
        raise SetupError(
            f"Fieldbrush needs Python 3.11 or newer and this is {version} ({sys.executable}): "
            f"install a newer one and name it, as in `{example}`."
        )
    if sys.maxsize < 2**32:
        raise SetupError(f"Fieldbrush needs a 64-bit Python and this one is 32-bit ({sys.executable}).")
    if sys.platform == "darwin" and platform.machine() == "x86_64":
        raise SetupError(
            "PyTorch no longer supports Intel Macs; on an Apple-silicon Mac use a Python built for arm64 "
            f"(this one, {sys.executable}, is built for x86_64)."
        )


def diagnose(step: str, output: str) -> SetupError:
    """One sentence from what pip printed when `step` failed."""
    if re.search(r"No space left on device|\[Errno 28\]|not enough space on the disk", output, re.IGNORECASE):
        return HopelessError(
            f"Could not {step}: the disk that holds {ROOT} is full; free 3 GB and run the same command again."
        )
    found = re.search(r"No matching distribution found for ([^\s(]+)", output)
    if found and "(from versions: none)" not in output:
        system = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
        return SetupError(f"Could not {step}: there is no {found.group(1)} for {system}.")
    if "CERTIFICATE_VERIFY_FAILED" in output or "SSLError" in output:
        return HopelessError(
            f"Could not {step}: the package index's certificate was not accepted; behind a company proxy set PIP_CERT "
            "to its certificate file and run the same command again."
        )
    offline = r"Failed to resolve|Failed to establish|name resolution|getaddrinfo failed|NewConnection|timed out"
    if re.search(offline, output) or found:
        return HopelessError(
            f"Could not {step}: the package index cannot be reached; connect to the internet for the first set-up."
        )
    errors = [line for line in output.splitlines() if line.upper().startswith("ERROR")]
    return SetupError(f"Could not {step}: {errors[-1] if errors else 'the lines above say why.'}")


def _run(step: str, command: Sequence[str]) -> None:
    """Run one step; what it prints while it fails stays visible, and becomes one sentence."""
    print(f"Fieldbrush set-up: {step} …", file=sys.stderr, flush=True)
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_USER": "0", "PYTHONUTF8": "1"}
    environment.pop("PYTHONHOME", None)
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=2,  # standard output is for what a command answers, also the first time
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    lines = []
    assert process.stderr is not None
    with process.stderr:
        for line in process.stderr:
            lines.append(line)
            if line.startswith("WARNING") and not re.match(_NOISE, line):
                sys.stderr.write(line)
    if process.wait() != 0:
        sys.stderr.writelines(line for line in lines if not line.startswith("WARNING"))
        raise diagnose(step, "".join(lines))


def _pip(step: str, *arguments: str) -> None:
    # A person at a terminal sees what is downloaded; a log needs only what goes wrong.
    quiet = [] if sys.stderr.isatty() else ["--quiet"]
    _run(step, [str(venv_python()), "-m", "pip", "install", "--no-input", *quiet, *arguments])


def _make_venv(gpu: bool) -> None:
    free = shutil.disk_usage(ROOT).free
    if free < FREE_BYTES_NEEDED[gpu]:
        needed_gb = FREE_BYTES_NEEDED[gpu] // 10**9
        raise SetupError(f"The disk that holds {ROOT} has {free / 1e9:.1f} GB free; the set-up needs {needed_gb} GB.")
    _run("make the virtual environment .venv", [sys.executable, "-m", "venv", "--clear", str(VENV)])
    try:
        _pip("upgrade pip", "--retries", "1", "--upgrade", "pip")
    except SetupError as error:  # the pip that came with Python will do
        print(f"Fieldbrush set-up: {error} Going on with the pip that is there.", file=sys.stderr)


def torch_attempts(gpu: bool, system: str, machine: str) -> list[tuple[str, list[str]]]:
    """What to try for PyTorch, best first: what it is called, and pip's arguments.

    Left to pip, Linux gets the CUDA build (6 GB). On PyTorch's own index "+cpu" and "+cu130" builds sort after the
    plain ones of the same version, so they win where that index can be reached; PyPI is enough where it cannot.
    """
    if gpu:
        index = ["--extra-index-url", CUDA_INDEX]
        return [("PyTorch with CUDA", [*index, *TORCH]), ("the newest PyTorch with CUDA", [*index, *NEWEST_TORCH])]
    if system == "darwin" or system == "win32":  # PyPI's builds are for the CPU there (on macOS also for Metal)
        return [("PyTorch", [*TORCH]), ("the newest PyTorch", [*NEWEST_TORCH])]
    index = ["--retries", "2", "--timeout", "30", "--extra-index-url", CPU_INDEX]  # which may be out of reach
    attempts = [
        ("PyTorch, CUDA or not", [*index, *TORCH]),
        ("the newest PyTorch, CUDA or not", [*index, *NEWEST_TORCH]),
    ]
    if machine == "x86_64":
        attempts.insert(0, ("PyTorch for the CPU", ["--no-deps", *index[:4], "-r", str(CPU_REQUIREMENTS)]))
    return attempts


def _install_torch(gpu: bool) -> None:
    """PyTorch goes in first, by itself. Raises the last attempt's SetupError."""
    attempts = torch_attempts(gpu, sys.platform, platform.machine())
    for number, (name, arguments) in enumerate(attempts):
        try:
            _pip(f"install {name}", *arguments)
            return
        except HopelessError:
            raise
        except SetupError as error:
            if number + 1 == len(attempts):
                raise
            print(f"Fieldbrush set-up: {error} Trying the next best build.", file=sys.stderr)


def _remove_torch() -> None:
    command = [str(venv_python()), "-m", "pip", "uninstall", "--yes", "--quiet", "torch", "torchvision"]
    _run("remove the other build of PyTorch", command)


def prepare_resources(python: Path, purpose: str) -> None:
    """What the program reads and the checkout does not carry: encoder weights and, for a window, compiled translations
    (by a program of Qt's)."""
    script = ROOT / "packaging" / "encoder_weights.py"
    if not WEIGHTS.exists() and script.exists():
        _run("fetch the encoder's weights", [str(python), str(script)])
    stale = [
        source
        for source in TRANSLATIONS.glob("*.ts")
        if not source.with_suffix(".qm").exists() or source.with_suffix(".qm").stat().st_mtime < source.stat().st_mtime
    ]
    if stale and purpose != "commands":
        script = ROOT / "packaging" / "translations.py"
        _run("compile the translations", [str(python), str(script), "--compile"])


_INTERRUPTED = "Fieldbrush set-up: interrupted; run the same command again to go on."


def check_system(purpose: str) -> None:
    """Install or name the shared libraries that Qt needs. Raises SetupError where the program could not start."""
    if sys.platform != "linux":
        return
    syslibs = runpy.run_path(str(ROOT / "packaging" / "syslibs.py"), run_name="syslibs")
    report = syslibs["check"](purpose)
    has_apt = shutil.which("apt-get") is not None
    if report.required:
        raise SetupError(syslibs["explain"](report.required, has_apt))
    if report.optional:
        print(f"Without a real screen for some tests. {syslibs['explain'](report.optional, has_apt)}", file=sys.stderr)


def ensure(extras: Sequence[str] = ("dev",), purpose: str = "window") -> Path:
    """The interpreter of a complete .venv, made or brought up to date if it has to be.

    Args:
        extras: of pyproject.toml, beside those installed before.
        purpose: "window", "commands" (without one), "tests" or "package": decides which system libraries are looked
            for.

    Raises:
        SetupError: in one sentence, what failed and what to do.
    """
    check_interpreter()
    check_system(purpose)
    before = read_stamp()
    gpu = wanted_gpu(os.environ.get("GPU"), before.gpu if before else False)
    extras = tuple(sorted({*extras, *(before.extras if before else ())}))
    stamp = Stamp(recipe(), str(ROOT), extras, gpu)
    if stamp != before:
        if before is None:
            _make_venv(gpu)
        elif before.gpu != gpu:
            STAMP.unlink()
            _remove_torch()
        _install_torch(gpu)
        _pip("install the program and its dependencies", "--editable", f".[{','.join(extras)}]")
    prepare_resources(venv_python(), purpose)
    if stamp != before:
        STAMP.write_text(json.dumps(stamp.__dict__), encoding="utf-8")
    return venv_python()


def enter(module: str, arguments: Sequence[str], modules: Sequence[str], purpose: str) -> int | None:
    """Make sure that `module` runs in a complete environment.

    Returns None where the current interpreter has all of `modules`: just go on. Otherwise sets up .venv, runs
    `python -m module arguments` in it and returns its exit code (2 if the set-up failed).
    """
    try:
        if all(importlib.util.find_spec(name) for name in modules):
            check_system(purpose)
            prepare_resources(Path(sys.executable), purpose)
            return None
        if Path(sys.prefix).resolve() == VENV.resolve():
            STAMP.unlink(missing_ok=True)  # something was removed from it by hand
            raise SetupError("The virtual environment .venv is incomplete; run the same command with your own Python.")
        python = ensure(purpose=purpose)
    except SetupError as error:
        print(f"Fieldbrush set-up: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(_INTERRUPTED, file=sys.stderr)
        return 130
    process = subprocess.Popen([str(python), "-m", module, *arguments], cwd=ROOT)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the terminal has told that process too: it ends in order, which may take a moment
            pass


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Make or update Fieldbrush's virtual environment, .venv.")
    parser.add_argument("--extras", default="dev", help="comma-separated extras of pyproject.toml")
    parser.add_argument("--purpose", choices=["window", "tests", "package"], default="window")
    options = parser.parse_args(arguments)
    try:
        ensure(options.extras.split(","), options.purpose)
    except SetupError as error:
        print(f"Fieldbrush set-up: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(_INTERRUPTED, file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
