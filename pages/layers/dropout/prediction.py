"""MC dropout: the prediction under a hundred masks, for the chosen image and for noise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import streamlit as st

from cnnviz.outputs.chances import sides
from cnnviz.plain_text import escaped
from cnnviz.topics.dropout import captions, charts, network, questions
from cnnviz.topics.dropout.records import MonteCarlo
from pages.layers.dropout import cache, controls, snippets
from pages.shared import image_picker, predict
from pages.shared.charts import chart, theme
from pages.shared.scores_needed import has_scores
from pages.shared.selection import Selection, network_and_picture
from pages.shared.view import View

PASSES = 100
AT = ("before the last layer", "layer at hand")
PATIENCE = 1.0  # s: what is expected to take longer waits for a button


class MaskSettings(TypedDict):
    """key: of the layer whose output is masked."""

    key: str
    p: float
    channelwise: bool
    seed: int


@st.fragment
def show() -> None:
    """Where the mask lies; the prediction under many masks for the image and for noise; code."""
    at = network_and_picture()
    line = st.container(horizontal=True, gap="medium", vertical_alignment="bottom")
    with line:
        where = st.segmented_control(
            "Mask", AT, default=AT[0], required=True, key="dropout.at", bind="query-params", width="content"
        )
    if not has_scores(at.look, at.network.spec.title):
        return
    recording = at.look.recording
    key = at.layer().key if where == AT[1] else network.before_the_last(recording)
    with line:
        p = controls.share()
        channelwise = controls.channelwise(recording[key].shape)
        seed = controls.seed()
    st.caption(captions.own_layers(network.own(at.network.model), escaped(at.network.spec.title)))
    settings: MaskSettings = {"key": key, "p": p, "channelwise": channelwise, "seed": seed}
    if _waits(at, settings):
        key = network.before_the_last(recording)
        st.caption(captions.UNTIL_THEN)
        settings |= {"key": key, "channelwise": False}
    asked: list[predict.Wanted] = []
    for picture, column in zip((at.picture, cache.noise()), st.columns(2, gap="medium"), strict=True):
        with column:
            st.markdown(captions.many_masks(escaped(picture.title), key, p, passes=PASSES))
            found = _found(image_picker.view(at.choice, picture), settings)
            if found is not None:
                asked.append(questions.answers(found, sides(at.look.reading)))
                _side(found, sides(at.look.reading), name="noise" if picture.digest == cache.NOISE else "image")
    st.caption(captions.UNCERTAINTY)
    predict.ask("Many predictions", *asked[:1])  # of the image, not of the noise
    snippets.prediction(at.choice, at.picture, at.fit, key=key, p=p)


def _side(found: MonteCarlo, classes: Sequence[str], *, name: str) -> None:
    chart(charts.scatter(found, classes, theme=theme()), key=f"dropout.scatter.{name}")
    st.markdown(captions.leading_class(found, classes))
    st.markdown(captions.entropy(found, classes))
    snippets.take_samples(found, name)


def _found(view: View, settings: MaskSettings) -> MonteCarlo | None:
    bar = st.empty()
    try:
        return cache.monte_carlo(
            view,
            **settings,
            progress=lambda share: _progress(bar, share),
        )
    except network.TailError as error:
        st.error(str(error), icon=":material/error:")
        return None


def _progress(bar: st.delta_generator.DeltaGenerator, share: float) -> None:
    if share < 1:
        bar.progress(share, captions.progress(round(share * PASSES), PASSES))
    else:
        bar.empty()


def _waits(at: Selection, settings: MaskSettings) -> bool:
    """Whether so much work waits for its button: it was not asked for with these settings yet."""
    seconds = 2 * network.seconds_for(at.look.recording, settings["key"], PASSES)
    asked = (*at.view.key, *settings.values())
    if seconds <= PATIENCE or st.session_state.get("dropout.asked") == asked:
        return False
    st.info(captions.waits(settings["key"], seconds), icon=":material/schedule:")
    if st.button(captions.draw(PASSES), key="dropout.draw", icon=":material/play_arrow:"):
        st.session_state["dropout.asked"] = asked
        return False
    return True
