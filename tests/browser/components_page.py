"""A page with nothing but the two pictures of a network, on made recordings: what test_components.py drives."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.figures import maps
from cnnviz.records import Activations, Field, Interval, Layer
from cnnviz.topics.explore import canvas
from pages.look.explore.components.network_canvas import network_canvas
from pages.shared.components.mosaic import mosaic

LABELS = ("<img src=x onerror=alert(1)>", *(f"class {i}" for i in range(1, 10)))


def node(key: str, values: np.ndarray, *inputs: str, kind: str, group: str) -> Layer:
    operation = {"convolution": "Conv2d 3×3", "activation": "ReLU", "linear": "Linear"}.get(kind, "")
    return Layer(key, 0, kind, operation, key, inputs, group, values.astype(np.float32))


def recording(width: int) -> Activations:
    """input, conv, ReLU in one block, and a linear layer: `width` channels; channel 1 of the ReLU is dead."""
    random = np.random.default_rng(0)
    conv = random.normal(size=(width, 14, 14))
    conv[1] = -1.0
    logits = random.normal(size=10)
    layers = (
        node("input", random.normal(size=(1, 28, 28)), kind="input", group="input"),
        node("conv", conv, "input", kind="convolution", group="block"),
        node("relu", np.maximum(conv, 0), "conv", kind="activation", group="block"),
        node("fc", logits, "relu", kind="linear", group="fc"),
    )
    return Activations(layers, logits.astype(np.float32))


def main() -> None:
    st.set_page_config(layout="wide")
    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    made = recording(int(st.query_params.get("width", "6")))
    layer = made[st.query_params.get("layer", "conv")]
    picture = np.full((28, 28, 3), 200, dtype=np.uint8)
    if st.query_params.get("show") != "mosaic":
        whole = canvas.network(made, picture=picture[..., :1], classes=LABELS, title="made")
        network_canvas(whole, selected=st.session_state.get("canvas", {}).get("pick"), key="canvas")
    else:
        wanted = st.session_state.get("mosaic", {}).get("want")
        given = np.arange(len(layer.values), dtype=np.float64) if wanted else None
        field = Field(Interval(3, 2, 1), Interval(3, 2, 1))
        drawn = maps.mosaic_data(layer, contributions=given, field=field, picture=picture, network_limit=9.0)
        mosaic(drawn, key="mosaic")
    st.text(f"runs {st.session_state['runs']}")
    for key in ("canvas", "mosaic"):
        pick = st.session_state.get(key, {}).get("pick") or {}
        st.text(f"{key} " + " ".join(f"{name}={pick[name]}" for name in sorted(pick) if name != "at"))


main()
