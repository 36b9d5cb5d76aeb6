"""What the four parts share: the race first, then the answer with its numbers, then links."""

from __future__ import annotations

import streamlit as st

from cnnviz import experiments
from cnnviz.figures import experiments as experiment_figures
from cnnviz.records.experiments import Results
from cnnviz.topics.training_choices import captions
from pages.shared.charts import chart, theme
from pages.shared.experiments import again, answer

LAB = ("pages/learn/training_lab/page.py", captions.LAB_LINK)


def raced(name: str) -> Results:
    """Question, verdict, race, and running it again here."""
    experiment, found = experiments.get(name), answer.of(name)
    st.subheader(experiment.question, divider="gray")
    if found.complete:
        answer.verdict(name, found)
    else:
        there = sum(one.n > 0 for one in found.cells)
        st.info(captions.unfinished(there, len(found.cells)))
    again.show(name)
    return found


def bars(name: str, found: Results) -> None:
    """Draw the final accuracies, with what was published."""
    chart(
        experiment_figures.bars(found, experiments.get(name).published, theme=theme(), height=320),
        key=f"choices.{name}.bars",
    )


def numbers(name: str, found: Results) -> None:
    """Draw the table, with where its numbers come from."""
    st.caption(captions.source(experiment_figures.provenance_words(found), experiments.get(name).cut))
    answer.table(name, found)


def links(*pages: tuple[str, str]) -> None:
    """(path, words) of where to read on or try it."""
    with st.container(horizontal=True):
        for path, words in pages:
            st.page_link(path, label=words, icon=":material/arrow_forward:")
