"""Convolution, normalisation, activation and pooling as one unit: four maps of one channel in order."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.blocks import captions, diagram_captions, figures, units
from pages.networks.blocks import cache, drawing, exports, snippets
from pages.networks.blocks.components.block_stages import block_stages
from pages.networks.blocks.selection import block_picker, network_and_picture, runs_of
from pages.shared import predict
from pages.shared.downloads import downloads
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box


def listed() -> dict[str, str]:
    """Trained networks first, VGG before the others."""
    trained = runs_of("vgg_cifar", "net", "lenet5", "cnn")
    ordered = dict(sorted(trained.items(), key=lambda item: "vgg_cifar" not in item[1]))
    return {**ordered, "EfficientNet-Lite0": "efficientnet_lite0", "VGG-11 with BatchNorm": "vgg11_bn"}


@st.fragment
def show() -> None:
    """Draw the part about convolution, normalisation, activation and pooling as one unit."""
    at, seats = network_and_picture("unit", listed())
    keys = units.keys(at.network.model, at.look.recording)
    if not keys:
        st.warning(captions.NO_UNIT, icon=":material/info:")
        return
    words = {key: f"{key} · {at.look.recording[key].operation}" for key in keys}
    unit = units.unit(at.network.model, at.look.recording, block_picker("unit", at, seats, words))
    st.markdown(captions.unit(unit))
    drawing.draw(
        "unit", at, seats, [stage.key for stage in unit.stages], about=diagram_captions.unit(unit.key), merged=()
    )
    if (box := drawing.measured()).open:
        with box:
            names = ("unit", *at.view.key, unit.key)
            block_stages(cache.packet(*names, _make=lambda: figures.stages(unit.stages)), key="blocks.unit.maps")
    badges(*unit.proofs)
    before = at.look.recording[unit.key]
    cells = [round(float(value), 2) for value in before.values.ravel()[:: max(1, before.values.size // 16)]]
    activated = [stage for stage in unit.stages if at.look.recording[stage.key].operation.startswith("ReLU")]
    if activated:
        predict.ask("A unit", ("activation_value", {"function": "relu", "values": cells}))
    downloads([exports.maps(at, [stage.key for stage in unit.stages], f"unit-{unit.key}.npz")], key="blocks.unit")
    source_box(snippets.unit(at, unit), made_by=(units.unit, units.chain))
