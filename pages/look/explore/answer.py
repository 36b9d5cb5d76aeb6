"""What the network says, whatever its output is of: bars, numbers, a map, boxes, or why it is unread."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from cnnviz import networks
from cnnviz.figures import pictures, predictions
from cnnviz.models.own_networks import OWN
from cnnviz.plain_text import escaped
from cnnviz.topics.explore import answer_figures, captions
from pages.shared import number_table
from pages.shared.cache import Look, look
from pages.shared.components.scores import scores
from pages.shared.drawer import drawer
from pages.shared.view import View

TOP = 5


def show(opened: networks.Network, seen: Look) -> None:
    """The answer, and under it how it was read, where that is not plain or was guessed."""
    reading = seen.reading
    if reading.ranks:
        scores(predictions.bars(seen.scores, top=TOP, exclusive=reading.kind == "classes"), key="explore.scores")
    elif reading.kind == "numbers":
        number_table.draw(answer_figures.quantities(reading), key="explore.numbers")
    elif reading.kind == "map":
        _drawn(*answer_figures.map_over(seen.picture, reading), captions.MAP)
    elif reading.kind == "boxes":
        _drawn(*answer_figures.boxes_over(seen.picture, reading.boxes), captions.boxes(reading.boxes))
    if reading.kind == "unread":
        st.info(escaped(reading.said, longest=600), icon=":material/info:")
    elif reading.said:
        st.caption(escaped(reading.said, longest=600))
    if reading.said and reading.is_guessed and networks.place_of(opened.choice) in OWN:
        st.caption(captions.SAY_THE_OUTPUT)
    if opened.choice in OWN and opened.spec.notes:
        st.caption(escaped(" ".join(opened.spec.notes), longest=900))
    if passed := captions.of_the_pass(seen.recording.note, known=opened.spec.notes):
        st.caption(passed)
    if reading.kind == "classes" and (note := predictions.fit_note(seen.scores)):
        st.caption(captions.doubt(note))


def _drawn(picture: answer_figures.Array, legend: Sequence[answer_figures.LegendLine], caption: str) -> None:
    left, right = st.columns([3, 2], gap="small")
    left.image(pictures.png(picture), output_format="PNG", caption=caption)
    lines = "".join(
        f'<div style="display:flex;gap:.5em;align-items:center;font-size:14px">'
        f'<span style="width:12px;height:12px;flex:none;background:{line.colour or "transparent"};'
        f'border:1px solid currentColor"></span><span>{html.escape(line.name)} <small>{html.escape(line.share)}</small>'
        f"</span></div>"
        for line in legend
    )
    right.html(f"<div>{lines}</div>" if lines else "<div></div>")


def caption(opened: networks.Network, seen: Look, title: str) -> str:
    """Network and weights, input, what it says, time, in one line."""
    named = captions.network(opened.spec.title, opened.provenance.label)
    result = captions.recorded(named, opened.spec.input_shape, title, answer=captions.answer(seen.reading))
    took = captions.seconds(len(seen.recording), seen.recording.seconds)
    return f"{result} · {took}"


def of_two(one: Look, other: Look) -> tuple[str, str]:
    """What the network says of each of the two, in a few words, as Markdown."""
    first, second = (captions.short_answer(seen.reading, doubted=False) for seen in (one, other))
    return first, second


def term_by_term(view: View) -> None:
    """For classes exp, sum and ratio of the leading ones; for labels the sigmoid of each; nothing for other outputs."""
    reading = look(view).reading
    if reading.kind == "labels" and len(reading.names) > 1:
        box = drawer(captions.SIGMOID, icon="functions", key="explore.sigmoid")
        if not box.open:
            return
        with box:
            st.latex(r"p_i = \frac{1}{1 + e^{-z_i}}")
            number_table.draw(predictions.sigmoid_table(look(view).scores), key="explore.softmax")
    elif reading.ranks:
        box = drawer(captions.SOFTMAX, icon="functions", key="explore.terms")
        if not box.open:
            return
        with box:
            st.latex(r"p_i = \frac{e^{z_i - m}}{\sum_j e^{z_j - m}},\quad m = \max_j z_j")
            table = predictions.softmax_table(
                reading.values, reading.names, ended=reading.applied if len(reading.names) == 1 else ""
            )
            number_table.draw(table, key="explore.softmax")
