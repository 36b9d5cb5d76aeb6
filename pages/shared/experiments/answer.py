"""An experiment's answer: bars or lines, accuracy over steps, the verdict, the table."""

from __future__ import annotations

import streamlit as st

from cnnviz import experiments
from cnnviz.figures import captions
from cnnviz.figures import experiments as experiment_figures
from cnnviz.records.experiments import Results
from pages.shared import number_table
from pages.shared.charts import chart, theme
from pages.shared.downloads import downloads


@st.cache_resource(max_entries=32, show_spinner=False)
def shipped(name: str, modified: float) -> Results:
    """What comes with the project. modified: when its file last changed."""
    return experiments.results(name)


def of(name: str) -> Results:
    """The shipped results, kept until their file changes."""
    file = experiments.shipped_folder(name) / "results.jsonl"
    return shipped(name, file.stat().st_mtime if file.is_file() else 0.0)


def known(found: Results) -> str:
    """The runs of these results, as a key for caches: another string once there are others."""
    return ";".join(f"{run.cell}:{run.seed}:{run.test_loss}" for one in found.cells for run in one.runs)


def verdict(name: str, found: Results) -> None:
    """The headline and one sentence, marked by whether this was expected; the others are folded below."""
    if not found.complete:
        return
    said = experiments.get(name).expect(found)
    text = f"**{said.headline}** {said.sentence}"
    if said.agrees:
        st.success(text, icon=":material/check_circle:")
    else:
        st.warning(text, icon=":material/difference:")
    if said.folded:
        with st.expander(captions.MORE_OF_THE_VERDICT):
            st.markdown("\n".join(f"- {sentence}" for sentence in said.folded))


def over_a_grid(name: str) -> None:
    """One experiment over its settings, with its verdict and what was cut."""
    experiment, found = experiments.get(name), of(name)
    st.subheader(experiment.question, divider="gray")
    chart(
        experiment_figures.summary(found, experiment.published, axis=experiment.axis, theme=theme()),
        key=f"experiment.{name}",
    )
    verdict(name, found)
    spread = "the mean's 95 % interval" if len(found.cells) <= experiment_figures.FEW else "± one standard deviation"
    st.caption(f"Whiskers: {spread}. {experiment_figures.provenance_words(found)} {experiment.cut}")
    take(name, found)


def table(name: str, found: Results) -> None:
    """Draw the results as a table, with where they come from."""
    with st.expander("The numbers", icon=":material/table:"):
        number_table.draw(experiment_figures.table(found, experiments.get(name).published))
        st.caption(experiment_figures.provenance_words(found))
        take(name, found)


def take(name: str, found: Results) -> None:
    """Draw the button that downloads every run."""
    downloads(
        [("Every run (CSV)", f"{name}.csv", "text/csv", lambda: experiment_figures.runs_csv(found))],
        key=f"experiment.{name}",
    )
