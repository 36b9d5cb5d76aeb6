"""The network and the picture that are at hand on every page, chosen in one line."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from cnnviz.networks import Network
from cnnviz.records import Layer
from pages.shared import cache, network_picker, url_state
from pages.shared import image_picker as picture
from pages.shared.open_network import network_of


@dataclass(frozen=True, eq=False)
class AtHand:
    """choice, digest, fit: what caches are keyed by."""

    choice: str
    fit: str
    network: Network
    picture: picture.Picture
    look: cache.Look

    @property
    def digest(self) -> str:
        return self.picture.digest

    @property
    def source(self) -> str:
        """The picture as a snippet names it: a sample, or the file of one's own."""
        return f"sample:{self.picture.name}" if self.picture.name else self.picture.title

    def layer(self) -> Layer:
        """The layer at hand, and the list to choose another."""
        return self.look.recording[network_picker.layer_picker(self.look.recording)]


def network_at_hand() -> AtHand:
    """The pickers, and what they name; a network that cannot be opened is said, and the page stops there."""
    left, right = st.columns([2, 1], gap="medium", vertical_alignment="bottom")
    with left:
        choice = network_picker.network_picker()
    opened = network_of(choice)
    if opened is None:
        url_state.publish()
        st.stop()
    with right:
        current = picture.popover(opened.spec)
    fit = picture.fit_at_hand()
    return AtHand(choice, fit, opened, current, cache.look(choice, current.digest, fit, current.image))
