"""Begin with: settings that have a name, put into the form by one choice."""

from __future__ import annotations

import streamlit as st

from cnnviz import datasets, training
from cnnviz.datasets import image_folder
from cnnviz.training.presets import OF_YOURS, PRESETS, YOURS

KEY, NOTHING = "train.preset", "settings of your own"


def show() -> None:
    """The list of names; what is chosen fills the form, and every field can still be changed."""
    st.selectbox(
        "Settings", [NOTHING, YOURS, *PRESETS], key=KEY, on_change=_fill, persist_state="session",
        help="Fills in everything below. Change what you like.",
    )  # fmt: skip


def _fill() -> None:
    chosen = st.session_state[KEY]
    if chosen == YOURS:
        fill(OF_YOURS, dataset=_folder(st.session_state.get("train.dataset", "")))
    elif chosen in PRESETS:
        fill(PRESETS[chosen], dataset=PRESETS[chosen].dataset)


def photographs(dataset: str) -> None:
    """Fills the form for a data set of photographs; a button's callback, anywhere."""
    st.session_state[KEY] = YOURS
    fill(OF_YOURS, dataset=dataset)


def _folder(now: str) -> str:
    """The data set at hand where it is one's own, else the first of one's own, else that at hand."""
    own = image_folder.names(datasets.root())
    return now if now in own or not own else own[0]


def fill(config: training.TrainConfig, *, dataset: str) -> None:
    """Puts a config's values into the form; for a callback, before the form is drawn."""
    timed = config.seconds is not None
    wanted = {
        "dataset": dataset, "model": config.model, "lr": config.lr, "optimizer": config.optimizer,
        "seed": config.seed, "unit": "seconds" if timed else "epochs",
        "amount": int(config.seconds) if config.seconds is not None else config.epochs,
        "batch_size": config.batch_size, "weight_decay": config.weight_decay, "schedule": config.schedule,
        "augmentation": list(config.augmentation), "start_from": config.start or "",
        "label_smoothing": config.label_smoothing, "warmup": config.warmup, "time_box": 0,
        "frozen": config.frozen, "cut": config.cut, "body_lr": config.body_lr,
        "precision": config.precision, "compiled": config.compiled,
    }  # fmt: skip
    wanted |= {"momentum": config.momentum} if config.optimizer == "sgd" else {}
    for name, value in wanted.items():
        st.session_state[f"train.{name}"] = value
