"""The part "Parts of the image": what a layer treats alike, as colours on the image."""

from __future__ import annotations

import io

import numpy as np
import streamlit as st

from cnnviz.figures import pictures
from cnnviz.topics.attribution import parts, parts_captions, parts_figures, questions, snippets
from pages.shared import downloads, predict, selection, url_state
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box
from pages.shared.view import View, by_view
from pages.why.attribution import cache

FEWEST, MOST, FIRST = 2, len(parts_figures.NAMES), 4
SIDE = 168  # pixels a side of one part; two stand beside each other on a phone


def show() -> None:
    """The pickers, the coloured image, and each part by itself."""
    st.markdown(parts_captions.INTRODUCTION)
    columns = st.columns([2, 1.3, 2.2, 1.6], gap="small", vertical_alignment="bottom")
    here = selection.in_line(*columns[:2])
    keys = parts.layers(here.look.recording)
    if not keys:
        st.info(parts_captions.NONE, icon=":material/info:")
        return
    with columns[2]:
        layer = _layer(here, keys)
    with columns[3]:
        count = st.slider(
            parts_captions.COUNT, FEWEST, MOST, FIRST, key="attribution.parts", bind="query-params",
            help=parts_captions.COUNT_HELP,
        )  # fmt: skip
    _parts(here, layer, int(count), _found(here.view, layer, int(count)))


def _layer(here: selection.Selection, keys: list[str]) -> str:
    """The layer out of the view, where it has parts; else the last one that has cells enough."""
    shapes = {key: "×".join(map(str, here.look.recording[key].shape)) for key in keys}
    current = url_state.get("layer")
    first = parts.first(here.look.recording, keys)
    st.session_state["attribution.parts_layer"] = current if current in keys else first
    found = st.selectbox(
        parts_captions.LAYER, keys, format_func=lambda key: f"{key}, {shapes[key]}", key="attribution.parts_layer",
        on_change=lambda: url_state.change(layer=st.session_state["attribution.parts_layer"]),
    )  # fmt: skip
    return str(found)


@by_view(max_entries=24, show_spinner="The layer's parts are sought …", show_time=True)
def _found(view: View, layer: str, count: int) -> parts.Parts:
    return parts.of(cache.recorded(view, layer), count)


def _parts(here: selection.Selection, layer: str, count: int, found: parts.Parts) -> None:
    image = here.look.picture
    drawn = parts_figures.together(image, found)
    left, right = st.columns([1, 1.6], gap="large")
    with left:
        st.image(pictures.png(drawn), output_format="PNG", width="stretch", caption=parts_captions.TOGETHER)
    with right:
        st.markdown(parts_captions.explained(found, layer))
        with st.container(horizontal=True, gap="small"):
            for part in range(count):
                with st.container(width=SIDE):
                    st.image(pictures.png(parts_figures.alone(image, found, part)), output_format="PNG")
                    st.caption(parts_captions.part(found, part))
        st.caption(parts_captions.NOT_WHY)
    st.caption(parts_captions.rounds(found))
    values = cache.recorded(here.view, layer)
    badges(*parts.proofs(values, found, parts_captions.CLAIMS))
    predict.ask(parts_captions.PART, *questions.of_parts(values, found, parts_figures.NAMES))
    downloads.downloads(
        [
            (parts_captions.PNG, "parts.png", "image/png", lambda: pictures.png(drawn)),
            (parts_captions.NPZ, "parts.npz", "application/zip", lambda: npz(found)),
        ],
        key="attribution.parts_take",
    )
    source_box(snippets.parts(here.choice, here.source, here.fit, layer, count), made_by=(parts.of, parts.round_of))


def npz(found: parts.Parts) -> bytes:
    """The parts' maps, their channels, and the error after each round."""
    target = io.BytesIO()
    np.savez_compressed(target, maps=found.maps, channels=found.channels, errors=found.errors)
    return target.getvalue()
