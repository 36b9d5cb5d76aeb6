"""The processes that train one run together under torchrun."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel


class RankLost(ValueError):
    """One of the processes that train a run together is gone, so the others cannot go on."""


class ProcessGroup:
    """The processes that train together under torchrun; a single process is a group of one."""

    def __init__(self) -> None:
        together = distributed.is_available() and distributed.is_initialized()
        self.rank = distributed.get_rank() if together else 0
        self.size = distributed.get_world_size() if together else 1

    def wrap(self, model: nn.Module, device: torch.device) -> nn.Module:
        """The same network, its gradients averaged over the ranks in every backward pass."""
        if self.size == 1:
            return model
        return DistributedDataParallel(model, device_ids=[device] if device.type == "cuda" else None)

    def of_rank_0(self, values: Sequence[float], device: torch.device) -> list[float]:
        """Rank 0's values on every rank (a broadcast: all ranks must call it together)."""
        said = torch.tensor(values, dtype=torch.float64, device=device)
        distributed.broadcast(said, src=0)
        return said.tolist()

    def gathered(self, values: torch.Tensor, device: torch.device) -> list[torch.Tensor]:
        """Every rank's values, in their order and on the CPU (all ranks must call it together; one shape and type)."""
        own = values.to(device)
        found = [torch.empty_like(own) for _ in range(self.size)]
        distributed.all_gather(found, own)
        return [one.cpu() for one in found]

    def weight(self, share: int, size: int) -> float:
        """What to multiply a rank's mean loss by, so that gradients averaged over the ranks are the whole batch's.

        share: images of a batch of `size` in this process. The mean over the batch is the sum over ranks of
        share/size · the rank's mean; averaging divides by the number of ranks once more.
        """
        return share * self.size / size

    def summed(self, values: torch.Tensor) -> torch.Tensor:
        """The sum over all ranks (an all-reduce: all ranks must call it together)."""
        distributed.all_reduce(values)
        return values


def explained(error: Exception) -> Exception:
    """The error itself, or RankLost where it says that another process did not answer."""
    lost = isinstance(error, distributed.DistError) or "gloo" in str(error) or "onnection" in str(error)
    if not (isinstance(error, RuntimeError) and lost and distributed.is_initialized()):
        return error
    return RankLost(
        f"another of the {distributed.get_world_size()} processes that train this run ended, so it cannot go on; the "
        "output of torchrun says which, and why"
    )
