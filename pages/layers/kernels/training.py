"""A run's kernels from the first snapshot to the last: one packet, scrubbed and played in the browser."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import streamlit as st

from cnnviz import checkpoints, networks
from cnnviz.figures import run_names
from cnnviz.operations import OperationError
from cnnviz.runs import get
from cnnviz.topics.kernels import analysis, captions, figures, network, questions, snippets
from cnnviz.topics.kernels.packets import KernelGridPacket
from cnnviz.topics.kernels.records import Bank, History
from pages.layers.kernels import cache
from pages.layers.kernels.components.kernel_grid import kernel_grid
from pages.shared import predict, url_state
from pages.shared.downloads import downloads
from pages.shared.source_box import source_box

FIRST = "mnist-lenet5"  # whose kernels change most visibly
WHOLE = 384  # so many slices of a layer are all sent; of a larger layer those of one kernel


@st.fragment
def show() -> None:
    """Run, layer and kernel; the kernels at every snapshot, to be scrubbed."""
    runs = cache.runs_with_snapshots()
    if not runs:
        st.info(captions.NO_SNAPSHOTS, icon=":material/info:")
        return
    left, middle, right = st.columns([3, 3, 2], gap="medium", vertical_alignment="bottom")
    with left:
        run_id = _run_picker(runs)
    try:
        modified = get(run_id).modified()
        layers = cache.layers(run_id, modified)
        with middle:
            module = _layer_picker(layers)
        bank = layers[module]
        with right:
            output = _output_picker(bank)
        history = cache.history(run_id, modified, module, output)
        if not np.isfinite(history.weights).all():
            raise OperationError(captions.DIVERGED)
    except (checkpoints.CheckpointError, OperationError, KeyError) as error:
        st.error(captions.cannot_be_shown(str(error.args[0])), icon=":material/error:")
        return
    _caption(runs[run_id], history)
    kernel_grid(_packet(history, output), key="kernels.training", view="training")
    predict.ask("Kernels while training", *questions.learned(history))
    _take(history)
    source_box(*snippets.for_run(run_id, module), made_by=(network.history,))


def _run_picker(runs: dict[str, checkpoints.Checkpoint]) -> str:
    """The chosen run if it has snapshots, else a LeNet-5; the person's own choice stays."""
    choice = url_state.get("network")
    wanted = networks.split(choice)[0] if choice.startswith(networks.RUN) else ""
    start = wanted if wanted in runs else _first(runs)
    names = run_names.told_apart([(one.title, one.config) for one in runs.values()])
    found: str = st.selectbox(
        "Run", list(runs), index=list(runs).index(start), key="kernels.run", bind="query-params",
        format_func=dict(zip(runs, names, strict=True)).__getitem__,
    )  # fmt: skip
    return found


def _first(runs: dict[str, checkpoints.Checkpoint]) -> str:
    return next((one for one in runs if one.startswith(FIRST)), next(iter(runs)))


def _layer_picker(layers: dict[str, Bank]) -> str:
    found: str = st.selectbox(
        "Layer", list(layers), key="kernels.module", persist_state="session",
        format_func=lambda name: f"{name}  ·  {layers[name].operation}",
    )  # fmt: skip
    return found


def _output_picker(bank: Bank) -> int | None:
    """Which kernel's slices are shown; None where every kernel fits."""
    count, inputs = bank.shape[:2]
    if figures.drawn_whole(bank) or count * inputs <= WHOLE:
        return None
    chosen = st.number_input(
        "Kernel", min_value=0, max_value=count - 1, value=0, step=1, key="kernels.output", persist_state="session"
    )
    return int(chosen)


def _caption(run: checkpoints.Checkpoint, history: History) -> None:
    st.caption(captions.history(run.title, history, run.test_accuracy))
    spec = checkpoints.spec(run.run_id)
    for note in spec.notes:
        if "permuted" in note:
            st.caption(captions.permuted(note))


def _packet(history: History, output: int | None) -> KernelGridPacket:
    """Whole kernels where they can be drawn so, else every slice of the layer or of the chosen kernel."""
    frames, bank = history.weights, history.bank
    steps, count, inputs, height, width = frames.shape
    about: dict[str, Any] = {"title": f"{history.run_id} {bank.layer}"}
    changes = history.changes
    if not figures.drawn_whole(bank):
        frames = frames.reshape(steps, count * inputs, 1, height, width)
        changes = analysis.changes(frames)
        about |= _slices(bank, output)
    read = analysis.analyse(frames[-1])
    return figures.of_history(
        history, frames, read, changes=changes, dead=analysis.dead(read.norms),
        classics=cache.classics(read, width), **about,
    )  # fmt: skip


def _slices(bank: Bank, output: int | None) -> dict[str, Any]:
    """How the slices of one kernel, or of all of them, are named."""
    title = captions.kernel_of(bank.layer, output) if output is not None else captions.every_slice(bank.layer)
    if output is not None:
        return {"title": title, "word": "input", "names": list(bank.inputs_of(output))}
    labels = [f"{kernel}·{one}" for kernel in range(bank.shape[0]) for one in bank.inputs_of(kernel)]
    return {"title": title, "word": "slice", "labels": labels, "columns": bank.shape[1]}


def _take(history: History) -> None:
    def numbers() -> bytes:
        target = io.BytesIO()
        np.savez_compressed(
            target, steps=np.array(history.steps), weights=history.weights, changes=history.changes,
            losses=history.losses, accuracies=history.accuracies,
        )  # fmt: skip
        return target.getvalue()

    name = f"{history.run_id}_{history.bank.layer}_snapshots.npz"
    downloads([("These kernels at every snapshot (NPZ)", name, "application/octet-stream", numbers)], key="kernels.run")
