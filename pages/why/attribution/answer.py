"""The grid of maps, the slower methods on request, and beside one map what it is, what it promises and its law."""

from __future__ import annotations

import functools
import io
from typing import Any

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz import attribution, devices
from cnnviz.attribution import laws
from cnnviz.attribution.entries import Method
from cnnviz.records.attribution import Attribution, Target
from cnnviz.records.proofs import Proof
from cnnviz.topics.attribution import captions, figures, questions, snippets
from pages.shared import downloads, messages, named_choice, own_failure, predict, selection, stopping, url_state
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box
from pages.why.attribution import cache, choose
from pages.why.attribution.components.map_grid import PickedMap, map_grid

FIRST = "grad_cam"
SLOWER = "attribution.slower"
TITLES = {name: attribution.REGISTRY[name].title for name in attribution.names()}


@st.fragment
def show() -> None:
    """The pickers, then all that answers them. A fragment: another class runs neither menu nor training form."""
    own_failure.run(_whole)  # here, too: what is raised inside a fragment is not raised around it
    devices.give_back_memory()  # as the script does at its end, which a fragment does not come to


def _whole() -> None:
    st.markdown(captions.INTRODUCTION)
    _refuse()
    chosen = choose.network_and_answer()
    if chosen is not None:
        _answer(*chosen)
    url_state.publish()


@st.fragment
def _answer(here: selection.Selection, chosen: choose.ChosenTarget) -> None:
    """Reruns by itself: a click on a map asks for nothing else on the page."""
    line, grid = st.empty(), st.empty()
    found = _quick(here, chosen, line, grid)
    wanted = _slower(here, chosen, found)
    place = st.empty()
    asked = (here.view, chosen.target, chosen.layer, chosen.baseline)
    if not all(cache.is_slow_there(*asked, name) for name in wanted):
        _paint(grid, here, chosen, found, key="attribution.first.quick")  # no quick map waits for a slow one
    for name in wanted:
        if cache.is_slow_there(*asked, name):
            found[name] = cache.slow(*asked, name, lambda share: False)
            continue
        bar, beside = stopping.row(place, captions.running(TITLES[name], 0))
        stopping.button(beside, _stop_key(name), _drop, name, label=captions.stop(TITLES[name]))
        try:
            found[name] = cache.slow(*asked, name, functools.partial(_tell, bar, name))
        except attribution.Stopped:
            break  # the page as it is without them; the click's own run comes next
    place.empty()
    line.caption(_said(here, chosen, [one for one in found.values() if isinstance(one, Attribution)]))
    name = method()
    _paint(grid, here, chosen, found, key="attribution.grid")
    one = found.get(name)
    _about(attribution.REGISTRY[name], one, _outside(here, chosen.target, one))
    predict.ask("Why this answer?", *questions.adds_up(found, chosen.label))
    downloads.downloads(
        [(captions.NPZ, "attribution.npz", "application/zip", lambda: npz(found))], key="attribution.take"
    )
    sample = here.picture.name or "chelsea"
    source_box(
        snippets.one_method(here.choice, sample, here.fit, name, chosen.target, chosen.layer, chosen.baseline),
        made_by=(attribution.explain, attribution.REGISTRY[name].compute),
    )
    url_state.publish()


def _quick(
    here: selection.Selection, chosen: choose.ChosenTarget, line: DeltaGenerator, grid: DeltaGenerator
) -> cache.Found:
    """The quick methods' maps; they are painted in three goes, the first ones as soon as they are there."""
    asked = (here.view, chosen.target, chosen.layer, chosen.baseline)
    if cache.is_there(*asked):
        return next(cache.quick(*asked))
    coming = dict.fromkeys(cache.quick_names(), captions.COMING)
    with line, st.spinner(captions.COMPUTING, show_time=True):
        for number, found in enumerate(cache.quick(*asked)):
            if len(found) < len(coming):
                _paint(grid, here, chosen, {**coming, **found}, key=f"attribution.first.{number}")
    return found


def _paint(
    grid: DeltaGenerator, here: selection.Selection, chosen: choose.ChosenTarget, found: cache.Found, *, key: str
) -> None:
    header, picture, maps = figures.packet(here.look.picture, TITLES, found, chosen.label)
    with grid.container():
        map_grid(header, picture, maps, chosen=method(), key=key, on_pick=functools.partial(_picked, key))


