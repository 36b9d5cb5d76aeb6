"""The pickers, the map, how far classes have parted, and the numbers to take along."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import streamlit as st

from cnnviz import galleries
from cnnviz.figures.numbers import whole_percent
from cnnviz.topics.image_map import captions, charts, features, figures, neighbours, planes, snippets
from cnnviz.topics.image_map.records import ImageFeatures
from pages.shared import charts as shared_charts
from pages.shared import downloads, gallery_picker, messages, named_choice, predict, selection, stopping, url_state
from pages.shared.source_box import source_box
from pages.why.image_map import cache
from pages.why.image_map.components.image_map import SeenMap, image_map

KEY = "image_map.map"
LAYER, COLOUR = "image_map.layer", "image_map.colour"  # in the link


def show() -> None:
    """One line of pickers, then all that answers them."""
    columns = st.columns([2.2, 1.5, 1.8, 1.6], gap="small", vertical_alignment="bottom")
    here = selection.in_line(*columns[:2])
    with columns[2]:
        name, count = gallery_picker.picker(here, key="image_map", many=gallery_picker.COUNTS[1])
    with columns[3]:
        method = named_choice.choice(
            st.segmented_control, captions.METHOD, captions.METHODS, key="image_map.plane", required=True,
            help=captions.METHOD_HELP,
        )  # fmt: skip
    found = None
    with gallery_picker.said(st.empty()):
        images = gallery_picker.gallery(here.choice, name, count)
        found = _passed(here, images, count)
    if found is None:
        return
    laid = _laid(here, images, count, method, found)
    if laid is not None:
        _map(here, name, count, method, found, laid)


def _passed(here: selection.Selection, images: galleries.Gallery, count: int) -> ImageFeatures | None:
    return stopping.done(
        cache.passed(here.choice, images.name, count),
        lambda begun, tell: features.of(here.network.model, images, progress=tell, begun=begun),
        key="image_map.pass", name=(here.choice, images.name, count),
        says=lambda share: captions.RUNNING.format(len(images), whole_percent(share)),
        stopped=lambda begun: captions.STOPPED.format(sum(map(len, begun.parts.values())), len(images)),
    )  # fmt: skip


def _laid(
    here: selection.Selection, images: galleries.Gallery, count: int, method: str, found: ImageFeatures
) -> cache.Laid | None:
    """Not in the fragment below: what is clicked in one waits until all is done, and Stop must not."""
    tsnes, layers = cache.tsnes(here.choice, images.name, count), len(found.layers)

    def says(share: float) -> str:
        place = min(int(share * layers), layers - 1)
        return captions.PLACING.format(found.layers[place], place + 1, layers, whole_percent(share))

    def work(_begun: object, tell: stopping.Tell) -> cache.Laid:
        return cache.laid(
            here.view, found, images.labels, method, tsnes, lambda place, share: tell((place + share) / layers)
        )

    kept = cache.placed(here.view, images.name, count, method)
    if method == "pca":  # at once
        kept.found = kept.found or [work(None, lambda share: None)]
    return stopping.done(
        kept, work,
        key="image_map.tsne", name=(here.choice, images.name, count, method), says=says,
        stopped=lambda begun: captions.PLACING_STOPPED.format(len(tsnes), layers),
    )  # fmt: skip


@st.fragment
def _map(here: selection.Selection, name: str, count: int, method: str, found: ImageFeatures, laid: cache.Laid) -> None:
    """Reruns by itself: another layer or colour only goes into the link."""
    images = gallery_picker.gallery(here.choice, name, count)
    st.caption(captions.measured(found, here.network.spec.title, galleries.title(name)))
    shown = [images.picture(index) for index in range(len(images))] + [here.look.picture]
    classes = here.look.classes
    said = [*found.answers.tolist(), *cache.own(here.view).answers.tolist()]
    are_classes = here.look.reading.kind == "classes"
    answers = [captions.answer(classes, index) if are_classes else "" for index in said]
    kept = [captions.kept(method, plane.kept) for plane in laid.planes]
    image_map(
        *figures.packet(shown, images.labels, images.classes, answers, laid.planes, laid.near, laid.parted, kept),
        seen=_seen(found.layers), on_seen=_to_link, key=KEY,
    )  # fmt: skip
    st.markdown(captions.verdict(laid.parted))
    if name == galleries.PHOTOGRAPHS:
        st.caption(captions.crops(len(images.classes)))
    shared_charts.chart(charts.parted(laid.parted, shared_charts.theme()), key="image_map.parted")
    st.caption(f"{captions.AVERAGED} {captions.OWN_PLACE[method]}")
    votes = [(one.layer, one.right, one.wide) for one in laid.parted]
    predict.ask(captions.TITLE, ("neighbours_vote", {"votes": votes, "neighbours": neighbours.K}))
    downloads.downloads(
        [(captions.NUMBERS, "image_map.csv", "text/csv", lambda: table(laid, images))], key="image_map.take"
    )
    source_box(
        snippets.separability(here.choice, name, count),
        made_by=(features.of, planes.pca, planes.tsne, neighbours.nearest, neighbours.parted),
    )


def _seen(layers: Sequence[str]) -> dict[str, str]:
    """Layer and colour as the link says, where there are such; else as the map opens."""
    layer, colour = (st.query_params.get(name, "") for name in (LAYER, COLOUR))
    for name, asked, known in ((LAYER, layer, list(layers)), (COLOUR, colour, list(captions.COLOURS))):
        if asked and asked not in known:
            url_state.say_not_there(asked, known, what=name.rpartition(".")[2])
            del st.query_params[name]
    return {"layer": layer if layer in layers else "", "colour": colour if colour in captions.COLOURS else "class"}


def _to_link() -> None:
    """What is looked at goes into the link; the colour that it opens with is left out."""
    told = messages.heard(KEY, "seen", SeenMap)
    if told is None:
        return
    wanted = {LAYER: told.layer, COLOUR: told.colour}
    for name, value in wanted.items():
        if value and value != "class":
            st.query_params[name] = value
        elif name in st.query_params:
            del st.query_params[name]


def table(laid: cache.Laid, images: galleries.Gallery) -> str:
    """One CSV line for each layer and image: its place, and its nearest others."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(["layer", "image", "class", "x", "y", *(f"nearest {one + 1}" for one in range(neighbours.K))])
    for parted, plane, near in zip(laid.parted, laid.planes, laid.near, strict=True):
        for index, label in enumerate(images.labels):
            place = [f"{value:.5g}" for value in plane.places[index]]
            writer.writerow([parted.layer, index, images.classes[label], *place, *near[index].tolist()])
    return target.getvalue()
