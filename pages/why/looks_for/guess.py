"""The part "Which unit was it?": patches without their channel, and four maps of which one is theirs."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures import pictures
from cnnviz.topics.looks_for import captions, figures, game, patches
from cnnviz.topics.looks_for.records import Round
from pages.shared import charts
from pages.why.looks_for import choose, real

SIDE = 230  # pixels of a map
SHOWN = 168  # pixels a side on the page; two stand beside each other on a phone
SEED, PICKED, TALLY = "looks_for.round", "looks_for.picked", "looks_for.tally"


def show() -> None:
    """The pickers, the patches, four maps, and what the guess was worth."""
    chosen = choose.everything(channel=False)
    if chosen is None:
        return
    seed = int(st.session_state.setdefault(SEED, 0))
    layer = chosen.here.look.recording[chosen.found.layer]
    one = game.drawn(chosen.found, layer.values, seed)
    if one is None:
        st.info(captions.NO_GAME, icon=":material/info:")
        return
    driving = patches.driving(chosen.found, chosen.gallery, one.channel)
    real.boards(chosen, driving, key="looks_for.hidden", yours=None)
    asked = (chosen.here.view.key, chosen.found.layer, chosen.gallery.name, seed)
    picked = st.session_state.get(PICKED, {}).get(asked)
    with st.container(horizontal=True, gap="small"):
        with st.container(width=SHOWN):
            st.image(
                pictures.png(pictures.enlarge_to(chosen.here.look.picture, SIDE)), output_format="PNG", width="stretch"
            )
            st.caption(captions.YOURS)
        for place, channel in enumerate(one.options):
            with st.container(width=SHOWN):
                drawing = figures.one_map(layer.values[channel], charts.theme(), SIDE)
                st.image(pictures.png(drawing), output_format="PNG", width="stretch")
                st.button(
                    captions.option(place, channel if picked is not None else None), key=f"looks_for.option.{place}",
                    on_click=_take, args=(asked, one, channel), disabled=picked is not None,
                )  # fmt: skip
    if picked is not None:
        right = picked == one.channel
        (st.success if right else st.warning)(captions.guessed(one.options, one.channel, picked))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(captions.NEXT, key="looks_for.next", on_click=_next, icon=":material/refresh:")
        if tally := st.session_state.get(TALLY):
            st.caption(captions.SCORE.format(*tally))


def _take(asked: object, one: Round, channel: int) -> None:
    st.session_state.setdefault(PICKED, {})[asked] = channel
    right, rounds = st.session_state.get(TALLY, (0, 0))
    st.session_state[TALLY] = (right + (channel == one.channel), rounds + 1)


def _next() -> None:
    st.session_state[SEED] += 1
