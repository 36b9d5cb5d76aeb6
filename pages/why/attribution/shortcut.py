"""The part "A planted shortcut": two networks whose reasons are known, and which methods see the difference."""

from __future__ import annotations

import csv
import io

import streamlit as st

from cnnviz import datasets
from cnnviz.figures.numbers import whole_percent
from cnnviz.topics.attribution import (
    contestants,
    planting,
    planting_captions,
    questions,
    shortcut,
    shortcut_captions,
    shortcut_charts,
    shortcut_example,
    trial_captions,
)
from cnnviz.topics.attribution.shortcut_records import PlantedShortcut
from pages.shared import cache, charts, downloads, gallery_picker, named_choice, predict, stopping
from pages.shared.source_box import source_box
from pages.shared.view import of_networks
from pages.why.attribution import planted_training, shortcut_pair

CUE, TWIN = "run:shapes_cue-net-8cf0dc32", "run:shapes_random_cue-net-d1b332ed"
COUNTS = (20, 60, 200)


def show() -> None:
    """Which images, how many, and what came of it."""
    st.markdown(shortcut_captions.INTRODUCTION)
    line = st.container(horizontal=True, gap="medium", vertical_alignment="bottom")
    with line:
        images = _images()
    pair = (CUE, TWIN) if images == shortcut.SHAPES else planted_training.pair(images)
    if pair is None:
        return
    shortcut_pair.show(*pair, images, line)
    count = st.segmented_control(
        trial_captions.COUNT, COUNTS, default=COUNTS[0], required=True, key="attribution.cued", bind="query-params"
    )
    slower = {name: contestants.title(name) for name in contestants.SLOWER}
    more = named_choice.several(
        trial_captions.MORE, slower, key="attribution.more", what="method", help=trial_captions.MORE_HELP
    )
    try:
        found = _tried(*pair, images, int(count or COUNTS[0]), tuple(more))
    except shortcut.TooFewRight as error:
        st.warning(str(error), icon=":material/info:")
        return
    if found is not None:
        _result(found, images, snippet(*pair, images, tuple(more)))


def _images() -> str:
    titles = {name: datasets.info(name).title for name in planting.names()}
    return named_choice.choice(
        st.selectbox, planting_captions.IMAGES, titles, key="attribution.planted", what="data set", width=320,
        help=planting_captions.IMAGES_HELP,
    )  # fmt: skip


def _tried(cue: str, twin: str, images: str, count: int, more: tuple[str, ...]) -> PlantedShortcut | None:
    """What came of so many images, or of those that there are where the person has stopped it."""
    version = gallery_picker.version(images)
    networks = cache.network(cue), cache.network(twin)
    kept = _kept(cue, twin, images, version, count, more)
    found = stopping.done(
        kept,
        lambda begun, tell: shortcut.run(*networks, count, images=images, more=more, progress=tell, begun=begun),
        key="attribution.shortcut", name=(cue, twin, images, version, count, more),
        says=lambda share: shortcut_captions.RUNNING.format(whole_percent(share)),
        stopped=lambda begun: shortcut_captions.stopped(len(begun), count),
    )  # fmt: skip
    tried = len(kept.begun)
    if found is None and tried >= shortcut.LEAST:
        short = _kept(cue, twin, images, version, tried, more)
        if not short.found:
            short.found.append(shortcut.run(*networks, tried, images=images, more=more, begun=kept.begun))
        return short.found[0]
    return found


@of_networks
@st.cache_resource(max_entries=12, show_spinner=False)
def _kept(
    cue: str, twin: str, images: str, version: int, count: int, more: tuple[str, ...]
) -> stopping.Work[PlantedShortcut]:
    """Where a trial of so many images is kept."""
    return stopping.Work()


def _result(found: PlantedShortcut, images: str, source: str) -> None:
    if doubt := shortcut_captions.doubt(found):
        st.warning(doubt, icon=":material/info:")
    st.markdown(f"**{shortcut_captions.verdict(found)}**")
    charts.chart(shortcut_charts.pointed(found, charts.theme()), key="attribution.pointed")
    st.caption(shortcut_captions.by_hand(found))
    st.caption(shortcut_captions.uses(found))
    for name, why in found.absent.items():
        st.caption(f"{name}: {why}")
    classes = len(datasets.info(images).classes)
    predict.ask(shortcut_captions.PART, *questions.of_shortcut(found, shortcut_captions.COVERED, classes))
    downloads.downloads(
        [(shortcut_captions.CSV, "planted_shortcut.csv", "text/csv", lambda: table(found))], key="attribution.shortcut"
    )
    source_box(source, made_by=(shortcut.run, shortcut.accuracies, shortcut_example.example))


def snippet(cue: str, twin: str, images: str, more: tuple[str, ...] = ()) -> str:
    """The trial on ten images, as a script."""
    where = "" if images == shortcut.SHAPES else f", images={images!r}"
    where += f", more={more!r}" if more else ""
    return f"""from cnnviz import networks
from cnnviz.topics.attribution import shortcut, shortcut_captions

cue, twin = (networks.open_network(choice) for choice in ({cue!r}, {twin!r}))
found = shortcut.run(cue, twin, 10{where})
print(shortcut_captions.verdict(found))
print(shortcut_captions.uses(found))"""


def table(found: PlantedShortcut) -> str:
    """One CSV line for each image and method."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(["method", "control", "image", "share on the patch", "in the twin"])
    for one in found.methods:
        for number, (cue, twin) in enumerate(zip(one.cue, one.twin, strict=True)):
            writer.writerow([one.name, one.is_control, number, float(cue), float(twin)])
    return target.getvalue()
