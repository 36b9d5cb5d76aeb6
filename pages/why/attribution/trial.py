"""The part "On trial": methods and controls on images with masks, five ways to try them, a verdict a measure."""

from __future__ import annotations

import csv
import io
import time

import streamlit as st

from cnnviz import checkpoints, datasets, models, networks
from cnnviz.plain_text import escaped
from cnnviz.topics.attribution import contestants, questions, trial, trial_captions, trial_charts
from cnnviz.topics.attribution.trial_records import ANEW, GROUPS, Trial
from pages.shared import cache, charts, downloads, gallery_picker, named_choice, predict, stopping
from pages.shared.source_box import source_box
from pages.shared.view import of_networks

NETWORKS = {"small": "run:shapes-sequence-8d131a00", "net": "run:shapes-net-d2b13a74"}  # trained on the shapes
PHOTOGRAPHS = "efficientnet_lite0"  # for every other data set
COUNTS = {True: (20, 60, 200), False: (6, 20, 60)}  # by whether the network's images are small
EVERY_COUNT = sorted({count for counts in COUNTS.values() for count in counts})
FIRST_LINES = 5  # methods whose lines are drawn at first, those that keep most


def show() -> None:
    """Which images, network and how many, what is tried, and what came of it."""
    st.markdown(trial_captions.INTRODUCTION)
    columns = st.columns([1, 1.3, 0.9], vertical_alignment="bottom")
    with columns[0]:
        titles = {name: datasets.info(name).title for name in datasets.masked()}
        images = named_choice.choice(
            st.selectbox, trial_captions.IMAGES, titles, key="attribution.data", help=trial_captions.IMAGES_HELP,
            what="data set",
        )  # fmt: skip
    offered = networks_for(images)
    with columns[1]:
        words = {name: title for name, (_, title) in offered.items()}
        name = named_choice.choice(st.selectbox, trial_captions.NETWORK, words, key="attribution.tried", what="network")
    choice = offered[name][0]
    counts = COUNTS[gallery_picker.is_small(cache.network(choice).spec.input_shape)]
    with columns[2]:
        count = st.segmented_control(
            trial_captions.COUNT, counts, default=counts[0], required=True, bind="query-params",
            key="attribution.images" if counts == COUNTS[True] else "attribution.photographs",
        )  # fmt: skip
    group = named_choice.choice(
        st.segmented_control, trial_captions.GROUP, {one: trial_captions.GROUPS[one] for one in GROUPS},
        key="attribution.group", first="mask", required=True,
    )  # fmt: skip
    slower = {name: contestants.title(name) for name in contestants.SLOWER}
    more = named_choice.several(
        trial_captions.MORE, slower, key="attribution.more", what="method", help=trial_captions.MORE_HELP
    )
    try:
        _tried(choice, images, int(count or counts[0]), group, tuple(more))
    except datasets.DatasetError as error:
        st.warning(escaped(trial_captions.refused(str(error))), icon=":material/info:")


def networks_for(images: str) -> dict[str, tuple[str, str]]:
    """Short name → (choice, words): the runs that were trained on these images, then one that knows photographs."""
    if images == "shapes":
        return {name: (choice, trial_captions.NETWORKS[name]) for name, choice in NETWORKS.items()}
    trained = [one for one in checkpoints.available() if one.config.dataset == images]
    found = {one.run_id: (networks.run_choice(one.run_id), one.title) for one in trained}
    return found | {PHOTOGRAPHS: (PHOTOGRAPHS, models.title(PHOTOGRAPHS))}


def _tried(choice: str, images: str, count: int, group: str, more: tuple[str, ...]) -> None:
    network, version = cache.network(choice), gallery_picker.version(images)
    same = contestants.same_classes(network, images)
    says = st.caption(trial_captions.chosen(datasets.info(images).title, same=same))
    seconds = stopping.done(
        _pace(choice, images, version, more),
        lambda begun, tell: trial.pace(network, images, more=more, progress=tell),
        key="attribution.pace", name=(choice, images, version, more), says=lambda share: trial_captions.PACE,
        stopped=lambda begun: trial_captions.PACE_STOPPED,
    )  # fmt: skip
    if seconds is None:
        return
    paces = {group: seconds * trial.rounds(network, group) for group in GROUPS}
    says.caption(
        f"{trial_captions.chosen(datasets.info(images).title, same=same)} {trial_captions.costs(paces, count)}"
    )
    kept = _kept(choice, images, version, count, group, more)
    before, since = kept.begun.took, time.monotonic()
    found = stopping.done(
        kept,
        lambda begun, tell: trial.run(network, count, group, images=images, more=more, progress=tell, begun=begun),
        key="attribution.trial", name=(choice, images, version, count, group, more),
        says=lambda share: trial_captions.running(share, before + time.monotonic() - since),
        stopped=lambda begun: trial_captions.stopped(len(begun), count),
    )  # fmt: skip
    tried = len(kept.begun)
    if found is None and tried >= trial_captions.LEAST:  # those that were tried are a trial of so many
        short = _kept(choice, images, version, tried, group, more)
        if not short.found:
            short.found.append(trial.run(network, tried, group, images=images, more=more, begun=kept.begun))
        found = short.found[0]
    if found is not None:
        _result(found, choice, images, group, more)


