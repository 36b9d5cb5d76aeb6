"""The image and the network's input side by side: what is left of it, and how it came to that."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures import pictures
from cnnviz.plain_text import escaped
from cnnviz.records import Spec
from cnnviz.topics.explore import captions
from pages.look.explore import cache, crop
from pages.shared import url_state
from pages.shared.image_picker import FITS, Picture, chosen_fit
from pages.shared.view import View

DRAWER = "explore.input"  # in the session: whether it is open
SHOWN = 170  # pixels: the width of the two images


@st.fragment
def drawer(view: View, spec: Spec, current: Picture) -> None:
    """Closed at first; its images are made when it is opened, which runs no more than this."""
    if chosen_fit() != view.fit:
        st.rerun()  # it was chosen in here, and all of the page depends on it
    box = st.popover(captions.INPUT, icon=":material/crop:", key=DRAWER, on_change="rerun")
    if box.open:
        with box:
            show(view, spec, current)


def show(view: View, spec: Spec, current: Picture) -> None:
    """The image and the network's input side by side, how it was fitted, and each step of the way."""
    (caption, png), *steps = cache.as_seen(view, width=2 * SHOWN)
    with st.container(horizontal=True, gap="small"):
        if current.name and crop.moves(view, spec):  # of one's own it stands beside the canvas
            with st.container(width=SHOWN):
                crop.show(view, escaped(current.title))
        else:
            st.image(
                pictures.thumbnail_png(current.image, 2 * SHOWN),
                output_format="PNG",
                width=SHOWN,
                caption=escaped(current.title),
            )
        st.image(png, output_format="PNG", caption=caption, width=SHOWN)
        with st.container(width=150):
            st.selectbox(
                captions.FITTED_BY, list(FITS), format_func=FITS.__getitem__, key="picture.fit", disabled=spec.digit,
                index=list(FITS).index(chosen_fit().partition("@")[0]), on_change=_fit_chosen,
            )  # fmt: skip
            with st.popover(captions.STEP_BY_STEP, icon=":material/format_list_numbered:"):
                for caption, png in steps:
                    st.image(png, output_format="PNG", caption=caption)


def _fit_chosen() -> None:
    url_state.change(fit=st.session_state["picture.fit"], row=None, column=None)
