"""The network that was chosen, opened; or one sentence where it was chosen why it cannot be."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cnnviz.networks import Network
from pages.shared import cache, network_picker, weights_notice


def network_of(choice: str, *, place: Any = None) -> Network | None:
    """The network, with a notice where its weights are random; None where it cannot be opened, which is said.

    place: an `st.empty()` for both notices, where they must move nothing below them (default: here).
    """
    notice = (place or st).container()
    found = network_without_notice(choice, place=notice)
    if found is not None:
        with notice:
            weights_notice.show(found)
    return found


def network_without_notice(choice: str, *, place: Any = st) -> Network | None:
    """The network, for a click in what is shown of it; None where it cannot be opened any more, which is said there."""
    try:
        return cache.network(choice)
    except network_picker.CANNOT_OPEN as error:
        sentence = f"This network cannot be opened: {network_picker.reason(error)}. Choose another."
        place.error(sentence, icon=":material/error:")
        return None
