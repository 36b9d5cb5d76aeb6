"""What the board of patches gets: the images that hold them in one strip, each patch's box, all responses in bins."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TypedDict

import numpy as np
from PIL import Image

from cnnviz.figures import maps, palettes, pictures
from cnnviz.figures.packets import Sealed, digest
from cnnviz.records import Array
from cnnviz.topics.looks_for.ascent import AscentFrame
from cnnviz.topics.looks_for.records import Driving, Operated, Patch, Responses

BINS = 48
GAP = 6  # pixels between two maps
OPAQUE = 0.8  # of a made image's pixels lie below what is not seen through
PLAIN = 64  # pixels a side: up to here the strip is lossless


class PatchTile(TypedDict):
    """image: its place in the strip. box: (top, left, bottom, right) in the image's pixels, not clipped."""

    image: int
    title: str
    value: float
    cell: list[int]
    box: list[int]


class UnitPatchesPacket(Sealed):
    """size: [H, W] of an image. highest, lowest: patches, the strongest first. whole: the field is the whole image.

    edges: BINS + 1; high, low: how many images have their highest, their lowest cell in each bin. yours: the highest
    cell of the person's own image, or None. vector: the layer has one cell, so that both ends are one number.
    """

    size: list[int]
    highest: list[PatchTile]
    lowest: list[PatchTile]
    whole: bool
    vector: bool
    edges: list[float]
    high: list[int]
    low: list[int]
    yours: float | None
    mean: float


def packet(
    found: Responses, driving: Driving, shown: Sequence[Array], titles: Sequence[str], yours: float | None
) -> tuple[UnitPatchesPacket, bytes]:
    """(header, the strip's bytes). shown, titles: of `images(driving)`, in that order; [H, W, 3] uint8 each."""
    strip = _strip(shown)
    places = {image: place for place, image in enumerate(images(driving))}
    high, low = found.high[:, driving.channel], found.low[:, driving.channel]
    edges = bins(high, low, yours)

    def tile(one: Patch) -> PatchTile:
        place = places[one.image]
        return {
            "image": place, "title": titles[place], "value": one.value, "cell": list(one.cell), "box": list(one.box),
        }  # fmt: skip

    content = {
        "size": list(found.size),
        "highest": [tile(one) for one in driving.highest],
        "lowest": [tile(one) for one in driving.lowest],
        "whole": found.field.status != "exact",
        "vector": found.cells == (1, 1),
        "edges": edges.tolist(),
        "high": np.histogram(high, edges)[0].tolist(),
        "low": np.histogram(low, edges)[0].tolist(),
        "yours": yours,
        "mean": float(found.mean[driving.channel]),
    }
    header: UnitPatchesPacket = {"digest": digest(content, strip), **content}  # type: ignore[typeddict-item]
    return header, strip


def images(driving: Driving) -> list[int]:
    """The images that hold the patches, each once, in order of their first patch."""
    return list(dict.fromkeys(one.image for one in (*driving.highest, *driving.lowest)))


def bins(high: Array, low: Array, yours: float | None) -> Array:
    """[BINS + 1] float64: equal bins over every response, one that stands alone included."""
    ends = [float(low.min()), float(high.max())] + ([] if yours is None else [yours])
    first, last = min(ends), max(ends)
    return np.linspace(first, last if last > first else first + 1, BINS + 1)


def _strip(shown: Sequence[Array]) -> bytes:
    """All images side by side: PNG for small ones, WebP at 92 for photographs, a tenth of the bytes."""
    whole = Image.fromarray(np.concatenate(shown, axis=1))
    file = io.BytesIO()
    if max(shown[0].shape[:2]) <= PLAIN:
        whole.save(file, "PNG")
    else:
        whole.save(file, "WEBP", quality=92, method=2)
    return file.getvalue()


