"""Whether an image is a photograph, as a digit's scan or a drawing on paper is not."""

from __future__ import annotations

import numpy as np
from PIL import Image

LOOKED_AT = 64  # pixels a side that are enough to tell
CHROMA, SHARE = 24, 0.1  # grey levels between a pixel's largest and smallest channel, on so much of the image
FRAME, NEAR, EVEN = 4, 24, 0.55  # pixels of border; grey levels from its median; the share that is so near
STEP, FLAT = 16, 0.75  # grey levels within 3 × 3 pixels; the share of the image where they differ by no more


def is_photograph(image: Image.Image) -> bool:
    """Whether it has a photograph's colours, or fills its frame in grey as a photograph does.

    Of MNIST's first 1,500 test digits and scikit-learn's 360 none is taken for one; a digit photographed on paper is
    smooth, so that uneven light at its border makes no photograph of it.
    """
    return is_colourful(image) or _fills_its_frame(image)


def is_colourful(image: Image.Image) -> bool:
    """Whether a tenth of it is clearly coloured. Grey scans, drawings and slightly yellow paper are not."""
    pixels = np.asarray(image.convert("RGB").resize((LOOKED_AT, LOOKED_AT), Image.Resampling.BOX)).astype(np.int16)
    chroma = pixels.max(axis=2) - pixels.min(axis=2)
    return bool((chroma > CHROMA).mean() > SHARE)


def _fills_its_frame(image: Image.Image) -> bool:
    """Whether the border has no level of its own, and the image is not smooth."""
    grey = np.asarray(image.convert("L").resize((LOOKED_AT, LOOKED_AT), Image.Resampling.BOX)).astype(np.int16)
    inner = np.zeros(grey.shape, dtype=bool)
    inner[FRAME:-FRAME, FRAME:-FRAME] = True
    border = grey[~inner]
    even = (np.abs(border - np.median(border)) <= NEAR).mean()
    windows = np.lib.stride_tricks.sliding_window_view(grey, (3, 3))
    flat = (windows.max(axis=(2, 3)) - windows.min(axis=(2, 3)) <= STEP).mean()
    return bool(even < EVEN and flat < FLAT)
