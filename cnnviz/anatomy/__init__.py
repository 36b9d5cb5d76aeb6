"""What a network is made of, without running it on numbers: shapes, parameters, multiply-accumulates, memory, fields.

The network is copied to the meta device, which has shapes but no data, and run there; each call that runs is a row.
`fields` can run the network itself on a black image instead: the first use of the meta device imports torch's
compiler.

MACs count convolutions and matrix products (linear layers, attention), as torchvision's published `_ops` do: half of
what torch.utils.flop_counter counts. Parameters count once, at the first operation that uses them. Activation bytes are
what recording every operation keeps; what training keeps for its backward pass is asked of autograd (`memory`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import nn

from cnnviz import tracing
from cnnviz.anatomy import memory, survey
from cnnviz.anatomy.proof import prove
from cnnviz.records import Field, Row, Totals
from cnnviz.tracing.remembered import Built, Remembered

__all__ = ["fields", "inspect", "prove", "reached", "totals"]
_Known = tuple[Built, tuple[Row, ...]]
_surveys: Remembered[_Known] = Remembered(64)


def inspect(
    model: nn.Module, input_shape: Sequence[int], *, run: bool = False, training: bool = False
) -> tuple[Row, ...]:
    """One row for each operation, with the keys of `capture.activations`, for one image of input_shape (C, H, W).

    Parameters that no operation uses (Inception's auxiliary classifier) are in no row, but in `totals`.
    run: on zeros instead of the meta device. The rows are the same; a small network is ready a second sooner, and a
    process that never asks for the meta device is 200 MB smaller.
    training: the rows also say what training keeps for the backward pass (`Row.kept_bytes`), after a second walk.
    Raises ValueError if the network does not run on such an image.
    """
    shape = tuple(int(length) for length in input_shape)
    with tracing.borrowed(model):
        known = _surveys.of(model)
        found = _still(known.get((shape, False)))
        if found is None:
            found = known[shape, False] = _survey(model, shape, run=run)
        if training:
            kept = _still(known.get((shape, True)))
            if kept is None:
                kept = known[shape, True] = (found[0], _with_kept(model, shape, found[1]))
            found = kept
        return found[1]


def totals(model: nn.Module, input_shape: Sequence[int], *, training: bool = False) -> Totals:
    """Parameters (each once, used or not), multiply-accumulates and activation bytes of the whole network.

    training: and the bytes that training keeps for one image's backward pass; None where nobody can tell.
    """
    rows = inspect(model, input_shape, training=training)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    known = [row.kept_bytes for row in rows if row.kept_bytes is not None]
    kept = sum(known) if len(known) == len(rows) else None
    return Totals(parameters, sum(row.macs for row in rows), sum(row.activation_bytes for row in rows), kept)


def fields(model: nn.Module, input_shape: Sequence[int], *, run: bool = False) -> dict[str, Field]:
    """The receptive field of every operation, by its key. run: as `inspect` has it."""
    return {row.name: row.receptive_field for row in inspect(model, input_shape, run=run)}


def reached(
    model: nn.Module, input_shape: Sequence[int], row: int, column: int, *, run: bool = False
) -> dict[str, tuple[int, int, int, int] | None]:
    """The projective field of a pixel: (top, left, bottom, right) of the cells that it reaches, half-open, by key.

    None where an operation has no cell that sees it. Maps [C, H, W] only: vectors have no rows and columns.
    """
    rows = inspect(model, input_shape, run=run)
    return {item.name: item.receptive_field.reached(row, column, item.cells) for item in rows if item.is_map}


# ------------------------------------------------------------------------------------------------ the walk
def _still(found: _Known | None) -> _Known | None:
    return found if found is not None and found[0].holds() else None


def _survey(model: nn.Module, shape: tuple[int, ...], *, run: bool) -> _Known:
    """The rows, and how the model was built; where it had to run on numbers, also with which."""
    with torch.inference_mode(False), torch.no_grad():
        try:
            if not run:
                built = Built(model, numbers=False)
                return built, survey.rows(survey.on_meta(model), shape, device="meta")
        except Exception:  # something in it needs data: run the network itself, on zeros
            pass
        try:
            return Built(model, numbers=True), survey.rows(model, shape, device="cpu")
        except Exception as error:
            first = str(error).strip().split("\n")[0]
            problem = f"{type(model).__name__} does not run on an image of shape {shape} ({first}); "
            remedy = "another size, or another number of channels, may work"
            if "Mkldnn" in str(error):
                remedy = "its tensors are laid out for oneDNN: let it be as it was before `to_mkldnn`"
            raise ValueError(problem + remedy) from error


def _with_kept(model: nn.Module, shape: tuple[int, ...], rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows with what training keeps; what a call without a row keeps counts for the next one that has one."""
    try:
        kept = memory.kept(survey.on_meta(model), shape)
    except Exception:  # it cannot be copied to where there are no numbers
        return rows
    if kept is None:
        return rows
    shown = {row.name for row in rows}
    waiting, found = 0, {}
    for key, size in kept.items():
        waiting += size
        if key in shown:
            found[key], waiting = waiting, 0
    return tuple(replace(row, kept_bytes=found.get(row.name, 0)) for row in rows)
