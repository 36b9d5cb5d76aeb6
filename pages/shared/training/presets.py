"""Begin with: settings that have a name, put into the form by one choice."""

from __future__ import annotations

import streamlit as st

from cnnviz.training.presets import PRESETS

KEY, NOTHING = "train.preset", "settings of your own"


def show() -> None:
    """The list of names; what is chosen fills the form, and every field can still be changed."""
    st.selectbox(
        "Begin with", [NOTHING, *PRESETS], key=KEY, on_change=_fill, persist_state="session",
        help="Fills in everything below. Change what you like.",
    )  # fmt: skip


def _fill() -> None:
    config = PRESETS.get(st.session_state[KEY])
    if config is None:
        return
    timed = config.seconds is not None
    wanted = {
        "dataset": config.dataset, "model": config.model, "lr": config.lr, "optimizer": config.optimizer,
        "seed": config.seed, "unit": "seconds" if timed else "epochs",
        "amount": int(config.seconds) if config.seconds is not None else config.epochs,
        "batch_size": config.batch_size, "weight_decay": config.weight_decay, "schedule": config.schedule,
        "augmentation": list(config.augmentation), "start_from": config.start or "",
        "label_smoothing": config.label_smoothing, "warmup": config.warmup, "time_box": 0,
    }  # fmt: skip
    wanted |= {"momentum": config.momentum} if config.optimizer == "sgd" else {}
    for name, value in wanted.items():
        st.session_state[f"train.{name}"] = value
