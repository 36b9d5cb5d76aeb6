"""From an image to what a network sees, one labelled step after the other, and back to an image.

`read` is the only door: whatever comes through it is an RGB image of at most 2048 pixels a side, and whatever does
not raises ImageError (`decoding`). Networks on handwritten digits get the image made like MNIST's (`handwriting`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageOps

from cnnviz.images import bands, evaluation
from cnnviz.images.colour import is_photograph as is_photograph
from cnnviz.images.decoding import ImageError as ImageError
from cnnviz.images.decoding import digest as digest
from cnnviz.images.decoding import read as read
from cnnviz.images.decoding import warning as warning
from cnnviz.images.decoding import within
from cnnviz.images.formats import ENDINGS as ENDINGS
from cnnviz.images.formats import KNOWN as KNOWN
from cnnviz.records import Array, Spec

FITS = ("crop", "squash", "pad")
MIDDLE = 0.5
STRIP = 16  # times the input's pixels: longer strips are not resized as a whole
SMALL = 256  # pixels, the longer side of a step's image


@dataclass(frozen=True, eq=False)
class PreparationStep:
    """label: what was done, with its numbers. picture: [h, w, 3] uint8, at most 256 pixels a side."""

    label: str
    picture: Array


@dataclass(frozen=True, eq=False)
class PreparedImage:
    """tensor: [1, C, H, W] float32, normalised. steps: how it came about.

    box: (left, top, right, bottom) of the network's input on the image, as fractions of its width and height;
    below 0 or above 1 where the input shows padding.
    """

    tensor: torch.Tensor
    steps: tuple[PreparationStep, ...]
    box: tuple[float, float, float, float]


def to_tensor(image: Image.Image, spec: Spec, *, fit: str = "crop") -> torch.Tensor:
    """[1, C, H, W] float32, normalised: what this network sees of an image. See `prepare`."""
    return prepare(image, spec, fit=fit).tensor


def prepare(image: Image.Image, spec: Spec, *, fit: str = "crop") -> PreparedImage:
    """The image as this network wants it, with every step on the way.

    fit: "crop" (shorter side resized, centre kept: as torchvision and timm evaluate), "squash" (the whole image,
    out of proportion), "pad" (the whole image on a ground of the mean colour, which the network sees as 0).
    "crop@0.2" keeps another part than the centre: so far along the longer side, from 0 (left or top) to 1.
    Networks on digits get the image made like MNIST's instead, whatever fit says.

    Raises ValueError for another fit. Which band each channel gets: `bands`.
    """
    if (wanted := fit_parts(fit)) is None:
        raise ValueError(f"an image cannot be fitted by {fit!r}; there are: {', '.join(FITS)}, and crop@0 to crop@1")
    image = image.convert("RGB")
    first = PreparationStep(f"the image, {image.width} × {image.height}", _small(image))
    fitted, steps, box = _as_digit(image, spec) if spec.digit else _as_photo(image, spec, *wanted)
    tensor = _normalised(fitted, spec)
    return PreparedImage(tensor, (first, *steps, _last_step(tensor, spec)), box)


def fit_parts(fit: str) -> tuple[str, float] | None:
    """(one of FITS, how far along the longer side a crop lies), or None for anything else.

    >>> fit_parts("crop@0.25"), fit_parts("pad"), fit_parts("crop@2")
    (('crop', 0.25), ('pad', 0.5), None)
    """
    name, at, place = fit.partition("@")
    if name not in FITS or (at and (name != "crop" or not re.fullmatch(r"[01](\.\d{1,6})?", place))):
        return None
    share = float(place) if at else MIDDLE
    return (name, share) if share <= 1 else None


def fit_text(place: float) -> str:
    """How a crop at that place is written: two digits, "crop" for the centre.

    >>> fit_text(0.125), fit_text(0.5)
    ('crop@0.12', 'crop')
    """
    text = f"{min(1.0, max(0.0, place)):.2f}"
    return "crop" if float(text) == MIDDLE else f"crop@{text}"


def to_picture(tensor: torch.Tensor, spec: Spec) -> Array:
    """[H, W, 3] uint8: what a network sees, its normalisation undone. tensor: [1, C, H, W] or [C, H, W]."""
    values = tensor.detach().float().cpu().reshape(tensor.shape[-3:]) * _column(spec.std) + _column(spec.mean)
    return bands.picture((values * 255).round().clamp(0, 255).to(torch.uint8), bands.of(spec))


_Fitted = tuple[Image.Image, list[PreparationStep], tuple[float, float, float, float]]


def _as_photo(image: Image.Image, spec: Spec, fit: str, place: float) -> _Fitted:
    found = _crop(image, spec, place) if fit == "crop" else {"squash": _squash, "pad": _pad}[fit](image, spec)
    fitted, steps, box = found
    letters = bands.of(spec)
    if letters == "L":
        steps.append(PreparationStep("grey: 0.299 R + 0.587 G + 0.114 B", _small(fitted.convert("L"))))
    elif letters != "RGB":
        shown = bands.picture((bands.split(fitted, letters) * 255).to(torch.uint8), letters)
        steps.append(PreparationStep(f"channels: {bands.words(letters)}", _small(Image.fromarray(shown))))
    return fitted, steps, box


def _crop(image: Image.Image, spec: Spec, place: float) -> _Fitted:
    """As torchvision and timm do it, to the last bit; of long strips only the kept part is resampled, to one level.

    place: along the side that has more room, 0 to 1; a half is the centre.
    """
    rows, columns = spec.input_shape[1:]
    wide, high = evaluation.resized(image.size, spec)
    left, top = evaluation.corner((wide, high), spec, place)
    box = (left / wide, top / high, (left + columns) / wide, (top + rows) / high)
    if spec.crop_mode == "center":
        box = (box[0], box[1], min(1.0, box[2]), min(1.0, box[3]))
    size = (wide, high) if wide * high <= STRIP * rows * columns else within((wide, high), SMALL)
    whole = image.resize(size, _filter(spec))
    if whole.size == (wide, high):
        fitted = evaluation.cropped(whole, spec, place)
    else:  # an image of 2048 × 1 would first become 524,288 wide
        region = (
            max(0.0, box[0]) * image.width,
            max(0.0, box[1]) * image.height,
            min(1, box[2]) * image.width,
            min(1, box[3]) * image.height,
        )
        fitted = image.resize((columns, rows), _filter(spec), box=region)
    steps = [
        PreparationStep(f"resized to {wide} × {high}, {spec.interpolation}", _small(whole)),
        PreparationStep(f"{'the centre' if place == MIDDLE else 'cut out'}, {columns} × {rows}", _small(fitted)),
    ]
    return fitted, steps, box


def _squash(image: Image.Image, spec: Spec) -> _Fitted:
    _, rows, columns = spec.input_shape
    fitted = image.resize((columns, rows), _filter(spec))
    label = f"squashed to {columns} × {rows}, {spec.interpolation}"
    return fitted, [PreparationStep(label, _small(fitted))], (0.0, 0.0, 1.0, 1.0)


def _pad(image: Image.Image, spec: Spec) -> _Fitted:
    (width, height), (_, rows, columns) = image.size, spec.input_shape
    ratio = min(rows / height, columns / width)
    wide, high = max(1, round(width * ratio)), max(1, round(height * ratio))
    left, top = (columns - wide) // 2, (rows - high) // 2
    fitted = Image.new("RGB", (columns, rows), bands.mean_colour(spec))
    fitted.paste(image.resize((wide, high), _filter(spec)), (left, top))
    label = f"resized to {wide} × {high}, {spec.interpolation}, padded to {columns} × {rows} with the mean colour"
    box = (-left / wide, -top / high, (columns - left) / wide, (rows - top) / high)
    return fitted, [PreparationStep(label, _small(fitted))], box


def _as_digit(image: Image.Image, spec: Spec) -> _Fitted:
    """As MNIST's 28 × 28, with a black margin where the network wants more."""
    from cnnviz.images import handwriting  # here, because scipy costs every start a third of a second

    digit = handwriting.prepare(image)
    steps = [PreparationStep(label, _small(Image.fromarray(picture))) for label, picture in digit.steps]
    channels, rows, columns = spec.input_shape
    fitted = Image.fromarray(digit.pixels)
    left, top, right, bottom = digit.box
    if (rows, columns) != (28, 28):
        side = max(rows, columns, 28)
        wide, high = (right - left) * (side - 28) / 56, (bottom - top) * (side - 28) / 56
        left, top, right, bottom = left - wide, top - high, right + wide, bottom + high
        fitted = ImageOps.expand(fitted, ((side - 28) // 2, (side - 28) // 2, (side - 27) // 2, (side - 27) // 2))
        fitted = fitted.resize((columns, rows), Image.Resampling.BILINEAR)
        steps.append(PreparationStep(f"made {columns} × {rows} for this network", _small(fitted)))
    return fitted if channels == 1 else fitted.convert("RGB"), steps, (left, top, right, bottom)


def _normalised(fitted: Image.Image, spec: Spec) -> torch.Tensor:
    values = bands.split(fitted, bands.of(spec))
    return ((values - _column(spec.mean)) / _column(spec.std))[None].contiguous()


def _last_step(tensor: torch.Tensor, spec: Spec) -> PreparationStep:
    """The normalised values, from their lowest as black to their highest as white."""
    low, high = float(tensor.min()), float(tensor.max())
    levels = ((tensor[0] - low) * (255 / max(high - low, 1e-6))).round().to(torch.uint8)
    picture = bands.picture(levels, bands.of(spec))
    return PreparationStep(f"normalised, (x − mean) / std: {low:.2f} … {high:.2f}", _small(Image.fromarray(picture)))


def _filter(spec: Spec) -> Image.Resampling:
    return Image.Resampling[spec.interpolation.upper()]


def _column(values: tuple[float, ...]) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float32).reshape(-1, 1, 1)


def _small(image: Image.Image) -> Array:
    size = within(image.size, SMALL)
    shown = image if size == image.size else image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
    return np.asarray(shown.convert("RGB"))
