"""MC dropout: the prediction under a hundred masks, for the picture at hand and for noise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import streamlit as st

from cnnviz.plain_text import escaped
from cnnviz.topics.dropout import charts, figures, network
from cnnviz.topics.dropout.records import MonteCarlo
from pages.layers.dropout import cache, snippets
from pages.layers.dropout import controls as asked
from pages.shared import image_picker
from pages.shared.charts import chart, theme
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
    at = network_and_picture()
    where = st.segmented_control("Mask", AT, default=AT[0], required=True, key="dropout.at", bind="query-params")
    recording = at.look.recording
    key = at.layer().key if where == AT[1] else network.before_the_last(recording)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        p = asked.p_at_hand()
        channelwise = asked.channelwise_at_hand(recording[key].shape)
        seed = asked.seed_at_hand()
    st.caption(figures.own_words(network.own(at.network.model), escaped(at.network.spec.title)))
    settings: MaskSettings = {"key": key, "p": p, "channelwise": channelwise, "seed": seed}
    if _waits(at, settings):
        key = network.before_the_last(recording)
        st.caption("Until then: the mask before the last layer.")
        settings |= {"key": key, "channelwise": False}
    for picture, column in zip((at.picture, cache.noise()), st.columns(2, gap="medium"), strict=True):
        with column:
            st.markdown(f"**{escaped(picture.title)}** under {PASSES} masks on `{key}`, p = {p:g}")
            found = _found(image_picker.view(at.choice, picture), settings)
            if found is not None:
                _side(found, at.look.classes, name="noise" if picture.digest == cache.NOISE else "picture")
    st.caption(
        "Gal and Ghahramani (2016) read the spread as the network's uncertainty. It is the spread under this mask and "
        "this p: what the network says of a picture unlike any that it was trained on can still scatter little."
    )
    snippets.prediction(at.choice, at.picture, at.fit, key=key, p=p)


def _side(found: MonteCarlo, classes: Sequence[str], *, name: str) -> None:
    chart(charts.scatter(found, classes, theme=theme()), key=f"dropout.scatter.{name}")
    st.markdown(charts.scatter_words(found, classes))
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
        bar.progress(share, f"{share * PASSES:.0f} of {PASSES} masks")
    else:
        bar.empty()


def _waits(at: Selection, settings: MaskSettings) -> bool:
    """Whether so much work waits for its button: it was not asked for with these settings yet."""
    seconds = 2 * network.seconds_for(at.look.recording, settings["key"], PASSES)
    asked = (*at.view.key, *settings.values())
    if seconds <= PATIENCE or st.session_state.get("dropout.asked") == asked:
        return False
    st.info(
        f"From `{settings['key']}` on, most of the network runs again for each mask: about {max(seconds, 1):,.0f} s.",
        icon=":material/schedule:",
    )
    label = f"Draw {PASSES} masks for both pictures"
    if st.button(label, key="dropout.draw", icon=":material/play_arrow:"):
        st.session_state["dropout.asked"] = asked
        return False
    return True
