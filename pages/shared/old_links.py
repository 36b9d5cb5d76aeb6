"""Links that were made when a part or a source had another name go on showing what they showed."""

from __future__ import annotations

import streamlit as st

# (what the link names, what it says) → what that is called now
NOW = {
    ("attribution.group", "Is it on the shape?"): "mask",
    ("convolution.part", "On your picture"): "On your image",
    ("convolution.source", "Picture"): "Image",
    ("data.part", "Pictures"): "Images",
    ("data.source", "the data set's pictures"): "the data set's images",
    ("data.source", "the picture at hand"): "the image at hand",
    ("degradation.part", "Your picture"): "Your image",
    ("lenet.part", "On your picture"): "On your image",
    ("permuted.part", "The pictures"): "The images",
}


def translate() -> None:
    """What an old link asks of a widget becomes that widget's value, once a session; call before any is drawn."""
    if "old_links.translated" in st.session_state:
        return
    st.session_state["old_links.translated"] = True
    for (name, then), now in NOW.items():
        if st.query_params.get(name) == then:
            st.session_state[name] = now
