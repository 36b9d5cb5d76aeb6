"""The page "What a unit looks for" as Streamlit runs it: what opens, a link, other images, and the snippets."""

from __future__ import annotations

import contextlib
import io
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from cnnviz.figures import captions as captions_of_figures
from cnnviz.topics.looks_for import captions, made_captions, making, snippets, surgery_captions
from cnnviz.topics.looks_for.records import Cut
from tests.support.app import app_at, opened, written

PAGE = "pages/why/looks_for/page.py"
RUN = "run:shapes-net-d2b13a74"


def ran(code: str) -> str:
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        exec(code, {})
    return text.getvalue()


def test_it_opens_filled_and_a_link_brings_layer_channel_and_images_back() -> None:
    app = opened(
        app_at(PAGE), network=RUN, layer="conv2", channel="5", looks_for__images="digits", looks_for__count="100"
    )
    said = written(app)
    assert "conv2, channel 5 of 16" in said
    assert "100 images (digits)" in said
    assert ":material/check_circle:" in said
    app.number_input(key="looks_for.channel").set_value(7)
    assert "conv2, channel 7 of 16" in written(app.run())


def test_the_button_names_the_images_of_the_link_at_the_first_run() -> None:
    app = opened(app_at(PAGE), network=RUN, looks_for__images="digits", looks_for__count="100")
    labels = [one.proto.popover.label for one in app.get("popover")]
    assert captions_of_figures.images_button("digits") in labels, labels


def test_the_snippet_finds_the_same_patches() -> None:
    said = ran(snippets.real_images(RUN, "shapes", 50, "conv2", 5))
    assert said.count("box") == 9


def test_an_image_is_made_and_its_way_is_judged() -> None:
    app = opened(
        app_at(PAGE), network=RUN, looks_for__part=captions.MADE, looks_for__steps="32", looks_for__count="100"
    )
    said = written(app)
    assert "On this image the channel's mean is" in said
    assert "layers" in said
    assert ran(snippets.made_image(RUN, "conv2", 5, 8, 1)).count("step") == 2


@pytest.mark.parametrize(("goal", "free"), [("class", "phases"), ("direction", "waves"), ("cell", "waves")])
def test_an_image_is_made_for_a_class_and_along_a_direction(goal: str, free: str) -> None:
    app = opened(
        app_at(PAGE), network=RUN, looks_for__part=captions.MADE, looks_for__steps="32", looks_for__count="100",
        looks_for__goal=goal, looks_for__free=made_captions.WAYS[free],
    )  # fmt: skip
    said = written(app)
    wanted = {"direction": "average) to", "class": "Its score for star is", "cell": "the channel's middle cell is"}
    assert wanted[goal] in said
    assert ":material/check_circle:" in said


@pytest.mark.parametrize(
    ("goal", "name", "says"), [("class", "class", "score for "), ("direction", "towards", ") to ")]
)
def test_a_link_holds_the_class_and_the_ends_of_a_direction(goal: str, name: str, says: str) -> None:
    link = {
        "network": RUN, "looks_for__part": "made", "looks_for__steps": "32", "looks_for__count": "100",
        "looks_for__goal": goal,
    }  # fmt: skip
    app = opened(app_at(PAGE), **link)
    picker, key = app.selectbox(key=f"looks_for.{name}"), f"looks_for.{name}"
    assert key not in app.query_params
    word = picker.options[-1]
    picker.set_value(str(len(picker.options) - 1))
    app.run()
    assert word in app.query_params[key]
    again = opened(app_at(PAGE), **link, **{key.replace(".", "__"): word})
    assert f"{says}{word}" in written(again)
    assert not again.warning
    lost = opened(app_at(PAGE), **link, **{key.replace(".", "__"): "no <such> one"})
    assert "There is no class" in " ".join(str(one.value) for one in lost.warning)
    assert key not in lost.query_params
    assert f"{says}{word}" not in written(lost)


@pytest.mark.parametrize("kind", ["known", "dream"])
def test_an_image_is_made_from_ones_own(kind: str) -> None:
    app = opened(
        app_at(PAGE), network=RUN, layer="conv2", looks_for__part=made_captions.YOURS,
        looks_for__kind=made_captions.KINDS[kind],
    )  # fmt: skip
    said = written(app)
    assert ("the squared differences" if kind == "known" else "times the") in said
    assert ":material/check_circle:" in said
    assert ran(snippets.from_yours(RUN, "sample:drawn-three", "crop", "conv2", kind, 8, 1)).count("step") == 2


