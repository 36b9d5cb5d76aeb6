"""The page `architectures` as Streamlit runs it, and what its figures and its measurement say."""

from __future__ import annotations

import csv
import io
import threading
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from cnnviz.measurements import architectures
from cnnviz.records import Spec
from cnnviz.records.architectures import Architecture
from cnnviz.topics.architectures import (
    captions,
    cost_breakdown_figures,
    field_growth_figures,
    layer_times,
    paper_tables,
    tables,
)
from pages.networks.architectures import snippets
from tests.support import ROOT
from tests.support.app import turn_to, written
from tests.support.waiting import PATIENCE

PAGE = "pages/networks/architectures/page.py"


@pytest.fixture
def app() -> AppTest:
    started = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    started.run()
    started.session_state["view.network"] = "alexnet"
    return turn_to(started, PAGE).run()


@pytest.fixture(scope="module")
def alexnet() -> Architecture:
    return architectures.survey("alexnet")


def test_the_card_its_line_and_its_proofs(app: AppTest) -> None:
    said = written(app)
    assert "AlexNet, 2014" in said
    assert "**61,100,840** parameters" in said
    assert said.count(":material/check_circle:") == 3
    app.button(key="architectures.to.alexnet_2012").click().run()
    assert "**60,965,224** parameters" in written(app)
    assert app.session_state["view.network"] == "alexnet_2012"


def test_the_parts_and_another_size(app: AppTest) -> None:
    app.segmented_control(key="architectures.part").set_value("xray").run()
    assert "The 3 linear layers hold **96.0 %** of the parameters (58,631,144 of 61,100,840)" in written(app)
    app.segmented_control(key="architectures.part").set_value("paper").run()
    assert "Two groups, or one tower" in written(app)
    app.segmented_control(key="architectures.part").set_value("field").run()
    assert "grows from 11 pixels (`features.0`) to **195** (`features.12`)" in written(app)
    app.number_input(key="architectures.size").set_value(32).run()
    assert "63" in app.error[0].value
    assert "Shown is its own size, 224 × 224" in app.error[0].value
    app.number_input(key="architectures.size").set_value(300).run()
    app.segmented_control(key="architectures.part").set_value("card").run()
    assert not app.error
    assert "3 × 300 × 300" in written(app)


def test_a_network_that_is_not_there_is_one_sentence(app: AppTest) -> None:
    app.session_state["view.network"] = "resnet19"
    app.run()
    assert not app.exception
    assert "resnet18" in app.error[0].value


def test_a_timm_name_that_is_typed_in(app: AppTest) -> None:
    app.session_state["view.network"] = "timm/convnext_atto"
    app.run()
    assert "convnext_atto (timm)" in written(app)


# ------------------------------------------------------------------------------------------------ figures
def test_the_table_is_the_rows(alexnet: Architecture) -> None:
    columns = tables.columns(alexnet)
    assert tuple(columns) == tables.COLUMNS
    assert sum(columns["parameters"]) == 61_100_840
    assert sum(columns["multiply-adds"]) == 714_188_480
    assert columns["field"][columns["layer"].index("features.12")] == 195
    assert columns["status"][-1].startswith("the whole image")
    lines = list(csv.reader(io.StringIO(tables.csv_table(alexnet))))
    assert len(lines) == len(alexnet.rows) + 1
    assert lines[2][:5] == [
        "features.0",
        "convolution",
        "Conv2d 11×11, 3 → 64, stride 4, padding 2",
        "64 × 55 × 55",
        "23296",
    ]


def test_bars_hold_every_number(alexnet: Architecture) -> None:
    header = cost_breakdown_figures.bars(alexnet)
    totals = {item["name"]: item["total"] for item in header["quantities"]}
    assert (totals["Parameters"], totals["Multiply-adds"]) == (61_100_840, 714_188_480)
    assert totals["Activations"] == alexnet.activation_bytes
    for block in header["blocks"]:
        inside = header["rows"][block["first"] : block["last"] + 1]
        assert [sum(column) for column in zip(*(row["values"] for row in inside), strict=True)] == block["values"]


def test_where_the_parameters_lie_is_computed(alexnet: Architecture) -> None:
    assert "`classifier.1` alone 61.8 %" in captions.linear(alexnet)
    assert "No linear layer" in captions.linear(architectures.survey("squeezenet1_1"))
    assert "AuxLogits" in " ".join(captions.costs(architectures.survey("inception_v3")))


