"""Grey of 16 or 32 bits, or of floats, as the 0…255 that a screen shows: linear, the same for the whole image."""

from __future__ import annotations

import numpy as np
from PIL import Image

from cnnviz.records import Array

DEPTHS = (1.0, 255.0, 1023.0, 4095.0, 16383.0, 65535.0)  # white in scales that are in use: 8, 10, 12, 14 and 16 bits
# Tags of a TIFF (TIFF 6.0): bits of a number; 0: its least is white; 1: without a sign, 2: with one.
BITS, PHOTOMETRIC, SAMPLE_FORMAT = 258, 262, 339
HOLE = 1e30  # beyond it a float marks a pixel without a measurement: GDAL writes ±3.4e38


def to_eight_bits(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """RGB, shrunk to that size by a mean over boxes, which does not overshoot.

    16-bit integers are divided by 257. Of 32-bit integers and floats, white is the least of 1, 255, 1023, 4095, 16383
    and 65535 that no value passes; values below 0 or above that are stretched from their own minimum to their maximum.
    NaN, infinity and what marks a hole are black; the one grey that a PNG may call transparent is white, the paper.
    A TIFF whose least value is white is turned over.
    """
    sixteen = image.mode.startswith("I;16")
    clear = image.info.get("transparency")
    if sixteen and isinstance(clear, int):
        raw = np.array(image)
        image = Image.fromarray(np.where(raw == clear, np.uint16(65535), raw))
    wide = image if image.mode == "F" else _unsigned(image.convert("I"), image)
    values, holes = _shrunk(wide, size)
    known = values[~holes]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    top = 65535.0 if sixteen else next((top for top in DEPTHS if low >= 0 and high <= top), None)
    if top is None:
        values, top = values - low, max(high - low, 1e-300)
    if _tag(image, PHOTOMETRIC, 1) == 0:
        values = top - values
    values[holes] = 0.0
    return Image.fromarray(np.rint(values * (255 / top)).clip(0, 255).astype(np.uint8)).convert("RGB")


def _unsigned(whole: Image.Image, image: Image.Image) -> Image.Image:
    """Integers of 32 bits without a sign, which Pillow holds as ones with: those from 2³¹ on would be negative."""
    if image.mode != "I" or _tag(image, BITS, 1) != 32 or _tag(image, SAMPLE_FORMAT, 1) != 1:
        return whole
    return Image.fromarray(np.array(whole).view(np.uint32).astype(np.float32))


def has_signed_bytes(image: Image.Image) -> bool:
    """Whether it is a TIFF of bytes from −128 to 127, which Pillow holds as 0 to 255."""
    return _tag(image, SAMPLE_FORMAT, 1) == 2 and _tag(image, BITS, 8) == 8


def _tag(image: Image.Image, tag: int, otherwise: int) -> int:
    """The first number of a TIFF's tag, and `otherwise` where it has none or is no TIFF."""
    found = getattr(image, "tag_v2", {}).get(tag, otherwise)
    first = found[0] if isinstance(found, tuple) and found else found
    return first if isinstance(first, int) else otherwise


def _shrunk(image: Image.Image, size: tuple[int, int]) -> tuple[Array, Array]:
    """([h, w] float64, [h, w] bool: where there is no value, or none in more than half of the box)."""
    if image.mode == "F":
        raw = np.array(image, dtype=np.float32)
        bad = ~(np.abs(raw) < HOLE)  # NaN is not less than anything
        if bad.any():
            raw[bad] = 0.0
            whole = _resized(Image.fromarray(raw), size)
            part = _resized(Image.fromarray(np.where(bad, np.float32(0), np.float32(1))), size)
            return whole / np.maximum(part, 1e-6), part < 0.5
    values = _resized(image, size)
    return values, np.zeros(values.shape, dtype=bool)


def _resized(image: Image.Image, size: tuple[int, int]) -> Array:
    if size != image.size:
        image = image.resize(size, Image.Resampling.BOX, reducing_gap=2.0)
    return np.asarray(image, dtype=np.float64).copy()
