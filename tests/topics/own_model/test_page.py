"""The page of one's own model as Streamlit runs it: links, bad input, a run that starts, weights that are uploaded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from safetensors.torch import save as to_bytes
from streamlit.testing.v1 import AppTest

from cnnviz import models, runs
from cnnviz.models import own_networks, own_stack
from cnnviz.runs import supervision
from cnnviz.runs.supervision import Supervisor
from pages.networks.own_model import module, weights
from tests.support.app import app_at, opened
from tests.support.waiting import until

PAGE = "pages/networks/own_model/page.py"


@pytest.fixture(autouse=True)
def supervisor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    made = Supervisor()
    monkeypatch.setattr(supervision, "CURRENT", [made])
    yield made
    made.close()


def code(page: AppTest) -> str:
    return next(block.value for block in page.code if block.value.startswith("from collections"))


def test_it_opens_with_lenet5_ready_to_train() -> None:
    page = opened(app_at(PAGE))
    assert "nn.Conv2d(6, 16, kernel_size=(5, 5)" in code(page)
    assert not page.button(key="own_model.train").disabled
    page.button(key="own_model.start.small_cnn").click().run()
    assert "BatchNorm2d(64" in code(page)


def test_a_link_brings_the_layers_back() -> None:
    page = opened(app_at(PAGE), own_model__layers="flatten, linear 30, relu, linear 0")
    assert "nn.Linear(in_features=784, out_features=30" in code(page)
    assert page.session_state["own_model.layers"] == (("flatten",), ("linear", 30), ("relu",), ("linear", 0))


def test_a_link_that_holds_no_layers_says_so() -> None:
    page = opened(app_at(PAGE), own_model__layers="pool 9")
    assert any("cannot be read" in str(item.value) for item in page.warning)
    assert page.session_state["own_model.layers"] == own_stack.LENET5


def test_what_does_not_fit_cannot_be_trained() -> None:
    page = opened(app_at(PAGE), own_model__layers="flatten, conv 6 5 1 2 1 1, linear 0")
    assert page.button(key="own_model.train").disabled
    assert any("the layer that breaks it is marked" in item.value for item in page.caption)


def test_another_data_set_checks_anew() -> None:
    page = opened(app_at(PAGE))
    page.selectbox(key="own_model.dataset").select("shapes").run()
    assert "nn.Conv2d(3, 6" in code(page)
    assert "in_features=576" in code(page)


def test_a_run_starts_and_its_network_opens_in_explore() -> None:
    page = opened(app_at(PAGE), own_model__layers="conv 4 3 2 1 1 1, relu, flatten, linear 0")
    page.number_input(key="own_model.seconds").set_value(1)  # and the click before the script has run with it
    page.button(key="own_model.train").click().run()
    assert not page.exception, page.exception
    run = runs.list()[0]
    assert run.id.startswith("digits-sequence-")
    assert until(lambda: run.status().state == "finished"), (run.status(), run.log())
    page.run()
    page.button(key="train.explore").click().run()
    assert not page.exception, page.exception
    assert page.query_params["network"] in (f"run:{run.id}", [f"run:{run.id}"])


@pytest.mark.parametrize(
    "page",
    ["pages/look/explore/page.py", "pages/networks/architectures/page.py", "pages/networks/receptive_field/page.py"],
)
def test_layers_that_nobody_trained_open_everywhere_and_say_so(page: str) -> None:
    built = opened(app_at(PAGE), own_model__layers="conv 4 3 2 1 1 1, relu, flatten, linear 0")
    built.button(key="own_model.untrained").click().run()
    assert not built.exception, built.exception
    choice = "layers:digits/conv 4 3 2 1 1 1, relu, flatten, linear 0"
    assert built.query_params["network"] in (choice, [choice])
    there = app_at(page)
    there.query_params["network"] = choice
    there.run()
    assert not there.exception, there.exception
    assert not there.error
    assert there.selectbox(key="picker.network").value == choice
    if "explore" in page:
        assert any("not trained" in str(item.value) for item in there.warning)


# ------------------------------------------------------------------------------------------------ weights, modules
def with_file(network: str, data: bytes) -> AppTest:
    page = opened(app_at(PAGE), own_model__part="Your weights")
    page.selectbox(key="own_model.network").select(network).run()
    page.file_uploader(key="own_model.file").upload("mine.safetensors", data, "application/octet-stream").run()
    assert not page.exception, page.exception
    return page


def test_weights_that_fit_are_opened_in_explore() -> None:
    page = with_file("lenet5", to_bytes(dict(models.build("lenet5", seed=4).state_dict())))
    assert "All 10 tensors fit LeNet-5" in str(page.success[0].value)
    page.button(key="own_model.open").click().run()
    assert not page.exception, page.exception
    assert str(page.query_params["network"]).find("upload:lenet5.") >= 0


def test_weights_that_do_not_fit_are_listed_with_reasons() -> None:
    state = dict(models.build("lenet5").state_dict())
    state["extra"] = torch.zeros(2)
    del state["fc3.bias"]
    page = with_file("lenet5", to_bytes(state))
    assert "9 of its 10 tensors are as they should be" in str(page.error[0].value)
    tables = [frame.value for frame in page.dataframe]
    assert [list(table["name"]) for table in tables] == [["fc3.bias"], ["extra"]]
    assert list(tables[0]["reason"]) == ["the file has no tensor of this name"]


@pytest.mark.parametrize(("data", "sentence"), [(b"PK\x03\x04rest of a zip", "is a pickle"), (b"abc", "cut off")])
def test_what_is_no_safetensors_is_one_sentence(data: bytes, sentence: str) -> None:
    assert sentence in str(with_file("lenet5", data).error[0].value)


def test_a_module_is_told_how_to_be_brought_along() -> None:
    own_networks.OWN.clear()
    page = opened(app_at(PAGE), own_model__part="Your module")
    assert any("--model folder/my_nets.py:tiny" in block.value for block in page.code)
    assert any("without `--model`" in str(item.value) for item in page.info)


def test_the_snippets_run_as_they_stand(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(weights.SNIPPET, "snippet", "exec"), {})
    assert capsys.readouterr().out == "read 10 tensors\n"
    found: dict[str, Any] = {}
    exec(compile(module.EXAMPLE, "snippet", "exec"), found)
    assert found["tiny"]()(torch.zeros(1, 3, 9, 9)).shape == (1, 5)
