"""Which tensors a call writes over: read from its name and its arguments, before it runs.

A method or function whose name ends in an underscore, an augmented assignment, an assignment to a slice or to `.data`
write over their first argument; `out=` over what it names; `inplace=True` over the input. Batch normalisation that
takes its statistics from the batch writes running ones, an embedding with a largest norm its weights. An operator that
somebody registered (`torch.library`) says it in its schema.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch

_FLAGS_ONLY = frozenset({"requires_grad_", "retain_grad_", "rename_"})
_ASSIGNMENTS = frozenset(
    {f"__i{name}__" for name in ("add", "sub", "mul", "truediv", "div", "floordiv", "mod", "pow", "matmul", "and")}
    | {"__ior__", "__ixor__", "__ilshift__", "__irshift__", "__setitem__", "set_data"}
)
_SHOW = frozenset({"numpy", "__array__", "data_ptr", "storage", "untyped_storage", "__dlpack__"})
_ATTRIBUTES = frozenset({"data", "real", "imag"})


def name_of(function: Any) -> str:
    """A function's own name; that of an attribute that is read or set ("data")."""
    name: str = getattr(function, "__name__", None) or type(function).__name__
    if name in ("__get__", "__set__"):
        return str(getattr(getattr(function, "__self__", None), "__name__", name))
    return name.partition(".")[0]  # torch.ops' overloads: "add_.Tensor"


def may_write(function: Callable[..., Any]) -> bool:
    """Whether a call may write, by the function's name and its positional arguments."""
    name: str = getattr(function, "__name__", "")
    return (
        name == "__set__"
        or name[-1:] == "_"
        or name in _ASSIGNMENTS
        or "_." in name
        or name.endswith(("batch_norm", "instance_norm"))
        or name.startswith("embedding")
        or (type(function) in _REGISTERED and bool(_by_schema(function)))
    )


def shows_memory(name: str) -> bool:
    """Whether a function of this name shows a tensor's memory to what no call will tell of: numpy, C."""
    return name in _SHOW


def written(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[torch.Tensor]:
    """The tensors among the arguments that the call writes over; [] for most calls."""
    if kwargs:
        out = kwargs.get("out")
        if out is not None:
            return tensors_in(out)
        if kwargs.get("inplace") is True:
            return tensors_in((args, kwargs))[:1]
    if type(function) in _REGISTERED and (named := _by_schema(function)):
        return tensors_in([*(args[at] for at, _ in named if at < len(args)), *(kwargs.get(name) for _, name in named)])
    name: str = getattr(function, "__name__", "")
    if name == "__set__":
        return tensors_in(args[:1]) if name_of(function) in _ATTRIBUTES else []
    if name[-1:] == "_" or name in _ASSIGNMENTS or "_." in name:
        return _first(name, args, kwargs)
    if name.endswith(("batch_norm", "instance_norm")):
        return _running(function, args, kwargs)
    if name.startswith("embedding") and kwargs.get("max_norm") is not None:
        return tensors_in((args[1:2], kwargs.get("weight")))
    return []


_REGISTERED = (torch._ops.OpOverload, torch._ops.OpOverloadPacket)


@functools.lru_cache(maxsize=1024)
def _by_schema(operator: Any) -> tuple[tuple[int, str], ...]:
    """Place and name of each argument that an operator writes over, or one of its overloads, outside torch's own."""
    single = isinstance(operator, torch._ops.OpOverload)
    schemas = [operator._schema] if single else list(operator._schemas.values())
    found = [
        (at, argument.name)
        for schema in schemas
        if not schema.name.startswith("aten::")  # those are known by their names
        for at, argument in enumerate(schema.arguments)
        if argument.alias_info is not None and argument.alias_info.is_write
    ]
    return tuple(dict.fromkeys(found))


def _first(name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[torch.Tensor]:
    """The first argument: a tensor, or a list of them (torch._foreach_add_)."""
    special = name[-2:] == "__" and name not in _ASSIGNMENTS
    if special or name in _FLAGS_ONLY:
        return []
    first = args[0] if args else next(iter(kwargs.values()), None)
    return tensors_in(first)


def _running(function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[torch.Tensor]:
    training = kwargs.get("training", kwargs.get("use_input_stats", args[5] if len(args) > 5 else False))
    if not training:
        return []
    own = getattr(function, "__module__", "") == "torch.nn.functional"  # torch.batch_norm has another order
    named = [kwargs.get("running_mean"), kwargs.get("running_var")]
    return tensors_in((args[1:3] if own else args[3:5], named))


def tensors_in(value: Any, above: tuple[int, ...] = ()) -> list[torch.Tensor]:
    """Every tensor among nested lists, tuples and dictionaries, in order; one that stands twice comes twice.

    above: what this is a part of, by identity, which is not looked through again where it is also a part of this.
    """
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, (list, tuple)):
        parts: Iterable[Any] = value
    elif isinstance(value, dict):
        parts = value.values()
    elif isinstance(value, slice):
        parts = (value.start, value.stop, value.step)
    elif hasattr(value, "__dataclass_fields__"):
        parts = [getattr(value, name, None) for name in value.__dataclass_fields__]
    else:
        return []
    found: list[torch.Tensor] = []
    for part in parts:
        if isinstance(part, torch.Tensor):
            found.append(part)
        elif type(part) not in _PLAIN and id(part) not in above:
            found += tensors_in(part, (*above, id(value)))
    return found


_PLAIN = frozenset((int, float, bool, str, type(None)))


def one_by_one(source: torch.Tensor, views: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    """Several views of one tensor, each made by a call of its own: autograd lets those be written to."""
    return [source.as_strided(view.shape, view.stride(), view.storage_offset()) for view in views]
