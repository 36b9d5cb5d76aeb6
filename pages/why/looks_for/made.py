"""The part "An image made for it": frames on the way up, the real images beside it, and whether both go one way."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures import pictures
from cnnviz.topics.looks_for import ascent, captions, charts, figures, patches, responses, snippets, ways
from cnnviz.topics.looks_for.records import Driving
from pages.shared import charts as shared_charts
from pages.shared import downloads, gallery_picker
from pages.shared.source_box import source_box
from pages.why.looks_for import cache, choose, real

STEPS = (32, 128, 512)
SIDE = 360  # pixels of the picture on the page


def show() -> None:
    """The pickers, the image as it comes about, and its check."""
    chosen = choose.everything()
    if chosen is None:
        return
    columns = st.columns([1.4, 1, 3.6], vertical_alignment="bottom")
    small = gallery_picker.is_small(chosen.gallery.spec.input_shape)
    with columns[0]:
        steps = st.segmented_control(
            captions.STEPS, STEPS, default=STEPS[int(small)], required=True, key="looks_for.steps", bind="query-params"
        )
    with columns[1]:
        seed = st.number_input(
            captions.SEED, 0, 999, step=1, key="looks_for.seed", bind="query-params", help=captions.SEED_HELP
        )
    driving = patches.driving(chosen.found, chosen.gallery, chosen.channel)
    left, middle, right = st.columns([1, 1, 1.5], gap="medium")
    with middle:
        st.markdown(f"**{captions.REAL_SAYS}**")
        st.image(_real(chosen, driving), output_format="PNG", width="stretch")
    with left:
        st.markdown(f"**{captions.MADE_SAYS}**")
        frame = _climbed(chosen, int(steps or STEPS[0]), int(seed))
        highest = responses.highest(chosen.here.network.model, frame.tensor, chosen.gallery.spec, chosen.found)
        st.caption(captions.climbed(frame.value, float(highest[chosen.channel]), chosen.found, chosen.channel))
    with right:
        st.markdown(f"**{captions.WAYS}**")
        driven = tuple(patch.image for patch in driving.highest)
        way = cache.way(chosen.here.choice, chosen.gallery, chosen.found.layer, frame, driven)
        shared_charts.chart(charts.ways(way, shared_charts.theme()), key="looks_for.ways")
        st.markdown(captions.ways(way))
    st.caption(captions.WAYS_SAYS)
    real.ask(chosen)
    downloads.downloads(
        [("The made image, PNG", "made_for_a_unit.png", "image/png", lambda: pictures.png(frame.picture))],
        key="looks_for.made",
    )
    source_box(
        snippets.made_image(chosen.here.choice, chosen.found.layer, chosen.channel, frame.steps, int(seed)),
        made_by=(ascent.climb, ascent.colours, ways.of),
    )


def _climbed(chosen: choose.Chosen, steps: int, seed: int) -> ascent.Frame:
    """The last frame; each one before it is shown as it comes. Streamlit ends the climb here on any click."""
    place, says = st.empty(), st.empty()
    held = cache.climbs(chosen.here.choice, chosen.found.layer, chosen.channel, steps, seed)
    if not held:
        network = chosen.here.network
        for frame in ascent.climb(
            network.model, network.spec, chosen.found.layer, chosen.channel, steps=steps, seed=seed
        ):
            place.image(_large(frame), output_format="PNG", width="stretch")
            says.caption(captions.climbing(frame.step, steps, frame.value))
        held.append(frame)
    says.empty()
    place.image(_large(held[0]), output_format="PNG", width="stretch")
    return held[0]


def _large(frame: ascent.Frame) -> bytes:
    return pictures.png(pictures.enlarge_to(frame.picture, SIDE))


def _real(chosen: choose.Chosen, driving: Driving) -> bytes:
    shown = [chosen.gallery.picture(patch.image) for patch in driving.highest]
    return pictures.png(figures.montage(shown, driving.highest, SIDE // 3))
