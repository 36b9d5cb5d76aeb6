"""The network and the picture that are at hand on every page, chosen in one line."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from cnnviz.networks import Network
from pages.shared import loading, pickers, picture, weights_notice


@dataclass(frozen=True, eq=False)
class AtHand:
    """choice, digest, fit: what caches are keyed by."""

    choice: str
    digest: str
    fit: str
    network: Network
    picture: picture.Picture
    look: loading.Look

    @property
    def source(self) -> str:
        """The picture as a snippet names it: a sample, or the file of one's own."""
        return f"sample:{self.picture.name}" if self.picture.name else self.picture.title


def network_at_hand() -> AtHand:
    """The pickers, and what they name; a network that cannot be opened is said, and the page stops there."""
    left, right = st.columns([2, 1], gap="medium", vertical_alignment="bottom")
    with left:
        choice = pickers.network_picker()
    try:
        opened = loading.network(choice)
    except pickers.CANNOT_OPEN as error:
        st.error(f"This network cannot be opened: {pickers.reason(error)}. Choose another.", icon=":material/error:")
        st.stop()
    with right:
        current = picture.popover(opened.spec)
    weights_notice.show(opened)
    fit = picture.fit_at_hand()
    look = loading.look(choice, current.digest, fit, current.image)
    return AtHand(choice, current.digest, fit, opened, current, look)
