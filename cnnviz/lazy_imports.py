"""Files of installed packages, found without importing these, and imports postponed until they are used."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import sys
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
