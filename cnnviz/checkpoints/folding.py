"""Weights that a file holds in parts: normalised by weight or by spectrum, or pruned; put together as torch does it.

Such a layer computes its weight anew from what is stored, in evaluation always the same: a network without the
reparametrisation that is given that weight answers alike. Known are both spellings of torch:

- weight normalisation (Salimans & Kingma, 2016, https://arxiv.org/abs/1602.07868): w = g · v / ‖v‖, stored as
  `weight_g`, `weight_v` or `parametrizations.weight.original0`, `original1`;
- spectral normalisation (Miyato et al., 2018, https://arxiv.org/abs/1802.05957): w = W / (uᵀ W v), stored as
  `weight_orig`, `weight_u`, `weight_v` or `parametrizations.weight.original`, `0._u`, `0._v`;
- pruning (`torch.nn.utils.prune`): w = mask · W, stored as `weight_orig`, `weight_mask`.

Other parametrisations compute what a file does not tell: their names are refused like any that belong nowhere.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor

Header = Mapping[str, Mapping[str, Any]]
_FLOATS = ("F32", "F64", "F16", "BF16")


class Fold(NamedTuple):
    """kind: a key of `KINDS`. parts: the file's names, in the order of the kind's endings."""

    kind: str
    parts: tuple[str, ...]


class FoldedKind(NamedTuple):
    """endings: what stands behind the layer's path and the weight's name, the tensor of the weight's shape first.

    inside: whether the spelling is that of torch.nn.utils.parametrize.
    """

    said: str
    endings: tuple[str, ...]
    inside: bool
    fits: Callable[..., bool]
    fold: Callable[..., Tensor]


# ------------------------------------------------------------------------------------------------ the arithmetic
def weight_normalised(v: Tensor, g: Tensor) -> Tensor:
    """w = g · v / ‖v‖, the norm over all axes but the one along which g has its numbers; over all where g is one."""
    axis = _axis(tuple(v.shape), tuple(g.shape))
    return torch._weight_norm(v, g.reshape(()) if axis < 0 else g, axis)  # torch does not look whether they fit


def spectrally_normalised(weight: Tensor, u: Tensor, v: Tensor) -> Tensor:
    """w = W / (uᵀ W v), with W as a matrix whose rows run along the axis for which u and v were found."""
    axes = [axis for axis in range(weight.dim()) if weight.shape[axis] == len(u)]
    matrices = [weight.movedim(axis, 0).reshape(len(u), -1) for axis in axes]
    matrix = min(matrices, key=lambda one: _apart(one, u, v)) if len(matrices) > 1 else matrices[0]
    return weight / torch.dot(u, torch.mv(matrix, v))


def pruned(weight: Tensor, mask: Tensor) -> Tensor:
    """w = mask · W."""
    return mask.to(weight.dtype) * weight


def _apart(matrix: Tensor, u: Tensor, v: Tensor) -> float:
    """How far u is from the direction of W v, which a power iteration leaves in u."""
    found = torch.mv(matrix, v)
    return float((found / found.norm().clamp_min(1e-12) - u).norm())


# ------------------------------------------------------------------------------------------------ which they are
def _axis(weight: tuple[int, ...], scale: tuple[int, ...]) -> int:
    """The axis along which the scale has its numbers; −1: it is one number for all."""
    fitting = [axis for axis, side in enumerate(scale) if side == weight[axis]]
    wide = [axis for axis in fitting if scale[axis] != 1]
    return next(iter(wide or fitting), -1)


def _is_scale(weight: tuple[int, ...], scale: tuple[int, ...]) -> bool:
    if not scale:
        return True
    wide = [axis for axis, side in enumerate(scale) if side != 1]
    return len(scale) == len(weight) and len(wide) <= 1 and all(scale[axis] == weight[axis] for axis in wide)


def _are_vectors(weight: tuple[int, ...], u: tuple[int, ...], v: tuple[int, ...]) -> bool:
    plain = len(weight) > 1 and len(u) == len(v) == 1 and u[0] in weight
    return plain and u[0] * v[0] == math.prod(weight)


def _is_mask(weight: tuple[int, ...], mask: tuple[int, ...]) -> bool:
    return weight == mask


KINDS: dict[str, FoldedKind] = {
    "spectral_norm": FoldedKind(
        "spectral normalisation", ("_orig", "_u", "_v"), False, _are_vectors, spectrally_normalised
    ),
    "prune": FoldedKind("pruning", ("_orig", "_mask"), False, _is_mask, pruned),
    "weight_norm": FoldedKind("weight normalisation", ("_v", "_g"), False, _is_scale, weight_normalised),
    "parametrizations.spectral_norm": FoldedKind(
        "spectral normalisation", (".original", ".0._u", ".0._v"), True, _are_vectors, spectrally_normalised
    ),
    "parametrizations.weight_norm": FoldedKind(
        "weight normalisation", (".original1", ".original0"), True, _is_scale, weight_normalised
    ),
}
_INSIDE = re.compile(r"((?:.*\.)?)parametrizations\.([^.]+)")


def folded(header: Header, wanted: Collection[str] = ()) -> tuple[Header, dict[str, Fold]]:
    """(the header with the whole weights in their parts' places, how each is put together).

    wanted: the network's names; what it has in parts itself stays as the file has it.
    """
    own = {name[at:] for name in wanted for at in _starts(name)}
    found: dict[str, Fold] = {}
    for kind, rule in KINDS.items():
        for name, fold in _of_kind(kind, rule, header):
            if name not in header and name not in found and not _wants(own, wanted, fold.parts[0]):
                found[name] = fold
    if not found:
        return header, {}
    gone = {part for fold in found.values() for part in fold.parts}
    whole = {fold.parts[0]: name for name, fold in found.items()}
    kept = {whole.get(name, name): entry for name, entry in header.items() if name in whole or name not in gone}
    return kept, found


def _of_kind(kind: str, rule: FoldedKind, header: Header) -> Iterator[tuple[str, Fold]]:
    """Every weight that the file holds in parts of this kind, by its whole name."""
    for name in header:
        stem = name.removesuffix(rule.endings[0])
        if stem == name:
            continue
        parts = tuple(stem + ending for ending in rule.endings)
        whole = stem
        if rule.inside:
            match = _INSIDE.fullmatch(stem)
            if match is None:
                continue
            whole = match[1] + match[2]
        shapes = [_shape(header.get(part)) for part in parts]
        if None not in shapes and rule.fits(*shapes) and _are_numbers(header, parts):
            yield whole, Fold(kind, parts)


def _shape(entry: Mapping[str, Any] | None) -> tuple[int, ...] | None:
    shape = None if entry is None else entry.get("shape")
    return tuple(shape) if isinstance(shape, list) and all(isinstance(side, int) for side in shape) else None


def _are_numbers(header: Header, parts: tuple[str, ...]) -> bool:
    """Whether all parts are floats; a mask may be of any type."""
    return all(header[part].get("dtype") in _FLOATS for part in parts if not part.endswith("_mask"))


def _starts(name: str) -> Iterator[int]:
    yield 0
    yield from (at + 1 for at, letter in enumerate(name) if letter == ".")


def _wants(own: Collection[str], wanted: Collection[str], part: str) -> bool:
    """Whether the network has this name itself, whatever prefix one of the two puts before it."""
    return part in own or any(part[at:] in wanted for at in _starts(part))


def said(folds: Mapping[str, Fold]) -> list[str]:
    """What was done, a phrase a kind."""
    counts: dict[tuple[str, str], list[str]] = {}
    for name, fold in folds.items():
        rule = KINDS[fold.kind]
        stored = ", ".join(f"`{ending.strip('._')}`" for ending in rule.endings)
        counts.setdefault((rule.said, stored), []).append(name)
    return [
        f"{len(names):,} {'weight' if len(names) == 1 else 'weights'} put together from what {what} stores ({stored}), "
        f"as torch does it in evaluation ({names[0]}{', …' if len(names) > 1 else ''})"
        for (what, stored), names in counts.items()
    ]


def put_together(tensors: Mapping[str, Tensor], folds: Mapping[str, Fold]) -> Mapping[str, Tensor]:
    """The file's tensors with the whole weights beside their parts; halves are computed with as float32."""
    return {**tensors, **{name: _whole(fold, tensors) for name, fold in folds.items()}} if folds else tensors


def _whole(fold: Fold, tensors: Mapping[str, Tensor]) -> Tensor:
    parts = [tensors[part] for part in fold.parts]
    wide = torch.float64 if any(part.dtype == torch.float64 for part in parts) else torch.float32
    return KINDS[fold.kind].fold(*[part.to(wide) for part in parts])
