"""Blocks' diagrams as the browser places them: boxes, lines and words of one network of each family."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
from typing import Any

import numpy as np
import pytest

from cnnviz.topics.blocks import component_captions
from tests.support import ROOT
from tests.support.waiting import PATIENCE
from tests.test_javascript import node
from tests.topics.blocks.test_diagram import CASES, found

Box = tuple[float, float, float, float]  # left, top, right, bottom
WORDS = "shared/js/words.js"
LETTER, LINE = 7.0, 15.0  # pixels at most of a letter of 12 pixels, and of a line of them
SIZES = ((1216, 94), (1216, 215), (1376, 94), (620, 150), (358, 132))  # room, and height of a box
PLACE = """
import { readFileSync } from "node:fs";
const { labelsOf, lineOf, placed, shapeOf } = await import(process.argv[1]);
const { cases, sizes, words } = JSON.parse(readFileSync(process.argv[2]));
Object.assign((await import(process.argv[3])).WORDS, words);
console.log(JSON.stringify(cases.map(content => sizes.map(([room, tall]) => {
  const at = placed(content, shapeOf(content, room), tall);
  const lines = content.edges.map(edge => lineOf(edge, at, content));
  return { ...at, centre: null, labels: labelsOf(content, at), lines };
}))));
"""


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """choice → for each of SIZES what the component's own JavaScript places where."""
    program = node()
    if program is None:
        pytest.skip("there is no Node.js")
    file = tmp_path_factory.mktemp("geometry") / "cases.json"
    contents = [found(choice)[3]["meta"] for choice in CASES]
    file.write_text(json.dumps({"cases": contents, "sizes": SIZES, "words": component_captions.BLOCK_DIAGRAM}))
    layout, words = (ROOT / "pages" / name for name in ("networks/blocks/components/block_diagram/layout.js", WORDS))
    done = subprocess.run(
        [program, "--input-type=module", "--eval", PLACE, str(layout), str(file), str(words)],
        capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(zip(CASES, json.loads(done.stdout), strict=True))


def points(path: str) -> np.ndarray:
    """[n, 2]: points along an SVG path of M, L, C and Q, close together."""
    found: list[np.ndarray] = []
    for letter, text in re.findall(r"([MLCQ]) ([^MLCQ]+)", path):
        given = np.array([[float(one) for one in pair.split()] for pair in text.split(",")])
        control = given if letter == "M" else np.vstack([found[-1][-1:], given])
        if letter != "M":
            control = np.array([_on(control, share) for share in np.linspace(0, 1, 60)])
        found.append(control)
    return np.vstack(found)


def _on(control: np.ndarray, share: float) -> np.ndarray:
    """A Bézier curve's point at that share of its way (de Casteljau)."""
    while len(control) > 1:
        control = control[:-1] + (control[1:] - control[:-1]) * share
    point: np.ndarray = control[0]
    return point


def inside(where: np.ndarray, box: Box, within: float = 1.0) -> bool:
    left, top, right, bottom = box
    x, y = where.T
    return bool(((x > left + within) & (x < right - within) & (y > top + within) & (y < bottom - within)).any())


def overlap(one: Box, two: Box) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def words(label: dict[str, Any]) -> Box:
    wide = LETTER * len(label["text"])
    left = label["x"] - (wide / 2 if label["anchor"] == "middle" else 0)
    return left, label["y"] - LINE / 2, left + wide, label["y"] + LINE / 2


@pytest.mark.parametrize("choice", CASES)
def test_no_two_boxes_or_words_lie_on_each_other_and_no_line_runs_through_one(
    choice: str, drawn: dict[str, list[dict[str, Any]]]
) -> None:
    content = found(choice)[3]["meta"]
    for size, at in zip(SIZES, drawn[choice], strict=True):
        boxes: list[Box] = [(b["x"], b["y"], b["x"] + b["w"], b["y"] + b["h"]) for b in at["boxes"]]
        labels = [words(label) for label in at["labels"]]
        for one, two in itertools.combinations([*boxes, *labels], 2):
            assert not overlap(one, two), (size, one, two)
        for left, top, right, bottom in boxes:
            assert min(left, top) >= 0, size
            assert max(right - at["width"], bottom - at["height"]) <= 1, size
        for edge, path in zip(content["edges"], at["lines"], strict=True):
            along = points(path)
            for place, box in enumerate(boxes):
                if place not in (edge["start"], edge["end"]):
                    assert not inside(along, box), (size, edge, content["nodes"][place]["title"])
            for label, box in zip(at["labels"], labels, strict=True):
                away = np.abs(along - [label["x"], label["y"]]).sum(axis=1).min()
                own = label["anchor"] == "middle" and away < 20  # words that stand on their line, on its ground
                assert own or not inside(along, box), (size, edge, label)


@pytest.mark.parametrize("choice", CASES)
def test_every_input_of_every_box_has_a_line_that_begins_and_ends_at_them(
    choice: str, drawn: dict[str, list[dict[str, Any]]]
) -> None:
    recording, content = found(choice)[1], found(choice)[3]["meta"]
    nodes = content["nodes"]
    for place, one in enumerate(nodes):
        lines = [edge["start"] for edge in content["edges"] if edge["end"] == place]
        assert sorted(lines) == sorted(set(one["inputs"]))
        for start in lines:
            assert recording[nodes[start]["key"]].shape[0] == next(
                edge["channels"] for edge in content["edges"] if (edge["start"], edge["end"]) == (start, place)
            )
    for size, at in zip(SIZES, drawn[choice], strict=True):
        ends = set()
        for edge, path in zip(content["edges"], at["lines"], strict=True):
            along = points(path)
            for place, where in ((edge["start"], along[0]), (edge["end"], along[-1])):
                box = at["boxes"][place]
                assert -1 <= where[0] - box["x"] <= box["w"] + 1, (size, edge)
                assert -1 <= where[1] - box["y"] <= box["h"] + 1, (size, edge)
            ends.add((edge["end"], *np.round(along[-1], 1)))
        joined = [place for place, one in enumerate(nodes) if len(one["starts"]) > 1]
        for place in joined:  # ways into a join end beside each other
            straight = [edge for edge in content["edges"] if edge["end"] == place and edge["bus"] is None]
            assert len({end for end in ends if end[0] == place}) >= len(straight)
