"""What the page says about a batch that several processes share."""

from __future__ import annotations

from cnnviz.figures.numbers import number, percent
from cnnviz.topics.training_choices.records import SharedBatch

ROUNDING = 1e-4  # of float32
HEADING = "One batch, several processes"
INTRODUCTION = (
    "Several processes can train one network. Each has the whole network and a share of the batch; after the backward "
    "pass they average their gradients and all take the same step (DistributedDataParallel). Is it the step that one "
    "process takes with the whole batch?"
)
PROCESSES, SHARES, BATCH_NORM = "Processes", "Shares of the batch", "Batch normalisation"
EVEN, UNEVEN = KINDS = ("equal", "uneven")
YES = "**Yes.** Over all {parameters:,} gradients the two differ by {apart} of their size: rounding. {counted}"
NO = "**No.** They lie {apart} of the gradient's size apart, and nothing that this page knows of explains it."
NORMALISED = (
    "**No.** They lie {apart} of the gradient's size apart. Each process normalises by the mean and deviation of its "
    "own images, so it is not quite the same network. With SyncBatchNorm the processes share these two numbers, too, "
    "at the price of one more exchange a layer (`sync_batch_norm=True` in a run's `TrainConfig`)."
)
AVERAGED = "**Averaged**, each by its images"
FOR_REAL = (
    "Here one process does it all, share by share. Real ones, which average over a connection, say how far apart: "
    "`torchrun --standalone --nproc-per-node=3 -m cnnviz.topics.training_choices.shared_batch_ranks`"
)


def verdict(found: SharedBatch) -> str:
    """Whether the average is the whole batch's gradient, and why not."""
    if found.apart < ROUNDING:
        return YES.format(parameters=found.parameters, apart=number(found.apart), counted=_counted(found))
    return (NORMALISED if found.batch_norm else NO).format(apart=percent(found.apart))


def process(number_: int, found: SharedBatch) -> str:
    """Beside one process's gradient. number_: from 0."""
    return f"**Process {number_ + 1}** · {found.sizes[number_]} images · size {number(found.norms[number_])}"


def whole(found: SharedBatch) -> str:
    """Beside the whole batch's gradient."""
    return f"**The whole batch**, one process · size {number(found.norm)}"


def difference(found: SharedBatch) -> str:
    """Beside the average less the whole batch's gradient."""
    return f"**Their difference** · size {number(found.apart * found.norm)}"


def under(found: SharedBatch, kernels: int, limit: float) -> str:
    """Below the images. limit: of the colours."""
    return (
        f"The gradient by the {kernels} kernels of the first layer, all rows in one range, ±{number(limit)}; sizes are "
        f"those of all {found.parameters:,} gradients together. The batch: {sum(found.sizes)} "
        "digits; the network: a small one, untrained."
    )


def _counted(found: SharedBatch) -> str:
    if found.even:
        return "The shares are equal, so each process counts the same."
    return (
        "Each process counts by its number of images: if all counted the same, the step would be "
        f"{percent(found.plain_apart)} off."
    )
