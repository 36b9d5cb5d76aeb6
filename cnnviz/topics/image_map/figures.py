"""What the map gets: thumbnails on one sheet, each layer's places and neighbours, classes, answers, votes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TypedDict

import numpy as np
from PIL import Image

from cnnviz.figures.packets import Sealed, digest
from cnnviz.records import Array
from cnnviz.topics.image_map.records import Parted, Plane

SIDE = 48  # pixels of a thumbnail at the most
ACROSS = 32  # thumbnails in a row of the sheet
PLAIN = 32  # pixels: up to here the sheet is lossless


class LayerPart(TypedDict):
    """kept: in words. right, wide, chance: of the neighbours' votes."""

    name: str
    kept: str
    right: float
    wide: float
    chance: float


class ImageMapPacket(Sealed):
    """count: images, without the person's own, which comes last where there is one. across: thumbnails in a row of the
    sheet. classes: names; labels: into them, −1 for the own. answers: into answer_names, "" for none; right: or []
    where the network has other classes. k: neighbours of each."""

    count: int
    across: int
    thumb: list[int]
    classes: list[str]
    labels: list[int]
    answer_names: list[str]
    answers: list[int]
    right: list[bool]
    k: int
    layers: list[LayerPart]


def packet(
    shown: Sequence[Array], labels: Array, classes: Sequence[str], answers: Sequence[str], planes: Sequence[Plane],
    near: Sequence[Array], parted: Sequence[Parted], kept: Sequence[str],
) -> tuple[ImageMapPacket, bytes, bytes, bytes]:  # fmt: skip
    """(header, sheet, places, neighbours). shown: [H, W, 3] uint8, as many as answers; labels: of the first ones."""
    names = sorted(set(answers))
    known = set(answers) <= set(classes)
    right = [known and answers[index] == classes[label] for index, label in enumerate(labels)]
    sheet, thumb = _sheet(shown)
    places = np.stack([plane.places for plane in planes]).astype(np.float32).tobytes()
    nearest = np.stack(near).astype(np.uint16).tobytes()
    content = {
        "count": len(labels), "across": ACROSS, "thumb": thumb, "classes": list(classes),
        "labels": [*labels.tolist(), *[-1] * (len(shown) - len(labels))],
        "answer_names": names, "answers": [names.index(one) for one in answers], "right": right if known else [],
        "k": int(near[0].shape[1]),
        "layers": [
            {"name": one.layer, "kept": words, "right": one.right, "wide": one.wide, "chance": one.chance}
            for one, words in zip(parted, kept, strict=True)
        ],
    }  # fmt: skip
    header: ImageMapPacket = {"digest": digest(content, sheet, places, nearest), **content}  # type: ignore[typeddict-item]
    return header, sheet, places, nearest


def _sheet(shown: Sequence[Array]) -> tuple[bytes, list[int]]:
    """(bytes, [height, width] of a thumbnail): PNG where nothing is made smaller, WebP otherwise."""
    height, width = shown[0].shape[:2]
    small = max(height, width) <= PLAIN
    scale = 1.0 if small else SIDE / max(height, width)
    size = (max(1, round(height * scale)), max(1, round(width * scale)))
    rows = -(-len(shown) // ACROSS)
    whole = Image.new("RGB", (ACROSS * size[1], rows * size[0]))
    for place, one in enumerate(shown):
        image = Image.fromarray(one)
        if not small:
            image = image.resize((size[1], size[0]), Image.Resampling.BILINEAR, reducing_gap=2.0)
        whole.paste(image, ((place % ACROSS) * size[1], (place // ACROSS) * size[0]))
    file = io.BytesIO()
    whole.save(file, "PNG") if small else whole.save(file, "WEBP", quality=88, method=2)
    return file.getvalue(), list(size)
