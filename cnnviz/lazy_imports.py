"""Files of installed packages, found without importing these, and imports postponed until they are used."""

from __future__ import annotations

import functools
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any


def path(package: str, *parts: str) -> Path:
    """Where a file of an installed package lies, without importing it: scikit-learn alone takes a second and 100 MB.

    Raises FileNotFoundError where there is none.
    """
    found = importlib.util.find_spec(package)
    for folder in (found.submodule_search_locations or ()) if found else ():
        file = Path(folder).joinpath(*parts)
        if file.is_file():
            return file
    raise FileNotFoundError(f"{'/'.join(parts)} of the package {package} is not installed; requirements.txt names it")


class _Postponed(ModuleType):
    """Stands in sys.modules for a module until something of it is used; `functions` are used when they are called."""

    def __init__(self, name: str, functions: Sequence[str] = (), *, package: bool = False) -> None:
        super().__init__(name)
        self._package = package
        for function in functions:
            self.__dict__[function] = functools.partial(self._call, function)

    def _call(self, function: str, *args: Any, **given: Any) -> Any:
        return getattr(_arrived(self.__name__), function)(*args, **given)

    def __getattr__(self, name: str) -> Any:
        asked_for_part = self._package and name == "__path__"
        if name.startswith("__") and not asked_for_part:  # tools that list modules read these without using the module
            raise AttributeError(name)
        return getattr(_arrived(self.__name__), name)


def postpone_compiler() -> bool:
    """Keeps torchvision and torch's optimisers from importing torch's compiler; True where that was possible.

    torchvision uses one function of it, the optimisers only exclude themselves from compilation. torch._dynamo takes
    1.0 s and 160 MB to import (2 cores, no GPU), and nothing here compiles. Code that does use it imports it at that
    moment. Call before torchvision is imported.
    """
    if "torch._dynamo" in sys.modules:
        return False
    sys.modules["torch._dynamo"] = _Postponed("torch._dynamo", package=True)
    sys.modules["torch._dynamo"].__dict__.update(disable=_kept_from_compiling, graph_break=_nothing_to_break)
    sys.modules["torch._dynamo.utils"] = _Postponed("torch._dynamo.utils", ["is_compile_supported"])
    return True


def has_compiler() -> bool:
    """Whether torch's compiler was imported in this process. Where it was not, nobody can have compiled anything.

    To be asked instead of `sys.modules`, where a stand-in may be: reading anything of that one imports the compiler.
    """
    return not isinstance(sys.modules.get("torch._dynamo"), _Postponed | None)


# --------------------------------------------------------------------------- modules that several threads ask for
LONGEST = 60.0  # seconds that a thread waits for what another one imports


def show_whole(*names: str) -> None:
    """From now on a thread that finds one of these modules in `sys.modules` while another thread still imports it gets
    what it asks of it when that is there, and no AttributeError.

    Plotly and narwhals look there for pandas at each value of a chart: of two who open a page of a server that was just
    started, one would be told that pandas is "partially initialized". Call before these modules are imported; what is
    imported already is whole.
    """
    known = {one.name for one in sys.meta_path if isinstance(one, _Finder)}
    sys.meta_path[:0] = [_Finder(name) for name in names if name not in sys.modules and name not in known]


class _Finder(importlib.abc.MetaPathFinder):
    """Finds one module as Python does, and has it loaded by `_Loader`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)
        return spec


class _Loader(importlib.abc.Loader):
    """Loads a module as its own loader does; meanwhile others who ask it for something wait."""

    def __init__(self, own: Any) -> None:
        self._own = own

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        made: ModuleType | None = self._own.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        if module.__spec__ is not None:
            module.__spec__.loader = module.__loader__ = self._own  # its files are read through it later
        kind, over = type(module), threading.Event()
        module.__class__ = _arriving(threading.get_ident(), over)
        try:
            self._own.exec_module(module)
        finally:
            module.__class__ = kind
            over.set()


def _arriving(importer: int, over: threading.Event) -> type[ModuleType]:
    """The class of a module that this thread imports until that is over."""

    class Arriving(ModuleType):
        def __getattr__(self, name: str) -> Any:
            if threading.get_ident() == importer or name.startswith("__") or not over.wait(LONGEST):
                raise AttributeError(f"module {self.__name__!r} has no attribute {name!r} so far", name=name, obj=self)
            return getattr(self, name)

    return Arriving


# ------------------------------------------------------------------------------------------------ torch's compiler
def _kept_from_compiling(
    function: Callable[..., Any] | None = None, recursive: bool = True, **given: Any
) -> Callable[..., Any]:
    """Stand-in for `torch._dynamo.disable`."""
    if function is None:
        return functools.partial(_kept_from_compiling, recursive=recursive, **given)

    @functools.cache
    def by_the_compiler() -> Callable[..., Any]:
        kept: Callable[..., Any] = _arrived("torch._dynamo").disable(function, recursive, **given)
        return kept

    def call(*args: Any, **named: Any) -> Any:
        return (by_the_compiler() if has_compiler() else function)(*args, **named)

    return functools.update_wrapper(call, function)


def _nothing_to_break(msg: str = "") -> None:
    """Stand-in for `torch._dynamo.graph_break`, which does nothing outside a graph."""


def _arrived(name: str) -> ModuleType:
    """The module itself, imported now."""
    for known in [known for known, module in sys.modules.items() if isinstance(module, _Postponed)]:
        del sys.modules[known]
    return importlib.import_module(name)
