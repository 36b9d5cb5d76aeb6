"""The part "From your image": what a layer still knows of it, and more of what a layer sees in it."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures import pictures
from cnnviz.topics.looks_for import canvases, captions, goals, made_captions, making, questions, snippets
from pages.shared import downloads, gallery_picker, named_choice, predict
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box
from pages.why.looks_for import cache, choose, climbing

STEPS = (16, 64, 256)


def show() -> None:
    """The pickers, the image as it comes about beside one's own, and what the layer says of both."""
    asked = choose.image_and_layer()
    if asked is None:
        return
    here, layer = asked
    spec, model = here.network.spec, here.network.model
    columns = st.columns([2, 1.2, 0.8, 1.2], vertical_alignment="bottom")
    with columns[0]:
        kind = named_choice.choice(
            st.segmented_control, made_captions.KIND, made_captions.KINDS, key="looks_for.kind", required=True
        )
    with columns[1]:
        steps = st.segmented_control(
            captions.STEPS, STEPS, default=STEPS[int(kind == "known" or gallery_picker.is_small(spec.input_shape))],
            required=True, key=f"looks_for.{kind}.steps", bind="query-params",
        )  # fmt: skip
    with columns[2]:
        seed = st.number_input(captions.SEED, 0, 999, step=1, key="looks_for.your_seed", bind="query-params")
    there = making.values_of(model, here.look.prepared.tensor, layer)
    if not bool(there.any()):
        st.info(made_captions.NOTHING_THERE, icon=":material/info:")
        return
    goal, canvas = goals.known(layer, there), canvases.Fourier(spec)
    if kind == "dream":
        begun = making.levels(here.look.prepared.tensor, spec)
        goal, canvas = goals.dream(layer), canvases.Fourier(spec, begun, rate=canvases.DREAMT)
    left, right, beside = st.columns([1, 1, 0.8], gap="medium")
    with right:
        st.markdown(f"**{made_captions.GIVEN}**")
        st.image(
            pictures.png(pictures.enlarge_to(here.look.picture, climbing.SIDE)), output_format="PNG", width="stretch"
        )
    with left:
        st.markdown(f"**{made_captions.MADE}**")
        which = (layer, kind, int(steps or STEPS[0]), int(seed))
        held = cache.own_climbs(here.view, *which)
        (frame,) = climbing.shown(
            held, cache.pace(here.choice, layer, 1), here.network, goal, canvas,
            name=(*here.view.key, *which), steps=int(steps or STEPS[0]), choices=STEPS, seed=int(seed),
        )  # fmt: skip
    with beside:
        st.markdown(
            made_captions.known(-frame.value, layer)
            if kind == "known"
            else made_captions.dreamt(float(goal.score(there)[0]), frame.value, layer)
        )
        badges(making.recorded(model, goal, frame, made_captions.recorded(layer)))
    predict.ask(made_captions.YOURS, questions.known(layer, tuple(there.shape[1:]), spec.input_shape))
    downloads.downloads(
        [("The made image, PNG", "made_from_yours.png", "image/png", lambda: pictures.png(frame.picture))],
        key="looks_for.yours",
    )
    source_box(
        snippets.from_yours(here.choice, here.source, here.fit, layer, kind, int(steps or STEPS[0]), int(seed)),
        made_by=(goals.known, goals.dream, making.make),
    )
