"""The part "A planted shortcut": two networks whose reasons are known, and which methods see the difference."""

from __future__ import annotations

import csv
import io

import streamlit as st

from cnnviz.figures.numbers import whole_percent
from cnnviz.topics.attribution import shortcut, shortcut_captions, shortcut_charts, shortcut_example, trial_captions
from cnnviz.topics.attribution.shortcut_records import PlantedShortcut
from pages.shared import cache, charts, downloads
from pages.shared.source_box import source_box
from pages.why.attribution import shortcut_pair

CUE, TWIN = "run:shapes_cue-net-8cf0dc32", "run:shapes_random_cue-net-d1b332ed"
COUNTS = (20, 60, 200)


def show() -> None:
    """How many images, and what came of it."""
    st.markdown(shortcut_captions.INTRODUCTION)
    shortcut_pair.show(CUE, TWIN)
    count = st.segmented_control(
        trial_captions.COUNT, COUNTS, default=COUNTS[0], required=True, key="attribution.cued", bind="query-params"
    )
    held = _held(int(count or COUNTS[0]))
    if not held:
        bar = st.empty()
        held.append(
            shortcut.run(
                cache.network(CUE), cache.network(TWIN), int(count or COUNTS[0]),
                progress=lambda share: bar.progress(share, shortcut_captions.RUNNING.format(whole_percent(share))),
            )
        )  # fmt: skip
        bar.empty()
    _result(held[0])


@st.cache_resource(max_entries=4, show_spinner=False)
def _held(count: int) -> list[PlantedShortcut]:
    """Where a trial of so many images is kept once it is over; one that was stopped leaves it empty."""
    return []


def _result(found: PlantedShortcut) -> None:
    st.markdown(f"**{shortcut_captions.verdict(found)}**")
    charts.chart(shortcut_charts.pointed(found, charts.theme()), key="attribution.pointed")
    st.caption(shortcut_captions.by_hand(found))
    st.caption(shortcut_captions.uses(found))
    for name, why in found.absent.items():
        st.caption(f"{name}: {why}")
    downloads.downloads(
        [(shortcut_captions.CSV, "planted_shortcut.csv", "text/csv", lambda: table(found))], key="attribution.shortcut"
    )
    source_box(SNIPPET, made_by=(shortcut.run, shortcut.accuracies, shortcut_example.example))


SNIPPET = f"""from cnnviz import networks
from cnnviz.topics.attribution import shortcut, shortcut_captions

cue, twin = (networks.open_network(choice) for choice in ({CUE!r}, {TWIN!r}))
found = shortcut.run(cue, twin, 10)
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
