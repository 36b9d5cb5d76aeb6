"""A data set of one's own: a zip with a folder of images for each class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import BinaryIO

import streamlit as st

from cnnviz import datasets, failures, limits, runs
from cnnviz.datasets import image_folder, removed
from cnnviz.measurements import data_set
from cnnviz.plain_text import escaped
from cnnviz.topics.data import captions
from pages.shared import navigation, number_table, turning, upload_room
from pages.shared.training import panel, presets, sidebar

PHOTO, LEAST = 128, 32  # pixels a side that suit photographs, and that EfficientNet-Lite0 takes
SIZES = (16, 28, 32, 48, 64, 96, 128, 160, 224)


def show() -> None:
    """Upload, name, size; what came of it, in one sentence; and those that are here."""
    if st.session_state.pop("data.to_lab", False):
        turning.to(navigation.TRAINING_LAB)
    with st.form("data.own", clear_on_submit=True):
        file = upload_room.field(
            captions.zip_of_folders(limits.ZIP_MB), type=["zip"], key="data.zip",
            max_upload_size=limits.ZIP_MB,
            help=captions.zip_budget(limits.ZIP_FILES, limits.ZIP_PIXELS, limits.ZIP_SECONDS),
        )  # fmt: skip
        left, right = st.columns(2)
        name = left.text_input("Its name here", key="data.name", placeholder="pets", max_chars=64)
        size = right.select_slider("Pixels a side", SIZES, value=PHOTO, key="data.size", help=captions.SIZE_HELP)
        sent = st.form_submit_button("Add it", icon=":material/add:", type="primary")
    if sent:
        _add(file, name.strip() or image_folder.suggested(file.name if file else ""), int(size))
    if said := st.session_state.pop("data.said", None):
        st.success(said, icon=":material/check_circle:")
        _train_on_it(st.session_state.get("data.dataset", ""))
    if left_out := st.session_state.pop("data.left_out", None):
        with st.expander(captions.left_out(len(left_out))):
            number_table.draw([{"file": one.path, "reason": one.reason} for one in left_out])
    st.download_button(
        captions.EXAMPLE_ZIP, data_set.example_zip, "shapes.zip", "application/zip", key="data.example",
        on_click="ignore", icon=":material/download:",
    )  # fmt: skip
    _listed()


def _train_on_it(name: str) -> None:
    """The way on: a last layer on ImageNet's weights, ready to be started."""
    if name not in image_folder.names(datasets.root()) or min(datasets.info(name).shape[1:]) < LEAST:
        return
    st.button(
        captions.TRAIN_ON_IT, key="data.train", type="primary", icon=":material/model_training:",
        help=captions.TRAIN_ON_IT_HELP, on_click=_fill, args=(name,),
    )  # fmt: skip


def _fill(name: str) -> None:
    presets.photographs(name)
    panel.start(sidebar.chosen)
    st.session_state["data.to_lab"] = True


def _add(data: BinaryIO | None, name: str, size: int) -> None:
    if data is None:
        st.error(captions.NO_ZIP, icon=":material/error:")
        return
    try:
        bar = st.progress(0.0, text=captions.READING)  # drawn at each image: a session that is gone ends there

        def progress(done: int, of: int) -> None:
            bar.progress(done / of, text=captions.read_so_far(done, of))

        with runs.bringing() as room:
            imported = datasets.from_zip(data, name, size=size, progress=progress, room=room)
    except (datasets.DatasetError, runs.RunError) as error:
        failures.note("a zip was refused", error, remedy="What works stands on the page Data and batches.")
        st.error(escaped(captions.problem(str(error))), icon=":material/error:")
        return
    name, skipped = imported.name.removeprefix(image_folder.PREFIX), len(imported.left_out)
    st.session_state["data.said"] = captions.added(
        name, imported.pictures, len(imported.classes), skipped=skipped, masks=imported.masks
    )  # fmt: skip
    st.session_state["data.left_out"] = imported.left_out
    st.session_state["data.next"] = imported.name
    st.rerun()


def _listed() -> None:
    """The data sets of one's own, with a way to take them away, which can be undone."""
    names = image_folder.names(datasets.root())
    if not names:
        st.caption(captions.NONE_YET)
    chosen = _chosen(names) if names else None
    with st.container(horizontal=True):
        if chosen and st.button("Remove it", key="data.remove", icon=":material/delete:"):
            plain = chosen.removeprefix(image_folder.PREFIX)
            _do(lambda: image_folder.remove(chosen, datasets.root()), captions.removed(plain))
        if trash := removed.names(datasets.root()):
            if st.button(captions.take_back(trash[0]), key="data.undo", icon=":material/undo:"):
                _do(lambda: removed.restore(trash[0], datasets.root()), captions.restored(trash[0]))
            _emptying(len(trash))


def _emptying(seen: int) -> None:
    """A button that removes one's own of these for good. seen: how many lie in the trash, others' as well."""
    own = len(removed.own(datasets.root()))
    label = captions.empty_trash(own, seen - own)
    if own and st.button(label, key="data.empty", icon=":material/delete_forever:"):
        _do(lambda: removed.empty(datasets.root()), captions.EMPTIED)


def _chosen(names: Sequence[str]) -> str | None:
    return st.selectbox("Yours", names, format_func=lambda name: datasets.info(name).title, key="data.yours", width=320)


def _do(wish: Callable[[], None], said: str) -> None:
    """Says what came of it, and draws the page anew where it was done."""
    try:
        wish()
    except datasets.DatasetError as error:
        st.error(escaped(captions.problem(str(error))), icon=":material/error:")
        return
    st.session_state["data.said"] = said
    st.rerun()