def montage(shown: Sequence[Array], patches: Sequence[Patch], side: int) -> Array:
    """[3·side, 3·side, 3] uint8: nine patches, each enlarged to `side` pixels; what lies outside the image is grey."""
    whole = np.full((3 * side, 3 * side, 3), 128, np.uint8)
    for place, (picture, patch) in enumerate(zip(shown, patches, strict=True)):
        inside = _cut(picture, patch)
        sampling = Image.Resampling.NEAREST if inside.width < side else Image.Resampling.BICUBIC
        row, column = divmod(place, 3)
        whole[row * side : (row + 1) * side, column * side : (column + 1) * side] = np.asarray(
            inside.resize((side, side), sampling)
        )
    return whole


def _cut(picture: Array, patch: Patch) -> Image.Image:
    """The patch out of its image; the whole image where the patch is as large."""
    top, left, bottom, right = patch.box
    if max(bottom - top, right - left) >= min(picture.shape[:2]):
        return Image.fromarray(picture)
    rows, columns = picture.shape[:2]
    margins = ((max(0, -top), max(0, bottom - rows)), (max(0, -left), max(0, right - columns)), (0, 0))
    wide = np.pad(picture, margins, constant_values=128)
    top, left = max(0, top), max(0, left)
    cut = wide[top : top + patch.box[2] - patch.box[0], left : left + patch.box[3] - patch.box[1]]
    return Image.fromarray(cut)


def one_map(values: Array, theme: str, side: int) -> Array:
    """[h·k, w·k, 3] uint8: one map in the colours of activations, each cell a square, about `side` pixels wide."""
    entries = maps.quantise(values[None].astype(np.float32), maps.limits(values[None], "map"))
    return pictures.enlarge_to(palettes.lut("activations", theme)[entries[0]], side)


def before_and_after(
    found: Operated, key: str, channels: Sequence[int], theme: str, side: int, columns: int
) -> tuple[Array, Array, Array]:
    """Three rows of maps, each [side, columns · (side + gap), 4] uint8: as they are, changed, and the difference.

    The first two are on one scale a channel, zero in the middle. Places without a channel are transparent.
    """
    rows: tuple[list[Array], list[Array], list[Array]] = ([], [], [])
    colours = palettes.lut("activations", theme)
    for channel in channels:
        before, after = (np.atleast_2d(one[key][channel]) for one in (found.before, found.after))
        pair = np.stack([before, after]).astype(np.float32)
        entries = maps.quantise(pair, maps.limits(pair, "layer", signed=True, clip=False))
        gap = (after - before)[None].astype(np.float32)
        difference = maps.quantise(gap, maps.limits(gap, "map", signed=True))
        for row, one in zip(rows, (*entries, difference[0]), strict=True):
            row.append(pictures.fit(colours[one], side))
    first, second, third = (_row(row, side, columns) for row in rows)
    return first, second, third


def _row(tiles: Sequence[Array], side: int, columns: int) -> Array:
    wide = side + GAP
    whole = np.zeros((side, columns * wide - GAP, 4), np.uint8)
    for place, tile in enumerate(tiles):
        whole[:, place * wide : place * wide + side] = tile
    return whole


def faded(frame: AscentFrame) -> Array:
    """A made image [H, W, 4] that is seen through where no step had a gradient; its upper fifth is not, at all.

    As Fel et al. show theirs (MACO, 2023, https://arxiv.org/abs/2306.06805).
    """
    assert frame.leaned is not None
    most = float(np.quantile(frame.leaned, OPAQUE)) or 1.0
    seen = np.rint(255 * np.clip(frame.leaned / most, 0, 1)).astype(np.uint8)
    whole: Array = np.dstack([frame.picture, seen])
    return whole


def both(found: Operated) -> bytes:
    """NPZ: "before <layer>", "after <layer>", and both outputs."""
    target = io.BytesIO()
    named = {f"before {key}": value for key, value in found.before.items()}
    named |= {f"after {key}": value for key, value in found.after.items()}
    named |= {"outputs_before": found.outputs_before, "outputs_after": found.outputs_after}
    np.savez_compressed(target, **named)  # type: ignore[arg-type]
    return target.getvalue()
