"""The trial's measures by their definition, its controls by hand, and a verdict that follows the intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz import networks
from cnnviz.topics.attribution import measures, trial, trial_captions
from cnnviz.topics.attribution.trial_records import MEASURES, Contestant, Trial
from tests.support.app import app_at, opened, written


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.05, 0.95))
def test_known_maps_have_known_measures(seed: int, share: float) -> None:
    dice = np.random.default_rng(seed)
    mask = dice.random((6, 7)) < share
    mask[2, 3], mask[0, 0] = True, False
    even = np.ones(mask.shape)
    assert measures.energy(even, mask) == pytest.approx(mask.mean())
    assert measures.pointing(even, mask) == pytest.approx(mask.mean())
    right = mask.astype(float)
    for measure in (measures.energy(right, mask), measures.pointing(right, mask), measures.overlap(right, mask, seed)):
        assert measure == 1
    assert measures.energy(-right, mask) == measures.pointing(1 - right, mask) == 0
    ranked = measures.order(values := dice.normal(size=mask.shape), seed)
    assert (np.diff(values.ravel()[ranked]) <= 0).all()
    assert sorted(ranked) == list(range(mask.size))
    assert measures.area(np.linspace(1, 0, 11)) == pytest.approx(0.5)


def drawn(name: str, mean: float, spread: float, *, control: bool = False) -> Contestant:
    values = mean + spread * np.tile([-1.0, 1.0], 10)
    return Contestant(name, name, control, dict.fromkeys(MEASURES, values))


def judged(*contestants: Contestant, measure: str = "energy") -> str:
    return trial_captions.verdict(Trial(contestants, np.eye(len(contestants)), 20, 0.2, {}), measure)


def test_no_winner_is_named_where_intervals_overlap() -> None:
    control = drawn("blind", 0.2, 0.01, control=True)
    assert "no winner" in judged(drawn("one", 0.8, 0.1), drawn("two", 0.79, 0.1), control)
    assert "one leads" in judged(drawn("one", 0.8, 0.01), drawn("two", 0.6, 0.01), control)
    assert "two leads" in judged(drawn("one", 0.15, 0.001), drawn("two", 0.1, 0.001), control, measure="deletion")
    said = judged(drawn("one", 0.2, 0.1), drawn("two", 0.1, 0.1), control)
    assert "none of 2 methods" in said
    alone = judged(drawn("one", 0.8, 0.01), drawn("two", 0.2, 0.01), control)
    assert "one alone, of 2 methods, clearly beats" in alone
    assert "leads" not in said


def test_a_short_trial_meets_what_is_known_by_hand() -> None:
    found = trial.run(networks.open_network("run:shapes-net-d2b13a74"), 3)
    by_name = {one.name: one for one in found.contestants}
    assert by_name["constant"].mean("energy") == pytest.approx(found.share)
    assert by_name["gradient"].mean("energy") > by_name["random"].mean("energy")
    assert set(by_name) == {*trial.names(), *trial.CONTROLS} - set(found.absent)
    assert np.allclose(np.diag(found.agreement)[:3], 1)
    assert np.allclose(found.agreement, found.agreement.T)


def test_the_part_shows_a_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    short = trial.run
    monkeypatch.setattr(trial, "run", lambda network, count, progress: short(network, 2, progress=progress))
    app = opened(app_at("pages/why/attribution/page.py"), network="run:mnist-lenet5-df3d2154")
    said = written(app.segmented_control(key="attribution.part").set_value("trial").run())
    assert "On 2 images" in said
    assert "Checked by hand" in said
