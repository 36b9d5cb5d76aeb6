"""A mosaic for a slide: everything that says what it is stands around the maps, which stay as they are."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from cnnviz.figures import maps
from cnnviz.topics.explore import slides


@pytest.mark.parametrize("shape", [(6, 28, 28), (120,), (512, 7, 7), (1, 3, 90)], ids=str)
def test_a_slide_has_title_maps_colours_and_caption_and_says_what_is_clipped(shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    clipped, plain = (
        slides.slide_png(
            values, maps.ColourLimits(-2.0, 2.0, share), title="conv1 · [6, 28, 28] → ±", caption="A net " * 60
        )
        for share in (0.25, 0.0)
    )
    alone = Image.open(io.BytesIO(maps.mosaic_png(values, palette="activations", limits=maps.ColourLimits(-2.0, 2.0),
                                                  labels=True, wide=1600)))  # fmt: skip
    slide = Image.open(io.BytesIO(plain))
    assert slide.width == max(alone.width, 1600) + 2 * slides.MARGIN
    assert slide.height > alone.height + 2 * slides.MARGIN + 3 * slides.SIZES["text"]
    pixels, inside = np.asarray(slide), np.asarray(alone)
    beside = pixels[:, slides.MARGIN : slides.MARGIN + alone.width]
    top = next(y for y in range(slide.height - alone.height) if (beside[y : y + alone.height] == inside).all())
    assert top > slides.SIZES["title"]
    assert plain != clipped
