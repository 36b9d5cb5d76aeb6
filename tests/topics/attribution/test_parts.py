"""Parts of a layer's maps: laws of the rounds over drawn numbers, scikit-learn beside them, and the page."""

from __future__ import annotations

import contextlib
import io
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import NMF
from sklearn.exceptions import ConvergenceWarning
from torch import nn

from cnnviz import capture
from cnnviz.topics.attribution import parts, parts_captions, parts_figures, snippets
from tests.support.app import app_at, opened, written

SEEDS = st.integers(0, 10_000)
RUN = "run:shapes-net-d2b13a74"


def drawn(seed: int) -> tuple[np.ndarray, int]:
    """(maps [C, H, W], none negative, many of them zero, as behind a ReLU; how many parts)."""
    dice = np.random.default_rng(seed)
    shape = tuple(dice.integers(2, (9, 7, 7)))
    values = np.maximum(dice.normal(dice.uniform(-1, 1), 1, shape), 0) * 10.0 ** dice.integers(-4, 5)
    values[dice.integers(shape[0])] = 0  # a channel that is silent
    values.flat[dice.integers(values.size)] = values.max() + 1
    return values, int(dice.integers(1, 6))


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_no_round_makes_the_error_larger_and_nothing_is_negative(seed: int) -> None:
    values, count = drawn(seed)
    flat = values.reshape(len(values), -1)
    dice = np.random.default_rng(seed)
    w, h = dice.random((len(flat), count)) * values.max(), dice.random((count, flat.shape[1]))
    before = ((flat - w @ h) ** 2).sum()
    for _ in range(20):
        w, h = parts.round_of(flat, w, h)
        after = ((flat - w @ h) ** 2).sum()
        assert after <= before + 1e-12 * (flat**2).sum()
        assert min(w.min(), h.min()) >= 0
        before = after


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_the_share_is_that_of_the_parts_added_up_and_hangs_on_no_unit(seed: int) -> None:
    values, count = drawn(seed)
    found = parts.of(values, count)
    added = np.einsum("ck,khw->chw", found.channels, found.maps)
    share = 1 - ((values - added) ** 2).sum() / (values**2).sum()
    assert found.explained == pytest.approx(share, abs=1e-9)
    assert 0 < found.explained <= 1
    assert found.maps.min() >= 0
    assert all(one.holds for one in parts.proofs(values, found, parts_captions.CLAIMS))
    sizes = (found.maps**2).sum((1, 2))
    assert (np.diff(sizes) <= 1e-12 * sizes.max()).all()
    lengths = np.linalg.norm(found.channels, axis=0)
    assert np.allclose(lengths[sizes > 0], 1)
    assert parts.of(8 * values, count).explained == pytest.approx(found.explained, abs=1e-6)
    for part in range(count):
        assert found.maps[part][found.strongest(part)] == found.maps[part].max()


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_rounds_are_those_of_scikit_learn(seed: int) -> None:
    values, count = drawn(seed)
    flat = values.reshape(len(values), -1) / values.max()
    dice = np.random.default_rng(seed)
    w, h = dice.random((len(flat), count)) + 0.1, dice.random((count, flat.shape[1])) + 0.1
    oracle = NMF(count, init="custom", solver="mu", max_iter=5, tol=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        other = oracle.fit_transform(flat, W=w.copy(), H=h.copy())
    for _ in range(5):
        w, h = parts.round_of(flat, w, h)
    assert np.allclose(w @ h, other @ oracle.components_, atol=1e-6)


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_pieces_that_share_nothing_are_found(seed: int) -> None:
    """Channels and cells that belong to one piece each: so many parts explain all, each on one piece alone."""
    dice = np.random.default_rng(seed)
    count = int(dice.integers(2, 4))
    channels, cells = (np.repeat(np.arange(count), 4) for _ in range(2))
    values = np.where(channels[:, None] == cells[None], 1.0, 0.0) * dice.uniform(1, 2, (len(channels), 1))
    found = max(
        (parts.of(values.reshape(len(channels), count, 4), count, seed=start) for start in range(4)),
        key=lambda one: one.explained,
    )
    assert found.explained > 0.99
    assert sorted(found.strongest(part)[0] for part in range(count)) == list(range(count))


def test_what_has_no_parts_is_said() -> None:
    with pytest.raises(ValueError, match="without negative"):
        parts.of(np.full((2, 3, 3), -1.0), 2)
    with pytest.raises(ValueError, match="silent"):
        parts.of(np.zeros((2, 3, 3)), 2)


class _OfEveryKind(nn.Module):
    """Maps of usable numbers, and of every kind of which there are no parts."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        usable = x.abs() + 1
        made = [
            usable * 2,
            usable * 0,
            usable - 9,
            usable / 0,
            usable * torch.nan,
            torch.fft.fft2(usable),
            usable.half(),
        ]
        return torch.stack([one.abs().sum() for one in made]).unsqueeze(0)


def test_the_layers_that_are_offered_are_those_that_have_parts() -> None:
    recording = capture.activations(_OfEveryKind().eval(), torch.randn(1, 3, 4, 4, generator=torch.manual_seed(0)))
    maps = [layer for layer in recording if len(layer.shape) == 3 and layer.kind != "input"]
    offered = parts.layers(recording)
    assert len(maps) >= 7
    assert 2 <= len(offered) < len(maps)
    for layer in maps:
        if layer.key in offered:
            assert parts.of(layer.values, 2).explained > 0
        else:
            with pytest.raises(ValueError, match=r"parts are added up|silent"):
                parts.of(layer.values, 2)


def test_the_colour_lies_where_the_part_is() -> None:
    maps = np.zeros((2, 4, 4))
    maps[0, 0, 0], maps[1, 3, 3] = 2.0, 1.0
    found = parts.Parts(np.eye(2), maps, 1.0, np.array([0.0]))
    drawn = parts_figures.together(np.zeros((32, 32, 3), np.uint8), found).astype(int)
    side = parts_figures.SIDE
    first, second = (np.array(parts_figures.COLOURS[name]) for name in parts_figures.NAMES[:2])
    assert np.allclose(drawn[8, 8], parts_figures.OPAQUE * first, atol=1)
    assert np.allclose(drawn[-8, -8], parts_figures.OPAQUE * second / 2, atol=1)
    assert not drawn[side // 2, side // 2].any()


def test_the_part_of_the_page_measures_and_its_snippet_runs() -> None:
    app = opened(app_at("pages/why/attribution/page.py"), network=RUN, attribution__part=parts_captions.PART)
    said = written(app)
    assert "4 parts explain" in said
    assert ":material/check_circle:" in said
    assert "7 parts explain" in written(app.slider(key="attribution.parts").set_value(7).run())
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        exec(snippets.parts(RUN, "sample:chelsea", "crop", "relu2", 3), {})
    assert "3 parts explain 0." in text.getvalue()
