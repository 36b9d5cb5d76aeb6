"""The board of the convolution: what the browser calculates is what Python calculates, bit for bit; links come back."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnviz.operations import OperationError, classic_kernels
from cnnviz.topics.convolution import board_settings, examples
from cnnviz.topics.convolution.board_packet import board_data
from cnnviz.topics.convolution.convolution import convolve, window
from cnnviz.topics.convolution.records import MODES, Convolution
from pages.layers.convolution.components import convolution_board
from pages.shared.components import pack
from tests.support import ROOT
from tests.support.waiting import PATIENCE
from tests.test_javascript import node

BOARD = ROOT / "pages/layers/convolution/components/convolution_board"
CALCULATE = """
import { readFileSync } from "node:fs";
const { unpack } = await import(process.argv[1] + "/pages/shared/js/packet.js");
const { WORDS } = await import(process.argv[1] + "/pages/shared/js/words.js");
Object.assign(WORDS, JSON.parse(readFileSync(process.argv[2] + "/words")));
const board = process.argv[1] + "/pages/layers/convolution/components/convolution_board";
const { numbersOf, resultOf, settingOf } = await import(board + "/convolved.js");
const { Refused, sizeFormula } = await import(board + "/arithmetic.js");
const { boardModel } = await import(board + "/board_model.js");
const numbers = {};
for (const kind of ["numbers", "picture"]) {
  const { header, blob } = unpack(new Uint8Array(readFileSync(process.argv[2] + "/" + kind)));
  numbers[kind] = numbersOf(header.meta, blob);
}
const answers = JSON.parse(readFileSync(process.argv[2] + "/asked")).map(({ kind, asked }) => {
  try {
    const found = resultOf(numbers[kind], asked);
    const model = boardModel(found, asked);
    const setting = settingOf(numbers[kind], asked);
    const formulas = [0, 1].map(axis => sizeFormula(setting, found.around, axis, found.shape[1 + axis]));
    const { meta } = model;
    return {
      output: [...found.output], shape: found.shape, x: [...found.x], input: [...found.input],
      drawn: [...found.drawn], rows: [...found.rows], columns: [...found.columns],
      padding: meta.padding, sources: meta.sources, anchors: meta.anchors,
      straight: found.straight && [...found.straight], formulas,
    };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { problem: error.message };
  }
});
process.stdout.write(JSON.stringify(answers));
"""


def picture(size: int, colours: int) -> np.ndarray:
    return np.round(np.random.default_rng(size).random((colours, size, size)), 2)


PICTURES = {
    size: picture(size, 3) for size in range(board_settings.BOUNDS["pixels"][0], board_settings.BOUNDS["pixels"][1] + 1)
}


def drawn_settings(seed: int, count: int) -> list[dict[str, Any]]:
    """Settings from all over the bounds, most of them small, with numbers typed over."""
    random = np.random.default_rng(seed)
    names = (examples.EXAMPLE, *classic_kernels.names(3))
    found = []
    for _ in range(count):
        asked = {**board_settings.FIRST, "apart": bool(random.integers(2)), "mode": str(random.choice(MODES))}
        for name, (low, high) in board_settings.BOUNDS.items():
            if name not in ("step", "out"):
                most = high if random.random() < 0.2 else min(high, low + 6)
                asked[name] = int(random.integers(low, most + 1))
        for name in ("same", "flipped", "transposed"):
            asked[name] = bool(random.random() < 0.3)
        if random.random() < 0.5:
            asked["groups"] = 1
        asked["bias"] = None if random.random() < 0.2 else float(np.round(random.normal(), 3))
        asked["name"] = str(random.choice(names))
        places = [f"x.{random.integers(2)}.{random.integers(5)}.{random.integers(5)}" for _ in range(3)]
        places += [f"w.{random.integers(2)}.0.{random.integers(3)}.{random.integers(3)}" for _ in range(3)]
        asked["typed"] = {place: float(random.normal() * 10.0 ** random.integers(-3, 4)) for place in places}
        found.append(asked)
    return found


def by_browser(folder: Path, cases: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """What the board's own JavaScript makes of each (kind, asked)."""
    program = node()
    if program is None:
        pytest.skip("there is no Node.js")
    for kind, pictures in (("numbers", None), ("picture", PICTURES)):
        data = board_data(pictures)
        (folder / kind).write_bytes(pack({"meta": data["meta"]}, **data["blobs"]))
    (folder / "asked").write_text(json.dumps([{"kind": kind, "asked": asked} for kind, asked in cases]))
    (folder / "words").write_text(json.dumps(convolution_board.SENTENCES))
    command = [program, "--input-type=module", "--eval", CALCULATE, str(ROOT), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def convolved(asked: dict[str, Any], x: np.ndarray | None) -> Convolution | str:
    """By Python: the convolution, or why there is none."""
    try:
        return convolve(*board_settings.numbers(asked, x), setting=board_settings.setting(asked))
    except OperationError as error:
        return str(error)


def test_the_browser_calculates_what_python_calculates_bit_for_bit(tmp_path: Path) -> None:
    cases = [("numbers", asked) for asked in drawn_settings(0, 600)]
    cases += [("picture", asked) for asked in drawn_settings(1, 60)]
    cases += [("numbers", {**board_settings.FIRST, **preset}) for preset in board_settings.PRESETS.values()]
    given, refused = 0, set()
    for (kind, asked), answer in zip(cases, by_browser(tmp_path, cases), strict=True):
        x = PICTURES[asked["pixels"]].copy() if kind == "picture" else None
        found = convolved(asked, x)
        if isinstance(found, str):
            assert answer == {"problem": found}, asked
            refused.add(found.split()[0])
            continue
        given += 1
        shown = window(found)
        assert answer["shape"] == list(found.output.shape), asked
        assert answer["output"] == found.output.ravel().tolist(), asked
        assert answer["x"] == found.x.ravel().tolist()
        assert answer["input"] == shown.input.ravel().tolist()
        assert shown.weights is not None
        assert answer["drawn"] == shown.weights.ravel().tolist()
        assert answer["rows"] == shown.rows.ravel().tolist()
        assert answer["columns"] == shown.columns.ravel().tolist()
        assert tuple(answer["padding"]) == shown.padding
        assert answer["anchors"] == (None if shown.anchors is None else [axis.tolist() for axis in shown.anchors])
        assert [int(formula.rsplit("= ", 1)[1]) for formula in answer["formulas"]] == list(found.output.shape[1:])
        if found.setting.flipped:
            straight = next(item.values for item in shown.companions if "flip" in item.name)
            assert answer["straight"] == straight.ravel().tolist()
    assert given > 150
    assert len(refused) > 4


def test_a_formula_is_arithmetic_that_comes_out(tmp_path: Path) -> None:
    cases = [("numbers", {**board_settings.FIRST, **preset}) for preset in board_settings.PRESETS.values()]
    for answer in by_browser(tmp_path, cases):
        for formula in answer["formulas"]:
            left, right = formula.replace("−", "-").replace("·", "*").replace("/", "//").split("=")
            assert eval(left.replace("⌊", "(").replace("⌋", ")")) == int(right), formula


# ------------------------------------------------------------------------------------------------------- the link
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), through_json=st.booleans())
def test_a_link_brings_back_what_was_asked(seed: int, through_json: bool) -> None:
    [asked] = drawn_settings(seed, 1)
    asked |= {"step": seed % 90, "out": seed % 4, "pin": "input.0.1.2"}
    values: Any = json.loads(json.dumps(asked)) if through_json else board_settings.link(asked)
    assert board_settings.read(values) == (asked, ())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rows", "33"), ("rows", "2.5"), ("kernel", "0"), ("padding", "inf"), ("bias", "1e9"), ("bias", "much"),
        ("mode", "mirror"), ("name", "<b>"), ("typed", "x.0.0~1"), ("typed", "w.0.0.0.0~nan"), ("typed", "y.1.1.1~2"),
        ("typed", "x.0.0.0~1e7"), ("pin", "<script>"), ("same", "perhaps"),
    ],
)  # fmt: skip
def test_what_a_link_asks_wrongly_is_named_and_has_its_first_value(name: str, text: str) -> None:
    asked, refused = board_settings.read({name: text, "stride": "2"})
    assert refused == (name,)
    assert asked == {**board_settings.FIRST, "stride": 2}
    assert "would work" in board_settings.refusal(name, text)


