"""Where the search for a kernel stands, between the browser, which moves it, and the link, which brings it back."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from cnnviz.topics.convolution import search_link
from cnnviz.topics.convolution.search_link import SearchPlace

BEGUN = "convolution.search.begun"


def begun() -> SearchPlace:
    """Where the board begins: read from the link once a session; what cannot be honoured is said and leaves it."""
    if BEGUN not in st.session_state:
        given = {name: st.query_params[_key(name)] for name in search_link.NAMES if _key(name) in st.query_params}
        st.session_state[BEGUN], refused = search_link.read(given)
        for name in refused:
            st.warning(search_link.refusal(name, given[name]), icon=":material/link_off:")
            del st.query_params[_key(name)]
    place: SearchPlace = st.session_state[BEGUN]
    return place


def keep(place: Mapping[str, object] | None) -> None:
    """Write into the link where it stands now. place: what the browser handed back, None: nothing yet."""
    if place is None:
        return
    held, _ = search_link.read({name: str(place.get(name, "")) for name in search_link.NAMES if place.get(name)})
    wanted = search_link.link(held)
    for name in search_link.NAMES:
        text = wanted.get(name)
        if text is None and _key(name) in st.query_params:
            del st.query_params[_key(name)]
        elif text is not None and st.query_params.get(_key(name)) != text:
            st.query_params[_key(name)] = text


def _key(name: str) -> str:
    return f"convolution.search_{name}"
