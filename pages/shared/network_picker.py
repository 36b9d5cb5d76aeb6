"""Pickers that return plain values: which network, which layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from cnnviz import checkpoints, models, networks
from cnnviz.figures.numbers import percent
from cnnviz.plain_text import escaped, said_by
from cnnviz.records import Activations
from pages.shared import url_state

CANNOT_OPEN = (KeyError, checkpoints.CheckpointError, models.ModelError)
END = -1  # of a run, on the slider of its snapshots
FIRST = ("efficientnet_lite0", "resnet18", "vgg16", "googlenet", "densenet121", "alexnet")


def networks_listed() -> dict[str, str]:
    """Choice → words, the ones with trained weights first: the ImageNet net, runs, then every architecture."""
    listed = {FIRST[0]: models.title(FIRST[0])}
    for item in checkpoints.available():
        words = item.title + ("" if item.test_accuracy is None else f", {percent(item.test_accuracy)}")
        listed[networks.run_choice(item.run_id)] = words
    for name in (*FIRST[1:], *models.names()):
        listed.setdefault(name, models.title(name))
    return listed


def network_picker() -> str:
    """The network at hand, and of a run which of its snapshots; a timm name can be typed in as "timm/<name>"."""
    current = network_list()
    snapshot_slider(current)
    return current


def network_list(
    *, label: Literal["visible", "collapsed"] = "visible", width: int | Literal["stretch"] = "stretch"
) -> str:
    """The network at hand, and the list to choose another."""
    listed = networks_listed()
    current = url_state.get("network")
    shown = networks.at_its_end(current)
    if shown not in listed:
        listed[shown] = networks.words(shown)
    st.session_state["picker.network"] = shown
    st.selectbox(
        "Network",
        list(listed),
        format_func=lambda choice: listed.get(choice, choice),
        key="picker.network",
        on_change=_network_chosen,
        accept_new_options=True,
        help="Trained networks come first. Any timm model can be typed in: timm/convnext_atto",
        label_visibility=label,
        width=width,
    )
    return current


def snapshots(choice: str) -> dict[int, str]:
    """Step → words, of the snapshots of a run's training; empty where it has none, and for what is no run."""
    if not choice.startswith(networks.RUN):
        return {}
    try:
        run = checkpoints.find(networks.split(choice)[0])
    except CANNOT_OPEN:
        return {}  # whoever opens the network says why it cannot be
    places = {number: f"{number:,}" for number in run.snapshots} | ({END: "the end"} if run.finished else {})
    return places if len(places) > 1 else {}


def snapshot_slider(choice: str) -> None:
    """Through a run's training, with the same image, layer and channel; nothing where it has no snapshots."""
    if not (places := snapshots(choice)):
        return
    run_id, step = networks.split(choice)
    st.session_state["picker.step"] = step if step in places else list(places)[-1]
    st.select_slider(
        "Weights after step", list(places), format_func=places.__getitem__, key="picker.step",
        on_change=_step_chosen, args=(run_id,),
    )  # fmt: skip


def _step_chosen(run_id: str) -> None:
    step = st.session_state["picker.step"]
    kept = {name: url_state.get(name) for name in ("layer", "channel", "row", "column", "against", "shown")}
    url_state.change(network=networks.run_choice(run_id, None if step == END else step), **kept)


def reason(error: Exception) -> str:
    """The sentence of an error as Markdown that shows it, without Python's quotes around a KeyError's."""
    return escaped(said_by(error).rstrip("."), longest=900)


def _network_chosen() -> None:
    if st.session_state["picker.network"]:
        url_state.change(network=st.session_state["picker.network"].strip())


def chosen_layer(recording: Activations, kinds: Sequence[str] = ()) -> str:
    """The layer in the view if it is of one of these kinds (none given: any), or the first that is."""
    current = url_state.get("layer")
    listed = _of_kinds(recording, kinds)
    if current in listed:
        return current
    return first_layer(recording) if not kinds or listed == list(recording.keys) else listed[0]


def layer_picker(
    recording: Activations, kinds: Sequence[str] = (), *, label: Literal["visible", "collapsed"] = "visible"
) -> str:
    """The layer at hand, and the list to choose another; `kinds`, as in records.KINDS, narrows the list."""
    current = chosen_layer(recording, kinds)
    st.session_state["picker.layer"] = current
    words = {key: _layer_words(recording, key) for key in _of_kinds(recording, kinds)}
    st.selectbox(
        "Layer",
        list(words),
        format_func=words.__getitem__,  # a session keeps this function: it must not hold the recording
        key="picker.layer",
        on_change=lambda: url_state.change(layer=st.session_state["picker.layer"]),
        label_visibility=label,
    )
    return current


def _of_kinds(recording: Activations, kinds: Sequence[str]) -> list[str]:
    """Keys of the layers of these kinds; all of them where the network has none (the page says so)."""
    return [layer.key for layer in recording if layer.kind in kinds] or list(recording.keys)


def first_layer(recording: Activations) -> str:
    """The first convolution, else the first layer after the input, else the input: a network may do nothing with it."""
    layers = [layer for layer in recording if layer.kind != "input"] or list(recording)
    return next((layer.key for layer in layers if layer.kind == "convolution"), layers[0].key)


def _layer_words(recording: Activations, key: str) -> str:
    layer = recording[key]
    return f"{key}  ·  {layer.operation}  ·  {list(layer.shape)}"
