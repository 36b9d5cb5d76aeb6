"""The convolution page as Streamlit runs it, without a browser: every part, every preset, bad settings, snippets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from cnnviz.figures import convolution as words
from cnnviz.operations import convolution_examples as examples
from cnnviz.operations.convolution import convolve, window
from cnnviz.proofs.convolution import by_torch
from cnnviz.records.convolutions import MODES, ConvolutionSetting
from pages.shared.convolution import controls

ROOT = Path(__file__).parent.parent
X, K = examples.INPUT[None], examples.KERNEL[None, None]
SETTINGS = {
    "plain": (1, 1, (3, 3), ConvolutionSetting()),
    "stride": (1, 1, (3, 2), ConvolutionSetting(stride=(2, 1), padding=(1, 0))),
    "same": (2, 3, (2, 4), ConvolutionSetting(padding="same", dilation=(1, 2))),
    "groups": (4, 2, (3, 3), ConvolutionSetting(groups=2, flipped=True)),
    "transposed": (2, 4, (3, 3), ConvolutionSetting((2, 2), (1, 1), groups=2, transposed=True, output_padding=(1, 1))),
    **{mode: (1, 1, (3, 3), ConvolutionSetting(padding=(2, 1), mode=mode)) for mode in MODES},
}


@pytest.fixture(autouse=True)
def _own_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CNNVIZ_WARM", "0")


def opened(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in link.items():
        app.query_params[name] = value
    app.switch_page("pages/layers/convolution.py").run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return "\n".join(str(item.value) for kind in (app.caption, app.markdown, app.error, app.latex) for item in kind)


def made(channels: int, outputs: int, kernel: tuple[int, int], setting: ConvolutionSetting) -> Any:
    x = np.stack([examples.numbers(5, 5, channel) for channel in range(channels)])
    within = channels // setting.groups
    weights = np.array([[examples.kernel(*kernel, o, c) for c in range(within)] for o in range(outputs)])
    return convolve(x, weights, np.full(outputs, 0.5), setting=setting)


# ------------------------------------------------------------------------------------------------- words and snippets
@pytest.mark.parametrize("name", SETTINGS)
def test_the_pytorch_code_runs_as_it_stands_and_gives_the_same(name: str) -> None:
    found = made(*SETTINGS[name])
    place: dict[str, Any] = {}
    exec(words.torch_code(found), place)
    assert np.allclose(place["y"].numpy(), found.output, atol=1e-10)
    layer = eval(words.torch_line(found), {"nn": torch.nn})
    assert layer(torch.zeros(1, *found.x.shape)).shape[1:] == found.output.shape


@pytest.mark.parametrize("name", SETTINGS)
def test_the_formula_ends_in_the_size_that_torch_gives(name: str) -> None:
    found = made(*SETTINGS[name])
    ends = [int(formula.rsplit("= ", 1)[1]) for formula in words.size_formula(found)]
    assert tuple(ends) == by_torch(found).shape[1:]
    assert words.general_formula(transposed=found.setting.transposed)


def test_sentences_have_the_numbers_of_the_setting() -> None:
    def facts(channels: int, outputs: int, kernel: tuple[int, int], setting: ConvolutionSetting) -> str:
        found = made(channels, outputs, kernel, setting)
        return " ".join(words.facts(found, window(found)))

    assert "are 10 parameters, used for 81 multiplications" in facts(1, 1, (3, 3), ConvolutionSetting())
    assert "No window reads row 4 and column 4" in facts(1, 1, (2, 2), ConvolutionSetting(stride=(2, 2)))
    assert "0.500 rows and 0.500 columns off" in facts(1, 1, (2, 2), ConvolutionSetting(padding="same"))
    assert "27 weights instead of 81" in facts(3, 3, (3, 3), ConvolutionSetting(groups=3))
    uneven = ConvolutionSetting(stride=(2, 2), transposed=True)
    assert "1 to 4 products: where the kernel is no multiple" in facts(1, 1, (3, 3), uneven)
    assert "no checkerboard" in facts(1, 1, (4, 4), uneven)
    assert "differ by up to" in facts(1, 1, (2, 3), ConvolutionSetting(flipped=True))


# ------------------------------------------------------------------------------------------------------- step by step
def test_it_opens_on_the_worked_example_with_its_proof() -> None:
    app = opened()
    assert "equals torch.nn.functional.conv2d: largest difference **0.0e+00**" in said(app)
    assert any("5 + 2\\cdot 0 - 1\\cdot(3-1) - 1" in item.value for item in app.latex)


@pytest.mark.parametrize("name", controls.PRESETS)
def test_every_preset_gives_a_proven_result(name: str) -> None:
    app = opened()
    app.button_group(key="convolution.preset").set_value(name).run()
    assert not app.exception
    assert not app.error
    assert ":green[:material/check_circle:]" in said(app)


def test_a_kernel_larger_than_the_picture_is_one_sentence_and_the_last_picture_stays() -> None:
    app = opened()
    app.number_input(key="convolution.kernel").set_value(7).run()
    assert not app.exception
    assert len(app.error) == 1
    assert "spans 7 rows and the padded picture has only 5" in app.error[0].value
    assert any(line.value == "nn.Conv2d(1, 1, kernel_size=3)" for line in app.code)
    app.number_input(key="convolution.padding").set_value(1).run()
    assert not app.error
    assert any(line.value == "nn.Conv2d(1, 1, kernel_size=7, padding=1)" for line in app.code)


def test_a_link_brings_the_setting_back() -> None:
    app = opened(**{"convolution.stride": "2", "convolution.padding": "1", "convolution.mode": "reflect"})
    wanted = 'nn.Conv2d(1, 1, kernel_size=3, stride=2, padding=1, padding_mode="reflect")'
    assert any(line.value == wanted for line in app.code)


def test_it_works_on_the_picture_at_hand() -> None:
    app = opened(**{"convolution.source": "Your picture", "picture": "coffee"})
    assert not app.error
    assert "[1, 16, 16] → [1, 14, 14]" in said(app)
    app.toggle(key="convolution.colour").set_value(True).run()
    assert "[3, 16, 16] → [1, 14, 14]" in said(app)
