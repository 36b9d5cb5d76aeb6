"""Learned kernels: what each of them answers to, which are alike or dead, and how training made them."""

from collections.abc import Callable, Sequence

import streamlit as st

from cnnviz.operations import OperationError
from cnnviz.topics.kernels import analysis, captions, network, questions, snippets
from pages.layers.kernels import cache, frequencies, grid, similarity, training
from pages.layers.kernels.selection import KernelSelection
from pages.shared import image_picker, network_picker, page_parts, predict, url_state
from pages.shared.cache import look
from pages.shared.open_network import network_of
from pages.shared.source_box import source_box

PARTS = {
    "kernels": "The kernels",
    "frequency": "Frequency and orientation",
    "likeness": "Duplicates and dead",
    "training": "While training",
}
SHOW = {"kernels": grid.show, "frequency": frequencies.show, "likeness": similarity.show}
ASKED: dict[str, Callable[[KernelSelection], Sequence[predict.Wanted]]] = {
    "kernels": lambda here: questions.size(here.bank),
    "frequency": lambda here: questions.flat(here.bank.weights),
    "likeness": lambda here: questions.alike(cache.likeness(here.choice, here.module), here.analysis.norms),
}

st.title(captions.TITLE)
part = page_parts.choose("kernels.part", PARTS, captions.SAID)


def show(part: str) -> None:
    """The chosen part. It returns where there is nothing to show, so that the page ends as every page does."""
    if part == "training":
        training.show()
        return
    left, middle, right = st.columns([3, 3, 2], gap="medium", vertical_alignment="bottom")
    with left:
        choice = network_picker.network_picker()
    notice = st.empty()  # always there, so that a notice moves nothing below it to another place in the page's tree
    opened = network_of(choice, place=notice)
    if opened is None:
        return
    with right:
        picture = image_picker.popover(opened.spec)
    view = image_picker.view(choice, picture)
    seen = look(view)
    with middle:
        key = network_picker.layer_picker(seen.recording, kinds=network.kinds(seen.recording))
    here = KernelSelection(view, seen.recording, seen.recording[key], seen.reading)
    try:
        bank = here.bank
    except OperationError as error:
        st.error(str(error), icon=":material/error:")
        return
    if network.has_packed(opened.model):
        st.info(captions.PACKED, icon=":material/info:")
    st.caption(captions.layer(opened.spec.title, here.layer.key, bank))
    if bank.linear:
        st.info(captions.rows_of_linear(*bank.shape[2:]), icon=":material/info:")
    SHOW[part](here)
    predict.ask(PARTS[part], *ASKED[part](here))
    if part == "kernels":
        grid.take(here)
    source_box(*snippets.for_layer(choice, here.module), made_by=(analysis.analyse, analysis.nearest_classic))


show(part)
url_state.publish()