def _said(here: selection.Selection, chosen: choose.ChosenTarget, ran: list[Attribution]) -> str:
    title, passes, seconds = here.network.spec.title, sum(one.passes for one in ran), sum(one.seconds for one in ran)
    if chosen.target.kind == "unit":
        averaged = chosen.target.row is None
        cells = int(np.prod(here.look.recording[chosen.target.layer].shape[1:])) if averaged else 1
        return captions.explained_unit(chosen.label, title, passes, seconds, cells=cells)
    return captions.explained(chosen.label, chosen.chance, chosen.other, title, passes, seconds)


def _slower(here: selection.Selection, chosen: choose.ChosenTarget, found: cache.Found) -> list[str]:
    """The methods of many passes that are asked for, with the seconds that each is going to take."""
    ran = [one for one in found.values() if isinstance(one, Attribution)]
    pace = sum(one.seconds for one in ran) / max(1, sum(one.passes for one in ran))
    costs = cache.costs(here.view, chosen.target, chosen.layer)
    words = {name: captions.slow(TITLES[name], pace * cost) for name, cost in costs.items()}
    return named_choice.several(captions.SLOWER, words, key=SLOWER, what="method")


def _drop(name: str) -> None:
    """The method is asked for no more; what had finished is kept."""
    st.session_state[SLOWER] = [one for one in st.session_state.get(SLOWER, []) if one != name]


def _tell(bar: DeltaGenerator, name: str, share: float) -> bool:
    """Shows how far it is; whether the person has clicked Stop, which ends the method."""
    bar.progress(share, captions.running(TITLES[name], share))
    return stopping.is_clicked(_stop_key(name))


def _stop_key(name: str) -> str:
    return f"attribution.stop.{name}"


def _refuse() -> None:
    """A method that the link names and that there is not is said, and leaves the link."""
    asked = st.query_params.get("method", "")
    if asked and asked not in TITLES:
        url_state.say_not_there(asked, list(TITLES), what="method")
        del st.query_params["method"]


def method() -> str:
    """The method that is read about: the one that was clicked, or the link's."""
    kept = st.session_state.get("attribution.method") or st.query_params.get("method") or FIRST
    name = kept if kept in TITLES else FIRST
    if name == FIRST:
        if "method" in st.query_params:
            del st.query_params["method"]
    elif st.query_params.get("method") != name:
        st.query_params["method"] = name
    return str(name)


def _picked(key: str) -> None:
    picked = messages.heard(key, "pick", PickedMap)
    if picked and picked.name in TITLES:
        st.session_state["attribution.method"] = picked.name


def _outside(here: selection.Selection, target: Target, found: Attribution | str | None) -> Proof | None:
    """That the map of one cell ends where the cell's sight ends."""
    if target.row is None or target.column is None or not isinstance(found, Attribution):
        return None
    field = cache.field(here.view, target.layer)
    return None if field is None else laws.outside(found, field, target.row, target.column, captions.OUTSIDE)


def _about(one: Method, found: Attribution | str | None, outside: Proof | None) -> None:
    left, right = st.columns([1.25, 1], gap="large")
    is_it, is_not = captions.SAYS[one.name]
    with left:
        st.subheader(one.title, anchor=False)
        st.markdown(f"{is_it} {is_not}")
        st.markdown(f"[{one.paper}, {one.year}]({one.link})")
        if isinstance(found, str):
            st.info(found, icon=":material/info:")
        elif found is not None and (proofs := [law for law in (found.law, outside) if law is not None]):
            badges(*proofs)
        elif found is not None:
            st.caption(captions.NO_LAW)
    with right:
        st.latex(one.formula)
        if isinstance(found, Attribution):
            st.caption(captions.measured(found))
            if found.path:
                shares, scores = zip(*found.path, strict=True)
                st.line_chart({"share": shares, "score": scores}, x="share", y="score", height=170)
                st.caption(captions.PATH)


def npz(found: cache.Found) -> bytes:
    """Every map, in the image's resolution and in its own."""
    target = io.BytesIO()
    maps = {name: one for name, one in found.items() if isinstance(one, Attribution)}
    arrays: dict[str, Any] = {name: one.map for name, one in maps.items()}
    arrays |= {f"{name}.native": one.native for name, one in maps.items()}
    np.savez_compressed(target, **arrays)
    return target.getvalue()
