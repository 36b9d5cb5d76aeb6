"""Does pooling help against shifts? A real network's maps while its image is slid by 0–16 px and turned by ±30°.

An image larger than the input lies under a window of the input's size, and the window is moved: what comes in at the
edge is the image itself, not an empty border (for handwritten digits it is their black ground).

Source: Zhang (2019), https://arxiv.org/abs/1904.11486; Azulay and Weiss, Why do deep convolutional networks generalize
so poorly to small image transformations? (2019), https://arxiv.org/abs/1805.12177
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from PIL import Image
from torch.nn import functional

from cnnviz import anatomy, capture, images, outputs
from cnnviz.networks import Network
from cnnviz.outputs.chances import distribution, sides
from cnnviz.records import Array, Spec
from cnnviz.records.outputs import OutputReading
from cnnviz.topics.pooling import pooling_swap, shift_reductions
from cnnviz.topics.pooling.halving import WAYS
from cnnviz.topics.pooling.shift_records import Exchanged, Motion, Reduction, Shifts

FURTHEST = 16  # px
SLIDES = tuple(float(amount) for amount in range(FURTHEST + 1))
TURNS = tuple(float(amount) for amount in (0, *range(-30, 0, 5), *range(5, 31, 5)))
SHOWN = 112  # px: a frame's longer side
Progress = Callable[[float], None]


def measure(
    opened: Network, pictures: Sequence[Image.Image], *, fit: str = "crop", names: Sequence[str] = (),
    progress: Progress | None = None,
) -> Shifts:  # fmt: skip
    """Every image slid and turned through the network. progress: called with the share done, 0 to 1.

    The network is one of classes or labels (`outputs`): what is compared beside the maps is what it says of them.
    """
    done = _Share(progress, len(pictures) * (len(SLIDES) + len(TURNS)) + len(WAYS))
    frames = [slid(image, opened.spec, fit=fit) for image in pictures]
    slide = _motion(opened, frames, SLIDES, "px", done)
    turn = _motion(opened, [turned(image, opened.spec, fit=fit) for image in pictures], TURNS, "°", done)
    return Shifts(slide, turn, tuple(names), _exchanged(opened, frames, done))


def _exchanged(opened: Network, frames: list[torch.Tensor], done: _Share) -> Exchanged | None:
    reading = outputs.of(capture.activations(opened.model, frames[0][:1]), opened.spec)
    return pooling_swap.measure(opened.model, frames, done.step, reading=reading)


# ------------------------------------------------------------------------------------------------ moving images
def slid(image: Image.Image, spec: Spec, *, fit: str = "crop") -> torch.Tensor:
    """[17, C, H, W]: the window moved to the right by 0 … 16 px, so that the image moves to the left."""
    _, height, width = spec.input_shape
    wide = _canvas(image, spec, (height, width + FURTHEST), fit, centred=False)
    return torch.stack([wide[:, :, int(by) : int(by) + width] for by in SLIDES])


def turned(image: Image.Image, spec: Spec, *, fit: str = "crop") -> torch.Tensor:
    """[13, C, H, W]: turned about the middle by 0 and −30° … 30° (anticlockwise), bilinear."""
    _, height, width = spec.input_shape
    steep = math.radians(max(TURNS))
    grown = math.ceil(max(height, width) * (math.cos(steep) + math.sin(steep))) + 2
    size = (grown + (grown - height) % 2, grown + (grown - width) % 2)  # the same middle: no half pixel between
    large = _canvas(image, spec, size, fit, centred=True)
    return torch.stack([_rotated(large, angle, height, width) for angle in TURNS])


def _canvas(image: Image.Image, spec: Spec, size: tuple[int, int], fit: str, *, centred: bool) -> torch.Tensor:
    """[C, *size], normalised: the image prepared larger, or a digit on more of its ground."""
    channels, height, width = spec.input_shape
    if not spec.digit:
        return images.to_tensor(image, dataclasses.replace(spec, input_shape=(channels, *size)), fit=fit)[0]
    digit = images.to_tensor(image, spec)[0]
    ground = (0 - torch.tensor(spec.mean)) / torch.tensor(spec.std)
    whole = ground[:, None, None].expand(channels, *size).clone()
    top, left = ((size[0] - height) // 2, (size[1] - width) // 2) if centred else (0, 0)
    whole[:, top : top + height, left : left + width] = digit
    return whole


def _rotated(large: torch.Tensor, angle: float, height: int, width: int) -> torch.Tensor:
    """The middle height × width of the turned image."""
    turn, (tall, wide) = math.radians(angle), large.shape[1:]
    down = (torch.arange(height) - (height - 1) / 2)[:, None]
    right = (torch.arange(width) - (width - 1) / 2)[None]
    x, y = (math.cos(turn) * right - math.sin(turn) * down), (math.sin(turn) * right + math.cos(turn) * down)
    grid = torch.stack([x / ((wide - 1) / 2), y / ((tall - 1) / 2)], -1)
    return functional.grid_sample(large[None], grid[None], mode="bilinear", align_corners=True)[0]


# ------------------------------------------------------------------------------------------------ measuring
class _Share:
    def __init__(self, tell: Progress | None, total: int) -> None:
        self.tell, self.total, self.seen = tell, total, 0

    def step(self) -> None:
        self.seen += 1
        if self.tell is not None:
            self.tell(self.seen / self.total)


def _motion(
    opened: Network, moved: Sequence[torch.Tensor], amounts: tuple[float, ...], unit: str, done: _Share
) -> Motion:
    """moved: for each image [A, C, H, W]."""
    first = capture.activations(opened.model, moved[0][:1])
    reading = outputs.of(first, opened.spec)
    places = shift_reductions.reductions(first, anatomy.fields(opened.model, opened.spec.input_shape))
    keys = [layer.key for layer in first if layer.kind != "input"]
    found = [_one(opened, frames, (keys, places, amounts, unit, reading), done) for frames in moved]
    starts, likeliest = [item.start for item in found], [int(item.chances[0].argmax()) for item in found]
    chances = np.stack([item.chances for item in found])
    chosen = np.stack([item[:, best] for item, best in zip(chances, likeliest, strict=True)])
    return Motion(
        unit, amounts, _pictures(moved[0], opened.spec), tuple(keys), tuple(first[key].operation for key in keys),
        np.stack([item.cosines for item in found]), _floors([[start[key] for key in keys] for start in starts]), places,
        shift_reductions.NAMES, np.stack([item.by_place for item in found]),
        np.stack([item.moved_along for item in found]),
        shift_reductions.floors(starts, places), chances.argmax(2) == np.array(likeliest)[:, None], chosen,
        tuple(sides(reading)[best] for best in likeliest), found[0].maps,
    )  # fmt: skip


@dataclasses.dataclass(frozen=True, eq=False)
class _Found:
    """One image: cosines [L, A], by_place and moved_along [R, W, A], chances [A, classes], its maps at amount 0."""

    cosines: Array
    by_place: Array
    moved_along: Array
    chances: Array
    start: dict[str, Array]
    maps: tuple[dict[str, Array], ...]


_Plan = tuple[list[str], tuple[Reduction, ...], tuple[float, ...], str, OutputReading]


def _one(opened: Network, frames: torch.Tensor, plan: _Plan, done: _Share) -> _Found:
    keys, places, amounts, unit, reading = plan
    watched = shift_reductions.Watched(places, len(amounts))
    cosines, chances, start = np.ones((len(keys), len(amounts))), [], {}
    for at, amount in enumerate(amounts):
        recording = capture.activations(opened.model, frames[at : at + 1])
        if at == 0:
            start = {layer.key: layer.values for layer in recording}
        cosines[:, at] = [shift_reductions.cosine(start[key], recording[key].values) for key in keys]
        watched.see(at, recording, int(amount) if unit == "px" else None)
        chances.append(distribution(recording.logits.ravel(), reading))
        done.step()
    return _Found(cosines, watched.by_place, watched.moved_along, np.stack(chances), start, watched.maps())


def _floors(starts: Sequence[Sequence[Array]]) -> Array:
    """[L]: the mean cosine over all pairs of different images; NaN for a single image."""
    count = len(starts)
    pairs = [(one, other) for one in range(count) for other in range(one)]
    if not pairs:
        return np.full(len(starts[0]), np.nan)
    return np.array(
        [
            np.mean([shift_reductions.cosine(starts[a][at], starts[b][at]) for a, b in pairs])
            for at in range(len(starts[0]))
        ]
    )


def _pictures(frames: torch.Tensor, spec: Spec) -> Array:
    """[A, h, w, 3] uint8, at most SHOWN a side."""
    shown = []
    for frame in frames:
        picture = Image.fromarray(images.to_picture(frame[None], spec))
        picture.thumbnail((SHOWN, SHOWN), Image.Resampling.BOX)
        shown.append(np.asarray(picture))
    return np.stack(shown)
