"""The project as `pip install .` leaves it: built into a wheel, unpacked, run from a foreign folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.support import ROOT

SOURCES = (
    "app.py", "pages", "cnnviz", "checkpoints", ".streamlit", "docs/icon.png",
    "setup.py", "pyproject.toml", "MANIFEST.in", "requirements.txt", "README.md", "LICENSE",
)  # fmt: skip


def copied(folder: Path, names: tuple[str, ...] = SOURCES) -> Path:
    """A copy of these files and folders of the project in `folder`, without what a person's own runs left."""
    for name in names:
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, place, ignore=_ignored)
        else:
            shutil.copyfile(ROOT / name, place)
    return folder


def _ignored(folder: str, names: list[str]) -> set[str]:
    own_runs = {"runs"} if Path(folder) == ROOT / "checkpoints" else set()
    return {name for name in names if name == "__pycache__"} | own_runs


def unpacked(folder: Path) -> Path:
    """Build the wheel in `folder`, without a network, and unpack it: what would stand in site-packages."""
    source = copied(folder / "source")
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q", "-w", str(folder), "."]
    done = subprocess.run(build, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def beside(*folders: Path, **extra: str) -> dict[str, str]:
    """An environment in which Python finds these folders beside the installed packages, and this checkout nowhere."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {**kept, "PYTHONPATH": os.pathsep.join(map(str, folders)), **extra}
