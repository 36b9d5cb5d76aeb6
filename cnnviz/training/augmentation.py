"""A data set as two tensors on the device, and its batches: permuted, shuffled, cropped, flipped, normalised.

Everything is batched tensor code: on two CPU cores a DataLoader with PIL transforms feeds 18,400 MNIST digits a second
to a network that takes 190,000 when the images are already a tensor (`python -m benchmarks.training` measures it).
All random numbers come from one seeded generator on the CPU, so a batch is the same on every device.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from cnnviz.records import TrainConfig

DIRECTIONS = ((0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1))  # rows down, columns right
PADDING = 4  # pixels on each side before the random crop, as in He et al. 2016, section 4.2
AT_A_TIME = 2000  # images that get permutations of their own in one go: 784 places of 8 bytes each
OTHER_SPLIT = 0x5DEECE66D  # apart from the training split's seed: test image 0 must not get image 0's order


def pixel_permutation(seed: int, pixels: int) -> torch.Tensor:
    """The permutation that `TrainConfig.permutation` names: new pixel i is old pixel result[i]. [pixels] int64."""
    return torch.randperm(pixels, generator=torch.Generator().manual_seed(seed))


def pixel_order(seed: int, height: int, width: int, *, share: float = 1.0, block: int = 1) -> torch.Tensor:
    """The permutation of an image of that size, its rows one after the other: new pixel i is old pixel result[i].

    share: of the squares that change places among themselves; a larger share contains a smaller one's squares.
    block: the squares' side; pixels at the right and bottom that fill no whole square stay. [height · width] int64.
    """
    squares = _squares(height, width, block)
    drawn = pixel_permutation(seed, len(squares))[: round(share * len(squares))]
    return _moved(squares, drawn.sort().values[None], drawn[None], height * width)[0]


def permute_pixels(images: torch.Tensor, seed: int, *, share: float = 1.0, block: int = 1) -> torch.Tensor:
    """The same pixels in another order, the same one for every image and channel. [N, C, H, W] in and out."""
    order = pixel_order(seed, images.shape[2], images.shape[3], share=share, block=block).to(images.device)
    return images.flatten(2).index_select(2, order).view(images.shape)


def permute_each(images: torch.Tensor, seed: int, *, share: float = 1.0, block: int = 1) -> torch.Tensor:
    """The same pixels in another order, a new one for every image. [N, C, H, W] in and out."""
    squares = _squares(images.shape[2], images.shape[3], block)
    moving = round(share * len(squares))
    generator = torch.Generator().manual_seed(seed)
    result = torch.empty_like(images)
    for first in range(0, len(images), AT_A_TIME):
        part = images[first : first + AT_A_TIME].flatten(2)
        drawn = torch.rand(len(part), len(squares), generator=generator).argsort(1)[:, :moving]
        order = _moved(squares, drawn.sort(1).values, drawn, part.shape[2]).to(images.device)
        moved = part.gather(2, order[:, None].expand_as(part))
        result[first : first + AT_A_TIME] = moved.view(-1, *images.shape[1:])
    return result


def permuted(images: torch.Tensor, config: TrainConfig, *, split: str = "train") -> torch.Tensor:
    """The images as a run of this config sees them: permuted as it says, or as they are. [N, C, H, W]."""
    if config.permutation is None:
        return images
    share, block = config.permutation_share, config.permutation_block
    if not config.permutation_fresh:
        return permute_pixels(images, config.permutation, share=share, block=block)
    seed = (config.permutation + (split != "train") * OTHER_SPLIT) % 2**63
    return permute_each(images, seed, share=share, block=block)


def as_tested(images: torch.Tensor, config: TrainConfig) -> torch.Tensor:
    """Test images as a run of this config sees them: permuted and moved as it says. [N, C, H, W] in and out."""
    return moved(permuted(images, config, split="test"), config.test_shift)


def moved(images: torch.Tensor, by: int) -> torch.Tensor:
    """Image i moved by `by` pixels in direction i mod 8; black pixels move in. [N, C, H, W] in and out."""
    if not by:
        return images
    height, width = images.shape[2:]
    padded = F.pad(images, (by,) * 4)
    result = torch.empty_like(images)
    for place, (down, right) in enumerate(DIRECTIONS):
        top, left = by - down * by, by - right * by
        result[place :: len(DIRECTIONS)] = padded[place :: len(DIRECTIONS), :, top : top + height, left : left + width]
    return result


def _squares(height: int, width: int, block: int) -> torch.Tensor:
    """Whole squares of an image, row by row, and the places of their pixels: [squares, block²] int64."""
    places = torch.arange(height * width).view(height, width)
    return places.unfold(0, block, block).unfold(1, block, block).reshape(-1, block * block)


def _moved(squares: torch.Tensor, to: torch.Tensor, start: torch.Tensor, pixels: int) -> torch.Tensor:
    """Orders in which square to[n, i] shows what square start[n, i] showed; the rest stays. [N, pixels] int64."""
    orders = torch.arange(pixels).repeat(len(to), 1)
    return orders.scatter_(1, squares[to].flatten(1), squares[start].flatten(1))


def subset(
    images: torch.Tensor, labels: torch.Tensor, *, count: int | None, seed: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """The first `count` images of a seeded shuffle, with their labels; all of them where it is None."""
    if count is None or count >= len(labels):
        return images, labels
    chosen = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))[:count]
    return images[chosen], labels[chosen]


@dataclass(frozen=True)
class Normalisation:
    """uint8 [N, C, H, W] → float32 (x/255 − mean)/std, in one multiplication and one addition."""

    scale: torch.Tensor  # [1, C, 1, 1]
    shift: torch.Tensor  # [1, C, 1, 1]

    @classmethod
    def of(cls, mean: tuple[float, ...], std: tuple[float, ...], *, device: torch.device) -> Normalisation:
        """mean, std: one number a channel, of images scaled to [0, 1]."""
        deviations = torch.tensor(std, dtype=torch.float64).view(1, -1, 1, 1)
        means = torch.tensor(mean, dtype=torch.float64).view(1, -1, 1, 1)
        scale, shift = 1 / (255 * deviations), -means / deviations
        return cls(scale.float().to(device), shift.float().to(device))

    def __call__(self, images: torch.Tensor) -> torch.Tensor:
        return torch.mul(images, self.scale).add_(self.shift)


class Batches:
    """Training images on the device, and one seeded epoch of them after the other.

    images: [N, C, H, W] uint8; labels: [N] int64. Images are kept as bytes: normalising a batch costs two operations,
    keeping them all as floats would cost four times the memory. channels_last: batches lie as [N, H, W, C] in memory.
    share: (rank, ranks), the part of every batch that this process takes. drop_single: no last batch that
    leaves a process one image; together: that leaves all of them one.
    order: as TrainConfig.order says.
    """

    def __init__(
        self,
        images: torch.Tensor,
        labels: torch.Tensor,
        *,
        batch_size: int,
        normalise: Normalisation,
        seed: int,
        augmentation: tuple[str, ...] = (),
        channels_last: bool = False,
        share: tuple[int, int] = (0, 1),
        drop_single: bool = False,
        together: bool = False,
        order: str = "shuffled",
    ) -> None:
        self.device = normalise.scale.device
        self.labels = labels.to(self.device)
        self.normalise, self.augmentation = normalise, augmentation
        self.channels_last, self.share = channels_last and images.shape[1] > 1, share
        self._order = _standing(order, labels)
        self.generator = torch.Generator().manual_seed(seed)
        self._least = 2 * (1 if together else share[1]) if drop_single else 1
        self._permutation: torch.Tensor | None = None
        self.position, self.size, self._now = 0, 0, batch_size
        self.resize(batch_size)
        self.height, self.width = images.shape[2:]
        self._store = self._lay_out(images.to(self.device))

    def __len__(self) -> int:
        """Batches in an epoch."""
        return len(self.sizes)

    def resize(self, batch_size: int) -> None:
        """Batches of so many images, from the next epoch on."""
        self.batch_size = batch_size
        self.sizes = _sizes(len(self.labels), batch_size, least=self._least)

    @property
    def examples(self) -> int:
        """Images in an epoch."""
        return sum(self.sizes)

    def epoch(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Batches of (normalised float32 [B, C, H, W], labels [B]), every image once, in their order.

        Their sizes are those that hold now. A process whose share of a batch is empty gets one of its images.
        """
        self.position, self._permutation, self._now = 0, None, self.batch_size
        return self._rest()

    def _rest(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """The batches from `position` on."""
        if self._permutation is None:
            order = self._order
            self._permutation = torch.randperm(len(self.labels), generator=self.generator) if order is None else order
        order = self._permutation.to(self.device)
        rank, ranks = self.share
        sizes = self.sizes_now
        for size, last in list(zip(sizes, itertools.accumulate(sizes), strict=True))[self.position :]:
            index = order[last - size : last]
            offsets = self._chance(size)
            if ranks > 1:
                own = slice(rank, None, ranks) if rank < size else slice(0, 1)
                index, offsets = index[own], tuple(item[own] for item in offsets)
            self.position, self.size = self.position + 1, size
            yield self.normalise(self._pictures(index, offsets)), self.labels.index_select(0, index)

    @property
    def sizes_now(self) -> tuple[int, ...]:
        """Sizes of the batches of the epoch under way."""
        return _sizes(len(self.labels), self._now, least=self._least)

    def share_of(self, size: int) -> int:
        """How many images of a batch of this size are this process's."""
        rank, ranks = self.share
        return len(range(rank, size, ranks))

    def state(self) -> tuple[dict[str, torch.Tensor], list[int]]:
        """What `resumed` goes on from: generator and permutation, [position, batch size of this epoch and the next]."""
        tensors = {"generator": self.generator.get_state()}
        if self._permutation is not None:
            tensors["permutation"] = self._permutation
        return tensors, [self.position, self._now, self.batch_size]

    def resumed(
        self, tensors: Mapping[str, torch.Tensor], values: Sequence[int]
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """The rest of the epoch whose `state` this is."""
        self.generator.set_state(tensors["generator"])
        self.position, self._now, batch_size = values
        self._permutation = tensors.get("permutation")
        self.resize(batch_size)
        return self._rest()

    def _chance(self, size: int) -> tuple[torch.Tensor, ...]:
        """(top, left) of the crops and whether to flip, as far as they are asked for."""
        drawn: list[torch.Tensor] = []
        if "crop" in self.augmentation:
            drawn += torch.randint(0, 2 * PADDING + 1, (2, size), generator=self.generator).to(self.device).unbind()
        if "flip" in self.augmentation:
            drawn.append((torch.rand(size, generator=self.generator) < 0.5).to(self.device))
        return tuple(drawn)

    def _lay_out(self, images: torch.Tensor) -> torch.Tensor:
        """Stored once as batches are read: padded for crops, channels last where the network wants them so."""
        if "crop" in self.augmentation:
            images = F.pad(images, (PADDING,) * 4)
        return images.permute(0, 2, 3, 1).contiguous() if self.channels_last else images.contiguous()

    def _pictures(self, index: torch.Tensor, chance: tuple[torch.Tensor, ...]) -> torch.Tensor:
        """uint8 [B, C, H, W], cropped and flipped."""
        if "crop" in self.augmentation:
            pictures = crop(
                self._channels_first(self._store), index, chance[0], chance[1], size=(self.height, self.width)
            )
            if self.channels_last:
                pictures = pictures.contiguous(memory_format=torch.channels_last)
        else:
            pictures = self._channels_first(self._store.index_select(0, index))
        return flip(pictures, chance[-1]) if "flip" in self.augmentation else pictures

    def _channels_first(self, images: torch.Tensor) -> torch.Tensor:
        return images.permute(0, 3, 1, 2) if self.channels_last else images


def crop(
    padded: torch.Tensor, index: torch.Tensor, top: torch.Tensor, left: torch.Tensor, *, size: tuple[int, int]
) -> torch.Tensor:
    """Image index[i] of `padded` [N, C, H, W], cut to `size` at row top[i] and column left[i]: [B, C, *size]."""
    height, width = size
    windows = padded.unfold(2, height, 1).unfold(3, width, 1)  # a view: [N, C, top, left, height, width]
    return windows[index, :, top, left]


def flip(images: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
    """Images where `chosen` [B] bool is true, mirrored left to right. [B, C, H, W] in and out."""
    return torch.where(chosen.view(-1, 1, 1, 1), images.flip(3), images)


def _standing(order: str, labels: torch.Tensor) -> torch.Tensor | None:
    """The order that every epoch keeps; None where each has a new one."""
    if order == "by class":
        return labels.cpu().argsort(stable=True)
    return torch.arange(len(labels)) if order == "fixed" else None


def _sizes(count: int, batch_size: int, *, least: int) -> tuple[int, ...]:
    """Sizes of an epoch's batches; a last one smaller than `least` is left out (a batch of one has no variance)."""
    full, rest = divmod(count, batch_size)
    return (batch_size,) * full + ((rest,) if rest >= least else ())
