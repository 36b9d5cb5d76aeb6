"""What the pooling page says about making maps larger."""

from __future__ import annotations

from cnnviz.records.pooling import Upsampled

CHANNELS_TABLE = "Four channels, one per row: each 2 × 2"
POOLED_TABLE = "Pooled first, 2 × 2: type over it"
INPUT_TABLE = "The input: type over it"
KERNEL_TABLE = "The kernel: type over it"
ALIGN_CORNERS = "On: the centres of the corner cells coincide. Off: the outer edges do."


def result(made: Upsampled) -> str:
    """How large it became, and where its numbers come from."""
    one, other = (", ".join(map(str, shape)) for shape in (made.x.shape, made.values.shape))
    sizes = f"[{one}] → [{other}]: {made.x.size} numbers become {made.values.size}"
    if made.kind == "unpool":
        return f"{sizes}; {int((made.sources < 0).all(-1).sum())} of them are zero, because no maximum was there."
    if made.kind == "shuffle":
        return f"{sizes}: every number is moved, none is made or lost."
    if made.kind == "transposed":
        return f"{sizes}. {coverage(made)}"
    used = ((made.sources >= 0) & (made.weights != 0)).sum(-1)
    if used.min() == used.max():
        return f"{sizes}, each made from {used.max()}."
    return f"{sizes}, each made from {used.min()} to {used.max()}."


def coverage(made: Upsampled) -> str:
    """Whether cells away from the edge are reached equally often: if not, there is a checkerboard."""
    inner = made.coverage[tuple(slice(side // 4, side - side // 4) for side in made.coverage.shape)]
    counts = sorted(set((inner if inner.size else made.coverage).ravel().tolist()))
    if len(counts) == 1:
        return f"{counts[0]} input cells contribute to every cell of the middle: no checkerboard."
    return (
        f"Between {counts[0]} and {counts[-1]} input cells contribute to a cell of the middle: uneven, a checkerboard."
    )
