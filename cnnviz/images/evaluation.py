"""How large an image is resized before a network evaluates it, and what of it is kept: torchvision's way and timm's.

torchvision.transforms.Resize and CenterCrop; timm.data.transforms_imagenet_eval with its three crop modes.
"""

from __future__ import annotations

from PIL import Image

from cnnviz.records import Spec


def resized(size: tuple[int, int], spec: Spec) -> tuple[int, int]:
    """(width, height) that an image of this (width, height) is resized to."""
    (width, height), (rows, columns) = size, _scale(spec)
    if spec.crop_mode == "squash":
        return columns, rows
    if spec.crop_mode == "border":
        ratio = max(height / rows, width / columns)
        return max(1, round(width / ratio)), max(1, round(height / ratio))
    if spec.floors and rows != columns:
        ratio = min(height / rows, width / columns)
        return round(width / ratio), round(height / ratio)
    if rows * width >= columns * height:  # the height decides
        return max(columns, int(rows * width / height)), rows
    return columns, max(rows, int(columns * height / width))


def _scale(spec: Spec) -> tuple[int, int]:
    """(rows, columns) of which the network's input is the fraction `spec.crop`."""
    rows, columns = (side / spec.crop for side in spec.input_shape[1:])
    return (int(rows), int(columns)) if spec.floors else (round(rows), round(columns))


def corner(size: tuple[int, int], spec: Spec, place: float = 0.5) -> tuple[int, int]:
    """(left, top) of what is kept of a resized image of this (width, height); negative where it is smaller.

    place: where along the side that has more room, 0 (its start) to 1; the other side keeps its middle.
    """
    spare = [have - want for have, want in zip(size, reversed(spec.input_shape[1:]), strict=True)]
    moved = int(spare[1] > spare[0])
    shares = [place if axis == moved and spare[axis] > 0 else 0.5 for axis in (0, 1)]
    left, top = (round(room * share) for room, share in zip(spare, shares, strict=True))
    return left, top


def cropped(image: Image.Image, spec: Spec, place: float = 0.5) -> Image.Image:
    """The middle of a resized image, of the network's size, or what lies at that place along its longer side.

    Where it is smaller, the rest is filled: with the mean colour in "border", else with black, as CenterCrop does.
    """
    rows, columns = spec.input_shape[1:]
    if image.width < columns or image.height < rows:
        mean = tuple(round(255 * value) for value in spec.mean) * (3 // len(spec.mean))
        colour = mean if spec.crop_mode == "border" else (0, 0, 0)
        wide, high = max(columns, image.width), max(rows, image.height)
        ground = Image.new("RGB", (wide, high), colour)
        ground.paste(image, ((wide - image.width) // 2, (high - image.height) // 2))
        image = ground
    left, top = corner(image.size, spec, place)
    return image.crop((left, top, left + columns, top + rows))
