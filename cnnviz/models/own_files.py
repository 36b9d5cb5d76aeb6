"""A network of one's own that is named by its file, "folder/net.py:Net", under a name that Python finds: "net:Net"."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
from pathlib import Path

from cnnviz.models.entries import ModelError
from cnnviz.plain_text import cut

ENDING = ".py"


def named(place: str) -> str:
    """The same place as "package.module:function"; a place that names no file comes back as it is.

    The folder in which the file (or the outermost package that holds it) lies goes on the path on which Python looks
    for modules, after what is there, and the module is not imported yet. A file that is called like another module
    gets a name of its own, "net_file". Raises ModelError: there is no such file, or none that can be imported.
    """
    file, colon, function = place.rpartition(":")
    if not colon or not file.endswith(ENDING):
        file, function = place, ""
    if not file.endswith(ENDING):
        return place
    path = Path(file).expanduser().resolve()
    if not path.is_file():
        raise ModelError(f"there is no file {cut(file)}; name one that is there: --model folder/net.py:Net")
    if not function:
        raise ModelError(f"{path.name} may hold several networks; name the one to open: --model {cut(file)}:Net")
    return f"{_module(path)}:{function}"


def _module(path: Path) -> str:
    parts, folder = [path.stem], path.parent
    while (folder / "__init__.py").is_file():
        parts, folder = [folder.name, *parts], folder.parent
    name = ".".join(parts)
    if not all(part.isidentifier() for part in parts):
        raise ModelError(f"Python cannot import {name}: let its names hold letters, digits and _ only, as in my_net.py")
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    if _found(parts[0]) in {path, folder / parts[0] / "__init__.py"}:
        return name
    if len(parts) > 1:
        raise ModelError(f"{parts[0]} is the name of another package here; give the folder of {path.name} another name")
    return _under_another_name(path)


def _found(name: str) -> Path | None:
    """The file that importing `name` would run, or ran."""
    known = getattr(sys.modules.get(name), "__spec__", None)
    spec = known or importlib.machinery.PathFinder.find_spec(name)
    return Path(spec.origin).resolve() if spec is not None and spec.origin and spec.has_location else None


def _under_another_name(path: Path) -> str:
    name = f"{path.stem}_file"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ModelError(f"Python cannot import {path.name}; give the file another name")
    sys.meta_path.insert(0, _OneFile(name, spec))
    return name


class _OneFile:
    """Finds one module: the next import of its name runs the file, as any import does."""

    def __init__(self, name: str, spec: importlib.machinery.ModuleSpec) -> None:
        self._name, self._spec = name, spec

    def find_spec(self, name: str, path: object = None, target: object = None) -> importlib.machinery.ModuleSpec | None:
        """The protocol of `sys.meta_path`."""
        return self._spec if name == self._name else None
