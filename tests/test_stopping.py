"""What takes its time on a page has a Stop of its own: it ends until it is asked for, and what has finished is kept."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests
from streamlit.testing.v1 import AppTest

from cnnviz import galleries, networks
from cnnviz.begun import Begun
from cnnviz.figures import captions
from cnnviz.topics.attribution import contestants, trial
from cnnviz.topics.image_map import features, planes
from cnnviz.topics.looks_for import responses
from pages.shared import stopping
from pages.why.attribution import shortcut as shortcut_page
from pages.why.attribution import trial as trial_page
from tests.support.app import app_at, opened, written

SHAPES, DIGITS = "run:shapes-net-d2b13a74", "run:mnist-lenet5-df3d2154"
ATTRIBUTION, LOOKS_FOR, MAP = (f"pages/why/{name}/page.py" for name in ("attribution", "looks_for", "image_map"))
MANY = {"network": DIGITS, "images": "digits", "count": "100"}


@pytest.fixture(autouse=True)
def works_are_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two methods on few images, and batches of a few; nothing that another test has finished is there."""
    monkeypatch.setattr(contestants, "names", lambda: ("gradient", "grad_cam"))
    monkeypatch.setattr(trial_page, "COUNTS", {True: (4, 5)})
    monkeypatch.setattr(shortcut_page, "COUNTS", (9, 10))
    monkeypatch.setattr(responses, "PIXELS", 20 * 28 * 28)
    monkeypatch.setattr(features, "PIXELS", 20 * 28 * 28)
    st.cache_resource.clear()


def clicked_at(patch: pytest.MonkeyPatch, key: str, share: float) -> None:
    """From then on a run of the page ends where that much of that work is done, as at a click."""
    whole = stopping.done

    def done(kept: Any, work: Any, **more: Any) -> Any:
        def ended(begun: Any, tell: Any) -> Any:
            def told(now: float) -> None:
                tell(now)
                if more["key"] == key and now >= share:
                    st.stop()

            return work(begun, told)

        return whole(kept, ended, **more)

    patch.setattr(stopping, "done", done)


def counted(patch: pytest.MonkeyPatch, room: Any, name: str) -> list[int]:
    """A list that has one entry more after each call of that function."""
    whole, calls = getattr(room, name), list[int]()

    def call(*given: Any, **more: Any) -> Any:
        calls.append(1)
        return whole(*given, **more)

    patch.setattr(room, name, call)
    return calls


def trial_opened() -> AppTest:
    return opened(app_at(ATTRIBUTION), attribution__part="trial")


def shortcut_opened() -> AppTest:
    return opened(app_at(ATTRIBUTION), attribution__part="shortcut")


def real_opened() -> AppTest:
    return opened(app_at(LOOKS_FOR), network=DIGITS, looks_for__images="digits", looks_for__count="100")


def map_opened() -> AppTest:
    return opened(app_at(MAP), network=DIGITS, image_map__images="digits", image_map__count="100")


def tsne_opened() -> AppTest:
    return opened(
        app_at(MAP), network=DIGITS, image_map__images="digits", image_map__count="100", image_map__plane="tsne"
    )


Opened = Callable[[], AppTest]
WORKS = [  # the page, the work's key, a share of it, what is said after Stop, what does one part and how many are left
    (trial_opened, "attribution.trial", 0.75, "Stopped after 3 of 4 images", (contestants, "maps_of"), 1),
    (trial_opened, "attribution.pace", 0.0, "before it is known how long", (trial, "pace"), 1),
    (shortcut_opened, "attribution.shortcut", 0.75, "Stopped after 7 of 9 images", (contestants, "maps_of"), 4),
    (real_opened, "looks_for.pass", 0.5, "of 100 images, which are kept", (responses, "_ends"), 2),
    (map_opened, "image_map.pass", 0.5, "Stopped after 60 of 100 images", (features, "_laid_out"), 2),
    (tsne_opened, "image_map.tsne", 0.6, "layers, which are kept", (planes, "tsne"), None),
]  # fmt: skip


