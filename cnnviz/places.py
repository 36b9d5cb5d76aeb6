"""Where the project's own files lie: beside this package in a checkout, inside of it once it is installed.

The wheel has one top-level name, `cnnviz`: app.py, pages/ and checkpoints/ lie in `cnnviz/_app/`, in the same order as
in a checkout, so that nothing called `pages` stands in site-packages (`setup.py` puts them there).
"""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
INSTALLED = "_app"


def home(package: Path = PACKAGE) -> Path:
    """The folder that holds app.py, pages/ and checkpoints/. package: the folder of cnnviz itself."""
    inside = package / INSTALLED
    return inside if inside.is_dir() else package.parent


def installed(package: Path = PACKAGE) -> bool:
    """Whether the package was installed from a wheel, so that its folder is no place for a person's own files."""
    return home(package) != package.parent


def personal() -> Path:
    """Where a person's own files are kept and outlive an update: $XDG_DATA_HOME/cnnviz, or ~/.local/share/cnnviz."""
    data = os.environ.get("XDG_DATA_HOME", "").strip()
    return (Path(data) if data else Path.home() / ".local" / "share") / "cnnviz"


def cache() -> Path:
    """Where files lie that can be made anew at any time: ~/.cache/cnnviz."""
    return Path.home() / ".cache" / "cnnviz"
