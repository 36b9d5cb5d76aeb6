"""A gentle word where an image is of another kind than all that the network knows."""

from __future__ import annotations

import streamlit as st

from cnnviz import images
from cnnviz.figures import predictions
from cnnviz.plain_text import escaped
from cnnviz.records import Spec
from pages.shared.image_picker import Picture


def note(spec: Spec, picture: Picture) -> str:
    """The sentence, "" where there is nothing to say."""
    return predictions.misfit_note(spec, photograph=images.is_photograph(picture.image))


def show(spec: Spec, picture: Picture) -> None:
    """The sentence on the page; its place is always there, so that it moves nothing below it in the page's tree."""
    place = st.empty()
    if said := note(spec, picture):
        place.info(escaped(said, longest=600), icon=":material/info:")
