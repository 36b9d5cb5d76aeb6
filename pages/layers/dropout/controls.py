"""The mask's settings: which random numbers, the share to drop, cells or channels."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.topics.dropout import captions
from pages.shared import url_state

SEEDS = 9_999
START = 0.5  # p


def seed() -> int:
    """Which random numbers: a seed that a link keeps, and a button for the next one."""
    if "dropout.seed" in st.session_state and st.session_state["dropout.seed"] is None:
        st.session_state["dropout.seed"] = 1
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", width="content"):
        chosen = st.number_input(captions.SEED, 0, SEEDS, 1, 1, key="dropout.seed", bind="query-params", width=190)
        st.button("Another mask", key="dropout.again", icon=":material/casino:", on_click=_next_seed)
    return int(chosen or 0)


def _next_seed() -> None:
    st.session_state["dropout.seed"] = (int(st.session_state["dropout.seed"] or 0) + 1) % (SEEDS + 1)


def share(*, start: float = START, label: str = captions.SHARE) -> float:
    """The share to drop, for what the server computes."""
    return float(st.slider(label, 0.0, 1.0, start, 0.05, key="dropout.p", bind="query-params", width=320))


def share_of_the_link() -> float:
    """Where a slider in the browser stands at first: what the link says, 0.5 where it says nothing.

    What cannot be a share is said and leaves the link.
    """
    text = st.query_params.get("dropout.p", "")
    if not text:
        return START
    try:
        p = float(text)
    except ValueError:
        p = -1.0
    if 0 <= p <= 1:
        return p
    url_state.say_left_out("p", text, captions.SHARES)
    del st.query_params["dropout.p"]
    return START


def channelwise(shape: tuple[int, ...]) -> bool:
    """Whether whole channels are dropped (Dropout2d); a vector has only units."""
    if len(shape) < 2:
        return False
    chosen = st.segmented_control(
        "Drop", ["cells", "channels"], default="cells", required=True, key="dropout.drop", bind="query-params",
        help=captions.CHANNELWISE,
    )  # fmt: skip
    return chosen == "channels"


def finite(values: np.ndarray) -> bool:
    """Whether every value is a finite number."""
    return bool(np.isfinite(values).all())
