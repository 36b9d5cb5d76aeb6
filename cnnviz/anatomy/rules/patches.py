"""Rules for what cuts a map into patches and for what lays patches on a map, and for sums by Einstein's convention."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F

from cnnviz.anatomy.rules import loose
from cnnviz.anatomy.rules.arguments import each, named
from cnnviz.anatomy.rules.meetings import all_parts, view
from cnnviz.anatomy.rules.reading import met, together, without
from cnnviz.anatomy.rules.rearranging import rearranged, with_blanks
from cnnviz.anatomy.states import NotUnderstood, RuleCall, State, State_, sized

MOST_TAPS = 64


def unfold(call: RuleCall, states: Sequence[State], name: str) -> State_:
    """A tensor's own method moves elements; the function of the same name cuts patches, with padding around."""
    if call.function is torch.Tensor.unfold:
        return view(call, states, name)
    values = named(call, "unfold")
    options = _windows(values)
    return with_blanks(_only(call, states), lambda part: F.unfold(part, **options))


def fold(call: RuleCall, states: Sequence[State], name: str) -> State:
    """Patches added up where they overlap: each place of the window by itself, and then all of them together."""
    values = named(call, name)
    options, state = _windows(values), _only(call, states)
    taps = options["kernel_size"][0] * options["kernel_size"][1]
    if taps > MOST_TAPS:
        raise NotUnderstood("patches of many cells that are added up")
    options["output_size"] = each(values["output_size"], 2)
    parts = [with_blanks(state, partial(_one_tap, tap=tap, taps=taps, options=options)) for tap in range(taps)]
    return loose.met(parts, sized(call.output))


def _one_tap(part: torch.Tensor, tap: int, taps: int, options: dict[str, Any]) -> torch.Tensor:
    shape = part.shape
    kept = torch.zeros(taps, 1)
    kept[tap] = 1
    return F.fold((part.reshape(*shape[:-2], -1, taps, shape[-1]) * kept).reshape(shape), **options)


def _windows(values: dict[str, Any]) -> dict[str, Any]:
    usual = {"dilation": 1, "padding": 0, "stride": 1}
    sizes = {key: each(values.get(key, default), 2) for key, default in usual.items()}
    return {"kernel_size": each(values["kernel_size"], 2), **sizes}


def _only(call: RuleCall, states: Sequence[State]) -> State:
    if len(states) != 1 or not isinstance(call.input, torch.Tensor) or tuple(call.input.shape) != states[0].shape:
        raise NotUnderstood(f"{call.name} with arguments that depend on the image")
    return states[0]


# ------------------------------------------------------------------------------------------------ sums by letters
def einsum(call: RuleCall, states: Sequence[State], name: str) -> State:
    """Each element of the result reads, of each tensor, all elements that bear its letters."""
    equation, *tensors = call.args
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = list(tensors[0])
    if call.kwargs or not isinstance(equation, str) or not all(isinstance(one, torch.Tensor) for one in tensors):
        raise NotUnderstood(f"{name} of these arguments")
    terms, result = _terms(equation, [one.dim() for one in tensors], len(sized(call.output)))
    parts = all_parts(states, [tuple(one.shape) for one in tensors])
    found = [_by_letters(part, term, result) for part, term in zip(parts, terms, strict=True) if part.regions != ((),)]
    return met(found, sized(call.output))


def _terms(equation: str, counts: Sequence[int], rank: int) -> tuple[list[str], str]:
    """The letters of each tensor's axes and of the result's; digits stand for the axes that "..." means."""
    left, arrow, result = equation.replace(" ", "").partition("->")
    terms = [_without_dots(term, count) for term, count in zip(left.split(","), counts, strict=True)]
    if not arrow:
        letters = "".join(terms)
        dots = sorted({letter for letter in letters if letter.isdigit()})
        result = "".join([*dots, *sorted(one for one in set(letters) if letters.count(one) == 1 and one.isalpha())])
    result = _without_dots(result, rank)
    if any(len(set(term)) < len(term) for term in (*terms, result)):
        raise NotUnderstood("einsum along a diagonal")
    return terms, result


def _without_dots(term: str, count: int) -> str:
    left = count - len(term.replace("...", ""))
    return term.replace("...", "9876543210"[10 - left :] if left else "")


def _by_letters(state: State, term: str, result: str) -> State:
    """The tensor's state with the result's axes, of length 1 where it has no such letter."""
    gone = [axis for axis, letter in enumerate(term) if letter not in result]
    state = without(together(state, gone, "a matrix product over the map"), gone)
    kept = [letter for letter in term if letter in result]
    order = [kept.index(letter) for letter in result if letter in kept]
    missing = [axis for axis, letter in enumerate(result) if letter not in kept]
    found = rearranged(state, partial(_laid_out, order=order, missing=missing))
    assert isinstance(found, State)
    return found


def _laid_out(part: torch.Tensor, order: Sequence[int], missing: Sequence[int]) -> torch.Tensor:
    part = part.permute(*order) if order else part
    for axis in missing:
        part = part.unsqueeze(axis)
    return part