PARTS = pytest.mark.parametrize(("part", "steps"), [(captions.MADE, 32), (made_captions.YOURS, 16)])


def climbing_to(part: str, patch: pytest.MonkeyPatch, frames: int) -> AppTest:
    """A page on which a climb ends after so many frames, as Streamlit ends a run where a person clicks."""
    whole = making.make

    def interrupted(*args: Any, **options: Any) -> Iterator[Any]:
        yield from itertools.islice(whole(*args, **options), frames)
        st.stop()

    st.cache_resource.clear()
    patch.setattr(making, "make", interrupted)
    return opened(
        app_at(PAGE), network=RUN, layer="conv2", channel="4", looks_for__part=part, looks_for__count="100",
        looks_for__steps="32", looks_for__known__steps="16",
        looks_for__your_seed=str(frames), looks_for__seed=str(frames),
    )  # fmt: skip


def counted_steps(patch: pytest.MonkeyPatch) -> list[int]:
    """Which steps are made from now on."""
    step, made = making._step, list[int]()

    def counted(*given: Any) -> making.Climb:
        after = step(*given)
        made.append(after.step)
        return after

    patch.setattr(making, "_step", counted)
    return made


@PARTS
def test_an_image_that_is_stopped_stays_as_it_is_and_can_go_on(
    part: str, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as during:
        app = climbing_to(part, during, 2)
        assert f"Step 8 of {steps}" in written(app)
        app.button(key="looks_for.stop").click()
        said = written(app.run())
        assert f"Stopped after 8 of {steps} steps." in said
        assert ":material/check_circle:" in said, "what is below stands for the image that is there"
        assert f"Stopped after 8 of {steps} steps." in written(app.run()), "and it stays so"
    made = counted_steps(monkeypatch)
    app.button(key="looks_for.go_on").click()
    said = written(app.run())
    assert "Stopped" not in said
    assert "steps take about" in said
    assert made == list(range(9, steps + 1))


@PARTS
def test_after_a_click_elsewhere_a_climb_goes_on_where_it_was(
    part: str, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as during:
        app = climbing_to(part, during, 3)
        assert f"Step 12 of {steps}" in written(app)
    made = counted_steps(monkeypatch)
    assert "steps take about" in written(app.run())
    assert made == list(range(13, steps + 1))


@pytest.mark.parametrize("options", [{"ends": (0, 2)}, {"phases": True}, {"cell": True}])
def test_snippets_of_made_images_run(options: dict[str, object]) -> None:
    code = snippets.made_image(RUN, "conv2", 5, 4, 1, images=("shapes", 40), **options)  # type: ignore[arg-type]
    assert ran(code).count("step") == 1


def test_a_channel_is_switched_off_kept_and_undone() -> None:
    app = opened(app_at(PAGE), network=RUN, layer="conv2", channel="3", looks_for__part=surgery_captions.PART)
    said = written(app)
    assert "of the 16 channels of" in said
    assert ":material/check_circle:" in said
    app.button(key="looks_for.keep").click()
    app.run()
    app.slider(key="looks_for.gain").set_value(1.0)
    said = written(app.run())
    assert "Kept: channel 3 of conv2 off." in said
    app.button(key="looks_for.undo").click()
    said = written(app.run())
    assert "Kept" not in said
    assert "the answer stays" in said
    cuts = [Cut("conv2", 3, 0.0), Cut("conv1", 0, 2.0, (0, 1, 1))]
    assert "->" in ran(snippets.operated(RUN, "sample:chelsea", "crop", cuts, "relu2"))


def test_a_guess_is_taken_once_and_counted() -> None:
    app = opened(app_at(PAGE), network=RUN, looks_for__part=captions.GAME, looks_for__count="100")
    app.button(key="looks_for.option.0").click()
    said = written(app.run())
    assert "channel" in said
    assert "of 1 right so far" in said
    assert app.button(key="looks_for.option.1").disabled
    app.button(key="looks_for.next").click()
    app.run()
    assert not app.button(key="looks_for.option.1").disabled