@pytest.mark.parametrize(("page", "key", "share", "said", "part", "left"), WORKS, ids=[one[1] for one in WORKS])
def test_stop_ends_a_work_until_it_is_asked_for_and_what_was_done_is_not_done_again(
    page: Opened, key: str, share: float, said: str, part: tuple[Any, str], left: int | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with monkeypatch.context() as during:
        clicked_at(during, key, share)
        before = counted(during, *part)
        app = page()
        whole = len(before)
        app.button(key=f"{key}.stop").click()
        assert said in written(app.run())
        assert said in written(app.run()), "and it stays so"
        assert len(before) <= whole + 2, "nothing began again"  # a pace that is known asks for one image
    after = counted(monkeypatch, *part)
    app.button(key=f"{key}.go_on").click()
    assert said not in written(app.run())
    assert not [one for one in app.button if str(one.key).startswith(f"{key}.")]
    assert left is None or len(after) == left, (len(before), len(after))
    assert len(after) < 12


def test_after_another_click_a_work_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as during:
        clicked_at(during, "attribution.shortcut", 0.75)
        app = shortcut_opened()
        assert app.button(key="attribution.shortcut.stop").label == captions.STOP
    after = counted(monkeypatch, contestants, "maps_of")
    said = written(app.run())
    assert "On 9 images" in said
    assert len(after) == 4


def test_of_a_stopped_trial_those_images_count_that_were_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    clicked_at(monkeypatch, "attribution.trial", 0.75)
    app = trial_opened()
    app.button(key="attribution.trial.stop").click()
    assert "On 3 images" in written(app.run())


class _Ended(Exception):
    pass


def ended_at(share: float) -> Callable[[float], None]:
    def told(done: float) -> None:
        if done >= share:
            raise _Ended

    return told


@pytest.mark.parametrize("group", list(trial_page.GROUPS))
def test_a_trial_in_two_goes_is_the_trial_in_one(group: str) -> None:
    network, begun = networks.open_network(SHAPES), Begun[trial.Tried]()
    with pytest.raises(_Ended):
        trial.run(network, 3, group, progress=ended_at(0.4), begun=begun)
    assert 1 <= len(begun) < 3
    found, whole = trial.run(network, 3, group, begun=begun), trial.run(network, 3, group)
    for one, other in zip(found.contestants, whole.contestants, strict=True):
        assert one.name == other.name
        for measure, values in other.scores.items():
            assert one.scores[measure] == pytest.approx(values, rel=1e-9), (one.name, measure)
    assert found.agreement == pytest.approx(whole.agreement)
    assert (found.absent, found.stages, found.images) == (whole.absent, whole.stages, whole.images)


def test_passes_in_two_goes_are_the_passes_in_one() -> None:
    network = networks.open_network(DIGITS)
    images = galleries.of("digits", network.spec, 70)
    begun, half = Begun[Any](), Begun[Any]()
    with pytest.raises(_Ended):
        features.of(network.model, images, progress=ended_at(0.5), begun=begun)
    with pytest.raises(_Ended):
        responses.of(network.model, images, "conv2", progress=ended_at(0.5), begun=half)
    assert len(begun) == 2
    assert responses.through(half) == 40
    found, whole = (features.of(network.model, images, begun=one) for one in (begun, None))
    for one, other in zip((*found.values, found.answers), (*whole.values, whole.answers), strict=True):
        assert one == pytest.approx(other, abs=1e-5)
    first, second = (responses.of(network.model, images, "conv2", begun=one) for one in (half, None))
    for name in ("high", "low", "mean"):
        assert getattr(first, name) == pytest.approx(getattr(second, name), abs=1e-5)
    assert first.seconds > 0


@pytest.mark.parametrize(("key", "heard"), [("a.stop", True), ("other", False), ("b.a.stop", False)])
def test_a_click_on_stop_within_a_fragment_is_heard_while_the_work_is_done(
    key: str, heard: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = WidgetStates()
    states.widgets.add(id=f"$$ID-0123abcd-{key}", trigger_value=True)
    states.widgets.add(id="$$ID-0123abcd-a.stop.not")
    requests = ScriptRequests()
    monkeypatch.setattr(stopping, "get_script_run_ctx", lambda **_: SimpleNamespace(script_requests=requests))
    assert not stopping.is_clicked("a.stop")
    assert requests.request_rerun(RerunData(widget_states=states, fragment_id="fragment"))
    assert requests.on_scriptrunner_yield() is None, "Streamlit lets it wait: if no longer, nothing need be asked"
    assert stopping.is_clicked("a.stop") is heard
