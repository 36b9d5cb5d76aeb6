"""The user's own network, by the name under which Python finds it: "package.module:function"."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from cnnviz.models import first_forward, own_specs
from cnnviz.models.entries import IMAGENET_MEAN, IMAGENET_STD, Entry, ModelError, Shape, classes_named
from cnnviz.models.first_forward import ForeignError, guarded
from cnnviz.records import Spec

OWN: dict[str, Entry] = {}
PLACE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")
# What is tried, in this order, where a function does not say what its network expects.
TRIED: tuple[Shape, ...] = ((3, 224, 224), (3, 32, 32), (1, 28, 28))


def own(place: str) -> str:
    """Registers the network that `place` makes, for this process, and returns its name: the place itself.

    place: "package.module:function"; the function takes nothing and returns an nn.Module, or (nn.Module, Spec).
    The module is imported, that is: run. Name only code that you trust.
    Raises ModelError, and nothing else, whatever that code raises: nothing there, not a function that makes a network,
    it cannot be imported or called, its first forward pass fails, or nobody can tell what it expects.
    """
    made, spec = _made(place)
    if spec is None:
        spec = _guessed(place, made)
    else:
        spec = own_specs.normalised(place, spec)
        output = _run_once(place, made, spec.input_shape)
        if not _outputs(output):
            raise ModelError(_not_classes(place, spec.input_shape, output))
        own_specs.hold(place, spec, _outputs(output))
    fixed = spec

    def build(input_shape: Shape, classes: int) -> nn.Module:
        if (input_shape, classes) != (fixed.input_shape, len(fixed.classes)):
            raise ModelError(
                f"{place} was asked for {input_shape} and {classes} classes; the function makes a network for "
                f"{fixed.input_shape} and {len(fixed.classes)} classes, and takes no others"
            )
        return _built(place, fixed.input_shape)

    OWN[place] = Entry(place, spec.title, "Your own networks", lambda: fixed, build)
    return place


def _built(place: str, shape: Shape) -> nn.Module:
    """The module once more, on the device that is asked for; its code runs where it always does, with real numbers."""
    wanted = torch.get_default_device()
    with torch.device("cpu"):
        module = _made(place)[0]
        if first_forward.is_lazy(module):
            _run_once(place, module, shape)
    return module.to(wanted) if wanted.type == "meta" else module


def _run_once(place: str, module: nn.Module, shape: Shape) -> Any:
    """Its output for an image of zeros; lazy parts get their shapes. Raises ModelError where it does not take one."""
    try:
        return first_forward.output(module, shape)
    except ForeignError as error:
        raise ModelError(_forward_failed(place, module, {shape: str(error)})) from error


def _made(place: str) -> tuple[nn.Module, Spec | None]:
    made = _call(place)
    parts = made if isinstance(made, (tuple, list)) and len(made) == 2 else (made, None)
    module, spec = parts
    if not isinstance(module, nn.Module) or not (spec is None or isinstance(spec, Spec)):
        raise ModelError(f"{place} returned {_kind(made)}; it should return an nn.Module, or (nn.Module, cnnviz Spec)")
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
        raise ModelError(f"{place!r} names no function; write it as package.module:function, e.g. my_nets:tiny")
    module_name, function_name = place.split(":")
    try:
        module = guarded(lambda: importlib.import_module(module_name))
    except ForeignError as error:
        raise ModelError(
            f"{module_name} cannot be imported ({error}); {_how_to_import(module_name, error.__cause__)}"
        ) from error
    try:
        function = guarded(lambda: getattr(module, function_name, None))
    except ForeignError as error:
        raise ModelError(f"{place} cannot be read ({error}); define {function_name} as a plain function") from error
    if not callable(function):
        there = [name for name, value in vars(module).items() if callable(value) and not name.startswith("_")]
        raise ModelError(f"{module_name} has no function {function_name}; it has {', '.join(there[:8]) or 'none'}")
    found: Callable[[], Any] = function
    return found


def _how_to_import(module_name: str, cause: BaseException | None) -> str:
    missing = str(cause.name or "") if isinstance(cause, ModuleNotFoundError) else ""
    if missing and missing != module_name and not module_name.startswith(f"{missing}."):
        return f"install {missing} where the app runs"
    if missing:
        return "start the app in the folder that holds it, or put that folder on PYTHONPATH"
    if isinstance(cause, SystemExit):
        return 'it ends the program: put what it runs under if __name__ == "__main__"'
    return "mend the line that raises it: importing the module must do no more than define things"


def _guessed(place: str, module: nn.Module) -> Spec:
    failed: dict[Shape, str] = {}
    returned: dict[Shape, Any] = {}
    for shape in TRIED:
        try:
            output = first_forward.output(module, shape)
        except ForeignError as error:
            failed[shape] = str(error)
            continue
        if classes := _outputs(output):
            mean, std = (IMAGENET_MEAN, IMAGENET_STD) if shape[0] == 3 else ((0.5,), (0.5,))
            note = f"input shape {shape} found by trying; return (module, Spec) to say it yourself"
            title = place.split(":")[1]
            return Spec(place, title, shape, mean, std, classes_named(classes), family="own", notes=(note,))
        returned[shape] = output
    if not returned:
        raise ModelError(_forward_failed(place, module, failed))
    shape, found = next(iter(returned.items()))
    raise ModelError(_not_classes(place, shape, found))


def _forward_failed(place: str, module: nn.Module, failed: dict[Shape, str]) -> str:
    """Why no image went through it, as exactly as can be told, and what would work."""
    inputs = first_forward.needed_inputs(module)
    if len(inputs) > 1:
        named = ", ".join(inputs[:6])
        return f"the forward of {place} wants {len(inputs)} inputs ({named}); only networks of one image can be opened"
    if first_forward.takes_tokens(module):
        return (
            f"{place} begins with a table of embeddings: it takes whole numbers (tokens); "
            f"only networks whose input is an image, [N, C, H, W], can be opened"
        )
    reasons = list(dict.fromkeys(failed.values()))
    if len(reasons) == 1:
        shapes = " or ".join(str(shape) for shape in failed)
        remedy = "mend its forward, or return (module, Spec) with the input_shape that it takes"
        return f"the forward of {place} raised {reasons[0]} for an image of {shapes}; {remedy}"
    told = "; ".join(f"{shape} raised {reason}" for shape, reason in failed.items())
    return (
        f"{place} takes none of the input shapes that were tried ({told}); "
        f"let the function return (module, Spec) with input_shape and classes"
    )


def _not_classes(place: str, shape: Shape, output: Any) -> str:
    made = _words(output)
    return f"{place} made {made} of an image of {shape}; let it return [N, classes], one number for each class"


def _outputs(output: Any) -> int:
    """How many classes these outputs are of; 0 where they are not [1, classes]."""
    return output.shape[1] if isinstance(output, torch.Tensor) and output.ndim == 2 else 0


def _words(output: Any) -> str:
    """What a forward returned, as words: "a single number", "a tensor of shape [1, 4, 32, 32]", "a dict"."""
    if not isinstance(output, torch.Tensor):
        return f"a {_kind(output)}"
    return f"a tensor of shape {list(output.shape)}" if output.ndim else "a single number"


def _kind(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return f"({', '.join(type(item).__name__ for item in value)})"
    return type(value).__name__
