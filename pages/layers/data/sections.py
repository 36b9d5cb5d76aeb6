"""The five sections of the page: only the open one computes."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from cnnviz import datasets
from cnnviz.datasets import image_folder
from cnnviz.plain_text import escaped
from cnnviz.topics.data import captions
from pages.layers.data import batches, gallery, own_folder, statistics
from pages.shared import dataset_download, page_parts, url_state

FIRST = "digits"
OWN = "Your own data"
PARTS: dict[str, Callable[[str], None]] = {
    "Images": gallery.browse,
    "Transforms": gallery.transforms,
    "Batches": batches.show,
    "Mean and deviation": statistics.show,
    OWN: lambda _: own_folder.show(),
}


def show() -> None:
    """The sections' row, and the one that is open."""
    _section(page_parts.choose("data.part", {name: name for name in PARTS}, captions.SAID))


@st.fragment
def _section(part: str) -> None:
    """Which data set, and that section of it; one that is not here is said, with the way to get it."""
    if part == OWN and not image_folder.names(datasets.root()):  # there is nothing to choose yet
        own_folder.show()
        return
    name = _dataset()
    status = datasets.status(name)
    if not status.available and part != OWN:
        st.warning(escaped(status.sentence), icon=":material/info:")
        dataset_download.offer(name, key="data.download")
        return
    try:
        PARTS[part](name)
    except datasets.DatasetError as error:
        st.error(escaped(error), icon=":material/error:")
        return


def _dataset() -> str:
    names = sorted(datasets.names(), key=lambda name: name != FIRST)  # the first of a list is what opens without a link
    if (added := st.session_state.pop("data.next", None)) in names:
        st.session_state["data.dataset"] = added
    elif st.session_state.get("data.dataset", FIRST) not in names:  # it was removed
        st.session_state["data.dataset"] = FIRST
    url_state.say_unknown("data.dataset", [datasets.info(name).title for name in names], what="data set")
    name: str = st.selectbox(
        "Data set", names, format_func=lambda name: datasets.info(name).title,
        key="data.dataset", bind="query-params", width=320,
    )  # fmt: skip
    info = datasets.info(name)
    st.caption(captions.data_set(info.sentence, info.shape, len(info.classes)))
    return name
