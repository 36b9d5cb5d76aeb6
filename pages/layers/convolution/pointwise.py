"""A 1 × 1 convolution is a linear layer over channels: on the image's colours, and in a trained network."""

from __future__ import annotations

import io

import numpy as np
import streamlit as st

from cnnviz.measurements import pointwise
from cnnviz.operations import OperationError
from cnnviz.plain_text import escaped
from cnnviz.records.proofs import Proof
from cnnviz.records.sharing import Pointwise
from cnnviz.topics.convolution import questions, sharing_captions, sharing_figures
from pages.layers.convolution import cache, persistent_table
from pages.shared import cache as shared_cache
from pages.shared import charts, downloads, image_picker, network_picker, predict, proof_badge, url_state
from pages.shared.open_network import network_of
from pages.shared.source_box import source_box

PLACES = ("The image's colours", "A layer of a network")
MIXED = np.array([[0.299, 0.587, 0.114], [1.0, -1.0, 0.0], [-0.5, -0.5, 1.0]])  # grey, red − green, blue − yellow
LONGEST, SHOWN = 160, 6
SNIPPET = """import torch
from torch import nn

weights = torch.tensor({weights}, dtype=torch.float64)
x = torch.rand({channels}, 20, 30, dtype=torch.float64)
convolution = nn.Conv2d({channels}, {outputs}, kernel_size=1, bias=False).double()
linear = nn.Linear({channels}, {outputs}, bias=False).double()
with torch.no_grad():
    convolution.weight.copy_(weights[:, :, None, None])
    linear.weight.copy_(weights)
    one = convolution(x[None])[0]
    other = linear(x.permute(1, 2, 0)).permute(2, 0, 1)
difference = (one - other).abs().max().item()
print(difference)"""


@st.fragment
def show() -> None:
    """The same weights as a 1 × 1 convolution and as a linear layer, on colours or in a network."""
    place = st.segmented_control(
        "Channels of", PLACES, default=PLACES[0], required=True, key="convolution.mixed", bind="query-params"
    )
    found = _of_network() if place == PLACES[1] else _of_picture()
    if found is None:
        return
    st.markdown(sharing_captions.pointwise(found))
    _maps(found)
    st.markdown(sharing_captions.pixel(found))
    scale = max(1.0, float(np.abs(found.convolution).max()))
    claim = "nn.Conv2d with a 1 × 1 kernel against nn.Linear with the same weights"
    proof_badge.badges(Proof(claim, found.difference, 1e-10 * scale))
    predict.ask("1 × 1 is linear", questions.pointwise(found))
    downloads.downloads(
        [("Numbers", "pointwise.npz", "application/octet-stream", lambda: _npz(found))], key="convolution.pointwise"
    )
    small = found.weights[:4, :4]
    snippet = SNIPPET.format(weights=small.round(6).tolist(), channels=small.shape[1], outputs=small.shape[0])
    source_box(snippet, made_by=(pointwise.compare, pointwise.of_layer))


def _npz(found: Pointwise) -> bytes:
    target = io.BytesIO()
    np.savez_compressed(target, inputs=found.inputs, weights=found.weights, bias=found.bias, outputs=found.convolution)
    return target.getvalue()


def _of_picture() -> Pointwise:
    picture = image_picker.popover()
    x = cache.whole(picture.digest, LONGEST, False, _picture=picture.image)
    weights = persistent_table.editor(sharing_captions.MIX_TABLE, MIXED, key="convolution.mix")
    return pointwise.compare(picture.title, x, weights, np.zeros(len(weights)))


def _of_network() -> Pointwise | None:
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        choice = network_picker.network_picker()
    opened = network_of(choice)
    if opened is None:
        return None
    picture = image_picker.chosen(opened.spec)
    view = image_picker.view(choice, picture)
    seen = shared_cache.look(view)
    keys = pointwise.layers(opened.model, seen.recording)
    if not keys:
        st.info(sharing_captions.no_pointwise(escaped(opened.spec.title)), icon=":material/info:")
        return None
    with right:
        current = url_state.get("layer") if url_state.get("layer") in keys else keys[0]
        key = st.selectbox("1 × 1 convolution", keys, index=keys.index(current), key=f"convolution.layer.{choice}",
                           persist_state="session")  # fmt: skip
    try:
        return cache.pointwise(view, key)
    except OperationError as error:
        st.error(str(error), icon=":material/error:")
        return None


def _maps(found: Pointwise) -> None:
    """The first outputs, by either layer."""
    limit, count = float(np.abs(found.convolution).max()), min(SHOWN, len(found.convolution))
    for name, values in (("nn.Conv2d", found.convolution), ("nn.Linear", found.linear)):
        st.caption(sharing_captions.output_channels(name, count, len(values)))
        shown = sharing_figures.channels_png(values[:count], limit=limit, look=charts.theme(), side=2 * LONGEST)
        st.image(shown, output_format="PNG")
