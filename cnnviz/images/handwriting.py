"""A photo of a handwritten digit, made like MNIST's: white on black, thick as its pen, centred by mass in 28 × 28.

MNIST's digits were scaled into 20 × 20 pixels, keeping their proportions and getting grey levels from the
anti-aliasing, and then put into 28 × 28 with the centre of mass in the middle (LeCun, Cortes, Burges 1998).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage  # type: ignore[import-untyped]

from cnnviz.records import Array

SIDE, DIGIT = 28, 20  # pixels: the image and the digit in it
PEN = 2.6  # pixels: the lower quartile of MNIST's strokes, by `_stroke` on its first 500 digits enlarged four times
WORK = (160, 400)  # pixels: the longer side while looking for ink
COARSE = 100  # pixels: the longer side while looking for the paper
FAINTEST = 18.0  # grey levels between paper and ink
EIGHT = np.ones((3, 3), dtype=bool)  # neighbours over edges and corners


@dataclass(frozen=True, eq=False)
class Digit:
    """pixels: [28, 28] uint8, all 0 where no ink was found. steps: (label, grey image [h, w] uint8).

    box: (left, top, right, bottom) of the 28 × 28 square on the photo, in fractions, below 0 or above 1 outside it.
    """

    pixels: Array
    steps: tuple[tuple[str, Array], ...]
    box: tuple[float, float, float, float]


def prepare(image: Image.Image) -> Digit:
    """The digit on a photo, a scan or a drawing: black on white or white on black, under uneven light."""
    grey = image.convert("L")
    if is_prepared(grey):
        pixels = np.asarray(grey)
        return Digit(pixels, (("already 28 × 28 and white on black: left as it is", pixels),), (0.0, 0.0, 1.0, 1.0))
    work = np.asarray(_sized(grey), dtype=np.float64)
    signal, noise, dark = _ink_signal(work)
    tone = "dark ink on light paper: inverted" if dark else "light ink on a dark ground: kept"
    steps = [("grey", _levels(work, 255.0)), (f"the ground taken away; {tone}", _levels(signal, signal.max()))]
    ink = _ink(signal, noise)
    if not ink.any():
        blank = np.zeros((SIDE, SIDE), dtype=np.uint8)
        steps.append(("no ink found: nothing stands out from the ground, so the network sees a blank", blank))
        return Digit(blank, tuple(steps), (0.0, 0.0, 1.0, 1.0))
    return _finished(signal, ink, steps)


def is_prepared(grey: Image.Image) -> bool:
    """Whether a grey image already is what MNIST's are: 28 × 28, a black border, something white inside."""
    if grey.size != (SIDE, SIDE):
        return False
    pixels = np.asarray(grey)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    return bool(np.median(border) < 32 and pixels.max() >= 128)


def _sized(grey: Image.Image) -> Image.Image:
    least, most = WORK
    ratio = min(most / max(grey.size), max(1.0, least / max(grey.size)))
    size = (max(1, round(grey.width * ratio)), max(1, round(grey.height * ratio)))
    return grey.resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)


def _ink_signal(work: Array) -> tuple[Array, float, bool]:
    """How far each pixel stands out from the ground on the ink's side [h, w] >= 0, the noise, whether ink is dark."""
    smooth = ndimage.gaussian_filter(work, 0.8)
    coarse = _resized(smooth, COARSE / max(work.shape))
    low, high = np.percentile(coarse - _lit(coarse, np.ones_like(coarse)), (0.5, 99.5))
    dark = bool(-low >= high)
    sign = -1.0 if dark else 1.0
    ground = _resized(_ground(coarse, sign), None, smooth.shape)
    signal = sign * (smooth - ground)
    grain = smooth - ndimage.gaussian_filter(smooth, 3)  # without the shadows, which are no noise
    noise = 1.4826 * float(np.median(np.abs(grain)))
    return np.maximum(signal, 0.0), noise, dark


def _ground(coarse: Array, sign: float) -> Array:
    """The paper without the ink: a wide blur over what is not ink, four times, as both get clearer."""
    paper = np.ones_like(coarse)
    ground = coarse
    for _ in range(4):
        ground = _lit(coarse, paper)
        signal = sign * (coarse - ground)
        noise = 1.4826 * float(np.median(np.abs(signal)))
        ink = signal > max(3 * noise, 0.2 * float(np.percentile(signal, 99.5)), 3.0)
        paper = 1.0 - ndimage.binary_dilation(ink, EIGHT)
    return ground


def _lit(coarse: Array, paper: Array) -> Array:
    """How bright the paper would be everywhere: a slope and a bend fitted to it, and a wide blur of what they leave."""
    y, x = np.indices(coarse.shape) / max(coarse.shape) - 0.5
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y]).reshape(6, -1)
    seen = terms * paper.ravel()
    bent = (np.linalg.lstsq(seen @ terms.T, seen @ coarse.ravel(), rcond=None)[0] @ terms).reshape(coarse.shape)
    weight = ndimage.gaussian_filter(paper, COARSE / 6)
    return bent + ndimage.gaussian_filter((coarse - bent) * paper, COARSE / 6) / np.maximum(weight, 1e-6)


