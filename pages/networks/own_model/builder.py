"""Layer by layer: chosen, set, moved; checked as one goes; as code; and trained."""

from __future__ import annotations

import streamlit as st

from cnnviz import datasets, models, networks, training
from cnnviz.models import own_stack
from cnnviz.records.own_model import OwnModel
from cnnviz.topics.own_model import captions, costs, figures
from pages.networks.own_model import cache
from pages.networks.own_model.components.layer_builder import BuiltLayers, layer_builder
from pages.shared import dataset_download, downloads, messages, predict, url_state
from pages.shared.source_box import source_box
from pages.shared.training import panel

LAYERS, TURN, KEY = "own_model.layers", "own_model.turn", "own_model.builder"
FIELDS = ("seconds", "lr", "optimizer", "batch")
DATASETS = ("digits", "mnist", "fashion_mnist", "cifar10", "shapes")


def show() -> None:
    """Draw the builder of layers."""
    _restore()
    dataset = _start_from()
    info = datasets.info(dataset)
    model = _builder(info.shape, len(info.classes))
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader(captions.AS_CODE, anchor=False)
        code = costs.code(model)
        if any(layer.problem for layer in model.layers):
            st.caption(captions.ONLY_WHAT_FITS)
        st.code(code, language="python", wrap_lines=True, height=340)
        downloads.downloads([(captions.THE_CODE, "own_model.py", "text/x-python", lambda: code)], key="own_model.take")
    with right:
        _train(dataset, model)
    predict.ask("Your own model", *costs.questions(model))
    source_box(code, made_by=(own_stack.walk, own_stack.build, costs.survey))


def _restore() -> None:
    """The layers of the link, once a session; LeNet-5's where it has none, or none that can be read."""
    if LAYERS in st.session_state:
        return
    st.session_state[TURN] = 0
    st.session_state[LAYERS] = own_stack.LENET5
    text = st.query_params.get(LAYERS, "")[:4000]
    if text:
        try:
            st.session_state[LAYERS] = own_stack.from_text(text) or own_stack.LENET5
        except models.ModelError as error:
            st.warning(captions.unreadable_link(str(error)), icon=":material/link_off:")


def _start_from() -> str:
    """The buttons of the networks to start from, and the data set whose images go in."""
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left, st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(captions.START_FROM)
        for name, (title, layers) in own_stack.STARTS.items():
            st.button(title, key=f"own_model.start.{name}", on_click=_take, args=(layers,))
    listed = [name for name in DATASETS if name in datasets.names()]
    with right:
        dataset = st.selectbox(
            captions.IMAGES_OF, listed, format_func=_described, key="own_model.dataset", bind="query-params"
        )
    return dataset or listed[0]


def _described(name: str) -> str:
    info = datasets.info(name)
    return captions.dataset(info.title, info.shape, len(info.classes))


def _take(layers: own_stack.Layers) -> None:
    st.session_state[LAYERS] = layers
    st.session_state[TURN] += 1


def _changed() -> None:
    """What the browser sent; what is no list of layers is left aside."""
    sent = messages.heard(KEY, "layers", BuiltLayers)
    if sent is None or sent.turn != st.session_state[TURN] or not all(isinstance(one, tuple) for one in sent.layers):
        return
    try:
        st.session_state[LAYERS] = own_stack.from_text(own_stack.to_text(sent.layers))
    except models.ModelError as error:
        st.session_state["own_model.problem"] = str(error)


def _builder(shape: tuple[int, int, int], classes: int) -> OwnModel:
    layers = st.session_state[LAYERS]
    st.query_params[LAYERS] = own_stack.to_text(layers)
    model = cache.survey(layers, shape, classes)
    kinds = {
        name: {"title": kind.title, "settings": [[one.name, one.least, one.most, one.usual] for one in kind.settings]}
        for name, kind in own_stack.KINDS.items()
    }
    st.caption(captions.enters(shape, classes))
    drawn = figures.builder(model, kinds, most=own_stack.MOST_LAYERS, turn=st.session_state[TURN])
    layer_builder(drawn, key=KEY, on_change=_changed)
    if problem := st.session_state.pop("own_model.problem", ""):
        st.error(captions.kept(problem), icon=":material/error:")
    return model


def _train(dataset: str, model: OwnModel) -> None:
    st.subheader(captions.TRAIN, anchor=False)
    left, right = st.columns(2)
    left.number_input(captions.SECONDS, 1, 3600, 20, key="own_model.seconds", persist_state="session")
    right.number_input(
        captions.LEARNING_RATE,
        0.0001,
        10.0,
        0.01,
        step=0.001,
        format="%.4g",
        key="own_model.lr",
        persist_state="session",
    )
    left, right = st.columns(2)
    left.selectbox(captions.OPTIMISER, training.OPTIMIZERS, key="own_model.optimizer", persist_state="session")
    right.number_input(captions.BATCH_SIZE, 1, 1024, 64, key="own_model.batch", persist_state="session")
    config = _chosen(dataset)
    problem = _problem(config, model)
    st.button(
        captions.TRAIN, type="primary", key="own_model.train", disabled=bool(problem), icon=":material/play_arrow:",
        on_click=panel.start, args=(lambda: _chosen(st.session_state["own_model.dataset"] or dataset),),
    )  # fmt: skip
    st.button(
        captions.OPEN_UNTRAINED, key="own_model.untrained", icon=":material/visibility:",
        on_click=_open, args=(tuple(layer.layer for layer in model.layers), dataset), disabled=not model.works,
        help=captions.UNTRAINED_HELP,
    )  # fmt: skip
    if problem:
        st.caption(problem)
        dataset_download.offer(dataset)
    elif said := st.session_state.get("train.said"):
        st.caption(said)
    else:
        st.caption(captions.will_be(config.run_id))


def _chosen(dataset: str) -> training.TrainConfig:
    """The run that the builder and the fields describe by now."""
    seconds, lr, optimizer, batch = (st.session_state[f"own_model.{name}"] for name in FIELDS)
    return training.TrainConfig(
        dataset=dataset,
        model="sequence",
        epochs=10_000,
        seconds=float(seconds),
        batch_size=int(batch),
        lr=float(lr),
        optimizer=optimizer,
        momentum=0.9 if optimizer == "sgd" else 0.0,
        snapshots=8,
        options=(("layers", st.session_state[LAYERS]),),
    )


def _open(layers: own_stack.Layers, dataset: str) -> None:
    url_state.change(network=networks.layers_choice(layers, dataset))
    st.session_state["own_model.go"] = True


def _problem(config: training.TrainConfig, model: OwnModel) -> str:
    """Why this run cannot start, or ""."""
    if not model.works:
        return captions.total(model)
    if not (status := datasets.status(config.dataset)).available:
        return status.sentence
    try:
        training.check(config)
    except training.ConfigError as error:
        return str(error)
    return ""
