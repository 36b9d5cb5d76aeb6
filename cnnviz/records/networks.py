"""What a network expects, and where its weights come from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Spec:
    """What a network expects and what is published about it.

    input_shape: (C, H, W). mean, std: per channel, on images scaled to [0, 1].
    crop: fraction of the resized image that the centre crop keeps (0.875: resize 256, crop 224).
    crop_mode: "center" (shorter side resized, centre kept), "squash" (both sides resized) or "border" (longer side
    resized, the rest filled with the mean colour). floors: the resized size is rounded down, as timm does.
    interpolation: "nearest", "bilinear", "bicubic" or "lanczos".
    classes: names, or "class 0", … where nobody named them.
    digit: the image is prepared as MNIST's were (grey, white on black, centred by mass).
    output: what the outputs are of, one of `records.outputs.OUTPUTS`; "" where nobody said, so that it is guessed.
    bands: which band of the image each channel gets, a letter a channel: R, G, B, L (grey), 0, 1; "" for RGB or L.
    parameters, macs: the published counts that a test holds the built network to; None where none is published.
    weights: "" (none known), "package" (in an installed package), "download" (cached or from the publisher's host).
    """

    name: str
    title: str
    input_shape: tuple[int, int, int]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    classes: tuple[str, ...]
    year: int | None = None
    paper: str = ""
    link: str = ""
    idea: str = ""
    family: str = "cnnviz"
    crop: float = 1.0
    interpolation: str = "bilinear"
    crop_mode: str = "center"
    floors: bool = False
    digit: bool = False
    parameters: int | None = None
    macs: int | None = None
    weights: str = ""
    notes: tuple[str, ...] = ()
    output: str = ""
    bands: str = ""


@dataclass(frozen=True)
class Provenance:
    """Where a network's weights come from: shown beside every result.

    kind: "trained" (by this project or its user: a run), "pretrained" (published weights), "random".
    """

    kind: str
    label: str  # "ImageNet weights (timm tf_efficientnet_lite0)", "random weights, seed 0: not trained"
    detail: str = ""
