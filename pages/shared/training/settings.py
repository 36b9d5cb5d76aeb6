"""What a run goes by besides what the sidebar shows at once: batches, optimiser, schedule, augmentation, its start."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cnnviz import checkpoints, datasets, training
from cnnviz.records import Array
from cnnviz.training import previews

MOMENTUM = 0.9  # of SGD, where nothing else is chosen
RANDOM = "Random weights"
KINDS = {"crop": "Random crop, 4 pixels of padding", "flip": "Mirrored, every second picture"}


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
}


def show(dataset: str, model: str, optimizer: str) -> None:
    """The fields, behind a button that says how many of them are not as usual."""
    changed = sum(name in st.session_state and st.session_state[name] != usual for name, usual in USUAL.items())
    with st.popover(f"More settings{f' · {changed} changed' if changed else ''}", width="stretch"):
        _fields(dataset, model, optimizer)


def chosen(optimizer: str) -> dict[str, Any]:
    """What stands in the fields by now, as fields of a TrainConfig."""
    batch_size, momentum, decay, schedule, kinds, start, smoothing, warmup, _ = (
        st.session_state[name] for name in USUAL
    )  # fmt: skip
    return {
        "batch_size": int(batch_size),
        "momentum": momentum if optimizer == "sgd" else 0.0,
        "weight_decay": decay,
        "schedule": schedule,
        "augmentation": tuple(kind for kind in KINDS if kind in kinds),
        "start": start or None,
        "label_smoothing": smoothing,
        "warmup": warmup if schedule != "onecycle" else 0.0,
    }


def time_box() -> float | None:
    """Seconds after which a run by epochs ends all the same; None for no such bound."""
    return float(st.session_state["train.time_box"]) or None


def _fields(dataset: str, model: str, optimizer: str) -> None:
    st.number_input("Batch size", 1, 4096, 64, key="train.batch_size", persist_state="session")
    st.number_input(
        "Momentum", 0.0, 0.9999, MOMENTUM, step=0.05, format="%.4g", key="train.momentum", persist_state="session",
        disabled=optimizer != "sgd", help="SGD only: how much of the last step is taken again.",
    )  # fmt: skip
    st.number_input(
        "Weight decay", 0.0, 100.0, 0.0, step=0.0001, format="%.4g", key="train.weight_decay", persist_state="session"
    )
    st.selectbox(
        "Learning rate over the run", training.SCHEDULES, key="train.schedule", persist_state="session",
        help="cosine: down to zero. onecycle: up for 30 % of the run, then down to zero.",
    )  # fmt: skip
    st.number_input(
        "Warm-up, share of the run", 0.0, 0.9, 0.0, step=0.05, format="%.2f", key="train.warmup",
        persist_state="session", disabled=st.session_state.get("train.schedule") == "onecycle",
        help="The learning rate first rises to its full size. onecycle has such a rise of its own.",
    )  # fmt: skip
    st.number_input(
        "Label smoothing", 0.0, 0.9, 0.0, step=0.05, format="%.2f", key="train.label_smoothing",
        persist_state="session", help="So much of the target is spread over all classes: the network is less sure.",
    )  # fmt: skip
    st.number_input(
        "At most so many seconds (0: as long as it takes)", 0, 100_000, 0, key="train.time_box",
        persist_state="session", help="For a run by epochs: it ends there all the same, with what it has learned.",
    )  # fmt: skip
    st.multiselect(
        "Augmentation", list(KINDS), format_func=KINDS.__getitem__, key="train.augmentation", persist_state="session"
    )
    _preview(dataset)
    fitting = {"": RANDOM} | _fitting(dataset, model)
    if st.session_state.get("train.start_from", "") not in fitting:
        st.session_state["train.start_from"] = ""  # of another network or data set
    st.selectbox(
        "Start from", list(fitting), format_func=lambda run_id: fitting.get(run_id, run_id), key="train.start_from",
        persist_state="session", help="The weights of a run of the same network on the same data set.",
    )  # fmt: skip


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
    found = {}
    for item in checkpoints.available():
        config = item.config
        if item.finished and (config.dataset, config.model, config.options) == (dataset, model, ()):
            measured = "" if item.test_accuracy is None else f" · {item.test_accuracy:.1%}".replace("%", " %")
            found[item.run_id] = f"{item.title}{measured} · {item.run_id[-8:]}"
    return found
