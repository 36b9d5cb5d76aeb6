"""BatchNorm inside a trained network, on the chosen image: its layers, the wrong mode, a shifted input, folding."""

from __future__ import annotations

import streamlit as st

from cnnviz import networks
from cnnviz.outputs.chances import sides
from cnnviz.plain_text import escaped
from cnnviz.records.proofs import Proof
from cnnviz.topics.batch_norm import captions, charts, network, network_captions, questions, snippets, tables
from cnnviz.topics.batch_norm import folding as batch_norm_folding
from cnnviz.topics.batch_norm.records import BatchNormLayer
from pages.layers.batch_norm import cache
from pages.layers.batch_norm.components.compared import compared
from pages.layers.batch_norm.components.norm_channels import norm_channels
from pages.shared import cache as shared_cache
from pages.shared import downloads, image_picker, network_picker, number_table, predict, url_state
from pages.shared.charts import table_height, theme
from pages.shared.open_network import network_of
from pages.shared.proof_badge import badges
from pages.shared.scores_needed import has_scores
from pages.shared.source_box import source_box

HAVE = {
    "efficientnet_lite0": "EfficientNet-Lite0",
    "run:cifar10-vgg_cifar-13de091a": "VGG for CIFAR-10",
    "resnet18": "ResNet-18",
}


def show(*, folding: bool) -> None:
    """The network and the image; then its layers and the wrong mode, or its folded pairs."""
    left, right = st.columns([2, 1], gap="medium", vertical_alignment="bottom")
    with left:
        choice = network_picker.network_picker()
    opened = network_of(choice)
    if opened is None:
        return
    with right:
        picture = image_picker.popover(opened.spec)
    seen = shared_cache.look(image_picker.view(choice, picture))
    if not network.keys(opened.model, seen.recording):
        _no_layer(opened)
        return
    if folding:
        _folding(opened, picture)
    else:
        _whole(opened, picture)


def _no_layer(opened: networks.Network) -> None:
    """The sentence, and the ways to networks that have it."""
    st.warning(network_captions.no_layer(escaped(opened.spec.title), HAVE.values()), icon=":material/block:")
    with st.container(horizontal=True):
        for choice, title in HAVE.items():
            st.button(
                network_captions.open_other(title), key=f"batch_norm.open.{choice}", on_click=_open, args=(choice,)
            )


def _open(choice: str) -> None:
    url_state.change(network=choice)


def _chosen(listed: tuple[str, ...]) -> str:
    """The chosen BatchNorm layer, or the first one."""
    current = url_state.get("layer")
    current = current if current in listed else listed[0]
    st.session_state["batch_norm.layer"] = current
    st.selectbox(
        "BatchNorm layer", listed, key="batch_norm.layer",
        on_change=lambda: url_state.change(layer=st.session_state["batch_norm.layer"]),
    )  # fmt: skip
    return current


# ------------------------------------------------------------------------------------------------ the layers
@st.fragment
def _whole(opened: networks.Network, picture: image_picker.Picture) -> None:
    found, of_layers = _layers(opened, picture)
    badges(of_layers, *_modes(opened, picture))
    predict.ask("BatchNorm in a network", questions.stored(found))
    downloads.downloads(
        [("This layer's channels, CSV", "batch_norm_layer.csv", "text/csv", lambda: tables.layer(found))],
        key="batch_norm",
    )
    source_box(snippets.network(opened.choice, picture.name or "chelsea", found.module), made_by=(network.layer,))
    url_state.publish()


def _layers(opened: networks.Network, picture: image_picker.Picture) -> tuple[BatchNormLayer, Proof]:
    view = image_picker.view(opened.choice, picture)
    recording = shared_cache.look(view).recording
    listed = network.keys(opened.model, recording)
    found = cache.layer(view, _chosen(listed))
    st.caption(captions.layer(found, listed))
    drawn, proof = cache.drawn_layer(view, found.key)
    norm_channels(drawn, key="batch_norm.channels")
    with st.expander(network_captions.all_layers(len(listed)), icon=":material/table:"):
        if st.toggle("Show the table", key="batch_norm.table", persist_state="session"):
            rows = [charts.layer_row(cache.layer(view, key)) for key in listed]
            number_table.draw(rows, key="batch_norm.layers")
    return found, proof


def _modes(opened: networks.Network, picture: image_picker.Picture) -> list[Proof]:
    view = image_picker.view(opened.choice, picture)
    seen = shared_cache.look(view)
    st.subheader(network_captions.WRONG_MODE, divider="gray")
    if not has_scores(seen, opened.spec.title):
        return []
    classes = sides(seen.reading)
    found, untouched = cache.wrong_mode(view, without=picture.name)
    compared(charts.wrong_mode(found, classes), key="batch_norm.wrong")
    st.caption(network_captions.wrong_mode(found))
    st.subheader(network_captions.CHANGED_IMAGE, divider="gray")
    kind = st.segmented_control(
        "Change", list(network.AMOUNTS), default="brightness", required=True, key="batch_norm.change",
        persist_state="session",
    )  # fmt: skip
    kind = str(kind or "brightness")
    versions = cache.shifted(view, kind)
    start = versions.amounts.index(network.NO_CHANGE[kind])
    drawn = charts.shifted(versions, classes, start=start)
    compared(drawn, pictures=charts.thumbnails(versions), key="batch_norm.shifted")
    st.caption(network_captions.changed(versions, classes, start=start))
    st.caption(network_captions.changed_own(versions, classes, start=start))
    return [untouched]


# ------------------------------------------------------------------------------------------------ folding
@st.fragment
def _folding(opened: networks.Network, picture: image_picker.Picture) -> None:
    view = image_picker.view(opened.choice, picture)
    recording = shared_cache.look(view).recording
    pairs = {norm: convolution for convolution, norm in network.pairs(opened.model, recording)}
    if not pairs:
        st.warning(
            network_captions.no_pair(escaped(opened.spec.title), HAVE.values()),
            icon=":material/block:",
        )
        return
    norm = _chosen(tuple(pairs))
    folded, two, _, proof = cache.folding(view, norm)
    st.caption(network_captions.folding(folded, (pairs[norm], norm), two))
    drawn = cache.folded_pictures(view, norm, theme())
    for place, (caption, png) in zip(st.columns(3), drawn, strict=True):
        place.image(png, output_format="PNG", caption=caption)
    lines = tables.folding(folded)
    height = table_height(len(lines), 240)
    number_table.draw(lines, height=height, key="batch_norm.folded")
    whole = cache.folded_network(view)
    st.subheader(network_captions.WHOLE_NETWORK, divider="gray")
    st.markdown(network_captions.whole(whole))
    badges(proof, network.whole_proof(whole))
    kept = cache.layer(view, norm)
    predict.ask("A folded BatchNorm", questions.folded(folded, kept.stored_mean, kept.beta))
    downloads.downloads(
        [
            ("Folded weights, NPZ", "folded.npz", "application/octet-stream", lambda: tables.folded_npz(folded)),
            ("Difference, PNG", "difference.png", "image/png", lambda: drawn[2][1]),
        ],
        key="batch_norm",
    )
    source_box(
        snippets.folding(opened.choice, recording[pairs[norm]].module, recording[norm].module),
        made_by=(batch_norm_folding.fold, network.folded_network),
    )
    url_state.publish()
