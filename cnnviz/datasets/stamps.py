"""Stamps: photographs of things, cut out, that Debian's package tuxpaint-stamps-default installs (GPL; none is here).

Each is a PNG whose transparency says where the object is, beside a text with its name in many languages. Left out are
those that are drawn: under `symbols`, in a folder `cartoon`, `easter`, `flags` or `roadsigns`, those that have an SVG
of the same name, those of fewer than 1,000 colours, and those with a dark line around what is lighter; and those made
to be seen from the other side (`_mirror`, `_flip`). Of `clothes` one photograph would be left, too few to be a class.

Source: https://tuxpaint.org/stamps/
"""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from cnnviz.datasets.kinds import Dataset, DatasetError, Info, Source
from cnnviz.records import Array

FOLDER = "stamps"
DEBIAN = Path("/usr/share/tuxpaint/stamps")
SIDE = 96
GROUND = 128  # the level behind what is cut out
COLOURS = 1000  # a photograph has more of them
DARK, OUTLINE = 64, 0.55  # the level below which a line is dark; so much more of the edge is than of what lies within
DRAWN = frozenset({"symbols", "cartoon", "easter", "flags", "roadsigns"})  # folders
TURNED = ("_mirror", "_flip", "_mirror_flip")
LARGEST = 4096  # pixels a side
CHINESE = ("zh_CN.utf8=", "zh_TW.utf8=")

INFO = Info(
    title="stamps",
    shape=(3, SIDE, SIDE),
    classes=(
        "animals", "food", "hobbies", "household", "medical", "military", "naturalforces", "people",
        "plants", "seasonal", "space", "sports", "town", "vehicles",
    ),
    mean=(0.5130, 0.4794, 0.4439),
    std=(0.1616, 0.1508, 0.1703),
    sentence="Some 300 cut-out photographs of things on grey, each with its mask and its name, of Tux Paint.",
    masks=True,
)  # fmt: skip


def find(root: Path) -> str:
    """Where they are, in words; "" where they are not here."""
    if (root / FOLDER / INFO.classes[0]).is_dir():
        return f"the folder {FOLDER}"
    return "Debian's package tuxpaint-stamps-default" if (DEBIAN / INFO.classes[0]).is_dir() else ""


def read(root: Path, split: str) -> Dataset:
    """Every second stamp by name: the even ones are for training, the odd ones for testing. Raises DatasetError."""
    folder = root / FOLDER if (root / FOLDER / INFO.classes[0]).is_dir() else DEBIAN
    found = _all(folder)[int(split == "test") :: 2]
    if not found:
        raise DatasetError(f"{folder.name} holds no cut-out photographs; Debian's tuxpaint-stamps-default does.")
    files, pictures, masks = zip(*found, strict=True)
    labels = [INFO.classes.index(file.relative_to(folder).parts[0]) for file in files]
    return Dataset(
        FOLDER, split, torch.from_numpy(np.stack(pictures)), torch.tensor(labels), INFO.classes, find(root),
        torch.from_numpy(np.stack(masks)), tuple(name(file) for file in files),
    )  # fmt: skip


def name(file: Path) -> str:
    """ "A frog (青蛙)": the English name, and the Chinese one where there is one; without a text the file's own."""
    try:
        lines = file.with_suffix(".txt").read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return file.stem
    english = lines[0].strip().rstrip(".!") if lines else ""
    chinese = [
        line.removeprefix(start).strip().rstrip("。！.")
        for start in CHINESE
        for line in lines
        if line.startswith(start)
    ]
    return (english or file.stem) + (f" ({chinese[0]})" if chinese else "")


def listed(folder: Path) -> list[Path]:
    """The files that may be photographs, by their names and places alone, in order."""
    kept = []
    for kind in INFO.classes:
        for file in sorted((folder / kind).rglob("*.png")):
            drawn = DRAWN & set(file.relative_to(folder).parts[:-1]) or file.with_suffix(".svg").exists()
            if not drawn and not file.stem.endswith(TURNED):
                kept.append(file)
    return kept


def cut_out(image: Image.Image) -> tuple[Array, Array] | None:
    """([3, side, side] uint8 on grey, [side, side] bool where the object is); None for what is drawn, or not cut out.

    The thing is brought into the middle, as large as fits.
    """
    whole = image.convert("RGBA")
    opaque = np.asarray(whole)[..., 3] > 127
    seen = np.asarray(whole)[..., :3][opaque].astype(np.uint32)
    if opaque.all() or len(np.unique(seen @ np.array([65536, 256, 1], np.uint32))) < COLOURS:
        return None
    if is_outlined(np.asarray(whole)[..., :3], opaque):
        return None
    small = whole.crop(whole.getbbox())
    scale = SIDE / max(small.size)
    small = small.resize([max(1, round(scale * side)) for side in small.size], Image.Resampling.LANCZOS)
    ground = Image.new("RGBA", (SIDE, SIDE), (GROUND, GROUND, GROUND, 0))
    ground.paste(small, ((SIDE - small.width) // 2, (SIDE - small.height) // 2))
    levels = np.asarray(ground).astype(np.float32)
    share = levels[..., 3:] / 255
    colours = np.rint(levels[..., :3] * share + GROUND * (1 - share)).astype(np.uint8)
    return np.ascontiguousarray(colours.transpose(2, 0, 1)), share[..., 0] > 0.5


def is_outlined(colours: Array, opaque: Array) -> bool:
    """Whether a dark line runs around what is lighter, as around a drawing. [H, W, 3] uint8, [H, W] bool.

    A pixel is dark where its strongest colour is: a photograph's edge may be shaded, a deep red is none of ink.
    """
    from scipy import ndimage  # type: ignore[import-untyped]  # here: it costs every start a third of a second

    depth = ndimage.distance_transform_edt(np.pad(opaque, 1))[1:-1, 1:-1] / max(1.0, max(opaque.shape) / 150)
    dark, inside = colours.max(-1) < DARK, (depth > 5) & (depth <= 9)
    edge = (depth > 0) & (depth <= 1.5)
    return bool(inside.any() and edge.any() and dark[edge].mean() - dark[inside].mean() > OUTLINE)


@functools.lru_cache(maxsize=2)
def _all(folder: Path) -> list[tuple[Path, Array, Array]]:
    found = []
    for file in listed(folder):
        try:
            with Image.open(file) as image:
                if max(image.size) > LARGEST:
                    continue
                cut = cut_out(image)
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            raise DatasetError(f"{file.parent.name}/{file.name} cannot be read; install the package again.") from error
        if cut is not None:
            found.append((file, *cut))
    return found


SOURCE = Source(
    INFO, find, read, wanted=f"the folder {FOLDER} of Tux Paint, or install Debian's tuxpaint-stamps-default"
)
