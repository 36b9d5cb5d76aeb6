"""The network, the picture and the layer that are at hand on every page, and the mask's settings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from cnnviz.networks import Network
from cnnviz.records import Layer
from pages.shared import loading, pickers, picture, view, weights_notice

SEEDS = 9_999


@dataclass(frozen=True, eq=False)
class AtHand:
    """choice, picture.digest, fit: what caches are keyed by."""

    choice: str
    fit: str
    network: Network
    picture: picture.Picture
    look: loading.Look

    def layer(self) -> Layer:
        """The layer at hand, and the list to choose another."""
        return self.look.recording[pickers.layer_picker(self.look.recording)]


def network_at_hand() -> AtHand:
    """The pickers, and what they name; a network that cannot be opened is said, and the page stops there."""
    left, right = st.columns([2, 1], gap="medium", vertical_alignment="bottom")
    with left:
        choice = pickers.network_picker()
    try:
        opened = loading.network(choice)
    except pickers.CANNOT_OPEN as error:
        st.error(f"This network cannot be opened: {pickers.reason(error)}. Choose another.", icon=":material/error:")
        view.publish()
        st.stop()
    with right:
        current = picture.popover(opened.spec)
    weights_notice.show(opened)
    fit = picture.fit_at_hand()
    return AtHand(choice, fit, opened, current, loading.look(choice, current.digest, fit, current.image))


def seed_at_hand() -> int:
    """Which random numbers: a seed that a link keeps, and a button for the next one."""
    if "dropout.seed" in st.session_state and st.session_state["dropout.seed"] is None:
        st.session_state["dropout.seed"] = 1
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        seed = st.number_input(
            "Seed of the random numbers", 0, SEEDS, 1, 1, key="dropout.seed", bind="query-params", width=190
        )
        st.button("Another mask", key="dropout.again", icon=":material/casino:", on_click=_next_seed)
    return int(seed or 0)


def _next_seed() -> None:
    st.session_state["dropout.seed"] = (int(st.session_state["dropout.seed"] or 0) + 1) % (SEEDS + 1)


def p_at_hand(*, start: float = 0.5, label: str = "p, the share to drop") -> float:
    """The share to drop, for what the server computes."""
    return float(st.slider(label, 0.0, 1.0, start, 0.05, key="dropout.p", bind="query-params", width=320))


def p_of_the_link() -> float:
    """Where a slider in the browser stands at first: what the link says, 0.5 where it says nothing sensible."""
    try:
        p = float(st.query_params.get("dropout.p", ""))
    except ValueError:
        return 0.5
    return p if 0 <= p <= 1 else 0.5


def channelwise_at_hand(shape: tuple[int, ...]) -> bool:
    """Whether whole channels are dropped (Dropout2d); a vector has only units."""
    if len(shape) < 2:
        return False
    chosen = st.segmented_control(
        "Drop", ["cells", "channels"], default="cells", required=True, key="dropout.drop", bind="query-params",
        help="Single cells, as Dropout does, or whole channels, as Dropout2d does.",
    )  # fmt: skip
    return chosen == "channels"


def finite(values: np.ndarray) -> bool:
    return bool(np.isfinite(values).all())
