"""Which network, on images of which size, and the image at hand."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from cnnviz import networks
from cnnviz.records.architectures import Architecture
from cnnviz.topics.architectures import captions
from pages.networks.architectures import cache
from pages.shared import ending, image_picker, navigation, network_picker
from pages.shared.image_picker import Picture
from pages.shared.view import View

SMALLEST, LARGEST = 16, 1024


@dataclass(frozen=True, eq=False)
class ArchitectureSelection:
    """choice, shape: what caches are keyed by. view: with the image that Explore would open it on."""

    view: View
    network: Architecture
    picture: Picture

    @property
    def choice(self) -> str:
        """The network's choice, as links carry it."""
        return self.view.choice

    @property
    def shape(self) -> cache.Shape:
        """The input's shape (channels, height, width)."""
        channels, height, width = self.network.input_shape
        return channels, height, width


def selected() -> ArchitectureSelection:
    """The pickers and what they name; a network or a size that does not work is said in one sentence."""
    left, middle, right, last = st.columns([4, 3, 3, 3], gap="medium", vertical_alignment="bottom")
    with left:
        choice = network_picker.network_picker()
    notice = st.empty()
    try:
        own = cache.architecture(choice)
    except (*network_picker.CANNOT_OPEN, ValueError) as error:
        sentence = captions.cannot_open(network_picker.reason(error))
        notice.error(sentence, icon=":material/error:")
        ending.end()
    with middle:
        side = _size(choice, own)
    network = own
    if side is not None:
        try:
            network = cache.architecture(choice, (own.input_shape[0], side, side))
        except (*network_picker.CANNOT_OPEN, ValueError) as error:
            sentence = captions.own_size(network_picker.reason(error), own.input_shape)
            notice.error(sentence, icon=":material/straighten:")
    with right:
        current = image_picker.popover(own.spec)
    with last:
        st.page_link(navigation.EXPLORE, label=captions.OPEN_IN_EXPLORE, icon=":material/visibility:")
    return ArchitectureSelection(image_picker.view(choice, current), network, current)


def _size(choice: str, own: Architecture) -> int | None:
    """The side of the image that was asked for; None: the network's own."""
    state = st.session_state
    if state.get("architectures.size_of", choice) != choice:
        state["architectures.size"] = None  # another network: its own size
    state["architectures.size_of"] = choice
    fixed = networks.by_itself(choice)
    asked = st.number_input(
        captions.INPUT_SIZE, SMALLEST, LARGEST, None, 1, key="architectures.size", bind="query-params", disabled=fixed,
        placeholder=captions.placeholder(own.input_shape[1]),
        help=captions.FIXED_SIZE if fixed else captions.FREE_SIZE,
    )  # fmt: skip
    if fixed or asked is None or (asked, asked) == own.input_shape[1:]:
        return None
    return int(asked)
