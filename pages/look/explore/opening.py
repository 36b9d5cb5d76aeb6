"""What Explore opens with, before anyone chose: a small trained network and a digit that is drawn already."""

from __future__ import annotations

import streamlit as st

from cnnviz import checkpoints, networks, samples
from cnnviz.records import Spec
from pages.shared import url_state
from pages.shared.components.draw import DRAWING

RUN = "mnist-lenet5-df3d2154"  # LeNet-5 on MNIST, which ships
PHOTO_NETWORK, PHOTO = "efficientnet_lite0", samples.FIRST


def choose() -> None:
    """Once a session: where neither a link nor a person has named a network or an image, the digit is there."""
    if "explore.opened" in st.session_state:
        return
    st.session_state["explore.opened"] = True
    if not url_state.is_untouched():
        return
    if any(item.run_id == RUN for item in checkpoints.available()):
        to_the_digit()


def to_the_digit() -> None:
    """Back to the small network and its digit."""
    url_state.change(network=networks.run_choice(RUN), picture=samples.DRAWN)


def to_a_photo() -> None:
    """On to a photograph, and a network that names what is on it."""
    url_state.change(network=PHOTO_NETWORK, picture=PHOTO)


def draws(spec: Spec, title: str, name: str) -> bool:
    """Whether the sheet lies beside the network: as the person wants it; else where what it reads is drawn there."""
    wanted: bool | None = st.session_state.get("explore.sheet")
    return wanted if wanted is not None else spec.digit and (name == samples.DRAWN or (not name and title == DRAWING))