def _ink(signal: Array, noise: float) -> Array:
    """[h, w] bool: the pixels of the strokes. Specks, and marks that run out of the image beside a digit, are not."""
    peak = float(np.percentile(signal, 99.9))
    if peak < max(FAINTEST, 6 * noise):
        return np.zeros(signal.shape, dtype=bool)
    labels, count = ndimage.label(signal > max(0.27 * peak, 4 * noise), EIGHT)
    areas = ndimage.sum_labels(np.ones_like(signal), labels, np.arange(count + 1))
    areas[0] = 0
    border = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    inside = areas.copy()
    inside[border] = 0
    if inside.max() >= 0.1 * areas.max():
        areas = inside
    return np.asarray((areas >= 0.08 * areas.max())[labels] & (areas[labels] > 0))


def _finished(signal: Array, ink: Array, steps: list[tuple[str, Array]]) -> Digit:
    """Crop, thicken where the pen was thin, scale to 20, centre by mass."""
    stretched = _stretched(signal, ink)
    scale = DIGIT / max(_extent(ink)[2:])
    grow = max(0.0, (PEN / scale - _stroke(ink)) / 2)
    margin = int(np.ceil(grow)) + 2
    thick = _thickened(np.pad(stretched, margin), np.pad(ink, margin), grow)
    top, left, height, width = _extent(thick > 0.2)
    steps.append((f"the ink found, {'thickened to MNIST’s pen, ' if grow else ''}cropped", _levels(_cut(thick), 1.0)))
    pixels, (down, right), scale = centred(thick[top : top + height, left : left + width])
    steps.append(("scaled into 20 × 20, centred by mass in 28 × 28", pixels))
    x, y, side = left - margin - right / scale, top - margin - down / scale, SIDE / scale
    rows, columns = signal.shape
    return Digit(pixels, tuple(steps), (x / columns, y / rows, (x + side) / columns, (y + side) / rows))


def _stretched(signal: Array, ink: Array) -> Array:
    """[h, w] in [0, 1]: 1 at the strokes' core, 0 off them, grey on their edges."""
    core = float(np.percentile(signal[ink], 85))
    low = 0.1 * core
    return np.clip((signal - low) / (core - low), 0, 1) * ndimage.binary_dilation(ink, EIGHT, iterations=2)


def _stroke(ink: Array) -> float:
    """The strokes' width in pixels: across a strip of width w the distance to the edge averages w / 4."""
    return 4 * float(ndimage.distance_transform_edt(np.pad(ink, 1))[1:-1, 1:-1][ink].mean())


def _thickened(stretched: Array, ink: Array, grow: float) -> Array:
    if grow == 0:
        return stretched
    distance = ndimage.distance_transform_edt(~ink)
    return np.maximum(stretched, np.clip(grow + 0.5 - distance, 0, 1))


def centred(digit: Array) -> tuple[Array, tuple[int, int], float]:
    """([28, 28] uint8, (rows above it, columns left of it), scale) of a cropped digit [h, w] in [0, 1]."""
    scale = DIGIT / max(digit.shape)
    size = (max(1, round(digit.shape[1] * scale)), max(1, round(digit.shape[0] * scale)))
    small = np.asarray(Image.fromarray(digit.astype(np.float32)).resize(size, Image.Resampling.BILINEAR)).clip(0, None)
    small = small / max(float(small.max()), 1e-6)
    mass = ndimage.center_of_mass(small)
    down, right = (
        int(np.clip(round(SIDE / 2 - middle - 0.5), 0, SIDE - length))
        for middle, length in zip(mass, small.shape, strict=True)
    )
    pixels = np.zeros((SIDE, SIDE), dtype=np.uint8)
    pixels[down : down + small.shape[0], right : right + small.shape[1]] = np.rint(small * 255)
    return pixels, (down, right), scale


def _extent(mask: Array) -> tuple[int, int, int, int]:
    """(top, left, height, width) of what is True."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(rows[0]), int(columns[0]), int(rows[-1] - rows[0] + 1), int(columns[-1] - columns[0] + 1)


def _cut(thick: Array) -> Array:
    top, left, height, width = _extent(thick > 0.2)
    return thick[top : top + height, left : left + width]


def _levels(values: Array, top: float) -> Array:
    return np.clip(values * (255 / max(top, 1e-6)), 0, 255).astype(np.uint8)


def _resized(values: Array, ratio: float | None, shape: tuple[int, ...] = ()) -> Array:
    """By a ratio (antialiased) or to a shape, linear."""
    rows, columns = shape if ratio is None else (max(1, round(side * ratio)) for side in values.shape)
    image = Image.fromarray(values.astype(np.float32)).resize((columns, rows), Image.Resampling.BILINEAR)
    return np.asarray(image, dtype=np.float64)
