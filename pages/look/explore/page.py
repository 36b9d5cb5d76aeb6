"""Explore: an image goes through a network; every layer, every channel, and why one cell has its value."""

from pathlib import Path

import streamlit as st

from cnnviz import devices
from cnnviz.topics.explore import captions
from pages.look.explore import answer, bar, crop, detail, opening, questions, tour
from pages.shared import first_paint, image_picker, misfit, own_failure, url_state
from pages.shared.cache import look
from pages.shared.open_network import network_of

st.html(Path(__file__).with_name("explore.css"))
opening.choose()


@st.fragment
def show() -> None:
    """All of it. A fragment: another image or network runs neither the menu nor the training form."""
    own_failure.run(_whole)  # here, too: what is raised inside a fragment is not raised around it
    devices.give_back_memory()  # as the script does at its end, which a fragment does not come to


def _whole() -> None:
    head = st.container(key="explore.head")
    with head:
        st.title(captions.TITLE, anchor=False)
        promise = st.empty()
    top = st.container(key="explore.bar", horizontal=True, vertical_alignment="center", gap="small")
    with top:
        choice = bar.network()
    notice = st.container()  # always there, so that a notice moves nothing below it to another place in the page's tree
    opened = network_of(choice, place=notice)
    if opened is None:
        first_paint.over()
        return

    promise.markdown(captions.introduction(draws=opened.spec.digit))
    picture = image_picker.chosen(opened.spec)
    sheet = opening.draws(opened.spec, picture.title, picture.name)
    with top:
        bar.pictures(choice, opened.spec, sheet=sheet)
    with notice:
        image_picker.said()
        misfit.show(opened.spec, picture)
    view = image_picker.view(choice, picture)
    seen = look(view)
    with head:
        tour.show(seen.recording)
    with st.container(key="explore.stage", horizontal=True, gap="small"):
        framed = not sheet and not picture.name and crop.moves(view, opened.spec)
        side = st.container(key="explore.sheet" if sheet else "explore.crop", width=176) if sheet or framed else None
        with st.container(key="explore.net"):  # first of all: what stands beside and around it is sent afterwards
            detail.show(choice, picture)
    if side is not None:
        with side:
            image_picker.drawing(picture) if sheet else crop.show(view, captions.CROP)
    with top:
        bar.answer(choice, opened.spec, picture, seen)
    st.caption(answer.caption(opened, seen, picture.title))
    if first_paint.is_whole():
        questions.show(choice, seen)
    url_state.publish(always=("network",))


show()
