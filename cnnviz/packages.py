"""Files inside installed packages, found without importing them: scikit-learn alone takes a second and 100 MB."""

from __future__ import annotations

import importlib.util
from pathlib import Path


def path(package: str, *parts: str) -> Path:
    """Where a file of an installed package lies. Raises FileNotFoundError where there is none."""
    found = importlib.util.find_spec(package)
    for folder in (found.submodule_search_locations or ()) if found else ():
        file = Path(folder).joinpath(*parts)
        if file.is_file():
            return file
    raise FileNotFoundError(f"{'/'.join(parts)} of the package {package} is not installed; requirements.txt names it")
