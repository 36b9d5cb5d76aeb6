"""Every network as a bubble, along two costs or accuracies that one chooses, and as a table that sorts."""

from __future__ import annotations

import csv
import io

import streamlit as st

from cnnviz.topics.compare import captions, figures, model_selection, published, questions, snippets
from pages.networks.compare import cache
from pages.shared import downloads, number_table, predict
from pages.shared.charts import chart, table_height, theme
from pages.shared.source_box import source_box

AREAS = ("parameters", "file_mb", "macs", "field")
NUMBERS = {
    "accuracy": "%.1f %%", "multiply-adds, 10⁹": "%,.3f", "parameters, 10⁶": "%,.2f", "file, MiB": "%,.1f",
    "field": "%,d", "layers": "%d", "input": "%d", "year": "%d",
}  # fmt: skip


@st.fragment
def show() -> None:
    """Draw every network as a bubble."""
    x, y, area, recipe = _axes()
    candidates = cache.published(recipe)
    front = model_selection.front([one for one in candidates if one.accuracy is not None])
    chart(figures.bubbles(candidates, (x, y, area), marked=front, theme=theme()), key="compare.bubbles")
    st.caption(captions.bubbles(candidates, y, front))
    columns = figures.table(candidates, front=front)
    _table(columns, len(candidates))
    predict.ask("All networks", questions.beaten(candidates))
    downloads.downloads([(captions.TABLE, "networks.csv", "text/csv", lambda: _csv(columns))], key="compare")
    source_box(snippets.PUBLISHED.format(recipe=recipe), made_by=(published.row_of, model_selection.front))


def _axes() -> tuple[str, str, str, str]:
    """Two axes, what the area says, and whose weights."""
    columns = st.columns([1, 1, 1, 1.4], gap="medium", vertical_alignment="bottom")
    asked = []
    for column, label, key, options, start in zip(
        columns, (captions.ACROSS, captions.UP, captions.AREA), ("compare.x", "compare.y", "compare.area"),
        (tuple(figures.AXES), tuple(figures.AXES), AREAS), ("macs", "accuracy", "parameters"), strict=False,
    ):  # fmt: skip
        with column:
            found = st.selectbox(
                label, options, options.index(start), format_func=figures.AXES.__getitem__, key=key, bind="query-params"
            )
            asked.append(found or start)
    with columns[3]:
        recipe = st.segmented_control(
            captions.ACCURACY_OF_THE, published.RECIPES, default=published.RECIPES[0], required=True,
            key="compare.recipe", bind="query-params", help=_newer_recipe(),
        )  # fmt: skip
    return asked[0], asked[1], asked[2], recipe or published.RECIPES[0]


def _newer_recipe() -> str:
    newest, first = ({one.name: one for one in cache.published(recipe)} for recipe in published.RECIPES)
    return captions.newer_recipe((newest["resnet50"].accuracy or 0) - (first["resnet50"].accuracy or 0))


def _table(columns: dict[str, list[object]], rows: int) -> None:
    shown = {name: st.column_config.NumberColumn(format=words) for name, words in NUMBERS.items()}
    height = table_height(rows, 420)
    number_table.draw(columns, height=height, columns=shown, key="compare.table", placeholder="–")


def _csv(columns: dict[str, list[object]]) -> str:
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return target.getvalue()
