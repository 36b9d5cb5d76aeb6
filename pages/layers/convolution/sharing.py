"""Weight sharing: the same map by a convolution, a locally connected and a fully connected layer."""

from __future__ import annotations

import csv
import io

import streamlit as st

from cnnviz.operations import OperationError
from cnnviz.records.proofs import Proof
from cnnviz.records.sharing import SharingComparison
from cnnviz.topics.convolution import (
    captions,
    examples,
    questions,
    sharing_captions,
    sharing_figures,
    sharing_proofs,
    weight_sharing,
)
from cnnviz.topics.convolution.records import ConvolutionSetting
from pages.shared import charts, downloads, predict, proof_badge
from pages.shared.source_box import source_box

FIRST = {"height": 32, "width": 32, "in": 3, "out": 16, "side": 5, "step": 1, "around": 0}
SNIPPET = """from torch import nn

channels, high, wide = {input}
outputs, rows, columns = {output}
convolution = nn.Conv2d(channels, outputs, {kernel}, device="meta")
full = nn.Linear(channels * high * wide, outputs * rows * columns, device="meta")
local = outputs * rows * columns * (channels * {kernel}[0] * {kernel}[1] + 1)  # PyTorch has no such layer
counts = [sum(p.numel() for p in layer.parameters()) for layer in (convolution, full)]
counts.insert(1, local)
print(counts)"""


@st.fragment
def show() -> None:
    """Counts, memory and MACs of the three layers, and the three as matrices."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shape = (
            _number("Channels", "in", 1, 512),
            _number("Rows", "height", 1, 512),
            _number("Columns", "width", 1, 512),
        )
        outputs, side = _number("Kernels", "out", 1, 512), _number("Kernel size", "side", 1, 31)
        step, around = _number("Stride", "step", 1, 8), _number("Padding", "around", 0, 15)
    setting = ConvolutionSetting(stride=(step, step), padding=(around, around))
    try:
        found = weight_sharing.compare(shape, outputs, (side, side), setting=setting)
        st.session_state["convolution.sharing"] = found
    except OperationError as error:
        st.error(captions.last_result(str(error)), icon=":material/error:")
        found = st.session_state.get("convolution.sharing") or weight_sharing.compare((3, 32, 32), 16, (5, 5))
    st.markdown(sharing_captions.comparison(found))
    for column, kind, cost in zip(st.columns(3, gap="medium"), sharing_figures.KINDS, found.layers, strict=True):
        with column:
            st.metric(
                sharing_captions.cost_name(cost, kind), sharing_captions.cost_parameters(cost),
                sharing_captions.cost_memory(cost), delta_color="off", delta_arrow="off",
            )  # fmt: skip
            st.caption(sharing_captions.cost_work(cost))
    charts.chart(sharing_figures.cost_bars(found.layers, look=charts.theme()), key="convolution.costs")
    proof_badge.badges(sharing_proofs.parameters_of_modules(found), *_matrices())
    predict.ask("Weight sharing", *questions.sharing(found))
    downloads.downloads([("Table", "sharing.csv", "text/csv", lambda: _table(found))], key="convolution.sharing")
    snippet = SNIPPET.format(input=found.input, output=found.output, kernel=found.kernel)
    source_box(snippet, made_by=(weight_sharing.compare, weight_sharing.unrolled, sharing_proofs.local_is_unfold))


def _matrices() -> tuple[Proof, ...]:
    """The worked example as three matrices; returns the proofs that the first of them is the convolution."""
    unrolled, found = weight_sharing.unrolled(examples.INPUT, examples.KERNEL)
    high, wide = unrolled.places[:2]
    st.markdown(sharing_captions.matrices(unrolled))
    for place, kind in zip(st.columns(3, gap="medium"), sharing_figures.KINDS, strict=True):
        with place:
            image = sharing_figures.matrix_png(unrolled, kind, look=charts.theme())
            st.image(image, caption=sharing_captions.CONNECTIONS[kind], output_format="PNG", width=280)
    small = weight_sharing.compare((1, high, wide), 1, examples.KERNEL.shape)
    return sharing_proofs.matrix_is_convolution(unrolled, found), sharing_proofs.local_is_unfold(small)


def _number(label: str, name: str, low: int, high: int) -> int:
    key = f"convolution.{name}"
    return int(st.number_input(label, low, high, FIRST[name], key=key, bind="query-params", width=104))


def _table(found: SharingComparison) -> str:
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(["layer", "weights", "biases", "parameters", "bytes", "macs"])
    for cost in found.layers:
        writer.writerow([cost.name, cost.weights, cost.biases, cost.parameters, cost.bytes, cost.macs])
    return target.getvalue()
