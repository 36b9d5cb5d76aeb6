"""A data set that is not here yet: fetched on request, with its progress, or one sentence why it cannot be."""

from __future__ import annotations

import streamlit as st

from cnnviz import datasets, failures
from cnnviz.plain_text import escaped


def offer(name: str, *, key: str = "train.download") -> None:
    """A button where the data set can be downloaded; nothing where it is here or cannot be. key: one a place."""
    if not datasets.status(name).downloadable:
        return
    if st.button("Download it", key=key, icon=":material/download:", width="stretch"):
        _fetch(name)


def _fetch(name: str) -> None:
    bar = st.progress(0.0, text="asking the publisher's host …")

    def heard(done: int, total: int) -> None:
        share = min(1.0, done / total) if total else 0.0
        bar.progress(share, text=f"{done / 1e6:,.0f} of {total / 1e6:,.0f} MB")

    try:
        for split in ("train", "test"):
            datasets.load(name, split, download=True, progress=heard)
    except datasets.DatasetError as error:
        bar.empty()
        failures.note("a data set was not downloaded", error, remedy="Its files may be put under CNNVIZ_DATA by hand.")
        st.error(escaped(error), icon=":material/cloud_off:")
        return
    st.rerun()
