"""One question after the other: answer, numbers, the way to the page that shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from cnnviz import experiments
from cnnviz.topics.questions import captions, course_questions
from cnnviz.topics.questions.records import CourseAnswer
from pages.shared import navigation
from pages.shared.source_box import source_box

SNIPPET = """from cnnviz import experiments
from cnnviz.topics.questions import course_questions

for answer in course_questions.all():
    numbers = "; ".join(f"{one.label}: {one.value} {one.note}" for one in answer.numbers)
    print(f"{answer.question}\\n{answer.text}\\n{numbers}\\n")
print(experiments.get("shuffle").expect(experiments.results("shuffle")).sentences[0])"""


def found() -> tuple[CourseAnswer, ...]:
    """The answers, kept until a result on disk changes."""
    files = (experiments.shipped_folder(name) / "results.jsonl" for name in experiments.names())
    return _found(tuple(file.stat().st_mtime if file.is_file() else 0.0 for file in files))


@st.cache_resource(max_entries=1, show_spinner=captions.READING)
def _found(modified: tuple[float, ...]) -> tuple[CourseAnswer, ...]:
    return course_questions.all()


def show(number: int, answer: CourseAnswer) -> None:
    """Draw one question with its answer and the way to its page."""
    st.subheader(f"{number}. {answer.question}", divider="gray")
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown(answer.text)
        st.page_link(
            navigation.script(answer.page),
            label=answer.link_label,
            icon=":material/arrow_forward:",
            query_params=dict(answer.link),
        )
    with right, st.container(horizontal=True):
        for one in answer.numbers:
            st.metric(one.label, one.value, one.note, delta_color="off", delta_arrow="off", width="content")


def source(*made_by: Callable[..., Any]) -> None:
    """Draw the source box."""
    source_box(SNIPPET, made_by=(*made_by, *course_questions.QUESTIONS))
