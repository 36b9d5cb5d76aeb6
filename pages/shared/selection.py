"""The network and the image that a page is about, chosen in one line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.networks import Network
from cnnviz.records import Layer
from pages.shared import cache, ending, image_picker, misfit, network_picker
from pages.shared.image_picker import Picture
from pages.shared.open_network import network_of
from pages.shared.view import View


@dataclass(frozen=True, eq=False)
class Selection:
    """The network and the image that are chosen, and both together. view: what caches are keyed by."""

    view: View
    network: Network
    picture: Picture
    look: cache.Look

    @property
    def choice(self) -> str:
        """The network's choice, as links carry it."""
        return self.view.choice

    @property
    def fit(self) -> str:
        """How the image was fitted to the network's input."""
        return self.view.fit

    @property
    def source(self) -> str:
        """The image as a snippet names it: a sample, or the file of one's own."""
        return self.picture.source

    def layer(self) -> Layer:
        """The chosen layer, and the list to choose another."""
        return self.look.recording[network_picker.layer_picker(self.look.recording)]


def of(choice: str) -> Selection:
    """That network with the chosen image, all of it out of caches."""
    opened = cache.network(choice)
    current = image_picker.chosen(opened.spec)
    view = image_picker.view(choice, current)
    return Selection(view, opened, current, cache.look(view))


def network_and_picture() -> Selection:
    """The pickers, and what they name; a network that cannot be opened is said, and the page stops there."""
    left, right = st.columns([2, 1], gap="medium", vertical_alignment="bottom")
    return in_line(left, right, pick=network_picker.network_picker)


def in_line(
    network: DeltaGenerator, image: DeltaGenerator, *, pick: Callable[[], str] = network_picker.network_list
) -> Selection:
    """The same in two places of a line that has more. pick: what draws the list of networks."""
    with network:
        choice = pick()
    opened = network_of(choice)
    if opened is None:
        ending.end()
    with image:
        picture = image_picker.popover(opened.spec)
    misfit.show(opened.spec, picture)
    return of(choice)
