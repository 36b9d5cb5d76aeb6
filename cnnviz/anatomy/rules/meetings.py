"""Rules for what works element by element, and for what lays tensors side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import torch

from cnnviz.anatomy import regions as sets
from cnnviz.anatomy.regions import PixelSets, Region
from cnnviz.anatomy.rules import loose
from cnnviz.anatomy.rules.arguments import named
from cnnviz.anatomy.rules.reading import axes_of, met
from cnnviz.anatomy.rules.rearranging import rearranged
from cnnviz.anatomy.states import At, NotUnderstood, RuleCall, State, State_, sized
from cnnviz.tracing.writes import tensors_in

_PLAIN = (int, float, complex, bool, str, type(None), torch.dtype, torch.device, torch.memory_format, torch.Tensor)


def elementwise(call: RuleCall, states: Sequence[State], name: str) -> State:
    """Each element of the result reads the elements at its own place, of every argument."""
    given = [*call.args, *call.kwargs.values()]
    if len(given) == 1 and len(states) == 1 and isinstance(given[0], torch.Tensor):
        return states[0]
    if not all(isinstance(value, _PLAIN) for value in given):
        raise NotUnderstood(f"{name} of these arguments")
    return met(states, sized(call.output))


def chosen(call: RuleCall, states: Sequence[State], name: str) -> State:
    """Each element is one argument's or another's, as a mask says: what a mask of the model's own hides is not read."""
    given = zip(tensors_in((call.args, call.kwargs)), call.given, strict=True)
    if not all(depends for tensor, depends in given if tensor.dtype in (torch.bool, torch.uint8)):
        raise NotUnderstood(f"{name} hides places by a mask whose numbers are not followed")
    return elementwise(call, states, name)


def of_the_first(call: RuleCall, states: Sequence[State], name: str) -> State:
    """Conversions: the second argument says only which type or shape is wanted."""
    return replace(elementwise(call, states[:1], name), shape=sized(call.output))


def with_weights(call: RuleCall, states: Sequence[State], name: str) -> State:
    """A weight for each channel, which must not come from the image."""
    if len(states) != 1 or sized(call.input) != states[0].shape:
        raise NotUnderstood(f"{name} with weights that depend on the image")
    return elementwise(call, states, name)


def nothing(call: RuleCall, states: Sequence[State], name: str) -> State:
    """Made anew in the shape of another: depends on no pixel."""
    del name
    return State(states[0].image, sized(call.output), ((),), (None, None))


def view(call: RuleCall, states: Sequence[State], name: str) -> State_:
    """What only moves elements is asked of itself."""
    if len(states) != 1 or not isinstance(call.input, torch.Tensor) or tuple(call.input.shape) != states[0].shape:
        raise NotUnderstood(f"{name} with places that depend on the image")
    rest, kwargs = call.args[1:], dict(call.kwargs)
    if not call.args:
        kwargs.pop(next(iter(kwargs)))
    if any(isinstance(one, torch.Tensor) and one.is_meta for one in _flat((rest, tuple(kwargs.values())))):
        raise NotUnderstood(f"{name}: its places are numbers that are not known here")
    if name == "view" and not any(isinstance(one, torch.dtype) for one in rest):
        return rearranged(states[0], lambda part: part.reshape(*rest, **kwargs))  # an index has other strides
    return rearranged(states[0], lambda part: call.function(part, *rest, **kwargs))


def view_as(call: RuleCall, states: Sequence[State], name: str) -> State_:
    """The second tensor only says which shape is wanted."""
    own, other = (tuple(one.shape) for one in call.args)
    if states[0].shape != own or (len(states) == 1 and own == other):
        raise NotUnderstood(f"{name}: which of the two depends on the image")
    return rearranged(states[0], lambda part: part.expand(other) if name == "expand_as" else part.reshape(other))


def _flat(value: Any) -> list[Any]:
    return [part for item in value for part in _flat(item)] if isinstance(value, (tuple, list)) else [value]


def glu(call: RuleCall, states: Sequence[State], name: str) -> State:
    """The first half along an axis, gated by the second."""
    state = states[0]
    (dim,) = axes_of(named(call, name).get("dim", -1), len(state.shape))
    halves = rearranged(state, lambda part: part.chunk(2, dim))
    assert isinstance(halves, tuple)
    return met(halves, sized(call.output))


def everything_mixed(call: RuleCall, states: Sequence[State], name: str) -> State_:
    """What mixes in a way that no rule follows: known only where all of it sees the whole image anyway."""
    if not all(state.sees_all for state in states):
        raise NotUnderstood(f"no rule for {name} ({call.kind})")
    first = replace(states[0], at=(None, None))
    if isinstance(call.output, (tuple, list)):
        return tuple(replace(first, shape=sized(part)) for part in call.output)
    return replace(first, shape=sized(call.output))


def by_values(call: RuleCall, states: Sequence[State], name: str) -> State_:
    """What takes its places from the values: known only where all of it sees the whole image anyway."""
    try:
        return everything_mixed(call, states, name)
    except NotUnderstood:
        raise NotUnderstood(f"where {name} reads depends on values, which are not followed") from None


