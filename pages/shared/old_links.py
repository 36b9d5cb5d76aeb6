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
    ("dropout.over", "picture"): "image",
    ("lenet.part", "On your picture"): "On your image",
    ("permuted.part", "The pictures"): "The images",
    ("pooling.part", "Larger again"): "Upsampling",
}


def translate() -> None:
    """The address takes the present names, and the script begins anew with them, as if they had always stood there.

    To be called once `st.navigation` knows the page, which would be lost otherwise.
    """
    old = {name: now for (name, then), now in NOW.items() if st.query_params.get(name) == then}
    if old:
        st.query_params.update(old)
        st.rerun()
