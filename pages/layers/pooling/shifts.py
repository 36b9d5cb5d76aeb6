"""The image shifted and turned in front of a network, and how similar its feature maps stay."""

from __future__ import annotations

import streamlit as st

from cnnviz.plain_text import escaped
from cnnviz.records import Spec
from cnnviz.topics.pooling import (
    halving,
    halving_proofs,
    questions,
    shift_captions,
    shift_figures,
    shift_reductions,
    shifts,
    snippets,
)
from pages.layers.pooling import cache
from pages.layers.pooling.components.shift_lab import shift_lab
from pages.shared import image_picker, misfit, network_picker, predict, proof_badge, url_state
from pages.shared.cache import look
from pages.shared.downloads import downloads
from pages.shared.open_network import network_of
from pages.shared.scores_needed import has_scores
from pages.shared.source_box import source_box

FIRST = "run:mnist-lenet5-df3d2154"
QUICK = 64  # px: a network with a larger input takes seconds an image
HOW_MANY = {"this": "one", "ten": "ten"}


def show() -> None:
    """Network and images; the motion and its curves; what was measured, in words and as a table; proofs."""
    left, middle, right = st.columns([5, 3, 2], gap="medium", vertical_alignment="bottom")
    with left:
        choice = _network()
    opened = network_of(choice)
    if opened is None:
        return
    with middle:
        picture = image_picker.popover(opened.spec)
    with right:
        several = _several(opened.spec)
    misfit.show(opened.spec, picture)
    if not has_scores(look(image_picker.view(choice, picture)), opened.spec.title):
        return
    found, drawing = _measured(choice, picture, several)
    shift_lab(drawing, key="pooling.shifts")
    st.markdown("\n".join(f"- {sentence}" for sentence in shift_captions.verdict(found)))
    if found.exchanged is not None:
        st.markdown(shift_captions.exchange(found.exchanged))
        st.markdown(shift_figures.exchange_table(found.exchanged))
        st.markdown(f"{shift_captions.steadiest(found.exchanged)} {shift_captions.broken(found.exchanged)}".strip())
    st.caption(shift_captions.measured(found, escaped(opened.spec.title)))
    _prove(found)


def _network() -> str:
    """The chosen network, if somebody chose one; else a small trained one that pools."""
    listed = network_picker.networks_listed()
    current = st.session_state.get("pooling.chosen") or url_state.get("network")
    if current == url_state.DEFAULTS["network"] and "pooling.chosen" not in st.session_state:
        current = FIRST if FIRST in listed else current
    listed.setdefault(current, current)
    st.session_state["pooling.network"] = current
    st.selectbox(
        "Network", list(listed), format_func=lambda name: listed.get(name, name), key="pooling.network",
        on_change=_chosen,
    )  # fmt: skip
    return str(current)


def _chosen() -> None:
    st.session_state["pooling.chosen"] = st.session_state["pooling.network"]
    url_state.change(network=st.session_state["pooling.network"])


def _several(spec: Spec) -> bool:
    default = "ten" if max(spec.input_shape[1:]) <= QUICK else "this"
    chosen = st.segmented_control(
        "Images", list(HOW_MANY), format_func=HOW_MANY.__getitem__, default=default, required=True,
        key=f"pooling.pictures.{default}", persist_state="session",
        help=shift_captions.HOW_MANY,
    )  # fmt: skip
    return chosen == "ten"


def _measured(choice: str, picture: image_picker.Picture, several: bool) -> cache.Measured:
    """From the cache, or now, with its progress."""
    place = st.empty()

    def heard(share: float) -> None:
        place.progress(min(1.0, share), text=shift_captions.MEASURING)

    found = cache.shifts(image_picker.view(choice, picture), picture.title, several=several, progress=heard)
    place.empty()
    return found


def _prove(found: cache.Shifts) -> None:
    proof_badge.badges(*halving_proofs.proofs())
    predict.ask("Pooling against shifts", questions.slid(found.slide))
    downloads(
        [("Cosines, CSV", "shifts.csv", "text/csv", lambda: shift_figures.csv(found))],
        key="pooling.shifts.take",
    )
    source_box(
        snippets.SHIFTS,
        made_by=(shifts.measure, shift_reductions.cosine, halving.halve, halving.WAYS["max_blur"][1]),
    )
