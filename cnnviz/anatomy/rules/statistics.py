"""Rules for what reads many elements at once: sums, means, statistics, softmax, linear layers, attention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import nn

from cnnviz.anatomy.rules.arguments import named
from cnnviz.anatomy.rules.reading import axes_of, met, spread, together, without
from cnnviz.anatomy.rules.windows import over_axes, prefix
from cnnviz.anatomy.states import NotUnderstood, RuleCall, State, State_, sized


def reduction(call: RuleCall, state: State, name: str) -> State_:
    """One number of all along some axes; of `max`, `min` and `median` along one axis, and where it was."""
    values = named(call, name)
    dim = values.get("dim")
    if isinstance(dim, bool):  # torch.std(x, unbiased)
        dim = None
    found = _reduced(call, state, axes_of(dim, len(state.shape)), name)
    return (found, found) if isinstance(call.output, (tuple, list)) else found


def _reduced(call: RuleCall, state: State, over: tuple[int, ...], name: str) -> State:
    found = together(state, over, f"{name} over the map")
    return found if sized(call.output) == found.shape else without(found, over)


def extreme(call: RuleCall, states: Sequence[State], name: str) -> State_:
    """`max` and `min`: of two tensors, element by element; else of one, along an axis or all of it."""
    second = [*call.args[1:], *call.kwargs.values()]
    if len(second) == 1 and isinstance(second[0], torch.Tensor):
        return met(states, sized(call.output))
    if len(states) > 1:
        raise NotUnderstood(f"{name} with arguments that depend on the image")
    return reduction(call, states[0], name)


def norm(call: RuleCall, state: State, name: str) -> State:
    """A vector's length along some axes: each result sees all that it was computed from."""
    values = named(call, name)
    return _reduced(call, state, axes_of(values.get("dim"), len(state.shape)), name)


def along(call: RuleCall, state: State, name: str) -> State_:
    """Sorting: every element depends on all along one axis."""
    values = named(call, name)
    (dim,) = axes_of(values.get("dim", -1), len(state.shape))
    found = replace(together(state, {dim}, f"{name} over the map"), shape=sized(call.output))
    return (found, found) if isinstance(call.output, (tuple, list)) else found


def running(call: RuleCall, state: State, name: str) -> State:
    """A running sum or product along an axis: a cell sees all cells up to its own."""
    (dim,) = axes_of(named(call, name)["dim"], len(state.shape))
    if dim not in state.at:
        if state.which is None and state.places is None:
            return state
        raise NotUnderstood(f"{name} over an axis along which branches lie side by side")
    return over_axes(state, {dim: partial(prefix, length=state.shape[dim])}, state.shape)


def softmax(call: RuleCall, state: State, name: str) -> State:
    """Each cell sees the whole axis that it is normalised along."""
    dim = named(call, name).get("dim")
    if isinstance(call.module, nn.Softmax2d):
        dim = -3
    if dim is None:  # torch's old rule
        dim = 0 if len(state.shape) in (0, 1, 3) else 1
    return spread(state, axes_of(dim, len(state.shape)), "softmax over the map")


def normalize(call: RuleCall, state: State, name: str) -> State:
    """Division by a vector's length: each cell sees the whole axis that the length is taken over."""
    values = named(call, name)
    if values.get("out") is not None:
        raise NotUnderstood("normalize into another tensor")
    return spread(state, axes_of(values.get("dim", 1), len(state.shape)), "normalised over the map")


def linear(call: RuleCall, state: State, name: str) -> State:
    """A linear layer over the last axis: each result sees that whole axis."""
    named(call, name)
    last = len(state.shape) - 1
    found = together(state, {last}, "a linear layer over the map")
    return replace(found, shape=sized(call.output)) if len(sized(call.output)) == last + 1 else without(found, {last})


# ------------------------------------------------------------------------------------------------ normalisation
def _batch_statistics(state: State) -> State:
    """A channel's mean and variance over the batch and the map."""
    return spread(state, [axis for axis in range(len(state.shape)) if axis != 1], "statistics over the whole map")


def batch_norm(call: RuleCall, state: State, name: str) -> State:
    """With running statistics each element by itself; with the batch's own, everything of its channel."""
    module = call.module
    if module is not None:
        named(call, name)
        uses_batch = bool(module.training) or (module.running_mean is None and module.running_var is None)
    else:
        values = named(call, name)
        uses_batch = bool(values.get("training", False)) or values.get("running_mean") is None
    return _batch_statistics(state) if uses_batch else state


def instance_norm(call: RuleCall, state: State, name: str) -> State:
    """With statistics of its own input each cell sees its whole map; with stored ones, itself."""
    module = call.module
    values = named(call, name)
    if module is not None:
        own = bool(module.training) or not module.track_running_stats
    else:
        own = bool(values.get("use_input_stats", True))
    return spread(state, range(2, len(state.shape)), "statistics over the whole map") if own else state


