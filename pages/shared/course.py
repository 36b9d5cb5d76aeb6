"""The way through: at the end of every page and part what comes next, what the page presumes, and the whole course."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from cnnviz.quiz import Question, export
from pages.shared import downloads, page_parts, predict
from pages.shared.components.guide import guide
from pages.shared.navigation import COURSE, EXPLORE, ROWS, PageRow, Stop

BEGIN = "Begin here: the first stop of the course."
ALL = "The whole course"
TOUR = "Guided tour"
TOUR_HELP = "Two minutes on Explore, in eight stops: from the image to the answer. It can be taken again at any time."
SET, TITLE, EACH = "Questions to hand out", "Questions on convolutional networks", 3
SET_SAID = (
    "Made from what the parts you opened show, three of each kind, in Markdown with an answer sheet that names the "
    "mistake behind every wrong answer, or in the JSON that jupyterquiz reads."
)
ALIKE = {
    "activations": "what one function does to a number and to its gradient.",
    "gradients": "what is left of the gradient in a stack of your own, measured at once.",
    "vanishing_gradients": "the gradient of every layer while real networks were trained.",
}  # three sides of one matter
ALIKE_SAID = "Two more pages show why the first layers may hardly learn:"
SEEN, UNSEEN, HERE = ":material/check_circle:", ":material/radio_button_unchecked:", ":material/arrow_right_alt:"


def footer(url_path: str) -> None:
    """Below the page at this address. That it was opened is remembered by the session, and by the browser."""
    opened = st.session_state.setdefault("course.seen", set())
    opened.add(url_path)
    at = next((index for index, stop in enumerate(COURSE) if stop.url_path == url_path), None)
    if at is None:
        return
    st.divider()
    with st.container(horizontal=True, vertical_alignment="center", key="course.way"):
        _step("back", page_parts.onward(-1), COURSE[at - 1] if at else None)
        st.caption(words(at))
        with st.container(key="course.tour", width="content"):
            st.page_link(EXPLORE, label=TOUR, icon=":material/tour:", query_params={"tour": "1"}, help=TOUR_HELP)
        _step("next", page_parts.onward(1), COURSE[at + 1] if at + 1 < len(COURSE) else None)
    _alike(url_path)
    with st.container(key="course.foot"):
        take_questions()
        _progress(at)


def _step(name: str, part: page_parts.Way | None, stop: Stop | None) -> None:
    """The way back or on: to a part of this page, or where its row ends to another page; or nothing."""
    if part is None and stop is None:
        return
    arrow = ":material/arrow_back:" if name == "back" else ":material/arrow_forward:"
    where: Literal["left", "right"] = "left" if name == "back" else "right"
    with st.container(key=f"course.{name}", width="content"):
        if part is not None:
            label = f"Back: {part.label}" if name == "back" else f"**Next: {part.label}**"
            st.button(
                label, key=f"course.{name}.part", on_click=part.go, type="tertiary", icon=arrow,
                icon_position=where,
            )  # fmt: skip
        elif stop is not None:
            row = _row(stop)
            label = f"Back: {row.title}" if name == "back" else f"**{words_of_next(row.title)}** {stop.sentence}"
            st.page_link(row.path, label=label, icon=arrow, icon_position=where)


def _alike(url_path: str) -> None:
    """Where the same thing is shown from another side, and which side that is."""
    if url_path not in ALIKE:
        return
    st.caption(ALIKE_SAID)
    for other, side in ALIKE.items():
        if other != url_path:
            row = next(row for row in ROWS if row.url_path == other)
            st.page_link(row.path, label=f"**{row.title}**: {side}", icon=":material/compare_arrows:")


@st.fragment
def _progress(at: int) -> None:
    """The whole course with what was opened; what the browser remembers of earlier visits comes to it once."""
    opened = st.session_state["course.seen"]
    whole = st.container()
    opened.update(guide(COURSE[at].url_path, sorted(opened), [stop.url_path for stop in COURSE]))
    with whole.expander(f"{ALL} · {len(opened & _known())} of {len(COURSE)} opened", icon=":material/route:"):
        for index, stop in enumerate(COURSE):
            _line(index, stop, here=index == at, seen=stop.url_path in opened)


def take_questions() -> None:
    """The questions of every part that was opened, as a set to hand out: three of each, with the answers."""
    kept = st.session_state.get(predict.ASKED, {})
    if not kept:
        return
    with st.expander(f"{SET} · {_from(list(kept))}", icon=":material/quiz:"):
        st.caption(SET_SAID)
        st.caption(", ".join(kept))
        downloads.downloads(
            [
                ("Markdown, with the answers", "questions.md", "text/markdown", lambda: export.markdown(TITLE, _set())),
                ("JSON for jupyterquiz", "questions.json", "application/json", lambda: export.jupyterquiz(_set())),
            ],
            key="course.questions",
        )


def _from(parts: Sequence[str]) -> str:
    """Of which parts the questions are, in one short line, however many there are."""
    return parts[0] if len(parts) == 1 else f"{len(parts)} parts"


def _set() -> list[Question]:
    """Asked anew with other seeds; what comes out the same is left out."""
    kept = st.session_state.get(predict.ASKED, {})
    found = [one for wanted in kept.values() for seed in range(EACH) for one in predict.made(wanted, seed)]
    return list({question.words: question for question in found}.values())


def words_of_next(title: str) -> str:
    """Before its sentence; a title that ends as a question needs no full stop."""
    return f"Next: {title}" if title.endswith("?") else f"Next: {title}."


def words(at: int) -> str:
    """Which stop this is and what it presumes."""
    stop = COURSE[at]
    if not at:
        return BEGIN
    presumed = ", ".join(_row(_stop(name)).title for name in stop.presumes)
    return f"Stop {at + 1} of {len(COURSE)} · presumes {presumed}" if presumed else f"Stop {at + 1} of {len(COURSE)}"


def _line(index: int, stop: Stop, *, here: bool, seen: bool) -> None:
    row = _row(stop)
    icon = HERE if here else SEEN if seen else UNSEEN
    st.page_link(row.path, label=f"{index + 1}. **{row.title}** · {stop.sentence}", icon=icon, disabled=here)


def _stop(url_path: str) -> Stop:
    return next(stop for stop in COURSE if stop.url_path == url_path)


def _row(stop: Stop) -> PageRow:
    return next(row for row in ROWS if row.url_path == stop.url_path)


def _known() -> set[str]:
    return {stop.url_path for stop in COURSE}
