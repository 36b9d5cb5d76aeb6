"""The user's own network, by its file and the name in it, or as Python finds it: "package.module:function"."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import re
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from cnnviz.models import first_forward, own_files, own_guesses, own_specs
from cnnviz.models import told as telling
from cnnviz.models.entries import Entry, ModelError, Shape, told_apart
from cnnviz.models.first_forward import ForeignError, guarded
from cnnviz.models.own_failures import forward_failed, how_to_import, without_numbers
from cnnviz.models.told import Told
from cnnviz.records import Spec

OWN: dict[str, Entry] = {}
PLACE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")
NOTHING = Told()


def own(place: str, told: Told = NOTHING, *, name: str = "") -> str:
    """Registers the network that `place` makes, for this process, and returns its name: the place itself, or `name`.

    place: "package.module:function", or "folder/net.py:function", whose name is "net:function" (`own_files`). The
    function (or class) takes nothing and returns an nn.Module, or (nn.Module, Spec); an nn.Module stands for itself.
    told: what is said of it beside that; it goes before what the Spec says, and what nobody says is guessed.
    The module is imported, that is: run. Name only code that you trust.
    Raises ModelError, and nothing else, whatever that code raises: nothing there, not a function that makes a network,
    it cannot be imported or called, its first forward pass fails, or what is said does not fit it.
    """
    told, place = telling.checked(told), own_files.named(place)
    made, spec = _made(place)
    if spec is None:
        fixed, output = own_guesses.spec(place, made, told)
    else:
        fixed = telling.applied(own_specs.normalised(place, spec), told)
        output = _run_once(place, made, fixed.input_shape)
    own_specs.hold(place, fixed, output)
    named = told_apart(fixed.classes)
    notes = (*own_guesses.notes(made), *own_specs.renamed(fixed.classes, named), *fixed.notes)
    fixed = dataclasses.replace(fixed, classes=named, notes=notes)

    def build(input_shape: Shape, classes: int) -> nn.Module:
        if (input_shape, classes) != (fixed.input_shape, len(fixed.classes)):
            raise ModelError(
                f"{place} was asked for {input_shape} and {classes} classes; the function makes a network for "
                f"{fixed.input_shape} and {len(fixed.classes)} classes, and takes no others"
            )
        return _built(place, fixed.input_shape)

    OWN[name or place] = Entry(name or place, fixed.title, "Your own networks", lambda: fixed, build, foreign=True)
    return name or place


def _built(place: str, shape: Shape) -> nn.Module:
    """The module once more, on the device that is asked for; its code runs where it always does, with real numbers."""
    wanted = torch.get_default_device()
    with torch.device("cpu"):
        module = _made(place)[0]
        if first_forward.is_lazy(module):
            _run_once(place, module, shape)
    shapes_only = wanted.type == "meta" and not first_forward.needs_numbers(module)
    return _without_numbers(module) if shapes_only else module


def _without_numbers(module: nn.Module) -> nn.Module:
    """A copy on the meta device: the function may return one and the same module each time, which keeps its numbers."""
    memo: dict[int, Any] = {}
    for value in (*module.parameters(), *module.buffers()):
        empty = torch.empty_like(value.detach(), device="meta")
        memo[id(value)] = nn.Parameter(empty, value.requires_grad) if isinstance(value, nn.Parameter) else empty
    try:
        return copy.deepcopy(module, memo)
    except Exception:  # somebody's own class, or weights that were computed: then with its numbers
        return module


def _run_once(place: str, module: nn.Module, shape: Shape) -> Any:
    """Its output for an image of zeros; lazy parts get their shapes. Raises ModelError where it does not take one."""
    try:
        return first_forward.output(module, shape)
    except ForeignError as error:
        raise ModelError(forward_failed(place, module, {shape: str(error)})) from error


def _made(place: str) -> tuple[nn.Module, Spec | None]:
    made = _call(place)
    parts = made if isinstance(made, (tuple, list)) and len(made) == 2 else (made, None)
    module, spec = parts
    if not isinstance(module, nn.Module) or not (spec is None or isinstance(spec, Spec)):
        raise ModelError(f"{place} returned {_kind(made)}; it should return an nn.Module, or (nn.Module, cnnviz Spec)")
    if empty := without_numbers(place, module):
        raise ModelError(empty)
    return module, spec


def _call(place: str) -> Any:
    function = _function(place)
    try:
        return guarded(function)
    except ForeignError as error:
        raise ModelError(
            f"{place} was called without arguments and raised {error}; let it return the network when it is called so: "
            f"give every parameter a default, and leave training and command lines out of it"
        ) from error


def _function(place: str) -> Callable[[], Any]:
    if not PLACE.fullmatch(place):
        raise ModelError(
            f"{place!r} names no function; write it as folder/my_net.py:Net or as package.module:function, "
            f"e.g. my_nets:tiny"
        )
    module_name, function_name = place.split(":")
    try:
        module = guarded(lambda: importlib.import_module(module_name))
    except ForeignError as error:
        raise ModelError(
            f"{module_name} cannot be imported ({error}); {how_to_import(module_name, error.__cause__)}"
        ) from error
    try:
        function = guarded(lambda: getattr(module, function_name, None))
    except ForeignError as error:
        raise ModelError(f"{place} cannot be read ({error}); define {function_name} as a plain function") from error
    if isinstance(function, nn.Module):
        return lambda: function
    if not callable(function):
        there = [name for name, value in vars(module).items() if callable(value) and not name.startswith("_")]
        raise ModelError(f"{module_name} has no function {function_name}; it has {', '.join(there[:8]) or 'none'}")
    found: Callable[[], Any] = function
    return found


def _kind(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return f"({', '.join(type(item).__name__ for item in value)})"
    return type(value).__name__
