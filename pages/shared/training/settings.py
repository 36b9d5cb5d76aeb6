"""What a run goes by besides what the sidebar shows at once: batches, optimiser, schedule, augmentation, its start."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cnnviz import checkpoints, datasets, models, training
from cnnviz.figures import run_names
from cnnviz.figures.numbers import percent
from cnnviz.records import Array
from cnnviz.records.training import PUBLISHED
from cnnviz.training import previews, transfer

MOMENTUM = 0.9  # of SGD, where nothing else is chosen
RANDOM = "Random weights"
KINDS = {"crop": "Random crop, 4 pixels of padding", "flip": "Mirrored, every second image"}


USUAL: dict[str, Any] = {
    "train.batch_size": 64,
    "train.momentum": MOMENTUM,
    "train.weight_decay": 0.0,
    "train.schedule": "constant",
    "train.augmentation": [],
    "train.start_from": "",
    "train.label_smoothing": 0.0,
    "train.warmup": 0.0,
    "train.time_box": 0,
    "train.frozen": False,
    "train.cut": "",
    "train.body_lr": 1.0,
    "train.precision": "float32",
    "train.compiled": False,
}
ALL_LAYERS = "all layers"


def show(dataset: str, model: str, optimizer: str) -> None:
    """The fields, behind a button that says how many of them are not as usual."""
    changed = sum(name in st.session_state and st.session_state[name] != usual for name, usual in USUAL.items())
    with st.popover(f"More settings{f' · {changed} changed' if changed else ''}", width="stretch"):
        _fields(dataset, model, optimizer)


def chosen(optimizer: str) -> dict[str, Any]:
    """What stands in the fields by now, as fields of a TrainConfig."""
    now = {name.removeprefix("train."): st.session_state[name] for name in USUAL}
    transfers = bool(now["start_from"]) and not now["frozen"]
    return {
        "batch_size": int(now["batch_size"]),
        "momentum": now["momentum"] if optimizer == "sgd" else 0.0,
        "weight_decay": now["weight_decay"],
        "schedule": now["schedule"],
        "augmentation": tuple(kind for kind in KINDS if kind in now["augmentation"]),
        "start": now["start_from"] or None,
        "frozen": now["frozen"],
        "precision": now["precision"],
        "compiled": now["compiled"] and not now["frozen"],
        "cut": now["cut"] if transfers else "",
        "body_lr": now["body_lr"] if transfers else 1.0,
        "label_smoothing": now["label_smoothing"],
        "warmup": now["warmup"] if now["schedule"] != "onecycle" else 0.0,
    }


def time_box() -> float | None:
    """Seconds after which a run by epochs ends all the same; None for no such bound."""
    return float(st.session_state["train.time_box"]) or None


def _fields(dataset: str, model: str, optimizer: str) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        _steps(optimizer)
    with right:
        _bounds()
    st.multiselect(
        "Augmentation", list(KINDS), format_func=KINDS.__getitem__, key="train.augmentation", persist_state="session"
    )
    _preview(dataset)
    _beginning(dataset, model)


def _steps(optimizer: str) -> None:
    """What a step goes by."""
    st.number_input("Batch size", 1, 4096, 64, key="train.batch_size", persist_state="session")
    st.number_input(
        "Momentum", 0.0, 0.9999, MOMENTUM, step=0.05, format="%.4g", key="train.momentum", persist_state="session",
        disabled=optimizer != "sgd", help="SGD only: how much of the last step is taken again.",
    )  # fmt: skip
    st.number_input(
        "Weight decay", 0.0, 100.0, 0.0, step=0.0001, format="%.4g", key="train.weight_decay", persist_state="session"
    )
    st.number_input(
        "Label smoothing", 0.0, 0.9, 0.0, step=0.05, format="%.2f", key="train.label_smoothing",
        persist_state="session", help="So much of the target is spread over all classes: the network is less sure.",
    )  # fmt: skip


def _bounds() -> None:
    """How the learning rate goes over the run, and where the run ends."""
    schedule = st.selectbox(
        "Learning rate over the run", training.SCHEDULES, key="train.schedule", persist_state="session",
        help="cosine: down to zero. onecycle: up for 30 % of the run, then down to zero.",
    )  # fmt: skip
    st.number_input(
        "Warm-up, share of the run", 0.0, 0.9, 0.0, step=0.05, format="%.2f", key="train.warmup",
        persist_state="session", disabled=schedule == "onecycle",
        help="The learning rate first rises to its full size. onecycle has such a rise of its own.",
    )  # fmt: skip
    st.number_input(
        "Seconds at most (0: no bound)", 0, 100_000, 0, key="train.time_box", persist_state="session",
        help="For a run by epochs: it ends there all the same, with what it has learned.",
    )  # fmt: skip
    st.selectbox(
        "Precision", training.PRECISIONS, key="train.precision", persist_state="session",
        help="bfloat16: products of half the bits, sums of all. Wide networks train faster with it where the processor "
        "or the GPU multiplies it. auto: whichever suits this network here.",
    )  # fmt: skip
    st.toggle(
        "Compile it first (torch.compile)", key="train.compiled", persist_state="session",
        help="The first step takes up to a minute, and those after it are quicker on a GPU. On a processor it seldom "
        "pays: small networks have kernels of their own here, which it would replace.",
    )  # fmt: skip


def _beginning(dataset: str, model: str) -> None:
    """Whose weights it starts from, and which of them are trained."""
    fitting = {"": RANDOM} | _fitting(dataset, model)
    if st.session_state.get("train.start_from", "") not in fitting:
        st.session_state["train.start_from"] = ""  # of another network or data set
        st.session_state["train.frozen"] = False
        st.session_state["train.cut"] = ""
    start = st.selectbox(
        "Start from", list(fitting), format_func=lambda run_id: fitting.get(run_id, run_id), key="train.start_from",
        persist_state="session", help="The weights of a run of the same network.",
    )  # fmt: skip
    st.toggle(
        "Train the last layer alone", key="train.frozen", persist_state="session", disabled=not start,
        help="All other layers keep the weights that it starts from. What they make of each image is computed once, so "
        "a few dozen photographs take seconds.",
    )  # fmt: skip
    _transfer(dataset, model, able=bool(start) and not st.session_state["train.frozen"])


def _transfer(dataset: str, model: str, *, able: bool) -> None:
    """Where the network is cut, and how fast what it brings along is changed."""
    layers = ["", *(_layers(dataset, model) if able else ())]
    if st.session_state.get("train.cut", "") not in layers:
        st.session_state["train.cut"] = ""  # of another network
    left, right = st.columns(2, gap="medium")
    left.selectbox(
        "Train from this layer on", layers, format_func=lambda name: name or ALL_LAYERS, key="train.cut",
        persist_state="session", disabled=not able,
        help="The layers before it keep the weights that they start from, and their running statistics.",
    )  # fmt: skip
    right.number_input(
        "Learning rate of all but the last layer, as a share", 0.0001, 1.0, 1.0, step=0.05, format="%.4g",
        key="train.body_lr", persist_state="session", disabled=not able,
        help="Below 1, what was learned before changes slowly, while the last layer learns at the full rate.",
    )  # fmt: skip


@st.cache_data(max_entries=32, show_spinner=False)
def _layers(dataset: str, model: str) -> tuple[str, ...]:
    info = datasets.info(dataset)
    return transfer.layers(models.build(model, input_shape=info.shape, classes=len(info.classes)))


def _preview(dataset: str) -> None:
    """Some of the data set's own images as they are, and as a run would see them."""
    kinds = tuple(kind for kind in KINDS if kind in st.session_state["train.augmentation"])
    if not kinds or not datasets.status(dataset).available:
        return
    st.image(_augmented(dataset, kinds), width="stretch")
    st.caption("Above as they are; each row below is another draw.")


@st.cache_data(max_entries=16, show_spinner=False)
def _augmented(dataset: str, kinds: tuple[str, ...]) -> Array:
    return previews.augmented(dataset, kinds)


def _fitting(dataset: str, model: str) -> dict[str, str]:
    """Run id → words, of the runs whose weights fit."""
    found = {PUBLISHED: "Its ImageNet weights"} if model in models.transferable() else {}
    wanted = (dataset, model, ())
    runs = [item for item in checkpoints.available() if item.finished]
    runs = [item for item in runs if (item.config.dataset, item.config.model, item.config.options) == wanted]
    for name, item in zip(run_names.told_apart([(one.title, one.config) for one in runs]), runs, strict=True):
        found[item.run_id] = name if item.test_accuracy is None else f"{name} · {percent(item.test_accuracy)}"
    return found