def test_an_empty_bias_is_none_in_the_link() -> None:
    asked, refused = board_settings.read({"bias": None})
    assert (asked["bias"], refused) == (None, ())
    assert board_settings.link(asked) == {"bias": "none"}
    assert board_settings.read({"bias": "none"})[0] == asked


# ------------------------------------------------------------------------------------------------- numbers in cells
FIT = """
const { fitted, LEAST_TYPE } = await import(process.argv[1] + "/pages/shared/components/sliding_window/numerals.js");
const widthOf = text => 58 * text.length;
const found = [];
for (const cell of JSON.parse(process.argv[2]))
  for (const value of JSON.parse(process.argv[3])) found.push([cell, value, fitted(value, cell, widthOf), LEAST_TYPE]);
process.stdout.write(JSON.stringify(found));
"""


def test_a_number_has_twelve_pixels_or_is_left_out_of_a_small_cell_and_is_never_wider_than_its_cell() -> None:
    program = node()
    if program is None:
        pytest.skip("there is no Node.js")
    random = np.random.default_rng(3)
    drawn = (random.normal(size=60) * 10.0 ** random.integers(-5, 7, 60)).round(6).tolist()
    values = [0, -1, 17, -17, 123, -1234, 99_950, 0.5, -0.03, 999_999, *random.integers(-99, 100, 20).tolist(), *drawn]
    command = [program, "--input-type=module", "--eval", FIT, str(ROOT)]
    command += [json.dumps([10, 12, 15, 22, 32, 46, 76]), json.dumps(values)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    for cell, value, found, least in json.loads(done.stdout):
        assert found["size"] >= least == 12
        if not found["text"]:
            assert cell < 32, (cell, value)
            assert cell < 15 or abs(value) > 9 or value < 0, (cell, value)
            continue
        assert 0.58 * found["size"] * len(found["text"]) * found["squeeze"] <= cell
        plain = found["text"].replace("−", "-").replace("k", "e3").replace("M", "e6")
        if cell >= 22 and value == int(value) and abs(value) < 1000:
            assert float(plain) == value, (cell, value, found)
        most = max(0.051 if abs(value) < 1 else 0.5, 0.5 * abs(value))
        assert abs(float(plain) - value) <= most, (cell, value, found)
