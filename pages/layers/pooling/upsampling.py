"""Upsampling, on numbers and on the image."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.operations import OperationError
from cnnviz.records.pooling import Upsampled
from cnnviz.records.proofs import Proof
from cnnviz.topics.pooling import (
    captions,
    loss_captions,
    loss_figures,
    questions,
    side_by_side_figures,
    snippets,
    upsampling,
    upsampling_captions,
    upsampling_figures,
    upsampling_methods,
    upsampling_proofs,
    window_figures,
)
from pages.layers.pooling import cache, upsampling_controls
from pages.layers.pooling.components.grid_links import grid_links
from pages.layers.pooling.components.side_by_side import side_by_side
from pages.shared import image_picker, predict, proof_badge, table_editor
from pages.shared.downloads import downloads
from pages.shared.source_box import source_box

SMALL = np.array([[1, 2, 0], [3, 0, 1], [0, 2, 4]], dtype=np.float64)
LARGE = np.array([[3, 3, 2, 1], [0, 0, 1, 3], [3, 1, 2, 2], [2, 0, 0, 2]], dtype=np.float64)
CHANNELS = np.array([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16]], dtype=np.float64)
FACTORS = (2, 4)
Enlargement = tuple[Upsampled, Proof, dict[str, object]]


@st.fragment
def show() -> None:
    """Each way to enlarge on numbers to type over, then all of them on the image."""
    numbers = _numbers()
    st.subheader(loss_captions.ON_THE_IMAGE)
    proof_badge.badges(*numbers, _picture())
    source_box(snippets.PICTURE, made_by=(upsampling_methods.all_ways, upsampling_methods.tent))


def _numbers() -> list[Proof]:
    left, right = st.columns([1, 3], gap="medium")
    with left:
        kind = st.selectbox(
            "Method", list(upsampling.KINDS), format_func=upsampling.KINDS.__getitem__, key="pooling.larger",
            bind="query-params",
        )  # fmt: skip
        options = upsampling_controls.options(kind)
    with right:
        above = st.container()
        with st.container(horizontal=True, gap="medium"):
            with st.container(width=330):
                x = _input(kind)
            with st.container(width=330):
                kernel = upsampling_controls.kernel(kind)
        options |= {} if kernel is None else {"kernel": kernel}
        with above:
            found = _made(kind, x, options)
            if found is not None:
                names = ("maxima" if found[0].kind == "unpool" else "input", "output")
                grid_links(upsampling_figures.links(found[0], names=names), key="pooling.links")
        if found is None:
            return []
        _say(found, x)
    return [found[1]]


def _asked(found: Enlargement, x: np.ndarray) -> list[predict.Wanted]:
    """About the method at hand; of unpooling, the windows that were pooled."""
    made, _, options = found
    if made.kind == "unpool":
        return [("restored_cell", {"windows": questions.liveliest(x, 2), "kind": "max", "way": "switches"})]
    return list(questions.enlarged(made, options))


def _input(kind: str) -> np.ndarray:
    if kind == "shuffle":
        flat = table_editor.editor(upsampling_captions.CHANNELS_TABLE, CHANNELS, key="pooling.larger.channels")
        return flat.reshape(4, 2, 2)
    start = LARGE if kind == "unpool" else SMALL
    label = upsampling_captions.POOLED_TABLE if kind == "unpool" else upsampling_captions.INPUT_TABLE
    return table_editor.editor(label, start, key=f"pooling.larger.{kind == 'unpool'}", fixed=kind == "unpool")


def _made(kind: str, x: np.ndarray, options: dict[str, object]) -> Enlargement | None:
    """The result, or the last one that there was, under the sentence that says why."""
    try:
        made, said = upsampling_proofs.made(kind, x, **options)
    except OperationError as error:
        last: Enlargement | None = st.session_state.get("pooling.larger.last")
        st.error(captions.last_result(str(error), shown=last is not None), icon=":material/error:")
        return last
    st.session_state["pooling.larger.last"] = made, said, options
    return made, said, options


def _say(found: Enlargement, x: np.ndarray) -> None:
    made, _, options = found
    st.markdown(upsampling_captions.result(made))
    predict.ask("Upsampling", *_asked(found, x))
    downloads(
        [("Output, CSV", "enlarged.csv", "text/csv", lambda: window_figures.csv(made.values[0]))],
        key="pooling.larger.take",
    )
    source_box(snippets.enlarged_snippet(made, options), made_by=(getattr(upsampling, made.kind),))


def _picture() -> Proof:
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    with left:
        factor = st.segmented_control(
            "Made small by, then large again", FACTORS, format_func=lambda n: f"{n} × {n}", default=4, required=True,
            key="pooling.larger.factor", persist_state="session",
        )  # fmt: skip
    with right:
        current = image_picker.popover()
    whole, ways = cache.enlarged(current.digest, int(factor or 4), current.image)
    side_by_side(side_by_side_figures.data(loss_figures.enlarged_tiles(whole, ways)), key="pooling.larger.tiles")
    st.markdown(loss_captions.enlarged(ways))
    return cache.enlarged_proof(current.digest, int(factor or 4), whole, ways)
