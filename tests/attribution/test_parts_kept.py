"""A method of many passes that is ended anywhere on its way and asked again gives the map that it gives in one go."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz import attribution
from cnnviz.attribution import parts_kept, together
from cnnviz.records.attribution import Attribution, Target
from tests.attribution.test_laws import drawn, seeds

SLOW = tuple(name for name in attribution.names() if attribution.REGISTRY[name].slow)
SHORT = {"rise": {"masks": 30}, "smoothgrad": {"samples": 12}, "expected_gradients": {"samples": 12}}


@pytest.fixture(autouse=True)
def _few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "_MOST", 3)


def asked(seed: int, method: str, begun: attribution.MethodParts | None, **more: Any) -> attribution.AttributionRequest:
    model, x = drawn(seed)
    settings_ = {**SHORT.get(method, {}), "per_side": 4}
    made = attribution.AttributionRequest(model, x, Target(1), settings=settings_, begun=begun, **more)
    made.layer = "pool"
    return made


def ended(seed: int, method: str, begun: attribution.MethodParts, after: int) -> int:
    """Runs the method until it has told `after` times how far it is; how often it told."""
    told: list[float] = []

    def progress(share: float) -> bool:
        told.append(share)
        return len(told) == after

    with contextlib.suppress(attribution.Stopped):
        attribution.REGISTRY[method](asked(seed, method, begun, progress=progress))
    return len(told)


def alike(one: Attribution, other: Attribution) -> bool:
    return np.array_equal(one.map, other.map) and one.passes == other.passes and one.path == other.path


@pytest.mark.parametrize("method", SLOW)
@settings(max_examples=3, deadline=None)
@given(seeds, st.integers(1, 4), st.integers(1, 6))
def test_it_goes_on_where_it_was_ended(method: str, seed: int, first: int, second: int) -> None:
    whole = attribution.REGISTRY[method](asked(seed, method, None))
    begun = attribution.MethodParts()
    ended(seed, method, begun, first)
    kept = len(begun.found)
    assert kept >= 1
    ended(seed, method, begun, first + second)
    assert alike(whole, attribution.REGISTRY[method](asked(seed, method, begun)))


@pytest.mark.parametrize("method", SLOW)
def test_what_had_finished_is_not_computed_again(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, since = attribution.MethodParts(), 100.0
    attribution.REGISTRY[method](asked(5, method, begun))
    for name, part in begun.found.items():
        begun.found[name] = part._replace(seconds=since)
    monkeypatch.setattr(begun, "keep", lambda name, part: pytest.fail(f"{name} was computed again"))
    again = attribution.REGISTRY[method](asked(5, method, begun))
    assert again.seconds >= since * len(begun.found), "what it took before counts"


def test_other_batches_than_before_are_computed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, begun = attribution.REGISTRY["rise"](asked(7, "rise", None)), attribution.MethodParts()
    ended(7, "rise", begun, 4)
    monkeypatch.setattr(together, "_MOST", 4)  # memory has changed
    found = attribution.REGISTRY["rise"](asked(7, "rise", begun))
    assert np.allclose(found.map, whole.map, rtol=1e-9)


def test_parts_past_their_room_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = attribution.MethodParts()
    monkeypatch.setattr(parts_kept, "MOST", 100)
    begun.keep("a", parts_kept.FinishedPart(torch.zeros(20), 1, 0.0))
    begun.keep("b", parts_kept.FinishedPart((torch.zeros(10), torch.zeros(10)), 1, 0.0))
    begun.keep("c", parts_kept.FinishedPart(torch.zeros(5), 1, 0.0))
    assert list(begun.found) == ["a", "c"]
    assert begun.bytes == 100