# ------------------------------------------------------------------------------------------------ side by side
def concatenation(call: RuleCall, states: Sequence[State], name: str) -> State:
    """Tensors one after the other along an axis; those without a state depend on no pixel."""
    kwargs = dict(call.kwargs)
    tensors = call.args[0] if call.args else kwargs.pop("tensors", None)
    dim = kwargs.pop("dim", kwargs.pop("axis", call.args[1] if len(call.args) > 1 else 0))
    if kwargs or not isinstance(tensors, (tuple, list)) or not isinstance(dim, int):
        raise NotUnderstood(f"{name} of these arguments")
    output = sized(call.output)
    parts = all_parts(states, [tuple(one.shape) for one in tensors])
    if name == "stack":
        parts = [_unsqueezed(part, dim % len(output)) for part in parts]
    return side_by_side(parts, dim % len(output), output)


def _unsqueezed(state: State, dim: int) -> State:
    found = rearranged(state, lambda part: part.unsqueeze(dim))
    assert isinstance(found, State)
    return found


def all_parts(states: Sequence[State], shapes: Sequence[tuple[int, ...]]) -> list[State]:
    """A state for each tensor of these shapes; those without one depend on no pixel. Raises NotUnderstood."""
    if len(states) == len(shapes):
        return list(states)
    parts, waiting = [], list(states)
    for index, shape in enumerate(shapes):
        if waiting and waiting[0].shape == shape:
            if sum(one == shape for one in shapes[index:]) > sum(one.shape == shape for one in waiting):
                raise NotUnderstood("which of several tensors depend on the image")
            parts.append(waiting.pop(0))
        else:
            parts.append(State(states[0].image, shape, ((),), (None, None)))
    if waiting:
        raise NotUnderstood("which of several tensors depend on the image")
    return parts


def side_by_side(parts: Sequence[State], dim: int, shape: tuple[int, ...]) -> State:
    """Tensors laid one behind the other along an axis: each cell keeps what it sees."""
    parts = [part for part in parts if 0 not in part.shape]
    for part in parts:
        if not part.is_known:
            raise NotUnderstood(part.field.note)
    at = None if any(part.places is not None for part in parts) else _common(parts)
    if at is None or (dim in at and any(part.which is not None for part in parts)):
        return loose.side_by_side(parts, dim, shape)
    if dim in at:
        return _extended(parts, at, dim, shape)
    if all(part.which is None for part in parts):
        return _one_region_each(parts, at, dim, shape)
    size = [max(1 if part.which is None else part.which.shape[axis] for part in parts) for axis in range(len(shape))]
    regions: list[Region] = []
    pieces = []
    for part in parts:
        which = part.which if part.which is not None else torch.zeros([1] * len(shape), dtype=torch.int32)
        wide = [part.shape[dim] if axis == dim else length for axis, length in enumerate(size)]
        pieces.append(which.expand(wide) + len(regions))
        regions += part.regions
    different = tuple(dict.fromkeys(regions))
    if len(different) == 1:
        return replace(parts[0], shape=shape, at=at, regions=different, which=None, note="")
    numbers = torch.tensor([different.index(region) for region in regions], dtype=torch.int32)
    which = numbers[torch.cat(pieces, dim)]
    return replace(parts[0], shape=shape, at=at, regions=different, which=which, note="")


def _one_region_each(parts: Sequence[State], at: At, dim: int, shape: tuple[int, ...]) -> State:
    numbers: dict[Region, int] = {}
    order = [numbers.setdefault(part.regions[0], len(numbers)) for part in parts]
    if len(numbers) == 1:
        return replace(parts[0], shape=shape, at=at, which=None, note="")
    places = np.repeat(np.array(order, dtype=np.int32), [part.shape[dim] for part in parts])
    size = [-1 if axis == dim else 1 for axis in range(len(shape))]
    which = torch.from_numpy(places).view(size)
    return replace(parts[0], shape=shape, at=at, regions=tuple(numbers), which=which, note="")


def _common(parts: Sequence[State]) -> At | None:
    """The axes of rows and columns, if all agree on them who see anything of the image, and not all alike."""
    parts = [part for part in parts if part.regions != ((),)] or list(parts)
    if len({part.at for part in parts}) == 1:
        return parts[0].at
    firm = {part.at for part in parts if not part.is_uniform} or {part.at for part in parts}
    return firm.pop() if len(firm) == 1 else None


def _extended(parts: Sequence[State], at: At, dim: int, shape: tuple[int, ...]) -> State:
    """Maps laid side by side along their rows or columns: each area has its own stretch of that axis."""
    side, first, areas = at.index(dim), 0, []
    for part in parts:
        span = partial(_placed, first=first, length=part.shape[dim], cells=shape[dim])
        areas += [sets.moved((area,), *((span, None) if side == 0 else (None, span))) for area in part.regions[0]]
        first += part.shape[dim]
    return replace(parts[0], shape=shape, at=at, regions=(sets.union(tuple(areas)),), which=None, note="")


def _placed(seen: PixelSets, first: int, length: int, cells: int) -> PixelSets:
    """The axis as a stretch of a longer one, which sees nothing elsewhere."""
    every = seen.pixels if len(seen.pixels) > 1 else seen.pixels * length
    return sets.axis((0,) * first + every + (0,) * (cells - first - length), None)
