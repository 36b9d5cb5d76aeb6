"""Whether an image has colours, as a photograph has and a digit's scan has not."""

from __future__ import annotations

import numpy as np
from PIL import Image

LOOKED_AT = 64  # pixels a side that are enough to tell
CHROMA, SHARE = 24, 0.1  # grey levels between a pixel's largest and smallest channel, on so much of the image


def is_colourful(image: Image.Image) -> bool:
    """Whether a tenth of it is clearly coloured. Grey scans, drawings and slightly yellow paper are not."""
    pixels = np.asarray(image.convert("RGB").resize((LOOKED_AT, LOOKED_AT), Image.Resampling.BOX)).astype(np.int16)
    chroma = pixels.max(axis=2) - pixels.min(axis=2)
    return bool((chroma > CHROMA).mean() > SHARE)