def test_the_field_grows_as_the_anatomy_says(alexnet: Architecture) -> None:
    import numpy as np

    header = field_growth_figures.packet(alexnet, np.zeros((224, 224, 3), np.uint8), key="k")
    last = next(item for item in header["rows"] if item["name"] == "features.12")
    assert last["rows"] == [195, 32, 66]
    assert "everything is seen" in captions.field(alexnet) or "wide as the image" in captions.field(alexnet)


def test_two_networks_side_by_side(alexnet: Architecture) -> None:
    columns = paper_tables.side_by_side(architectures.survey("alexnet_2012"), alexnet)
    assert columns["difference"][0] == "+135,616 (+0.222 %)"
    assert columns["difference"][-1] == "none"
    for one, other, apart in zip(*list(columns.values())[1:], strict=True):  # as printed: 86.0 MiB, 85.0 MiB, −1.0 MiB
        if apart != "none" and one.split()[1:] == other.split()[1:]:
            before, after = (float(text.split()[0].replace(",", "")) for text in (one, other))
            gap = float(apart.split()[0].replace("−", "-").replace(",", ""))
            assert gap == pytest.approx(after - before)
    assert paper_tables.verdict(4_089_184_256, 3.8e9, 0.05e9) == "+7.61 %"
    assert paper_tables.verdict(714_188_480, 0.714e9, 500_000) == "the same, to the last printed digit"


# ------------------------------------------------------------------------------------------------ milliseconds
def test_times_of_every_row_add_up() -> None:
    network = architectures.survey("lenet5")
    heard: list[float] = []
    times = layer_times.measure(network, heard=heard.append)
    assert len(times.medians) == len(network.rows)
    assert all(low <= middle <= high for low, middle, high in zip(times.lower, times.medians, times.upper, strict=True))
    assert layer_times.LEAST <= times.runs <= layer_times.MOST
    assert heard[-1] == 1.0
    assert 0.3 < sum(times.medians) / times.summed < 3
    said = captions.times(network, times) + captions.measured(times)
    assert f"n = {times.runs} passes" in said
    assert len(cost_breakdown_figures.bars(network, times)["quantities"]) == 5


def test_what_is_too_heavy_is_refused_with_its_size() -> None:
    assert "GiB" in layer_times.refusal(architectures.survey("regnet_y_128gf", training=False))
    assert layer_times.refusal(architectures.survey("resnet18", training=False)) == ""


def test_snippets_run_as_they_stand(capsys: pytest.CaptureFixture[str]) -> None:
    here: Any = SimpleNamespace(choice="lenet5", shape=(1, 28, 28), network=architectures.survey("lenet5"))
    for snippet in (snippets.survey, snippets.times, snippets.fields, snippets.papers):
        exec(compile(snippet(here), "snippet", "exec"), {})
    said = capsys.readouterr().out
    assert "61706 416520" in said
    assert "LeNet-5 (1998) 60000" in said


class Partly(torch.nn.Module):
    """One layer runs, one in a thread of its own, one never."""

    def __init__(self) -> None:
        super().__init__()
        self.here, self.away, self.never = (torch.nn.Conv2d(3, 3, side, padding="same") for side in (1, 3, 5))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        made: list[torch.Tensor] = []
        worker = threading.Thread(target=lambda: made.append(self.away(x)))
        worker.start()
        worker.join()
        return self.here(x) + made[0]


def test_parameters_that_no_operation_reads_are_said_and_no_fault(alexnet: Architecture) -> None:
    found = architectures.count(Partly().eval(), Spec("p", "p", (3, 9, 9), (0.5,) * 3, (0.5,) * 3, ()), (3, 9, 9))
    assert found.unread == 3 * 3 * 9 + 3 + 3 * 3 * 25 + 3
    assert f"**{found.unread}** of the parameters are in no operation below" in captions.totals(found)
    assert tables.used(found) == ()
    assert (alexnet.unread, [proof.holds for proof in tables.used(alexnet)]) == (0, [True])


@pytest.mark.parametrize("text", ["ends in a stop.", "ends in none"])
def test_a_note_has_one_full_stop(text: str) -> None:
    assert captions.note(text).removesuffix(".").endswith(("stop", "none"))


def test_a_network_without_convolutions_says_so() -> None:
    found = architectures.count(
        torch.nn.MaxPool2d(2).eval(), Spec("p", "p", (3, 8, 8), (0.5,) * 3, (0.5,) * 3, ()), (3, 8, 8)
    )
    assert "There is no convolution" in captions.totals(found)
    assert "in 1 block ·" in captions.table(found)