@of_networks
@st.cache_resource(max_entries=12, show_spinner=False)
def _kept(
    choice: str, images: str, version: int, count: int, group: str, more: tuple[str, ...]
) -> stopping.Work[Trial]:
    """Where a trial of so many images is kept."""
    return stopping.Work()


@of_networks
@st.cache_resource(max_entries=4, show_spinner=False)
def _pace(choice: str, images: str, version: int, more: tuple[str, ...]) -> stopping.Work[float]:
    """Where the seconds of one image's maps are kept."""
    return stopping.Work()


def _result(found: Trial, choice: str, images: str, group: str, more: tuple[str, ...]) -> None:
    for name, why in found.absent.items():
        st.caption(f"{name}: {why}")
    words = trial_captions.WORDS
    measure = found.measures[0]
    if len(found.measures) > 1:
        measure = named_choice.choice(
            st.selectbox, trial_captions.MEASURE, {one: words[one] for one in found.measures},
            key=f"attribution.measure.{group}", what="measure", width=420,
        )  # fmt: skip
    st.markdown(f"**{trial_captions.verdict(found, measure)}** {trial_captions.SAYS[measure]}")
    if said := trial_captions.ground(found, measure):
        st.info(said, icon=":material/info:")
    _charts(found, measure)
    if measure in trial_captions.PAPERS:
        paper, link = trial_captions.PAPERS[measure]
        st.caption(f"[{paper}]({link})")
    asked = questions.of_trial(found, measure, trial_captions.COVERED, words[measure], EVERY_COUNT)
    predict.ask(trial_captions.TRIAL, *asked)
    downloads.downloads(
        [("Every score, CSV", "attribution_trial.csv", "text/csv", lambda: table(found))], key="attribution.trial"
    )
    source_box(snippet(choice, group, images, more), made_by=(trial.run,))


def _charts(found: Trial, measure: str) -> None:
    left, right = st.columns([1.1, 1], gap="medium")
    with left:
        charts.chart(trial_charts.ranking(found, measure, charts.theme()), key="attribution.ranking")
        if said := trial_captions.by_hand(found, measure):
            st.caption(said)
    with right:
        if found.stages:
            _cascade(found, measure)
        elif found.agreement.size:
            charts.chart(trial_charts.agreement(found, charts.theme()), key="attribution.agreement")
            st.caption(trial_captions.AGREEMENT)


def _cascade(found: Trial, measure: str) -> None:
    rank = sorted(found.contestants, key=lambda one: one.is_control - one.mean(measure) / 10)
    first = [*[one.name for one in rank if not one.is_control][:FIRST_LINES], "edges", ANEW]
    titles = {one.name: one.title for one in found.contestants}
    chosen = st.multiselect(
        trial_captions.LINES, list(titles), default=first, format_func=titles.__getitem__, key="attribution.lines",
        bind="query-params",
    )  # fmt: skip
    charts.chart(trial_charts.cascade(found, measure, chosen, charts.theme()), key="attribution.cascade")
    st.caption(trial_captions.cascade(found.layers, len(found.stages)))


def snippet(choice: str, group: str, images: str = "shapes", more: tuple[str, ...] = ()) -> str:
    """A short trial by the library."""
    slower = f", more={more!r}" if more else ""
    return f"""from cnnviz import networks
from cnnviz.topics.attribution import trial, trial_captions

found = trial.run(networks.open_network({choice!r}), 10, {group!r}, images={images!r}{slower})
for measure in found.measures:
    print(measure, trial_captions.verdict(found, measure))"""


def table(found: Trial) -> str:
    """One CSV line for each image and contestant."""
    target = io.StringIO()
    writer = csv.writer(target)
    keys = list(found.contestants[0].scores)
    writer.writerow(["contestant", "control", "image", *keys])
    for one in found.contestants:
        for number in range(found.images):
            writer.writerow([one.name, one.is_control, number, *(float(one.scores[key][number]) for key in keys)])
    return target.getvalue()
