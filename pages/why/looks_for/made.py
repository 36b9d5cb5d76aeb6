"""The part "An image made for it": frames on the way up, the real images beside it, and whether both go one way."""

from __future__ import annotations

from typing import cast

import streamlit as st

from cnnviz.figures import pictures
from cnnviz.topics.looks_for import (
    canvases,
    captions,
    charts,
    figures,
    goals,
    made_captions,
    making,
    snippets,
    ways,
)
from cnnviz.topics.looks_for.canvases import AscentCanvas
from pages.shared import charts as shared_charts
from pages.shared import downloads, gallery_picker, named_choice
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box
from pages.why.looks_for import aims, cache, choose, climbing, real

STEPS = (32, 64, 128, 512)
USUAL = {True: 128, False: 64}  # by whether the images are small: from so many on, what comes out has a shape
SIDE = 360  # pixels of the image on the page
COUNTS = (1, 3)
APART = 0.5  # times its own number that an image loses by being like the others


def show() -> None:
    """The pickers, the image as it comes about, and its check."""
    chosen = choose.everything()
    if chosen is None:
        return
    kind, free, count, steps, seed = _settings(chosen)
    aim = aims.picked(chosen, kind)
    if aim is None:
        return
    chosen, spec = aim.chosen, aim.chosen.here.network.spec
    left, middle, right = st.columns([1, 1, 1.5], gap="medium")
    with middle:
        st.markdown(f"**{aim.title}**")
        st.image(_real(chosen, aim), output_format="PNG", width="stretch")
    with left:
        st.markdown(f"**{captions.MADE_SAYS}**")
        canvas, faded = cast("AscentCanvas", canvases.Fourier(spec)), False
        if free == "phases":
            canvas = canvases.Phases(spec, cache.strengths(chosen.here.choice, chosen.gallery))
            faded = st.toggle(
                made_captions.FADED, value=True, key="looks_for.faded", bind="query-params",
                help=made_captions.FADED_HELP,
            )  # fmt: skip
        key = (*aim.key, free, count, steps, seed)
        name = (*key, chosen.gallery.name, len(chosen.gallery))
        held = cache.climbs(chosen.here.choice, *name)
        frames = climbing.shown(
            held, cache.pace(chosen.here.choice, aim.goal.layer, count), chosen.here.network, aim.goal, canvas,
            name=(chosen.here.choice, *name), steps=steps, choices=STEPS, seed=seed, count=count, apart=APART,
            faded=faded,
        )  # fmt: skip
        st.caption(aim.says(frames[0]))
    with right:
        st.markdown(f"**{captions.WAYS}**")
        driven = tuple(patch.image for patch in aim.real)
        way = cache.way(chosen.here.choice, chosen.gallery, chosen.found.layer, frames[0], driven)
        shared_charts.chart(charts.ways(way, shared_charts.theme()), key="looks_for.ways")
        st.markdown(captions.ways(way))
    st.caption(captions.WAYS_SAYS)
    badges(making.recorded(chosen.here.network.model, aim.goal, frames[0], made_captions.recorded(aim.goal.layer)))
    real.ask(chosen)
    downloads.downloads(
        [("The made image, PNG", "made_for_a_unit.png", "image/png", lambda: climbing.drawn(frames, faded=faded))],
        key="looks_for.made",
    )
    source_box(
        snippets.made_image(
            chosen.here.choice,
            chosen.found.layer,
            chosen.channel,
            steps,
            seed,
            ends=aim.ends,
            images=(chosen.gallery.name, chosen.count),
            phases=free == "phases",
            cell=aim.cell,
        ),
        made_by=(making.make, goals.cell, goals.between, canvases.Phases, ways.of),
    )


def _settings(chosen: choose.ChosenPass) -> tuple[str, str, int, int, int]:
    """(made for what, which numbers are free, how many images, steps, start)."""
    small = gallery_picker.is_small(chosen.gallery.spec.input_shape)
    columns = st.columns([2.3, 1.35, 0.6, 1.35, 0.75], vertical_alignment="bottom")
    with columns[0]:
        kind = named_choice.choice(
            st.segmented_control, made_captions.GOAL, made_captions.GOALS, key="looks_for.goal", required=True
        )
    with columns[1]:
        free = named_choice.choice(
            st.segmented_control, made_captions.FREE, made_captions.WAYS, key="looks_for.free", required=True,
            help=made_captions.WAYS_HELP,
        )  # fmt: skip
    with columns[2]:
        count = st.segmented_control(
            made_captions.IMAGES, COUNTS, default=1, required=True, key="looks_for.made_count", bind="query-params",
            help=made_captions.IMAGES_HELP,
        )  # fmt: skip
    with columns[3]:
        steps = st.segmented_control(
            captions.STEPS, STEPS, default=USUAL[small], required=True, key="looks_for.steps", bind="query-params"
        )
    with columns[4]:
        seed = st.number_input(
            captions.SEED, 0, 999, step=1, key="looks_for.seed", bind="query-params", help=captions.SEED_HELP
        )
    return kind, free, int(count or 1), int(steps or USUAL[small]), int(seed)


def _real(chosen: choose.ChosenPass, aim: aims.Aim) -> bytes:
    shown = [chosen.gallery.picture(patch.image) for patch in aim.real]
    return pictures.png(figures.montage(shown, aim.real, SIDE // 3))
