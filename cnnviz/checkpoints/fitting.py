"""What of a file of weights belongs where in a network: taken where nothing is lost, refused in words where it is not.

Taken, and said: other names (`naming`), weights in parts (`folding`), tied weights stored once, buffers that a network
makes by itself, auxiliary heads that only one side has, floats of other widths, 1 × 1 convolutions stored as linear
layers and the other way round, and a head with another number of classes. All else is listed, the network's side
beside the file's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from cnnviz.checkpoints import folding, naming
from cnnviz.records.own_model import NamedTensor

# How floats may lie on disk: all of them are read as the network's own type.
FLOATS = ("F32", "F16", "BF16", "F64", "F8_E4M3", "F8_E5M2")
WHOLE = ("I64", "I32", "I16", "I8", "U8", "BOOL")
DTYPES = {
    torch.float32: "F32", torch.float64: "F64", torch.float16: "F16", torch.bfloat16: "BF16", torch.bool: "BOOL",
    torch.int64: "I64", torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8",
}  # fmt: skip
AUXILIARY = re.compile(r"(?:^|.*\.)(?:AuxLogits|aux\d?|aux_head|aux_logits|aux_classifier)\.")
MADE_ANEW = re.compile(r".*\b(?:num_batches_tracked|relative_position_index|position_ids|attn_mask)")
# What a counter of operations and a running average of weights leave in a state dict.
COUNTED = re.compile(r"(?:^|.*\.)(?:total_ops|total_params|n_averaged)")
Header = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Fit:
    """names: the network's → the file's. classes: of the file's head where the network has another number, else None.

    heads: the modules with that other number. said: what was done, each a phrase. rows: all of the network's names in
    their order, then those of the file that belong nowhere. folds: weights that the file holds in parts, among `names`
    by their whole names.
    """

    names: Mapping[str, str]
    classes: int | None
    heads: tuple[str, ...]
    said: tuple[str, ...]
    rows: tuple[NamedTensor, ...]
    folds: Mapping[str, folding.Fold]

    @property
    def fits(self) -> bool:
        """Whether every tensor of the file has its place, in its shape."""
        return all(row.state == "fits" for row in self.rows)

    @property
    def share(self) -> float:
        """Of the network's tensors, how many the file fills, from 0 to 1."""
        wanted = sum(row.state != "unexpected" for row in self.rows)
        return sum(row.state == "fits" for row in self.rows) / max(wanted, 1)


def fit(header: Header, model: nn.Module) -> Fit:
    """Compares names, shapes and types; the network may lie on the meta device, and stays as it is."""
    wanted = model.state_dict()
    header, folds = folding.folded(header, set(wanted))
    read = naming.read(tuple(header), set(wanted))
    names = {name: file for name, file in read.names.items() if name in wanted}
    surplus = [file for name, file in read.names.items() if name not in wanted]
    said = [*read.said, *folding.said(folds)]
    if read.outside:
        tensors = "1 tensor" if len(read.outside) == 1 else f"{len(read.outside):,} tensors"
        said.append(f"{tensors} outside that prefix left out ({_some(read.outside)})")
    said += _tied(names, model)
    absent = _absent(names, wanted, said)
    kept_out = [file for file in surplus if _needless(file)]
    if kept_out:
        tensors = "1 surplus tensor" if len(kept_out) == 1 else f"{len(kept_out):,} surplus tensors"
        said.append(f"{tensors} that no answer depends on left out ({_some(kept_out)})")
    classes, heads = _head(names, header, model)
    if classes is not None:
        size = "1 class" if classes == 1 else f"{classes:,} classes"
        said.append(f"a head of {size} built, as the file has one ({', '.join(heads)})")
    said += _types(names, header, wanted)
    strange = [file for file in surplus if not _needless(file)]
    rows = (*_wanted_rows(names, header, model, heads, absent), *_strange_rows(strange, header))
    return Fit(names, classes, heads, tuple(said), _side_by_side(rows), folds)