def group_norm(call: RuleCall, state: State, name: str) -> State:
    """Statistics of a group of channels over the map; torchvision's and timm's with one group are the same."""
    if call.module is None:
        named(call, name)
    groups = getattr(call.module, "num_groups", None) if call.module is not None else named(call, name)["num_groups"]
    if state.which is not None and groups != 1:
        raise NotUnderstood(f"{call.name} over channels that do not see alike")
    return spread(state, range(1, len(state.shape)), "statistics over the whole map")


def layer_norm(call: RuleCall, state: State, name: str) -> State:
    """Each cell sees all axes that mean and variance are taken over."""
    values = named(call, name)
    count = len(state.shape)
    if call.module is not None and type(call.module).forward not in (nn.LayerNorm.forward, nn.RMSNorm.forward):
        return _other_layer_norm(call, state)
    shape = values["normalized_shape"]
    width = len(shape) if isinstance(shape, (tuple, list, torch.Size)) else 1
    return spread(state, range(count - width, count), "statistics over the map")


def _other_layer_norm(call: RuleCall, state: State) -> State:
    """torchvision's and timm's LayerNorm2d and RmsNorm2d: over the channels of each cell."""
    name = type(call.module).__name__
    if name in ("LayerNorm2d", "LayerNormAct2d", "RmsNorm2d", "LayerNorm2dFp32"):
        return spread(state, {1})
    if name in ("LayerNorm", "RmsNorm", "LayerNormFp32", "SimpleNorm"):
        return spread(state, {len(state.shape) - 1}, "statistics over the map")
    raise NotUnderstood(f"{name} has a forward of its own")


def local_response_norm(call: RuleCall, state: State, name: str) -> State:
    """Over neighbouring channels of the same cell."""
    named(call, name)
    if state.which is not None or 1 in state.at:
        raise NotUnderstood(f"{call.name} over channels that do not see alike")
    return state


# ------------------------------------------------------------------------------------------------ products, attention
def product(call: RuleCall, states: Sequence[State], name: str) -> State:
    """Matrix product: element (i, j) reads row i of the first and column j of the second."""
    pair = [one for one in call.args if isinstance(one, torch.Tensor) and one.dim() >= 2]
    if call.kwargs or len(call.args) != 2 or len(pair) != 2:
        raise NotUnderstood(f"{name} of these arguments")
    first, second = _matched(states, [tuple(one.shape) for one in pair], name)
    found = []
    if first is not None:
        found.append(together(first, {len(first.shape) - 1}, "a matrix product over the map"))
    if second is not None:
        found.append(together(second, {len(second.shape) - 2}, "a matrix product over the map"))
    return met(found, sized(call.output))


def _matched(states: Sequence[State], shapes: Sequence[tuple[int, ...]], name: str) -> list[State | None]:
    """Which state belongs to which of two arguments: by their number, or by their shapes."""
    if len(states) == 2:
        return list(states)
    state = states[0]
    if shapes[0] != shapes[1] or state.is_uniform:
        return [state, None] if state.shape == shapes[0] else [None, state]
    raise NotUnderstood(f"{name}: which of the two depends on the image")


def attention(call: RuleCall, states: Sequence[State], name: str) -> State:
    """Each token reads its own query, every key, and every value of its own feature."""
    if all(state.sees_all for state in states):
        return met([replace(state, shape=sized(call.output)) for state in states], sized(call.output))
    values = named(call, name)
    mask, *rest = (values.get(key) for key in ("attn_mask", "is_causal", "enable_gqa"))
    if len(states) != 3 or any(rest) or (mask is not None and not mask.is_floating_point()):
        raise NotUnderstood(f"{name} with a mask, or with tokens that do not come from the image")
    query, key, value = states
    note = "attention over the map"
    last = len(query.shape) - 1
    parts = [together(query, {last}), together(key, {last - 1, last}, note), together(value, {last - 1}, note)]
    return met(parts, sized(call.output))


def multi_head(call: RuleCall, states: Sequence[State], name: str) -> State_:
    """nn.MultiheadAttention: projections mix the features, attention the tokens."""
    module: Any = call.module
    plain = set(call.kwargs) <= {"query", "key", "value", "need_weights", "average_attn_weights"}
    if not plain or len(call.args) > 3 or len(states) != 3 or any(len(state.shape) != 3 for state in states):
        raise NotUnderstood(f"{name} with a mask, or with tokens that do not come from the image")
    tokens = 1 if module.batch_first else 0
    note = "attention over the map"
    parts = [together(states[0], {2})] + [together(state, {tokens, 2}, note) for state in states[1:]]
    if isinstance(call.output, torch.Tensor):  # no weights were asked for
        return met(parts, sized(call.output))
    shapes = [tuple(one.shape) if isinstance(one, torch.Tensor) else None for one in call.output]
    found = met(parts, sized(call.output))
    weights = replace(found, shape=shapes[1], at=(None, None)) if shapes[1] and found.is_uniform else found
    return found, weights
