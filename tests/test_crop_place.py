"""A crop that is moved: it keeps what lies in its box, the centre is what it was, and the link holds it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnviz import images, models
from cnnviz.images import evaluation
from tests.support import ROOT
from tests.support.waiting import PATIENCE

SPEC = models.spec("resnet18")
sides = st.integers(60, 900)
places = st.floats(0, 1)


def picture(width: int, height: int, seed: int = 0) -> Image.Image:
    small = np.random.default_rng(seed).integers(0, 256, (9, 7, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BILINEAR)


@settings(max_examples=30, deadline=None)
@given(sides, sides, places)
def test_the_box_lies_in_the_picture_and_moves_along_the_longer_side_alone(wide: int, high: int, place: float) -> None:
    text = images.fit_text(place)
    left, top, right, bottom = images.prepare(picture(wide, high), SPEC, fit=text).box
    usual = images.prepare(picture(wide, high), SPEC).box
    assert min(left, top) >= -1e-9
    assert max(right, bottom) <= 1 + 1e-9
    assert (right - left, bottom - top) == pytest.approx((usual[2] - usual[0], usual[3] - usual[1]))
    parts = images.fit_parts(text)
    assert parts is not None
    assert parts[1] == pytest.approx(place, abs=0.0051)
    size = evaluation.resized((wide, high), SPEC)
    moved, kept = (1, 0) if size[1] > size[0] else (0, 1)
    assert (left, top)[kept] == usual[kept]
    room = 1 - (bottom - top, right - left)[1 - moved]
    assert (left, top)[moved] == pytest.approx(parts[1] * room, abs=1 / min(size))


@settings(max_examples=10, deadline=None)
@given(sides, sides)
def test_half_the_way_is_the_centre_to_the_last_bit(wide: int, high: int) -> None:
    image = picture(wide, high)
    assert torch.equal(
        images.prepare(image, SPEC).tensor, images.prepare(image, SPEC, fit="crop@0.5").tensor
    )  # fmt: skip
    assert images.fit_text(0.5) == "crop"


@pytest.mark.parametrize("place", [0.0, 0.2, 1.0])
def test_what_lies_outside_the_frame_is_not_seen(place: float) -> None:
    image, fit = picture(500, 900), images.fit_text(place)
    seen = images.prepare(image, SPEC, fit=fit)
    _, top, _, bottom = seen.box
    other = np.asarray(image).copy()
    far = 12  # pixels that the resampling reaches beyond the frame
    other[: max(0, int(top * 900) - far)] = 0
    other[int(bottom * 900) + far :] = 255
    again = images.prepare(Image.fromarray(other), SPEC, fit=fit)
    assert torch.allclose(seen.tensor, again.tensor, atol=1e-6)


def test_a_strip_that_is_never_resized_as_a_whole_is_cropped_at_the_same_place() -> None:
    spec = dataclasses.replace(SPEC, input_shape=(3, 32, 32), crop=1.0)
    ramp = np.repeat(np.linspace(0, 255, 2000).astype(np.uint8)[None, :, None], 20, axis=0).repeat(3, axis=2)
    fits = map(images.fit_text, (0.0, 0.25, 0.5, 0.75, 1.0))
    seen = [images.prepare(Image.fromarray(ramp), spec, fit=fit).tensor for fit in fits]
    means = [float(images.to_picture(tensor, spec).mean()) for tensor in seen]
    assert means == pytest.approx([1, 64, 127, 191, 254], abs=3)


@pytest.mark.parametrize("fit", ["crop@1.5", "crop@", "pad@0.5", "crop@-1", "crop@nan", "crop@1e3", "centre", "crop@½"])
def test_another_fit_is_refused(fit: str) -> None:
    assert images.fit_parts(fit) is None
    with pytest.raises(ValueError, match="cannot be fitted"):
        images.prepare(picture(80, 90), SPEC, fit=fit)


def test_the_link_holds_the_place_of_a_samples_crop() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.query_params.update({"network": "efficientnet_lite0", "picture": "coffee", "fit": "crop@0.20"})
    app.session_state["explore.begun"] = app.session_state["explore.input"] = True
    app.run()
    assert not app.exception
    assert app.query_params["fit"] == "crop@0.20"
    assert app.selectbox(key="picture.fit").value == "crop"
    app.selectbox(key="picture.fit").set_value("squash").run()
    assert app.query_params["fit"] == "squash"
