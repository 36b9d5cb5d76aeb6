"""Images that are always there: photos that came with installed packages, handwritten digits, drawn patterns."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from cnnviz import lazy_imports
from cnnviz.datasets import digits, folders
from cnnviz.images import decoding
from cnnviz.records import Spec
from cnnviz.registry import Registry
from cnnviz.samples import patterns

FIRST = "chelsea"  # what a network on photos is shown when nobody chose
DRAWN = "drawn-three"  # what lies on the sheet that one draws on, before anyone has drawn


@dataclass(frozen=True)
class Sample:
    """group: "photo", "digit" or "pattern". credit: whose it is."""

    name: str
    title: str
    group: str
    credit: str = ""


@dataclass(frozen=True)
class _Member:
    sample: Sample
    draw: Callable[[], Image.Image]


members: Registry[_Member] = Registry("sample")


def names() -> tuple[Sample, ...]:
    """All samples: photos first, then digits, then patterns."""
    return tuple(members[name].sample for name in members)


def title(name: str) -> str:
    """A sample's title, as pickers show it."""
    return members[name].sample.title


@functools.lru_cache(maxsize=64)
def read(name: str) -> Image.Image:
    """The sample as RGB; shared, so copy it before drawing on it. Unknown name: KeyError that lists the close ones."""
    return members[name].draw()


def fitting(spec: Spec) -> str:
    """The sample that suits a network best while nobody has chosen: a digit, a figure, or the cat."""
    if spec.digit:
        return "digit-on-paper"
    return "star" if "star" in spec.classes else FIRST


def square(name: str, size: int) -> Image.Image:
    """The sample's middle, size × size."""
    return folders.square(read(name), size)


@functools.lru_cache(maxsize=256)
def thumbnail(name: str, size: int) -> bytes:
    """The sample's middle, size × size, as PNG."""
    file = io.BytesIO()
    square(name, size).save(file, "PNG", optimize=True)
    return file.getvalue()


# --------------------------------------------------------------------------------------------- the members
SKIMAGE = {
    "chelsea": ("chelsea.png", "cat", "Stéfan van der Walt, CC0"),
    "coffee": ("coffee.png", "coffee", "Rachel Michetti, CC0"),
    "motorcycle": ("motorcycle_left.png", "motorcycle", "Middlebury Stereo 2014, Scharstein and others"),
    "camera": ("camera.png", "photographer", "Lav Varshney, CC0"),
    "rocket": ("rocket.jpg", "rocket", "SpaceX, public domain"),
    "astronaut": ("astronaut.png", "astronaut", "NASA, public domain"),
    "hubble": ("hubble_deep_field.jpg", "galaxies", "NASA, public domain"),
    "coins": ("coins.png", "coins", "Brooklyn Museum, no known restrictions"),
}
SKLEARN = {
    "flower": ("flower.jpg", "flower", "vultilion, CC BY 2.0"),
    "china": ("china.jpg", "temple", "danielbuechele, CC BY 2.0"),
}
# For each digit the one of scikit-learn's first 600 that is nearest to MNIST's own (mean distance to its 5 neighbours).
DIGIT_PLACES = (441, 355, 570, 279, 260, 358, 195, 543, 404, 361)


def _photo(package: str, *parts: str) -> Image.Image:
    return decoding.read(lazy_imports.path(package, *parts))


def _digit(digit: int) -> Image.Image:
    """[280, 280], white on black: 8 × 8 pixels enlarged smoothly, with MNIST's margin."""
    small = Image.fromarray(digits.originals()[0][DIGIT_PLACES[digit]] / 16 * 255)
    large = np.asarray(small.resize((200, 200), Image.Resampling.BICUBIC)).clip(0, 255)
    return Image.fromarray(np.pad(np.rint(large).astype(np.uint8), 40)).convert("RGB")


def _add(sample: Sample, draw: Callable[[], Image.Image]) -> None:
    members.add(sample.name, _Member(sample, draw))


for _name, (_file, _title, _credit) in SKIMAGE.items():
    _add(Sample(_name, _title, "photo", _credit), functools.partial(_photo, "skimage", "data", _file))
for _name, (_file, _title, _credit) in SKLEARN.items():
    _add(Sample(_name, _title, "photo", _credit), functools.partial(_photo, "sklearn", "datasets", "images", _file))
for _digit_value in range(10):
    _add(
        Sample(f"digit-{_digit_value}", f"a {_digit_value}", "digit", "Alpaydin and Kaynak, UCI"),
        functools.partial(_digit, _digit_value),
    )
_add(
    Sample("digit-on-paper", "a digit on paper", "digit", "drawn here"),
    lambda: Image.fromarray(patterns.digit_on_paper()),
)
_add(Sample(DRAWN, "a drawn digit", "digit", "drawn here"), lambda: Image.fromarray(patterns.drawn_three()))
for _name, (_title, _draw) in patterns.PATTERNS.items():
    _add(
        Sample(_name, _title, "pattern", "drawn here"),
        functools.partial(lambda draw: Image.fromarray(draw()), _draw),
    )
