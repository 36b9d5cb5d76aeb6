"""Any number of runs over one another: curves, only the settings that differ, a table, and a race to start."""

from __future__ import annotations

import streamlit as st

from cnnviz import checkpoints, runs
from cnnviz.figures import run_names
from cnnviz.topics.training_lab import (
    captions,
    compared,
    comparison,
    comparison_captions,
    comparison_figures,
    comparison_tables,
    questions,
)
from cnnviz.topics.training_lab.records import ComparedRun
from pages.learn.training_lab import linked, naming, race
from pages.shared import number_table, predict
from pages.shared.charts import chart, theme
from pages.shared.downloads import downloads
from pages.shared.source_box import source_box

PERIOD = 1.0  # seconds between two looks while one of them is under way
HALF_LIVES = (0, 5, 20, 50, 200)


def show() -> None:
    """The runs to choose from, what they say together, and the race."""
    st.markdown(comparison_captions.INTRODUCTION)
    listed = naming.own() | {item.run_id: captions.shipped_run(item.title) for item in _shipped()}
    linked.restore(listed)
    race.take_over(listed)
    chosen = st.multiselect(
        comparison_captions.RUNS, list(listed), format_func=lambda run_id: listed.get(run_id, run_id),
        key="lab.compared", persist_state="session",
    )  # fmt: skip
    linked.publish(chosen)
    alive = any(run.status().alive for run in map(runs.find, chosen) if run is not None)
    if len(chosen) < 2:
        st.info(comparison_captions.ONE_MORE if chosen else comparison_captions.NOTHING, icon=":material/info:")
    else:
        _controls()
        st.fragment(_together, run_every=PERIOD if alive else None)(tuple(chosen), alive)
    race.show()
    source_box(made_by=(comparison.groups, comparison.curve))


def _shipped() -> list[checkpoints.Checkpoint]:
    return [item for item in checkpoints.available() if item.shipped]


def _controls() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            comparison_captions.OF, list(comparison_captions.SETS), format_func=comparison_captions.SETS.__getitem__,
            default="train", required=True, key="lab.of", bind="query-params",
        )  # fmt: skip
        st.segmented_control(
            comparison_captions.OVER, list(comparison_captions.AXES),
            format_func=comparison_captions.AXES.__getitem__, default="step", required=True, key="lab.over",
            bind="query-params",
        )  # fmt: skip
        st.select_slider(
            comparison_captions.SMOOTHING, HALF_LIVES, value=20, key="lab.smoothing", width=230,
            help=comparison_captions.SMOOTHING_HELP, bind="query-params",
        )  # fmt: skip
        st.toggle(comparison_captions.LOG, key="lab.log", bind="query-params")


def _together(run_ids: tuple[str, ...], alive: bool) -> None:
    """Curves and tables; looked at again by itself while one of the runs is under way."""
    found = compared.of(run_ids)
    if not found:
        return
    groups = comparison.groups(found)
    tested = st.session_state.get("lab.of") == "test"
    figure = comparison_figures.figure(
        groups, axis=st.session_state.get("lab.over") or "step", tested=tested, theme=theme(),
        half_life=float(st.session_state.get("lab.smoothing", 20)), log_loss=bool(st.session_state.get("lab.log")),
    )  # fmt: skip
    chart(figure, key="lab.together")
    names = [run_names.setting_name(name) for name in run_names.differing([run.config for run in found])]
    st.markdown(comparison_captions.verdict(groups))
    st.caption(comparison_captions.differences(found, names))
    _tables(found)
    if not alive:
        predict.ask("Runs beside each other", *questions.best(groups))
    downloads(
        [(comparison_captions.TAKE, "runs.csv", "text/csv", lambda: comparison_tables.as_csv(found))],
        key="lab.compare",
    )
    if alive and not any(run.status().alive for run in map(runs.find, run_ids) if run is not None):
        st.rerun()


def _tables(found: tuple[ComparedRun, ...]) -> None:
    groups = comparison.groups(found)
    if any(group.n > 1 for group in groups):
        st.caption(comparison_captions.GROUPS)
        number_table.draw(comparison_tables.group_rows(groups), key="lab.groups")
        st.caption(comparison_captions.TABLE)
    number_table.draw(comparison_tables.rows(found), key="lab.table")
