"""A network on one size of image, built without weights and counted: rows, blocks, heads, totals."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import nn

from cnnviz import anatomy, models, networks
from cnnviz.records import Row, Spec
from cnnviz.records.architectures import Architecture, Block, Head

WEIGHTED = ("convolution", "transposed_convolution", "linear", "attention")
LIGHT = 6_000_000  # parameters: below it a real pass on zeros is quicker than to import what the meta device needs
# Auxiliary classifiers of torchvision's networks: the module, and the block whose output it reads.
HEADS = {"GoogLeNet": {"aux1": "inception4a", "aux2": "inception4d"}, "Inception3": {"AuxLogits": "Mixed_6e"}}


def opened(choice: str, input_shape: Sequence[int] | None = None) -> tuple[nn.Module, Spec]:
    """The network that a picker's choice names, without weights; with some where they come along, or are light.

    Raises KeyError, models.ModelError and checkpoints.CheckpointError.
    """
    if networks.by_itself(choice):
        network = networks.open_network(choice)
        return network.model, network.spec
    spec = models.spec(choice)
    shape = input_shape or spec.input_shape
    if choice in models.OWN and not _runs_on_shapes(choice, shape):
        return networks.open_network(choice).model, spec
    if spec.family == "cnnviz" and 0 < (spec.parameters or 0) < LIGHT and max(shape) <= 256:
        return models.build(choice, input_shape=(shape[0], shape[1], shape[2])), spec
    return models.shadow(choice, input_shape=input_shape), spec


def _runs_on_shapes(choice: str, shape: Sequence[int]) -> bool:
    """Whether a network of somebody's own runs without numbers: its operators may have no rule for shapes alone."""
    try:
        anatomy.totals(models.shadow(choice), tuple(shape))
    except (ValueError, RuntimeError, NotImplementedError, TypeError):
        return False
    return True


def survey(choice: str, input_shape: Sequence[int] | None = None, *, training: bool = True) -> Architecture:
    """Everything that is counted of a network on images of input_shape (C, H, W; default: the spec's).

    training: also what training keeps, which takes a second walk.

    Raises KeyError, models.ModelError, checkpoints.CheckpointError (it cannot be built), ValueError (it does not run
    on such an image), each with the remedy.
    """
    begin = time.perf_counter()
    model, spec = opened(choice, input_shape)
    return count(model, spec, input_shape or spec.input_shape, choice=choice, begin=begin, training=training)


def count(
    model: nn.Module,
    spec: Spec,
    input_shape: Sequence[int],
    *,
    choice: str = "",
    begin: float | None = None,
    training: bool = True,
) -> Architecture:
    """The same for any module that is there already."""
    begin = time.perf_counter() if begin is None else begin
    shape = tuple(int(side) for side in input_shape)
    light = all(parameter.device.type != "meta" for parameter in model.parameters())
    rows = anatomy.inspect(model, shape, run=light, training=training)
    state = model.state_dict().values()
    return Architecture(
        choice, spec, shape, rows,
        blocks=tuple(_blocks(model, rows)),
        heads=tuple(_heads(model, rows)),
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        macs=sum(row.macs for row in rows),
        activation_bytes=sum(row.activation_bytes for row in rows),
        kept_bytes=_kept(rows),
        weight_bytes=sum(map(_bytes, state)),
        layers=dict(Counter(row.kind for row in rows if row.kind in WEIGHTED)),
        depth=_depth(rows),
        seconds=time.perf_counter() - begin,
    )  # fmt: skip


def _bytes(value: Any) -> int:
    """Of a tensor, or of the weight and the bias that a layer in 8 bits keeps packed together."""
    if isinstance(value, torch.Tensor):
        return value.numel() * value.element_size()
    return sum(map(_bytes, value)) if isinstance(value, tuple) else 0


def _blocks(model: nn.Module, rows: Sequence[Row]) -> Iterator[Block]:
    """Neighbouring rows of one group."""
    modules = dict(model.named_modules())
    first = 0
    for index, row in enumerate(rows):
        if index + 1 < len(rows) and rows[index + 1].group == row.group:
            continue
        inside = rows[first : index + 1]
        known = modules.get(row.group) if len(inside) > 1 and row.group not in {one.name for one in inside} else None
        yield Block(
            row.group, type(known).__name__.lstrip("_") if known is not None else inside[0].operation, first, index,
            sum(one.parameters for one in inside),
            sum(one.macs for one in inside),
            sum(one.activation_bytes for one in inside),
            _kept(inside),
            row.output_shape, row.receptive_field,
        )  # fmt: skip
        first = index + 1


def _kept(rows: Sequence[Row]) -> int | None:
    """What training keeps of these; None where it is not known of one of them."""
    known = [row.kept_bytes for row in rows if row.kept_bytes is not None]
    return sum(known) if len(known) == len(rows) else None


def _heads(model: nn.Module, rows: Sequence[Row]) -> Iterator[Head]:
    """Counted by themselves on the maps that they are given in training."""
    for name, source in HEADS.get(type(model).__name__, {}).items():
        head = getattr(model, name, None)
        given = [row.output_shape for row in rows if row.group == source]
        if isinstance(head, nn.Module) and given:
            totals = anatomy.totals(head, given[-1])
            yield Head(name, source, given[-1], totals.parameters, totals.macs)


def _weighted_layers(row: Row) -> int:
    """One for a layer with weights, two for attention that projects before and after, none for its core alone."""
    if row.kind == "attention":
        return 2 if row.module or row.operation.startswith("multi_head") else 0
    return int(row.kind in WEIGHTED)


def _depth(rows: Sequence[Row]) -> int:
    """Layers with weights on the longest path."""
    deepest: dict[str, int] = {}
    for row in rows:
        before = max((deepest.get(name, 0) for name in row.inputs), default=0)
        deepest[row.name] = before + _weighted_layers(row)
    return max(deepest.values(), default=0)
