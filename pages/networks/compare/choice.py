"""Which network should I choose? One's limits, the ranked answer, its reasons, and what a looser limit would bring."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.compare import captions, figures, model_selection, published, snippets
from cnnviz.topics.compare.records import CostLimits, Shortlist
from pages.networks.compare import cache
from pages.networks.compare.chart import NUMBERS
from pages.shared import number_table, predict, url_state
from pages.shared.charts import chart, theme
from pages.shared.source_box import source_box

FIRST = 8  # of the ranking


@st.fragment
def show() -> None:
    """Draw the part that chooses a network within limits."""
    limits = _limits()
    left, right = st.columns([1, 1], gap="medium")
    with left:
        by = st.segmented_control(
            captions.BEST_IS, list(captions.BY), format_func=captions.BY.__getitem__, default="accuracy",
            required=True, key="compare.by",
            bind="query-params",
        )  # fmt: skip
    with right:
        recipe = st.segmented_control(
            captions.ACCURACY_OF_THE, published.RECIPES, default=published.RECIPES[0], required=True,
            key="compare.weights", bind="query-params",
        )  # fmt: skip
    by, recipe = by or "accuracy", recipe or published.RECIPES[0]
    answer = cache.answer(limits, recipe, by)
    if answer.ranked:
        _said(answer, recipe)
    else:
        _nothing(answer)
    ranked = answer.ranked[:12]
    parameters = [(one.title, one.parameters) for one in ranked]
    macs = [(one.title, one.macs) for one in ranked]
    predict.ask(
        "Compare networks", ("least_cost", {"of": "parameters", "costs": parameters}),
        ("least_cost", {"of": "multiply-adds", "costs": macs}),
    )  # fmt: skip
    source_box(
        snippets.CHOICE.format(limits=limits, recipe=recipe, by=by),
        made_by=(model_selection.choose, model_selection.loosen),
    )


def _limits() -> CostLimits:
    """Four numbers; an empty field is no limit."""
    columns = st.columns(4, gap="medium")
    asked = []
    for column, (label, key, start, most, step) in zip(columns, (
        (captions.FILE_LIMIT, "compare.file", 20.0, 10_000.0, 1.0),
        (captions.MACS_LIMIT, "compare.macs", 1.0, 10_000.0, 0.1),
        (captions.PARAMETERS_LIMIT, "compare.parameters", None, 10_000.0, 1.0),
        (captions.ACCURACY_LIMIT, "compare.accuracy", None, 100.0, 0.5),
    ), strict=True):  # fmt: skip
        with column:
            asked.append(
                st.number_input(
                    label,
                    0.0,
                    most,
                    start,
                    step,
                    key=key,
                    bind="query-params",
                    placeholder=captions.NO_LIMIT,
                    format="%g",
                )
            )
    file_mb, macs, parameters, accuracy = asked
    return CostLimits(
        file_mb, None if macs is None else macs * 1e9, None if parameters is None else parameters * 1e6, accuracy
    )


def _said(answer: Shortlist, recipe: str) -> None:
    best, candidates = answer.ranked[0], cache.published(recipe)
    total = sum(one.accuracy is not None for one in candidates)
    left, right = st.columns([1, 1], gap="large")
    with left:
        st.subheader(captions.best(answer))
        st.markdown("\n".join(f"- {reason}" for reason in captions.reasons(answer, total=total)))
        st.button(
            captions.OPEN, key="compare.open", icon=":material/account_tree:", on_click=url_state.change,
            kwargs={"network": best.name}, help=captions.OPEN_HELP,
        )  # fmt: skip
        moves = [*(captions.loosened(one, best) for one in answer.loosened), captions.fixed(answer)]
        if any(moves):
            st.markdown(captions.IF_LOOSENED)
            st.markdown("\n".join(f"- {move}" for move in moves if move))
    with right:
        axes = ("macs", "accuracy", "file_mb")
        kept = answer.ranked
        drawn = figures.bubbles(kept, axes, marked=answer.front, chosen=best.name, theme=theme(), height=380)
        chart(drawn, key="compare.kept")
    columns = figures.table(answer.ranked, front=answer.front)
    shown = {name: st.column_config.NumberColumn(format=text) for name, text in NUMBERS.items()}
    height = 37 + 35 * min(FIRST, len(answer.ranked))
    number_table.draw(columns, height=height, columns=shown, key="compare.ranking", placeholder="–")


def _nothing(answer: Shortlist) -> None:
    st.warning(captions.nothing_within(answer), icon=":material/filter_alt_off:")
    if answer.nearest:
        st.markdown(captions.WOULD_HAVE_TO_MOVE)
        st.markdown("\n".join(f"- {captions.nearest(one)}" for one in answer.nearest))
    else:
        st.markdown(captions.NO_SINGLE_LIMIT)
