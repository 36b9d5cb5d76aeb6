"""The same by real processes, which average by DistributedDataParallel over gloo:

    torchrun --standalone --nproc-per-node=3 -m cnnviz.topics.training_choices.shared_batch_ranks

Rank 0 prints how far the averaged gradient lies from the whole batch's, for even and uneven shares, with and without
batch normalisation.
"""

from __future__ import annotations

import itertools

import torch
from torch import distributed, nn

from cnnviz.topics.training_choices import shared_batch
from cnnviz.training.process_group import ProcessGroup


def averaged(sizes: tuple[int, ...], *, batch_norm: bool) -> float:
    """‖average − whole‖ ÷ ‖whole‖ of the gradients in this process; all ranks must call it together."""
    group = ProcessGroup()
    model, images, labels = shared_batch.given(batch_norm=batch_norm, seed=0)
    whole = shared_batch.gradients(model, images, labels)
    own = slice(sum(sizes[: group.rank]), sum(sizes[: group.rank + 1]))
    wrapped = group.wrap(model, torch.device("cpu"))
    loss = nn.functional.cross_entropy(wrapped(images[own]), labels[own])
    (group.weight(sizes[group.rank], len(labels)) * loss).backward()
    found = [one.grad for one in model.parameters() if one.grad is not None]
    size = torch.cat([one.flatten() for one in whole]).norm()
    return float(torch.cat([(a - b).flatten() for a, b in zip(found, whole, strict=True)]).norm() / size)


def main() -> None:
    """A line for each kind of shares."""
    torch.set_num_threads(1)
    distributed.init_process_group("gloo")
    for uneven, batch_norm in itertools.product((False, True), repeat=2):
        sizes = shared_batch.shares(distributed.get_world_size(), uneven=uneven)
        apart = averaged(sizes, batch_norm=batch_norm)
        if distributed.get_rank() == 0:
            print(f"shares {sizes}, batch normalisation {'on' if batch_norm else 'off'}: apart by {apart:.2g}")
    distributed.destroy_process_group()


if __name__ == "__main__":
    main()
