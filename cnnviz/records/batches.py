"""A data set as it goes to a network: its pages, its transforms, its batches, its mean and deviation."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.records.activations import Array


@dataclass(frozen=True, eq=False)
class Sheet:
    """Some images of a data set. pictures: [N, C, H, W] uint8. labels, indices: [N]; indices in the split.

    total: how many there are of this class (or in all), on so many pages.
    """

    pictures: Array
    labels: Array
    indices: Array
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    total: int
    pages: int


@dataclass(frozen=True, eq=False)
class Transformed:
    """The same images after one transform, or after several. words: what chance decided, one an image."""

    title: str
    pictures: Array
    words: tuple[str, ...]
    normalised: bool = False


@dataclass(frozen=True)
class EpochPlan:
    """An epoch in numbers: `steps` updates, all of `batch_size` images but the last one."""

    examples: int
    batch_size: int
    steps: int
    last: int

    @property
    def full(self) -> int:
        """How many batches are whole."""
        return self.steps - (self.last != self.batch_size)


@dataclass(frozen=True, eq=False)
class Mix:
    """Which classes meet in each batch of an epoch. counts: [steps, K]. expected: different classes by pure chance.

    accuracy: of a linear classifier after this one epoch, on the test images, mean over `n` runs; NaN if not asked.
    """

    order: str
    counts: Array
    accuracy: float = float("nan")
    n: int = 1

    @property
    def distinct(self) -> Array:
        """[steps]: different classes in each batch."""
        found: Array = (self.counts > 0).sum(axis=1)
        return found


@dataclass(frozen=True, eq=False)
class Channels:
    """Every value of a split counted. counts: [C, 256]. picture_std: [C], the mean of each image's own deviation."""

    counts: Array
    mean: Array
    std: Array
    picture_std: Array
    pictures: int


@dataclass(frozen=True)
class Constants:
    """A mean and a deviation per channel that people paste, and what images normalised with them really have."""

    title: str
    mean: tuple[float, ...]
    std: tuple[float, ...]
    mean_after: tuple[float, ...]
    std_after: tuple[float, ...]
    difference: float
