"""One number, one spelling: whatever the probability, every place prints it alike, in Python and in the browser."""

from __future__ import annotations

import ast
import json
import math
import random
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.figures import predictions
from cnnviz.figures.numbers import percent
from cnnviz.outputs import chances
from cnnviz.records import Activations, Layer
from cnnviz.records.outputs import OutputReading
from cnnviz.topics.attribution import captions as why
from cnnviz.topics.explore import canvas, captions
from tests.support import ROOT
from tests.support.waiting import PATIENCE
from tests.test_javascript import node

PROGRAM = """
import {{ percent }} from {module};
const text = await new Promise(done => {{
  let all = ""; process.stdin.on("data", part => (all += part)).on("end", () => done(all));
}});
console.log(JSON.stringify(JSON.parse(text).map(percent)));
"""


def shares() -> list[float]:
    """Drawn at every size, the ends and their neighbours, and values half way between two tenths of a per cent."""
    chance = random.Random(20261129)
    ends = [0.0, 1.0, 0.0005, 0.001, 0.9995, 0.9999, 1.25, 12.0, -0.5, 5e-324]
    near = [math.nextafter(one, to) for one in ends for to in (-math.inf, math.inf)]
    ties = [(2 * number + 1) / 2000 for number in range(1000)]
    drawn = [*(chance.random() for _ in range(1500)), *(10 ** -(9 * chance.random()) for _ in range(500))]
    return [*ends, *near, *ties, *drawn]


def test_the_browser_writes_what_python_writes() -> None:
    program = node()
    if program is None:
        pytest.skip("there is no Node.js")
    module = json.dumps((ROOT / "pages/shared/js/numbers.js").as_uri())
    found = subprocess.run(
        [program, "--input-type=module", "-e", PROGRAM.format(module=module)], input=json.dumps(shares()),
        capture_output=True, text=True, timeout=PATIENCE, check=True,
    )  # fmt: skip
    assert json.loads(found.stdout) == [percent(one) for one in shares()]


def test_what_is_nearly_certain_is_never_said_to_be() -> None:
    for one in shares():
        said = percent(one)
        assert (said == "100 %") == (one == 1)
        assert (said == "0 %") == (one == 0)
        if 0.0005 <= one < 0.9995:
            assert float(said.removesuffix(" %")) == pytest.approx(100 * one, abs=0.05 + 1e-9)


def said_of(logits: np.ndarray) -> Activations:
    layer = Layer("out", 0, "linear", "Linear", "out", (), "out", logits)
    return Activations((layer,), logits)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-60, 60, width=32), min_size=2, max_size=12))
def test_canvas_headline_bars_and_captions_say_one_probability_alike(values: list[float]) -> None:
    logits = np.array(values, np.float32)
    names = tuple(f"c{index}" for index in range(len(values)))
    ranked = chances.scores(logits, names)
    reading = OutputReading(
        "classes", logits, names, np.array([one.probability for one in ranked]), scores=tuple(ranked)
    )
    first = percent(ranked[0].probability)
    drawn = canvas.network(said_of(logits), reading=reading).layout["scores"]
    shown = {line["index"]: percent(line["probability"]) for line in drawn}
    assert shown == {one.index: percent(one.probability) for one in ranked if one.index in shown}
    assert predictions.bars(ranked)["rows"][0]["percent"] == first
    for text in (
        captions.answer(reading), captions.short_answer(reading, doubted=False), captions.answer_plainly(reading)
    ):  # fmt: skip
        assert text.endswith(f" {first}")
    likeliest, chance = ranked[0].label, ranked[0].probability
    assert f"({first})" in why.explained(likeliest, chance, "", "Net", 1, 1.0)
    assert f"({first})" in why.likeliest(likeliest, chance)


FORMATTED = re.compile(r"\.\d%$|^\.?\d*%$")


def test_no_sentence_formats_a_share_by_itself() -> None:
    """`:.1%` writes "39.3%" and rounds to certainties; verdicts of experiments are brought into style by `_words`."""
    wrong = []
    for path in sorted(Path(ROOT).glob("*/**/*.py")):
        if path.parts[len(ROOT.parts)] not in ("cnnviz", "pages") or "experiments" in path.parts:
            continue
        text = path.read_text("utf-8")
        for part in ast.walk(ast.parse(text)) if "%}" in text else ():
            if isinstance(part, ast.FormattedValue) and part.format_spec is not None:
                spec = "".join(str(one.value) for one in part.format_spec.values if isinstance(one, ast.Constant))
                if FORMATTED.search(spec):
                    wrong.append(f"{path.relative_to(ROOT)}:{part.lineno}")
    assert not wrong
