"""The slim bar over the canvas: network, images, drawing, upload, camera, and the answer. Drawers, not columns."""

from __future__ import annotations

import streamlit as st
from streamlit.elements.lib.mutable_popover_container import PopoverContainer

from cnnviz.figures import predictions
from cnnviz.plain_text import escaped
from cnnviz.records import Spec
from cnnviz.topics.explore import captions
from pages.look.explore import against, as_seen, opening
from pages.look.explore import answer as says
from pages.shared import cache, first_paint, image_picker, misfit, network_picker
from pages.shared.image_picker import Picture

DRAWERS = ("explore.pictures", "explore.upload", "explore.camera")


def network() -> str:
    """The network at hand, and the list to choose another."""
    return network_picker.network_list(label="collapsed", width=250)


def pictures(choice: str, spec: Spec, *, sheet: bool) -> None:
    """Where the image comes from: a drawer each; one that gave an image closes."""
    if st.session_state.pop("picture.taken", False):
        st.session_state.update(dict.fromkeys(DRAWERS, False))
    current = image_picker.chosen(spec)
    with _drawer(captions.PICTURES, "explore.pictures", "image"):
        if first_paint.is_whole():
            st.caption(captions.PICTURES_SAID)
            image_picker.strip(current)
    st.button(
        captions.DRAW, key="explore.draw", icon=":material/draw:", on_click=_turn_sheet, args=(not sheet,),
        help=captions.DRAW_HELP, type="secondary",
    )  # fmt: skip
    with _drawer(captions.UPLOAD, "explore.upload", "upload"):
        image_picker.upload()
    with _drawer(captions.CAMERA, "explore.camera", "photo_camera"):
        image_picker.camera()
    if places := network_picker.snapshots(choice):
        with st.popover(captions.training_step(choice, places), icon=":material/timeline:", key="explore.steps"):
            st.caption(captions.TRAINING_STEPS)
            network_picker.snapshot_slider(choice)


def answer(choice: str, spec: Spec, current: Picture, seen: cache.Look) -> None:
    """What the network says, the first class in the label; how the image came to its input; the way to a photo."""
    as_seen.drawer(image_picker.view(choice, current), spec, current)
    with st.popover(captions.COMPARE, icon=":material/compare:", key="explore.compare"):
        if first_paint.is_whole():
            against.picker(cache.network(choice), seen, current.name)
    unsure = predictions.fit_note(seen.scores) or misfit.note(spec, current)
    doubted = seen.reading.kind == "classes" and bool(unsure)
    label = captions.short_answer(seen.reading, doubted=doubted)
    with st.popover(label, key="explore.answer", type="secondary"):
        if first_paint.is_whole():
            says.show(cache.network(choice), seen)
    photo = spec.digit
    st.button(
        captions.NOW_A_PHOTO if photo else captions.NOW_A_DIGIT, key="explore.next", icon=":material/arrow_forward:",
        icon_position="right", on_click=opening.to_a_photo if photo else opening.to_the_digit, type="primary",
    )  # fmt: skip


def _drawer(label: str, key: str, icon: str) -> PopoverContainer:
    return st.popover(escaped(label), icon=f":material/{icon}:", key=key, on_change="rerun")


def _turn_sheet(on: bool) -> None:
    st.session_state["explore.sheet"] = on
