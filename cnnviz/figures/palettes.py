"""Colours that carry meaning: four families of 256 colours, each in a light and a dark variant.

Built from a few control points in OKLab, where equal steps look equal (Björn Ottosson, 2020,
https://bottosson.github.io/posts/oklab/), then moved into sRGB by lowering the chroma, never the lightness.

| family      | for                                | entry 128 / entry 1 is                      |
| ----------- | ---------------------------------- | ------------------------------------------- |
| activations | signed values: blue − 0 + orange   | zero: a grey that the page's background is not |
| weights     | signed weights: green − 0 + purple | the same grey                               |
| magnitude   | values that start at zero          | zero: a tint that the background is not     |
| grey        | images                           | black                                       |

In a diverging family entry 128 + k and entry 128 − k have the same lightness, so no sign looks stronger. Entry 0 is
kept for "nothing here": figures quantise to 1 … 255 (`maps.quantise`).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

Array = np.ndarray

THEMES = ("light", "dark")
DIVERGING = ("activations", "weights")
NAMES = ("activations", "weights", "magnitude", "grey")
ZERO = 128  # the entry of zero in a diverging family
BACKGROUNDS = {"light": (255, 255, 255), "dark": (14, 17, 23)}

# OKLab lightness of zero and of the strongest value.
_LIGHTNESS = {"light": (0.865, 0.42), "dark": (0.345, 0.85)}
_CHROMA = {"light": 0.19, "dark": 0.17}
# OKLCh hues, in degrees, of the negative and the positive side. Blue/orange and green/purple stay apart for
# protanopes, deuteranopes and tritanopes, because they differ along both of OKLab's colour axes.
_HUES = {"activations": (252.0, 52.0), "weights": (158.0, 312.0)}
# (position, lightness, chroma, hue) of the sequential family.
_MAGNITUDE = {
    "light": ((0.0, 0.90, 0.035, 120.0), (0.35, 0.72, 0.11, 175.0), (0.7, 0.48, 0.13, 245.0), (1.0, 0.28, 0.14, 290.0)),
    "dark": ((0.0, 0.31, 0.06, 290.0), (0.35, 0.52, 0.14, 255.0), (0.7, 0.74, 0.13, 180.0), (1.0, 0.94, 0.14, 105.0)),
}


def names() -> tuple[str, ...]:
    """The families of colours."""
    return NAMES


@lru_cache(maxsize=16)
def lut(name: str, theme: str = "light") -> Array:
    """The 256 colours of a family. [256, 3] uint8, read-only.

    Raises: KeyError for a family or a theme that does not exist.
    """
    if name not in NAMES:
        raise KeyError(f"there is no palette named {name!r}; there are: {', '.join(NAMES)}")
    if theme not in THEMES:
        raise KeyError(f"there is no theme named {theme!r}; there are: light, dark")
    if name in DIVERGING:
        colours = _diverging(*_HUES[name], theme)
    elif name == "magnitude":
        colours = _sequential(_MAGNITUDE[theme])
    else:
        colours = np.repeat(np.linspace(0, 255, 256)[:, None], 3, axis=1)
    table = np.clip(np.rint(colours), 0, 255).astype(np.uint8)
    table.flags.writeable = False
    return table


def css(name: str, theme: str, *, stops: int = 9) -> str:
    """A colour bar as a CSS gradient, from the lowest to the highest value."""
    table = lut(name, theme)
    entries = np.rint(np.linspace(1, 255, stops)).astype(int)
    return "linear-gradient(to right, " + ", ".join("#{:02x}{:02x}{:02x}".format(*table[i]) for i in entries) + ")"


def contrast(one: Array, other: Array) -> float:
    """WCAG 2 contrast ratio of two sRGB colours, 1 (the same) to 21 (black on white)."""
    first, second = (float(_linear(np.asarray(c)) @ np.array([0.2126, 0.7152, 0.0722])) for c in (one, other))
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)


# ------------------------------------------------------------------------------------------------ how they are made
def _diverging(negative: float, positive: float, theme: str) -> Array:
    zero, end = _LIGHTNESS[theme]
    strength = np.arange(128) / 127.0
    light = zero + (end - zero) * strength
    chroma = _CHROMA[theme] * np.sin(strength * np.pi * 0.62)
    sides = [_to_rgb(light, chroma, np.full(128, np.radians(hue))) for hue in (negative, positive)]
    return np.concatenate([sides[0][-1:], sides[0][:0:-1], sides[1]])  # entry 0, then -127 … -1, then 0 … 127


def _sequential(points: tuple[tuple[float, float, float, float], ...]) -> Array:
    """Control points, walked at equal steps of OKLab distance: equal differences of value look equal."""
    at, light, chroma, hue = np.array(points).T
    fine = np.linspace(0, 1, 2048)
    path = _to_rgb(*(_average(np.interp(fine, at, values)) for values in (light, chroma, np.radians(hue))))
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(to_oklab(path), axis=0), axis=1))])
    wanted = np.clip((np.arange(256) - 1) / 254.0, 0, 1) * length[-1]
    return np.stack([np.interp(wanted, length, path[:, i]) for i in range(3)], axis=1)


def _average(values: Array) -> Array:
    """A running mean over a tenth to either side that keeps both ends: no kink shows as an edge in an image."""
    width = len(values) // 10
    padded = np.pad(values, width, mode="reflect", reflect_type="odd")
    return np.convolve(padded, np.ones(2 * width + 1) / (2 * width + 1), mode="valid")


def _to_rgb(light: Array, chroma: Array, hue: Array) -> Array:
    """OKLCh -> sRGB in [0, 255], float; where a colour does not exist its chroma is lowered, smoothly."""
    chroma = _fit(light, np.maximum(_average(_fit(light, chroma, hue)), 0.0), hue)
    return 255.0 * _encode(np.clip(_from_oklab(light, chroma, hue), 0, 1))


def _fit(light: Array, chroma: Array, hue: Array) -> Array:
    """The largest chroma up to the wanted one that sRGB has, by bisection."""
    low, high = np.zeros_like(chroma), chroma.copy()
    for _ in range(24):
        middle = (low + high) / 2
        inside = _exists(_from_oklab(light, middle, hue))
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return np.where(_exists(_from_oklab(light, chroma, hue)), chroma, low)


def _exists(linear: Array) -> Array:
    return np.asarray(((linear >= -1e-4) & (linear <= 1 + 1e-4)).all(axis=-1))


def _from_oklab(light: Array, chroma: Array, hue: Array) -> Array:
    """Linear sRGB, not clipped. Ottosson's matrices."""
    a, b = chroma * np.cos(hue), chroma * np.sin(hue)
    root_l = light + 0.3963377774 * a + 0.2158037573 * b
    root_m = light - 0.1055613458 * a - 0.0638541728 * b
    root_s = light - 0.0894841775 * a - 1.2914855480 * b
    l, m, s = root_l**3, root_m**3, root_s**3
    return np.stack(
        [
            4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
        ],
        axis=-1,
    )


def to_oklab(rgb: Array) -> Array:
    """sRGB [..., 3], 0 to 255 -> OKLab [..., 3]."""
    linear = _linear(np.asarray(rgb))
    lms = linear @ np.array(
        [
            [0.4122214708, 0.2119034982, 0.0883024619],
            [0.5363325363, 0.6806995451, 0.2817188376],
            [0.0514459929, 0.1073969566, 0.6299787005],
        ]
    )
    return np.cbrt(lms) @ np.array(
        [
            [0.2104542553, 1.9779984951, 0.0259040371],
            [0.7936177850, -2.4285922050, 0.7827717662],
            [-0.0040720468, 0.4505937099, -0.8086757660],
        ]
    )


def _linear(rgb: Array) -> Array:
    c = rgb.astype(np.float64) / 255.0
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def _encode(linear: Array) -> Array:
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-12) ** (1 / 2.4) - 0.055)