def _needless(name: str) -> bool:
    return any(pattern.match(name) for pattern in (AUXILIARY, MADE_ANEW, COUNTED))


def _tied(names: dict[str, str], model: nn.Module) -> list[str]:
    """Finds a tied tensor's numbers under its other name. The state dict of parameters gives the very same object."""
    groups: dict[int, list[str]] = {}
    for name, tensor in model.state_dict(keep_vars=True).items():
        groups.setdefault(id(tensor), []).append(name)
    said = []
    for group in groups.values():
        stored = next((name for name in group if name in names), None)
        if stored is not None:
            once = [name for name in group if name not in names]
            names.update(dict.fromkeys(once, names[stored]))
            said += [f"{name} is tied to {stored}, which the file stores once" for name in once]
    return said


def _absent(names: Mapping[str, str], wanted: Mapping[str, Tensor], said: list[str]) -> set[str]:
    """What the file may lack: whole numbers that the network makes itself, and whole auxiliary heads."""
    missing = [name for name in wanted if name not in names]
    made = [name for name in missing if not wanted[name].is_floating_point() or MADE_ANEW.match(name)]
    if made:
        which = "1 counter or index" if len(made) == 1 else f"{len(made):,} counters or indices"
        said.append(f"{which} that the file lacks kept as the network makes them")
    heads = {match.group() for name in missing if (match := AUXILIARY.match(name))}
    whole = {head for head in heads if not any(name.startswith(head) for name in names)}
    if whole:
        said.append(f"auxiliary heads that the file lacks left untrained ({', '.join(sorted(whole))}): no answer asks")
    return {*made, *(name for name in missing if any(name.startswith(head) for head in whole))}


def _head(names: Mapping[str, str], header: Header, model: nn.Module) -> tuple[int | None, tuple[str, ...]]:
    """(classes of the file's head, the modules that get them); (None, ()) where the head is as wide as the network's.

    A head is a linear layer or a 1 × 1 convolution that differs in its number of outputs alone, the last layer with
    weights among them, and all of them alike.
    """
    wanted = model.state_dict()
    plain = {name: layer for name, layer in model.named_modules() if isinstance(layer, nn.Linear | nn.Conv2d)}
    layers = {name: module for name, module in model.named_modules() if f"{name}.weight" in names}
    shapes: dict[str, Any] = {name: header[names[f"{name}.weight"]].get("shape") for name in layers}
    other = [name for name in layers if not _same(shapes[name], wanted[f"{name}.weight"])]
    if not other or next(reversed(layers)) != other[-1] or not all(name in plain for name in other):
        return None, ()
    if not all(_widens(plain[name], shapes[name], header.get(names.get(f"{name}.bias", ""))) for name in other):
        return None, ()
    outputs = {(shapes[name][0], len(wanted[f"{name}.weight"])) for name in other}
    return (int(shapes[other[0]][0]), tuple(other)) if len(outputs) == 1 else (None, ())


def _widens(layer: nn.Linear | nn.Conv2d, shape: Any, bias: Mapping[str, Any] | None) -> bool:
    """Whether the layer has that shape but for its number of outputs, the bias included."""
    small = isinstance(layer, nn.Linear) or (layer.groups == 1 and set(layer.kernel_size) == {1})
    counts = isinstance(shape, list) and len(shape) > 0 and all(isinstance(side, int) for side in shape)
    if not small or not counts or shape[0] < 1:
        return False
    inputs = _trimmed(tuple(shape[1:])) == _trimmed(tuple(layer.weight.shape[1:]))
    return inputs and (bias is None or bias.get("shape") == [shape[0]])


def _types(names: Mapping[str, str], header: Header, wanted: Mapping[str, Tensor]) -> Iterator[str]:
    """Each other type in which the file holds its numbers, and as what they are read."""
    other: dict[str, set[str]] = {}
    for name, file in names.items():
        kind, right = str(header[file].get("dtype")), DTYPES.get(wanted[name].dtype, str(wanted[name].dtype))
        if kind != right and _readable(kind, wanted[name]):
            other.setdefault(kind, set()).add(right)
    for kind, rights in sorted(other.items()):
        yield f"{kind} numbers read as {', '.join(sorted(rights))}"


