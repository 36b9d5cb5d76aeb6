"""Which part of the image each operation sees: one rule for each kind of operation, on sets of pixels.

A cell i of a map sees the pixels [i·stride − padding, i·stride − padding + size). A window of k cells, dilated by d,
moved by s and padded by p turns that into size + (k − 1)·d·stride, stride·s, padding + p·stride. Branches that meet
(additions, concatenations) see from the leftmost reach of any of them to the rightmost. Beside these three numbers the
set of pixels that each cell sees is kept (`regions`), for what no such rule covers: upsampling, uneven windows, what a
cell at the border sees; `rules` says what each operation does to them.

Nothing is known ("unknown", with the reason) of what no rule covers, and of all that depends on it. Araujo, Norris &
Sim, "Computing Receptive Fields of Convolutional Neural Networks" (2019),
https://distill.pub/2019/computing-receptive-fields/
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace

import torch

from cnnviz.anatomy import rules
from cnnviz.anatomy.regions import MOST_AREAS
from cnnviz.anatomy.states import AXES, NotUnderstood, RuleCall, State, State_, sized, start, unknown
from cnnviz.records import Interval

# rules compute with small index tensors of their own: no mode that watches or fakes the network's may see them
_PLAIN = frozenset({"convolution", "normalization", "activation", "pooling", "linear", "addition", "multiplication"})
real_tensors = torch.utils._python_dispatch._disable_current_modes

__all__ = ["AXES", "RuleCall", "Reach", "State", "start"]


class Reach:
    """Receptive fields of one network on one size of image: call `after` for each operation in turn."""

    def __init__(self, shape: Sequence[int]) -> None:
        height, width = (shape[1], shape[2]) if len(shape) == 3 else (1, 1)
        self.rows = Interval(height, 0, 0)
        self.columns = Interval(width, 0, 0)

    def after(self, call: RuleCall) -> State_:
        """What the cells of an operation's output see; a tuple where it has several outputs."""
        states = [state for item in call.states for state in (item if isinstance(item, tuple) else (item,))]
        if call.name in ("getitem", "getattr") and isinstance(call.states[0], tuple):
            return _part(call, call.states[0])
        try:
            with nullcontext() if _is_plain(call, states) else real_tensors():
                found = _found(call, states)
        except NotUnderstood as reason:
            found = _without_a_rule(call, states, str(reason))
        except (AssertionError, AttributeError, IndexError, KeyError, RuntimeError, TypeError, ValueError) as error:
            words = str(error).strip().split("\n")[0]
            found = _without_a_rule(call, states, f"{call.name} with arguments that no rule covers ({words})")
        return _checked(call, states, found)


def _is_plain(call: RuleCall, states: Sequence[State]) -> bool:
    """Whether a rule will need no index tensors, as most: taking the modes away costs as much as their rules."""
    return call.kind in _PLAIN and all(state.which is None and state.places is None for state in states)


def _found(call: RuleCall, states: Sequence[State]) -> State_:
    if call.kwargs.get("out") is not None:
        raise NotUnderstood(f"{call.name} into another tensor")
    name, rule, of_one = rules.rule_of(call)
    if not of_one:
        return rule(call, states, name)  # type: ignore[arg-type]
    if len(states) > 1 or not isinstance(call.input, torch.Tensor) or tuple(call.input.shape) != states[0].shape:
        raise NotUnderstood(f"{call.name} with arguments that depend on the image")
    if not states[0].is_known:
        return _without_a_rule(call, states, "")
    return rule(call, states[0], name)  # type: ignore[arg-type]


def _part(call: RuleCall, states: tuple[State, ...]) -> State_:
    """One of several outputs, by its place or by its name."""
    which = call.args[1]
    return states[{"values": 0, "indices": 1}[which] if isinstance(which, str) else which]


def _without_a_rule(call: RuleCall, states: Sequence[State], why: str) -> State_:
    """Unknown: for the reason that is known already, or for this one."""
    first = next((state for state in states if not state.is_known), None)

    def one(shape: tuple[int, ...]) -> State:
        if first is None:
            return unknown(states[0], shape, why)
        at = first.at if len(shape) == len(first.shape) else (None, None)
        return replace(first, shape=shape, at=at, which=None, places=None)

    if isinstance(call.output, (tuple, list)):
        return tuple(one(sized(part)) for part in call.output)
    return one(sized(call.output))


def _checked(call: RuleCall, states: Sequence[State], found: State_) -> State_:
    """A rule that foresees another shape than the one that came out has not understood its arguments."""
    parts, outputs = (found, call.output) if isinstance(found, tuple) else ((found,), (call.output,))
    if not isinstance(outputs, (tuple, list)):
        return _without_a_rule(call, states, f"{call.name} returns something else than its rule says")
    for part, output in zip(parts, outputs, strict=False):
        if isinstance(output, torch.Tensor) and part.shape != tuple(output.shape):
            return _without_a_rule(call, states, f"{call.name} has another shape than its rule says")
        if any(len(region) > MOST_AREAS for region in part.regions):
            return _without_a_rule(call, states, "a cell sees more separate pieces of the image than are followed")
    return found
