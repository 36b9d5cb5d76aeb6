"""Questions on pages: what is asked comes from what is shown, a link opens it, and a set can be taken along."""

from __future__ import annotations

import pytest

from cnnviz import anatomy, models
from cnnviz.quiz import surveyed
from pages.shared import course, predict
from pages.shared.navigation import COURSE, ROWS
from tests.support.app import app_at

pytestmark = pytest.mark.usefixtures("own_runs")


@pytest.mark.parametrize("name", ["lenet5", "mobilenet_v2", "resnet18"])
def test_what_is_asked_of_a_network_is_what_the_survey_counted(name: str) -> None:
    rows = anatomy.inspect(models.build(name), models.spec(name).input_shape)
    counted = {row.parameters for row in rows}, {row.macs for row in rows}
    kinds = {kind: predict.made([(kind, state)], seed=1)[0] for kind, state in surveyed.wanted(rows)}
    assert set(kinds) == {"parameters", "macs", "field_on_top"}
    assert kinds["parameters"].right.value in counted[0]
    assert kinds["macs"].right.value in counted[1]


@pytest.mark.parametrize(
    "at", [stop.url_path for stop in COURSE if stop.url_path in ("pooling", "dropout", "overfitting")]
)
def test_a_stop_asks_about_what_it_shows_and_hands_it_out(at: str) -> None:
    [row] = [row for row in ROWS if row.url_path == at]
    page = app_at(row.path).run()
    assert not page.exception, page.exception
    asked = page.session_state[predict.ASKED]
    assert all(predict.made(wanted, seed) for wanted in asked.values() for seed in range(3))
    [box] = [box for box in page.expander if box.label.startswith(course.SET)]
    assert next(iter(asked)) in box.label


def test_a_state_that_gives_no_question_shows_none() -> None:
    assert predict.made(
        [("gradient_bound", {"depth": 3}), ("odds", {"first": "a", "second": "b", "logits": (1.0, 1.0)})], 0
    )
    assert not predict.made([("odds", {"first": "a", "second": "b", "logits": (1.0, 1.0)})], 0)
