"""Two networks side by side, block by block: what is the same, where they differ, what each stage costs."""

from __future__ import annotations

import streamlit as st

from cnnviz import models
from cnnviz.records.architectures import Architecture
from cnnviz.records.proofs import Proof
from cnnviz.topics.compare import captions, figures, questions, snippets
from cnnviz.topics.compare import pairs as measured
from cnnviz.topics.compare.records import Pair
from pages.networks.compare import cache
from pages.shared import network_picker, number_table, predict, url_state
from pages.shared.charts import chart, theme
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box

GROUPED = ("A: parameters", "B: parameters", "A: multiply-adds, 10⁶", "B: multiply-adds, 10⁶")
START = ("resnet50", "mobilenet_v2")


@st.fragment
def show() -> None:
    """Draw two networks block by block."""
    left, right = st.columns(2, gap="medium")
    with left:
        first = _picker("A", "compare.first", START[0])
    with right:
        second = _picker("B", "compare.second", START[1])
    try:
        pairs = cache.beside(first, second)
        one, other = cache.network(first), cache.network(second)
    except (*network_picker.CANNOT_OPEN, ValueError) as error:
        st.error(captions.cannot_compare(network_picker.reason(error)), icon=":material/error:")
        return
    _totals(one, other)
    st.markdown(captions.pair(pairs, measured.totals(one), measured.totals(other)))
    _tables(pairs, (f"A: {one.spec.title}", f"B: {other.spec.title}"))
    badges(*(_proof(pairs, side, network) for side, network in (("first", one), ("second", other))))
    predict.ask("Two networks side by side", questions.used(one, other))
    source_box(snippets.PAIR.format(first=first, second=second), made_by=(measured.parts, measured.aligned))


def _picker(label: str, key: str, start: str) -> str:
    names = list(models.names())
    _refuse(key, [_title(name) for name in names])
    found = st.selectbox(
        label, names, names.index(start), format_func=_title, key=key, bind="query-params", accept_new_options=True,
        help=captions.PICK_HELP,
    )  # fmt: skip
    return (found or start).strip()


def _refuse(key: str, titles: list[str]) -> None:
    """A network that the session's link names and that there is not is said, and leaves it; what is typed is answered.

    What the list takes from a link may be a name that somebody typed, so the network itself has to say. The list has
    read the link before the script runs, so the script begins anew without it.
    """
    if (text := st.session_state.pop(f"{key}.refused", "")) != "":
        url_state.say_left_out("network", text, captions.NAMES_THAT_WORK)
    text, first = st.query_params.get(key, ""), f"{key}.asked" not in st.session_state
    st.session_state[f"{key}.asked"] = True
    if not first or not text or text in titles:
        return
    try:
        cache.network(text.strip())
    except (*network_picker.CANNOT_OPEN, ValueError):
        st.session_state[f"{key}.refused"] = text
        del st.query_params[key]
        st.rerun()


def _title(name: str) -> str:
    """A network's title; what was typed in and is none stays as it is."""
    try:
        return models.title(name)
    except KeyError:
        return name


def _totals(one: Architecture, other: Architecture) -> None:
    columns: dict[str, list[str]] = {
        "what": ["parameters", "multiply-adds", "layers in a row", "field", "input", "year"],
        **{
            f"{side}: {network.spec.title}": [
                f"{network.parameters:,}", f"{network.macs:,}", str(network.depth), figures.field_words(seen),
                " × ".join(map(str, network.input_shape)), str(network.spec.year or "not given"),
            ]
            for side, network, seen in (("A", one, measured.totals(one)), ("B", other, measured.totals(other)))
        },
    }  # fmt: skip
    number_table.written(columns)


def _tables(pairs: tuple[Pair, ...], titles: tuple[str, str]) -> None:
    differing = st.toggle(captions.ONLY_DIFFERENCES, key="compare.differing", bind="query-params")
    shown = [pair for pair in pairs if pair.differs] if differing else list(pairs)
    if shown:
        grouped = {name: st.column_config.NumberColumn(format="localized") for name in GROUPED}
        height = 37 + 35 * min(14, len(shown))
        number_table.draw(
            figures.pair_table(shown),
            height=height,
            columns=grouped,
            key="compare.pairs",
            placeholder="",
        )
    else:
        st.info(captions.EQUAL, icon=":material/equal:")
    left, right = st.columns(2, gap="medium")
    with left:
        chart(figures.stages(pairs, titles, "parameters", theme=theme()), key="compare.stage_parameters")
    with right:
        chart(figures.stages(pairs, titles, "macs", theme=theme()), key="compare.stage_macs")


def _proof(pairs: tuple[Pair, ...], side: str, network: Architecture) -> Proof:
    """The blocks' work adds up to the whole network's."""
    parts = [part for part in (getattr(pair, side) for pair in pairs) if part]
    total = sum(part.macs for part in parts)
    return Proof(captions.adds_up(network.spec.title), float(abs(total - network.macs)), 0.0)
