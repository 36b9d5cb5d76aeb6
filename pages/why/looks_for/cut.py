"""The part "Without it": a channel off or stronger, or a tap of its kernel, the maps after it and the answer."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnviz.figures import pictures, predictions
from cnnviz.outputs.chances import again
from cnnviz.topics.looks_for import figures, questions, snippets, surgery, surgery_captions
from cnnviz.topics.looks_for.records import Cut, Operated
from pages.shared import charts, downloads, predict, selection, url_state
from pages.shared.components.scores import scores
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box
from pages.why.looks_for import cache, choose

SIDE, SHOWN = 168, 6  # pixels of a map; channels whose maps are shown
KEPT = "looks_for.cuts"


def show() -> None:
    """The pickers, the cut at hand, what it does to the answer and to the maps of a layer after it."""
    asked = choose.image_and_layer(rectified=False)
    if asked is None:
        return
    here, layer = asked
    kept: tuple[Cut, ...] = st.session_state.get(KEPT, {}).get(here.choice, ())
    one, seen = _cut(here, layer)
    try:
        found = cache.operated(here.view, (*kept, one), seen)
    except (KeyError, ValueError) as error:
        st.warning(str(error), icon=":material/error:")
        return
    _buttons(here.choice, kept, one)
    left, right = st.columns([1, 1.8], gap="medium")
    with left:
        _answer(here, found)
    with right:
        _maps(found, seen)
    proof = surgery.proof(
        here.network.model, here.look.prepared.tensor, found, surgery_captions.proven(len(found.cuts))
    )  # fmt: skip
    if proof is not None:
        badges(proof)
    st.caption(surgery_captions.CAVEAT)
    predict.ask(surgery_captions.PART, *_asked(here, one, seen))
    downloads.downloads(
        [(f"{seen} before and after, NPZ", "surgery.npz", "application/zip", lambda: figures.both(found))],
        key="looks_for.surgery",
    )
    source_box(
        snippets.operated(here.choice, here.source, here.fit, found.cuts, seen),
        made_by=(surgery.operate, surgery.proof),
    )


def _cut(here: selection.Selection, layer: str) -> tuple[Cut, str]:
    """The cut at hand, and the layer whose maps are looked at."""
    recording = here.look.recording
    shape = surgery.kernel_of(here.network.model, recording, layer)
    columns = st.columns([1, 1.5, 1.6, 2], gap="medium", vertical_alignment="bottom")
    with columns[0]:
        current = url_state.get("channel")
        count = len(recording[layer].values)
        right = isinstance(current, int) and 0 <= current < count
        st.session_state["looks_for.cut"] = current if right else cache.telling_channel(here.view, layer)
        st.number_input(
            surgery_captions.CHANNEL, 0, count - 1, step=1, key="looks_for.cut",
            on_change=lambda: url_state.change(channel=int(st.session_state["looks_for.cut"])),
        )  # fmt: skip
    with columns[1]:
        gain = st.slider(
            surgery_captions.GAIN, 0.0, 4.0, 0.0, 0.25, key="looks_for.gain", bind="query-params",
            help=surgery_captions.GAIN_HELP,
        )  # fmt: skip
    with columns[2]:
        kinds = list(surgery_captions.KINDS)[: 2 if shape else 1]
        kind = st.segmented_control(
            surgery_captions.WHAT, kinds, format_func=surgery_captions.KINDS.__getitem__, default="channel",
            required=True, key=f"looks_for.cut_kind.{bool(shape)}",
            help=None if shape else surgery_captions.NO_KERNEL,
        )  # fmt: skip
    with columns[3]:
        after = surgery.reached(recording, layer)
        first = after.index(surgery.mixing(recording, layer))
        seen = st.selectbox(surgery_captions.SEEN, after, index=first, key=f"looks_for.seen.{here.choice}.{layer}")
    channel = int(st.session_state["looks_for.cut"])
    tap = _tap(shape) if kind == "tap" and shape else None
    return Cut(layer, channel, float(gain), tap), str(seen)


def _asked(here: selection.Selection, one: Cut, seen: str) -> Sequence[predict.Wanted]:
    """About the channel alone, without the cuts that are kept."""
    off, stronger = (
        cache.operated(here.view, (Cut(one.layer, one.channel, gain),), seen) for gain in (0.0, questions.STRONGER)
    )
    return questions.regained(off, stronger, seen, surgery_captions.ASKED.format(one.channel, one.layer))


def _tap(shape: tuple[int, int, int]) -> tuple[int, int, int]:
    st.caption(surgery_captions.TAP)
    place = []
    for column, name, size in zip(st.columns([1, 1, 1, 4]), ("input", "row", "column"), shape, strict=False):
        first = 0 if name == "input" else size // 2
        key = f"looks_for.tap.{name}.{size}"
        place.append(
            int(column.number_input(name, 0, size - 1, value=first, step=1, key=key, label_visibility="collapsed"))
        )
    return place[0], place[1], place[2]


def _buttons(choice: str, kept: tuple[Cut, ...], one: Cut) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            surgery_captions.KEEP,
            key="looks_for.keep",
            icon=":material/add:",
            on_click=_set,
            args=(choice, (*kept, one)),
        )
        if kept:
            st.button(
                surgery_captions.UNDO, key="looks_for.undo", icon=":material/undo:", on_click=_set,
                args=(choice, kept[:-1]),
            )  # fmt: skip
            st.caption(surgery_captions.kept(kept))


def _set(choice: str, cuts: tuple[Cut, ...]) -> None:
    st.session_state.setdefault(KEPT, {})[choice] = cuts


def _answer(here: selection.Selection, found: Operated) -> None:
    reading = here.look.reading
    if not reading.ranks:
        return
    before, after = (again(one, reading) for one in (found.outputs_before, found.outputs_after))
    st.markdown(surgery_captions.answer(before, after))
    for title, ranked in ((surgery_captions.BEFORE, before), (surgery_captions.AFTER, after)):
        st.caption(title)
        bars = predictions.bars(ranked, top=3, exclusive=reading.kind == "classes")
        scores(bars, key=f"looks_for.scores.{title}")


def _maps(found: Operated, seen: str) -> None:
    channels = found.most_changed(seen, SHOWN)
    st.markdown(surgery_captions.maps(found, seen, len(channels)))
    if not channels:
        return
    drawn = figures.before_and_after(found, seen, channels, charts.theme(), SIDE, SHOWN)
    said = (surgery_captions.BEFORE, surgery_captions.AFTER, surgery_captions.DIFFERENCE)
    for title, row in zip(said, drawn, strict=True):
        st.caption(surgery_captions.row(title, channels))
        st.image(pictures.png(row), output_format="PNG", width="stretch")
    if flat := surgery_captions.flat(found, seen, channels):
        st.caption(flat)
