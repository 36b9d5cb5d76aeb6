"""A network from one's own Python module, named when the app is started."""

from __future__ import annotations

import streamlit as st

from cnnviz import checkpoints, models, networks
from cnnviz.models.own_networks import OWN
from cnnviz.models.told import Told, names_in
from cnnviz.plain_text import escaped
from cnnviz.records.outputs import OUTPUTS
from cnnviz.topics.own_model import captions
from pages.shared import url_state

EXAMPLE = """# my_nets.py
from torch import nn


def tiny():
    convolution = nn.Conv2d(3, 8, kernel_size=3, padding=1)
    return nn.Sequential(convolution, nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 5))"""
START = "streamlit run app.py -- --model folder/my_nets.py:tiny --weights tiny.safetensors"


def show() -> None:
    """Draw how a module of one's own is opened."""
    st.code(START, language="bash", wrap_lines=True)
    st.code(EXAMPLE, language="python", wrap_lines=True)
    st.caption(captions.ONLY_TRUSTED)
    if not OWN:
        st.info(captions.NO_MODULE, icon=":material/info:")
        return
    for place, entry in list(OWN.items()):
        spec = entry.spec()
        st.markdown(captions.module(place, spec.input_shape, len(spec.classes)))
        for note in spec.notes:
            st.caption(escaped(note))
        st.button(captions.open_module(spec.title), key=f"own_model.module.{place}", on_click=_open, args=(place,))
    _form()


def _form() -> None:
    """What is said of the network at hand, or of the first: its input, its channels, its output and their names."""
    current = url_state.get("network")
    choice = current if current in OWN else next(iter(OWN))
    st.subheader(captions.SAY_IT, divider="gray")
    with st.form("own_model.told"):
        left, right = st.columns(2, gap="medium")
        size = left.text_input(captions.INPUT_SIZE, placeholder="3x224x224")
        channels = right.text_input(captions.CHANNELS, placeholder="RGB", help=captions.CHANNELS_HELP)
        mean = left.text_input(captions.MEAN, placeholder="0.485, 0.456, 0.406")
        std = right.text_input(captions.DEVIATION, placeholder="0.229, 0.224, 0.225")
        output = left.selectbox(captions.OUTPUT, ["", *OUTPUTS], format_func=captions.output)
        names = right.text_area(captions.NAMES, placeholder="cat\ndog", height=100)
        asked = st.form_submit_button(captions.say_of(networks.place_of(choice)))
    if asked:
        _retell(choice, (size, mean, std, channels, output or ""), names)


def _retell(choice: str, said: tuple[str, str, str, str, str], names: str) -> None:
    try:
        classes = names_in(names) if names.strip() else ()
        told = networks.retold(choice, Told(*said, classes))
    except (models.ModelError, checkpoints.CheckpointError, KeyError) as error:
        st.error(f"{escaped(str(error).rstrip('.'), longest=900)}.", icon=":material/error:")
        return
    url_state.change(network=told)
    st.success(captions.told(OWN[told].spec().input_shape), icon=":material/check_circle:")


def _open(place: str) -> None:
    url_state.change(network=place)
    st.session_state["own_model.go"] = True
