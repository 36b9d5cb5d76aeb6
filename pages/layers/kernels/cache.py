"""What the page on kernels computes once: weights and what is read off them, gradients, a run's snapshots."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz import checkpoints, outputs
from cnnviz.operations import classic_kernels
from cnnviz.records.proofs import Proof
from cnnviz.topics.kernels import analysis as kernel_analysis
from cnnviz.topics.kernels import captions, figures, network
from cnnviz.topics.kernels import proofs as proven
from cnnviz.topics.kernels.packets import KernelPairsPacket
from cnnviz.topics.kernels.records import Analysis, Bank, History, Likeness
from pages.shared import cache
from pages.shared.view import View, by_view

PROVEN_UP_TO = 15_000_000  # parameters: a float64 copy of a larger network takes too long for a page


@st.cache_resource(max_entries=12, show_spinner=False)
def bank(choice: str, module: str) -> Bank:
    """That layer's kernels. Raises OperationError for a layer without any."""
    opened = cache.network(choice)
    return network.bank(opened.model, module, opened.spec)


@st.cache_resource(max_entries=12, show_spinner=captions.READING)
def analysis(choice: str, module: str) -> Analysis:
    """Norms, responses, directions and nearest classic kernels of that layer's kernels."""
    return kernel_analysis.analyse(bank(choice, module).weights)


@st.cache_resource(max_entries=24, show_spinner=False)
def slices(choice: str, module: str, output: int) -> Analysis:
    """One kernel's input slices, each by itself."""
    return kernel_analysis.analyse(bank(choice, module).weights[output][:, None])


@st.cache_resource(max_entries=6, show_spinner=captions.COMPARING)
def likeness(choice: str, module: str) -> Likeness:
    """The cosine of every pair of that layer's kernels."""
    return kernel_analysis.likeness(bank(choice, module).weights)


@st.cache_resource(max_entries=6, show_spinner=False)
def pairs(choice: str, module: str) -> KernelPairsPacket:
    """The packet of the similarity map."""
    held, found = bank(choice, module), likeness(choice, module)
    thresholds = np.array(figures.THRESHOLDS)
    chances = [kernel_analysis.by_chance(one, held.weights[0].size) for one in figures.THRESHOLDS]
    kept = figures.shown_in_map(found)
    return figures.of_pairs(
        held, found, kernel_analysis.pairs_beyond(found.matrix, thresholds), np.array(chances),
        order=kernel_analysis.chained(found.matrix[np.ix_(kept, kept)]),
    )  # fmt: skip


@by_view(max_entries=6, show_spinner=captions.GRADIENT)
def gradient(view: View, module: str, aim: str) -> tuple[np.ndarray, int]:
    """(d value / d weight, the top class) on the chosen image."""
    opened, seen = cache.network(view.choice), cache.look(view)
    target = outputs.target(seen.reading) or 0
    found, _ = network.gradient(opened.model, seen.prepared.tensor, module, opened.spec, target=target, aim=aim)
    return found, target


@by_view(max_entries=12, show_spinner=captions.CHECKING)
def proofs(view: View, key: str, which: int) -> tuple[Proof, ...]:
    """The response, the likeness and the map of one kernel, each computed a second way."""
    opened, recording = cache.network(view.choice), cache.look(view).recording
    layer = recording[key]
    held, read = bank(view.choice, layer.module), analysis(view.choice, layer.module)
    found = [proven.response(held.weights, read, which), proven.cosine(held.weights, read, which)]
    if layer.kind == "convolution" and len(layer.inputs) == 1 and layer.inputs[0] in recording:
        source = recording[layer.inputs[0]].values
        found.append(proven.answer(opened.model.get_submodule(layer.module), held, source, layer.values))
    return tuple(one for one in found if one is not None)


@by_view(max_entries=6, show_spinner=captions.CHECKING_GRADIENT)
def gradient_proof(view: View, module: str) -> Proof | None:
    """None for a network whose float64 copy would be too large, and for weights that lie transposed."""
    opened, seen = cache.network(view.choice), cache.look(view)
    large = sum(one.numel() for one in opened.model.parameters()) > PROVEN_UP_TO
    if large or bank(view.choice, module).operation.startswith("ConvTranspose"):
        return None
    found, target = gradient(view, module, "score")
    return proven.gradient(opened.model, seen.prepared.tensor, module, target=target, found=found)


def classics(read: Analysis, size: int) -> dict[str, tuple[str, np.ndarray]]:
    """The classic kernels that are nearest to any of these: name -> (title, numbers)."""
    names = sorted({name for name in read.classics if name})
    return {name: (classic_kernels.title(name), classic_kernels.kernel(name, size)) for name in names}


# ------------------------------------------------------------------------------------------------ runs
def runs_with_snapshots() -> dict[str, checkpoints.Checkpoint]:
    """Run id → run, own ones first."""
    return {one.run_id: one for one in checkpoints.available() if one.snapshots}


@st.cache_resource(max_entries=6, show_spinner=False)
def layers(run_id: str, modified: float) -> dict[str, Bank]:
    """Module → its kernels at the end of the run."""
    model, spec = checkpoints.load(run_id), checkpoints.spec(run_id)
    return {name: network.bank(model, name, spec) for name in network.modules(model)}


@st.cache_resource(max_entries=6, show_spinner=captions.READING_SNAPSHOTS)
def history(run_id: str, modified: float, module: str, output: int | None) -> History:
    """That layer's kernels at every snapshot; of one kernel (output) or of all."""
    return network.history(run_id, module, output=output)
