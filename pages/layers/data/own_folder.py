"""A data set of one's own: a zip with a folder of pictures for each class."""

from __future__ import annotations

import streamlit as st

from cnnviz import datasets
from cnnviz.datasets import image_folder
from cnnviz.measurements import data_set

SIZES = (16, 28, 32, 48, 64, 96, 128)


def show() -> None:
    """Upload, name, size; what came of it, in one sentence; and those that are here."""
    st.markdown(
        "A zip with a folder of pictures for each class, `cats/…jpg` and `dogs/…jpg`. Each picture's middle is made "
        "square and small; every fifth one is kept for testing (or bring `train/` and `test/` yourself)."
    )
    with st.form("data.own", clear_on_submit=True):
        file = st.file_uploader("Zip of class folders, up to 10 MB", type=["zip"], key="data.zip")
        left, right = st.columns(2)
        name = left.text_input("Its name here", key="data.name", placeholder="pets", max_chars=64)
        size = right.select_slider("Pixels a side", SIZES, value=32, key="data.size")
        sent = st.form_submit_button("Add it", icon=":material/add:", type="primary")
    if sent:
        _add(file.getvalue() if file else None, name.strip() or _stem(file.name if file else ""), int(size))
    if said := st.session_state.pop("data.said", None):
        st.success(said, icon=":material/check_circle:")
    st.download_button(
        "A small zip to try", data_set.example_zip, "shapes.zip", "application/zip", key="data.example",
        on_click="ignore", icon=":material/download:",
    )  # fmt: skip
    _listed()


def _add(data: bytes | None, name: str, size: int) -> None:
    if data is None:
        st.error("No zip was given: choose one, then add it.", icon=":material/error:")
        return
    try:
        with st.spinner("Reading the pictures …", show_time=True):
            imported = datasets.from_zip(data, name, size=size)
    except datasets.DatasetError as error:
        st.error(f"{str(error)[:1].upper()}{str(error)[1:]}", icon=":material/error:")
        return
    left_out = f"; {len(imported.skipped)} files could not be read and were left out" if imported.skipped else ""
    st.session_state["data.said"] = (
        f"{imported.name.removeprefix(image_folder.PREFIX)}: {imported.pictures:,} pictures of "
        f"{len(imported.classes)} classes{left_out}. It now stands in the list of data sets, here and in the sidebar."
    )
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
            st.error(f"{error}", icon=":material/error:")
            return
        st.session_state["data.said"] = f"{chosen.removeprefix(image_folder.PREFIX)} is removed."
        st.rerun()


def _stem(file_name: str) -> str:
    return file_name.rsplit(".", 1)[0]