def _readable(kind: object, tensor: Tensor) -> bool:
    if tensor.is_floating_point():
        return kind in FLOATS
    if tensor.ndim == 0:  # a counter: some tools write it as a float
        return kind in FLOATS + WHOLE
    return kind in WHOLE and not tensor.is_complex()


def _wanted_rows(
    names: Mapping[str, str], header: Header, model: nn.Module, heads: tuple[str, ...], absent: set[str]
) -> Iterator[NamedTensor]:
    for key, tensor in model.state_dict().items():
        wanted, entry = str(list(tensor.shape)), header.get(names.get(key, ""))
        if entry is None and key not in absent:
            yield NamedTensor(key, "missing", wanted, "", "the file has no tensor of this name")
            continue
        shape, kind = (None, None) if entry is None else (entry.get("shape"), entry.get("dtype"))
        right = DTYPES.get(tensor.dtype, str(tensor.dtype))
        if entry is not None and not _same(shape, tensor) and key.rpartition(".")[0] not in heads:
            yield NamedTensor(key, "wrong shape", wanted, str(shape)[:60], "the shapes differ")
        elif entry is not None and not _readable(kind, tensor):
            yield NamedTensor(key, "wrong type", f"{wanted} {right}", str(kind)[:12], f"{right} is needed")
        else:
            yield NamedTensor(key, "fits", wanted, wanted if entry is None else str(shape)[:60])


def _strange_rows(strange: list[str], header: Header) -> Iterator[NamedTensor]:
    for key in strange:
        shape = str(header[key].get("shape"))[:60]
        yield NamedTensor(str(key)[:200], "unexpected", "", shape, "the network has no tensor of this name")


def _side_by_side(rows: tuple[NamedTensor, ...]) -> tuple[NamedTensor, ...]:
    """Each missing name beside the first of the file's left-over ones that has its shape."""
    spare: dict[str, list[str]] = {}
    for row in rows:
        if row.state == "unexpected":
            spare.setdefault(row.found, []).append(row.name)
    paired = []
    for row in rows:
        if row.state == "missing" and spare.get(row.wanted):
            other = spare[row.wanted].pop(0)
            reason = f"the file has no tensor of this name; its {other} has the shape"
            row = NamedTensor(row.name, row.state, row.wanted, other, reason)
        paired.append(row)
    return tuple(paired)


def _same(shape: object, tensor: Tensor) -> bool:
    """The same shape, but for sides of 1 at the end: [10, 64, 1, 1] is [10, 64], [1] is []."""
    plain = isinstance(shape, list) and all(isinstance(side, int) for side in shape)
    return plain and _trimmed(tuple(shape)) == _trimmed(tuple(tensor.shape))  # type: ignore[arg-type]


def _trimmed(shape: tuple[int, ...]) -> tuple[int, ...]:
    while shape and shape[-1] == 1:
        shape = shape[:-1]
    return shape


def widen(model: nn.Module, found: Fit) -> None:
    """Gives the heads of a network as many outputs as the file's has; their numbers are to be read next."""
    outputs = int(found.classes or 0)
    for name in found.heads:
        layer = model.get_submodule(name)
        assert isinstance(layer, nn.Linear | nn.Conv2d), name  # `_head` took no other
        layer.weight = nn.Parameter(layer.weight.new_zeros((outputs, *layer.weight.shape[1:])))
        if layer.bias is not None:
            layer.bias = nn.Parameter(layer.bias.new_zeros(outputs))
        if isinstance(layer, nn.Linear):
            layer.out_features = outputs
        else:
            layer.out_channels = outputs


def _some(names: tuple[str, ...] | list[str], shown: int = 3) -> str:
    short = ", ".join(str(name)[:80] for name in names[:shown])
    return short + (", …" if len(names) > shown else "")
