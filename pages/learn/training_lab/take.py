"""A trained network to take away: the zip, and an ONNX file alone."""

from __future__ import annotations

import functools

import streamlit as st

from cnnviz.topics.training_lab import bundle, captions, file_names, onnx_file
from pages.shared.downloads import downloads


@st.fragment
def away(run_id: str) -> None:
    """The zip at once; where the extra is installed an ONNX file by itself, which takes a while to write and prove."""
    onnx, made = onnx_file.able(), functools.partial(bundle.of, run_id)
    with st.container(horizontal=True):
        with st.container(width="content"):  # else it would take the whole line, and push the button to its end
            downloads([(captions.TAKE, f"{file_names.of(run_id)}.zip", "application/zip", made)], key="lab")
        asked = onnx and st.button(captions.ONNX, help=captions.ONNX_HELP, icon=":material/ios_share:", key="lab.onnx")
    if asked:
        _onnx(run_id)
    st.caption(captions.TAKEN if onnx else f"{captions.TAKEN} {captions.NO_ONNX}")


def _onnx(run_id: str) -> None:
    """Writes the file and offers it, or says why there is none."""
    try:
        with st.spinner(captions.ONNX_WRITING):
            data = onnx_file.of_run(run_id)
    except onnx_file.OnnxError as error:
        st.error(captions.no_onnx_file(str(error)), icon=":material/error:")
        return
    name = f"{file_names.of(run_id)}.onnx"
    downloads([(name, name, "application/octet-stream", lambda: data)], key="lab.onnx")
    st.caption(captions.ONNX_WRITTEN)
