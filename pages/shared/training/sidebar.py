"""The sidebar: the device, a training run to start, and the run that is under way. The same on every page."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Collection

import streamlit as st

from cnnviz import datasets, devices, models, training
from cnnviz.records.training import PUBLISHED
from cnnviz.training.presets import OF_YOURS
from pages.shared import dataset_download, navigation
from pages.shared.training import allowance, panel, presets, settings, troubles

SECONDS, EPOCHS = "seconds", "epochs"
FIELDS = ("dataset", "model", "amount", "unit", "lr", "optimizer", "seed")


def show() -> None:
    """Draw the sidebar's training panel."""
    with st.sidebar:
        with st.expander("Train a network", icon=":material/model_training:", expanded=True, key="train.box"):
            _form()
        panel.show()
        troubles.show()
        allowance.show()
        st.caption(devices.describe())


def _form() -> None:
    presets.show()
    dataset = st.selectbox(
        "Data set",
        datasets.names(),
        format_func=lambda name: datasets.info(name).title,
        index=datasets.names().index("digits"),
        key="train.dataset",
        persist_state="session",
    )
    trainable, knowing = models.trainable(), models.transferable()
    model = st.selectbox(
        "Network to train",
        (*trainable, *knowing),
        format_func=functools.partial(_network, knowing=knowing),
        index=trainable.index("lenet5"),
        key="train.model",
        persist_state="session",
        on_change=_network_chosen,
    )
    left, right = st.columns([1, 1.4], vertical_alignment="bottom")
    left.number_input("For", 1, 100_000, 20, key="train.amount", persist_state="session")
    right.selectbox("Unit", [SECONDS, EPOCHS], key="train.unit", persist_state="session", label_visibility="collapsed")
    left, right = st.columns([1, 1.4])
    left.number_input(
        "Learning rate", 0.0, 10.0, 0.01, step=0.001, format="%.4g", key="train.lr", persist_state="session"
    )
    optimizer = right.selectbox("Optimiser", training.OPTIMIZERS, key="train.optimizer", persist_state="session")
    st.number_input("Seed", 0, 2**31 - 1, 0, key="train.seed", persist_state="session")
    settings.show(dataset, model, optimizer)
    _start(chosen())


def _network(name: str, knowing: Collection[str]) -> str:
    """In the list; of one that brings weights, what it knows."""
    return f"{models.title(name)}: knows ImageNet" if name in knowing else models.title(name)


def _network_chosen() -> None:
    """One that brings its weights begins with them, and its last layer alone is trained."""
    if (name := st.session_state["train.model"]) in models.transferable():
        presets.fill(dataclasses.replace(OF_YOURS, model=name), dataset=st.session_state["train.dataset"])
    else:
        st.session_state["train.frozen"] = False


def chosen() -> training.TrainConfig:
    """The run that the fields describe by now."""
    dataset, model, amount, unit, lr, optimizer, seed = (st.session_state[f"train.{name}"] for name in FIELDS)
    return training.TrainConfig(
        dataset=dataset,
        model=model,
        epochs=int(amount) if unit == EPOCHS else 10_000,
        seconds=float(amount) if unit == SECONDS else settings.time_box(),
        lr=lr,
        optimizer=optimizer,
        seed=int(seed),
        snapshots=1 if st.session_state["train.frozen"] else 8,
        **settings.chosen(optimizer),
    )


def _start(config: training.TrainConfig) -> None:
    problem = _problem(config)
    if problem:
        st.warning(problem, icon=":material/info:")
        if config.start == PUBLISHED:
            st.page_link(
                navigation.DATA, label="Add your photos", icon=":material/add_photo_alternate:",
                query_params=navigation.OWN_DATA,
            )  # fmt: skip
        dataset_download.offer(config.dataset)
    st.button(
        "Start", type="primary", key="train.start", disabled=bool(problem), width="stretch",
        icon=":material/play_arrow:", on_click=panel.start, args=(chosen,),
    )  # fmt: skip
    if said := st.session_state.get("train.said"):
        st.caption(said)


def _problem(config: training.TrainConfig) -> str:
    """Why this run cannot start, or ""."""
    status = datasets.status(config.dataset)
    if not status.available:
        return status.sentence
    try:
        training.check(config)
    except training.ConfigError as error:
        return str(error)
    return ""
