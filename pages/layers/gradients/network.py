"""The third section: a real network on the image at hand, beside the one before it."""

from __future__ import annotations

import streamlit as st

from cnnviz import networks
from cnnviz.topics.gradients import captions, network, network_figures, questions
from cnnviz.topics.gradients.records import NetworkDepth
from pages.layers.gradients import cache
from pages.layers.gradients.components.depth_curves import depth_curves
from pages.shared import cache as shared_cache
from pages.shared import image_picker, misfit, network_picker, predict
from pages.shared.image_picker import Picture
from pages.shared.open_network import network_of
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box
from pages.shared.view import View

KEPT = 2


def show() -> None:
    """Which network, which image; the gradient of its likeliest class in every layer."""
    row, notice = st.container(horizontal=True, vertical_alignment="bottom"), st.empty()
    with row:
        choice = network_picker.network_picker()
        opened = network_of(choice, place=notice)
        if opened is None:
            return
        picture = image_picker.popover(opened.spec)
    misfit.show(opened.spec, picture)
    try:
        found, proofs = cache.network(*_view_and_label(choice, opened, picture))
    except ValueError as error:
        st.error(f"{error}.", icon=":material/error:")
        return
    st.markdown(f"{captions.network_verdict(found)} {captions.extremes(found)}")
    header, blob = network_figures.packet(found, _past(choice, picture))
    depth_curves(header, blob, key="gradients.network")
    st.caption(captions.network_measured(found, picture.title))
    badges(*proofs)
    predict.ask("Gradients in a network", questions.pulled(found))
    source_box(
        network_figures.snippet(choice, picture.source, fit=image_picker.chosen_fit()),
        made_by=(network.measure, network.weight_gradients),
    )


def _view_and_label(choice: str, opened: networks.Network, picture: Picture) -> tuple[View, str]:
    label = opened.spec.title if opened.provenance.kind != "random" else captions.random_weights(opened.spec.title)
    return image_picker.view(choice, picture), label


def _past(choice: str, picture: Picture) -> list[NetworkDepth]:
    """The networks that were chosen before, on the same image; one that can no longer be opened is left out."""
    seen: list[str] = st.session_state.setdefault("gradients.networks", [])
    if choice not in seen:
        st.session_state["gradients.networks"] = seen = [choice, *seen][: KEPT + 1]
    earlier = []
    for other in seen:
        if other == choice:
            continue
        try:
            earlier.append(cache.network(*_view_and_label(other, shared_cache.network(other), picture))[0])
        except (*network_picker.CANNOT_OPEN, ValueError):
            st.session_state["gradients.networks"] = [name for name in seen if name != other]
    return earlier
