"""A data set of one's own: a zip with a folder of pictures for each class."""

from __future__ import annotations

from typing import BinaryIO

import streamlit as st

from cnnviz import datasets, limits
from cnnviz.datasets import image_folder
from cnnviz.measurements import data_set
from cnnviz.plain_text import escaped

SIZES = (16, 28, 32, 48, 64, 96, 128)


def show() -> None:
    """Upload, name, size; what came of it, in one sentence; and those that are here."""
    st.markdown(
        "A zip with a folder of pictures for each class, `cats/…jpg` and `dogs/…jpg`. Each picture's middle is made "
        "square and small; every fifth one is kept for testing (or bring `train/` and `test/`, or `val/`, yourself)."
    )
    with st.form("data.own", clear_on_submit=True):
        file = st.file_uploader(
            f"Zip of class folders, up to {limits.ZIP_MB} MB", type=["zip"], key="data.zip",
            max_upload_size=limits.ZIP_MB,
        )  # fmt: skip
        left, right = st.columns(2)
        name = left.text_input("Its name here", key="data.name", placeholder="pets", max_chars=64)
        size = right.select_slider("Pixels a side", SIZES, value=32, key="data.size")
        sent = st.form_submit_button("Add it", icon=":material/add:", type="primary")
    if sent:
        _add(file, name.strip() or image_folder.suggested(file.name if file else ""), int(size))
    if said := st.session_state.pop("data.said", None):
        st.success(said, icon=":material/check_circle:")
    if left_out := st.session_state.pop("data.left_out", None):
        with st.expander(f"{len(left_out):,} files were left out, and why"):
            st.dataframe([{"file": one.path, "reason": one.reason} for one in left_out], hide_index=True)
    st.download_button(
        "A small zip to try", data_set.example_zip, "shapes.zip", "application/zip", key="data.example",
        on_click="ignore", icon=":material/download:",
    )  # fmt: skip
    _listed()


def _add(data: BinaryIO | None, name: str, size: int) -> None:
    if data is None:
        st.error("No zip was given: choose one, then add it.", icon=":material/error:")
        return
    try:
        with st.spinner("Reading the pictures …", show_time=True):
            imported = datasets.from_zip(data, name, size=size)
    except datasets.DatasetError as error:
        st.error(escaped(f"{str(error)[:1].upper()}{str(error)[1:]}"), icon=":material/error:")
        return
    st.session_state["data.said"] = (
        f"{escaped(imported.name.removeprefix(image_folder.PREFIX))}: {imported.pictures:,} pictures of "
        f"{len(imported.classes)} classes; {len(imported.left_out):,} files were left out. "
        f"It now stands in the list of data sets, here and in the sidebar."
    )
    st.session_state["data.left_out"] = imported.left_out
    st.session_state["data.next"] = imported.name
    st.rerun()


def _listed() -> None:
    """The data sets of one's own, with a way to take them away again."""
    names = image_folder.names(datasets.root())
    if not names:
        st.caption(f"None is here yet. They are kept in `{datasets.root()}`.")
        return
    chosen = st.selectbox(
        "Yours", names, format_func=lambda name: datasets.info(name).title, key="data.yours", width=320
    )
    if chosen and st.button("Remove it", key="data.remove", icon=":material/delete:"):
        try:
            image_folder.remove(chosen, datasets.root())
        except datasets.DatasetError as error:
            st.error(escaped(error), icon=":material/error:")
            return
        st.session_state["data.said"] = f"{chosen.removeprefix(image_folder.PREFIX)} is removed."
        st.rerun()
