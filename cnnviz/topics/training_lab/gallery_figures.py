"""A handful of test images with what the network says about each, as the course shows them.

Right and wrong are told by a mark (tick or cross), a line (solid or dashed) and words, never by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from cnnviz.figures import looks, pictures
from cnnviz.figures.numbers import percent
from cnnviz.outputs.chances import probabilities
from cnnviz.records import Array


@dataclass(frozen=True)
class GalleryTile:
    """One image's caption. runner_up: second likeliest class and share, where the network was wrong or torn."""

    truth: str
    said: str
    probability: float
    right: bool
    runner_up: str = ""

    @property
    def words(self) -> str:
        """What the network said, how surely, and whether it is right."""
        verdict = "right" if self.right else f"wrong: it is {self.truth}"
        return f"{self.said}, {percent(self.probability)}, {verdict}"


def tiles(logits: Array, labels: Sequence[int] | Array, classes: Sequence[str]) -> tuple[GalleryTile, ...]:
    """logits: [N, K]; labels: [N] true classes. One caption each, in order."""
    chances = probabilities(np.asarray(logits))
    if chances.ndim != 2 or chances.shape != (len(labels), len(classes)):
        raise ValueError(f"logits {list(chances.shape)} for {len(labels)} images and {len(classes)} classes")
    return tuple(_tile(row, int(label), classes) for row, label in zip(chances, labels, strict=True))


def choose(logits: Array, labels: Sequence[int] | Array, *, count: int = 8) -> tuple[int, ...]:
    """Which images to show: the first ones, as they come, so that the choice flatters nobody."""
    return tuple(range(min(count, len(labels), len(logits))))


def sprite(images: Sequence[Array], *, size: int = 112) -> bytes:
    """The images side by side in one PNG, each size × size: for a component that sets real text beside each."""
    if not len(images):
        raise ValueError("a gallery needs at least one image, found none")
    return pictures.png(np.concatenate([pictures.fit(_last(image), size) for image in images], axis=1))


def png(images: Sequence[Array], captions: Sequence[GalleryTile], *, theme: str = "light", columns: int = 4) -> bytes:
    """One PNG with images, marks and captions, to look at, to download, to print.

    images: uint8 [C, H, W] or [H, W] or [H, W, 3] each; captions: one Tile each. Transparent background.
    """
    if len(images) != len(captions) or not len(images):
        raise ValueError(f"{len(images)} images with {len(captions)} captions; each needs one")
    side, width, height = 144, 172, 144 + 54
    rows = -(-len(images) // columns)
    sheet = Image.new("RGBA", (columns * width, rows * height), (0, 0, 0, 0))
    pen = ImageDraw.Draw(sheet)
    for number, (image, tile) in enumerate(zip(images, captions, strict=True)):
        left, top = number % columns * width + (width - side) // 2, number // columns * height + 4
        sheet.paste(Image.fromarray(pictures.fit(_last(image), side)), (left, top))
        _mark(pen, (left, top, side), tile, looks.colours(theme))
    return pictures.png(np.asarray(sheet))


def _tile(chances: Array, label: int, classes: Sequence[str]) -> GalleryTile:
    first, *others = np.argsort(-chances, kind="stable")
    right = int(first) == label
    second = f"{classes[others[0]]} {percent(float(chances[others[0]]))}" if others else ""
    torn = not right or chances[first] < 0.9
    return GalleryTile(str(classes[label]), str(classes[first]), float(chances[first]), right, second if torn else "")


def _last(image: Array) -> Array:
    """Channels last: data sets keep [C, H, W]."""
    image = np.asarray(image)
    return (
        np.moveaxis(image, 0, -1)
        if image.ndim == 3 and image.shape[0] in (1, 3) and image.shape[2] not in (1, 3)
        else image
    )


def _mark(pen: ImageDraw.ImageDraw, place: tuple[int, int, int], tile: GalleryTile, paint: looks.Colours) -> None:
    left, top, side = place
    colour = paint.good if tile.right else paint.bad
    y = top + side + 12
    if tile.right:
        pen.line([(left, y + 1), (left + 4, y + 6), (left + 12, y - 5)], fill=colour, width=3)
    else:
        pen.line([(left, y - 5), (left + 11, y + 6)], fill=colour, width=3)
        pen.line([(left + 11, y - 5), (left, y + 6)], fill=colour, width=3)
    _write(pen, (left + 18, top + side + 2), f"{tile.said} {percent(tile.probability)}", paint.text)
    note = "right" if tile.right else f"it is {tile.truth}"
    _write(pen, (left + 18, top + side + 22), note, paint.muted if tile.right else colour)


def _write(pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, colour: str) -> None:
    """15-pixel text, shortened with "…" where it would run into the next image."""
    while pen.textlength(text, font_size=15) > 128 and len(text) > 2:
        text = text[:-2].rstrip() + "…"
    pen.text(at, text, fill=colour, font_size=15)
