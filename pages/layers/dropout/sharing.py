"""Two masks: which units both keep, against what chance expects, and how many sub-networks there are."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.dropout import captions, charts, figures, masks, network, questions, statistics
from pages.layers.dropout import cache, controls, snippets
from pages.layers.dropout.components.dropout_pair import dropout_pair
from pages.shared import predict
from pages.shared.charts import chart, theme
from pages.shared.selection import Selection, network_and_picture

MOST = 2048
OVER = ("units", "layer at hand")


@st.fragment
def show() -> None:
    """Two masks over so many units, how many there are, and what many pairs share."""
    line = st.container(horizontal=True, gap="small", vertical_alignment="bottom")
    with line:
        over = st.segmented_control(
            "Over", OVER, default=OVER[0], required=True, key="dropout.pair", bind="query-params", width="content"
        )
    if over == OVER[1]:
        at = network_and_picture()
        units, title = _of_the_layer(at)
    else:
        with line:
            typed = st.number_input("Units", 1, MOST, 64, 1, key="dropout.units", bind="query-params", width=190)
        units, title = int(typed or 64), "units"
    with line:
        seed = controls.seed()
    first, second = (masks.uniform((units,), seed=2 * seed + which) for which in (0, 1))
    dropout_pair(
        figures.pair_data(first, second, title=title, p=controls.share_of_the_link()), key="dropout.pair_of_masks"
    )
    st.markdown(captions.subnetworks(statistics.subnetworks(units)))
    found = cache.sharing(units, seed)
    st.markdown(captions.pairs(found))
    chart(charts.sharing(found, theme=theme()), key="dropout.sharing")
    predict.ask("Two masks", questions.overlap(found))
    snippets.sharing(units, seed=seed)


def _of_the_layer(at: Selection) -> tuple[int, str]:
    """Channels of the layer that is chosen, or units of a vector; before the last layer where nobody chose."""
    layer = at.layer()
    last = at.look.recording[network.before_the_last(at.look.recording)]
    what = "units" if len(layer.shape) == 1 else "channels"
    vector = len(layer.shape) == 1
    st.caption(captions.layer_widths(layer.key, layer.shape[0], last.key, last.shape[0], vector=vector))
    return min(layer.shape[0], MOST), f"{layer.key}, {what}"
