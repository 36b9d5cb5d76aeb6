"""Whether images may go through a network together: only where each comes out as it does alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

Made = Callable[[torch.Tensor], Sequence[torch.Tensor]]
NEAR = 1e-3  # of the largest number: sums in another order lie nearer, another image's share does not


def are_apart(made: Made, two: torch.Tensor) -> bool:
    """Whether what is made of each of two images [2, …] is its own, whatever comes with it.

    made: images [N, …] → tensors [N, …], a value for each image. Not so where one number is made of all images, by the
    statistics of a batch, or where an image sees those before it. What `made` raises for one image alone is raised.
    """
    alone = [made(two[:1]), made(two[1:])]
    try:
        both = made(two)
    except (RuntimeError, ValueError, LookupError):  # what it makes of two images is no value for each
        return False
    return all(
        one.shape == (2, *first.shape[1:]) and _alike(one, torch.cat((first, second)))
        for one, first, second in zip(both, *alone, strict=True)
    )


def _alike(one: torch.Tensor, other: torch.Tensor) -> bool:
    one, other = (value.detach().to(torch.promote_types(value.dtype, torch.float32)) for value in (one, other))
    largest = float(other[other.isfinite()].abs().max()) if bool(other.isfinite().any()) else 0.0
    return torch.allclose(one, other, rtol=NEAR, atol=NEAR * max(1e-6, largest), equal_nan=True)
