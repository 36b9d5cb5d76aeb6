"""The limits that a visitor can meet: README's table says the same as the code, and the readers hold them."""

from __future__ import annotations

import ast
import importlib
import math
import re
from pathlib import Path

import pytest

from cnnviz import limits, visitors
from cnnviz.configs import RunLimits
from cnnviz.datasets import folders, zip_budget, zip_import
from cnnviz.images import decoding, formats
from cnnviz.models import own_stack
from pages.shared import upload_room
from tests.support import ROOT

ROW = re.compile(r"^\| (?P<name>[^|]+?) \| (?P<words>[^|]+?) \| (?P<variable>[^|]*?) ?\|$")


def rows() -> list[tuple[str, str, str]]:
    """(name, words, variable) of README's table."""
    _, _, section = (ROOT / "README.md").read_text("utf-8").partition("| what | at most | set by |")
    lines = section.split("\n\n")[0].splitlines()[2:]
    found = [ROW.match(line) for line in lines]
    return [(match["name"], match["words"], match["variable"].strip("`")) for match in found if match]


def test_readme_says_what_the_code_holds() -> None:
    assert rows() == [(limit.name, limit.words, limit.variable) for limit in limits.TABLE]


VARIABLE = re.compile(r"CNNVIZ_[A-Z_]*[A-Z]")
INSIDE = {visitors.WORKS_FOR}  # what a server tells its worker


def test_readme_names_every_variable_that_the_code_looks_for() -> None:
    code = [path.read_text("utf-8") for part in ("cnnviz", "pages") for path in (ROOT / part).rglob("*.py")]
    looked_for = {name for text in code for name in re.findall(r'"(CNNVIZ_[A-Z_]*[A-Z])"', text)} - INSIDE
    assert len(looked_for) > 15
    assert not looked_for - set(VARIABLE.findall((ROOT / "README.md").read_text("utf-8")))


# Not of what a visitor brings: what only a damaged or hostile file has, and files that an administrator puts there.
OF_FILES = {
    "PROGRESSIVE_SCANS", "PNG_PIECES", "LARGEST_JSON", "LARGEST_HEADER", "LARGEST_FILE",
    "cnnviz.datasets.idx.MOST_BYTES", "cnnviz.run_files.json_files.LARGEST",
}  # fmt: skip


def bounds_said_by(path: Path) -> list[str]:
    """The module's own constants, numbers, that a refusal ("up to …", "more than …") of this file names."""
    tree = ast.parse(path.read_text("utf-8"))
    said = []
    for text in (node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)):
        before = ""
        for part in text.values:
            if isinstance(part, ast.Constant):
                before = str(part.value)
            elif re.search(r"(up to|more than|larger than) $", before):
                said += [one.id for one in ast.walk(part) if isinstance(one, ast.Name) and one.id.isupper()]
    return said


def test_every_bound_of_what_somebody_brings_stands_with_the_others() -> None:
    """A refusal says a number of `cnnviz.limits`, not one of its own."""
    found, own = 0, []
    for part in ("checkpoints", "configs.py", "datasets", "images", "models", "run_files", "runs"):
        top = ROOT / "cnnviz" / part
        for path in [top] if top.is_file() else sorted(top.rglob("*.py")):
            module, text = ".".join(path.relative_to(ROOT).with_suffix("").parts), path.read_text("utf-8")
            for name in set(bounds_said_by(path)) - OF_FILES:
                value = getattr(importlib.import_module(module), name)
                if isinstance(value, int | float) and f"{module}.{name}" not in OF_FILES:
                    found += 1
                    line = next(line for line in text.splitlines() if re.match(rf"[A-Z_, ]*\b{name}\b.* = ", line))
                    own += [] if "limits." in line else [f"{module}: {line}"]
    assert found >= 8
    assert not own


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999", "many", "", " ", "\u0663"])
def test_a_variable_that_is_no_number_counts_as_not_set(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_WORKERS", text)
    assert limits.workers.value == limits.WORKERS
    monkeypatch.setenv("CNNVIZ_WORKERS", "3.0")
    assert (limits.workers.value, math.isfinite(limits.workers.value)) == (3, True)


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (limits.Limit("a", 64, "MB"), "64 MB"),
        (limits.Limit("a", 0.75, "% of it"), "75 % of it"),
        (limits.Limit("a", 20_000_000, "pixels"), "20,000,000 pixels"),
        (limits.Limit("a", 1.5, "s"), "1.5 s"),
    ],
)
def test_words(limit: limits.Limit, words: str) -> None:
    assert limit.words == words


def test_readers_hold_these_very_numbers() -> None:
    assert (decoding.PIXELS, formats.SIDE) == (limits.IMAGE_PIXELS, limits.IMAGE_SIDE)
    assert (zip_import.MOST_FILES, zip_import.MOST_CLASSES) == (limits.ZIP_FILES, limits.ZIP_CLASSES)
    assert zip_budget.MOST_BYTES == limits.ZIP_UNPACKED_MB << 20
    assert (folders.MOST_PICTURES, upload_room.FILES) == (limits.FOLDER_IMAGES, limits.SESSION_FILES)
    built = (own_stack.MOST_LAYERS, own_stack.MOST_PARAMETERS, own_stack.MOST_NUMBERS)
    assert built == (limits.OWN_LAYERS, limits.OWN_PARAMETERS, limits.OWN_NUMBERS)
    run = (limits.RUN_EPOCHS, limits.RUN_SECONDS, limits.RUN_IMAGES, limits.SNAPSHOTS_MB << 20)
    assert RunLimits() == RunLimits(*run)
    assert (zip_budget.MOST_PIXELS, zip_budget.MOST_SECONDS) == (limits.ZIP_PIXELS, limits.ZIP_SECONDS)


@pytest.mark.parametrize(
    ("module", "name", "limit"),
    [
        ("cnnviz.images.decoding", "LONGEST", "IMAGE_LOOKED_AT"),
        ("cnnviz.models.entries", "LONGEST_NAME", "CLASS_NAME"),
        ("cnnviz.runs.notes", "LONGEST_NAME", "RUN_NAME"),
        ("cnnviz.runs.notes", "LONGEST_NOTE", "RUN_NOTE"),
        ("cnnviz.topics.attribution.planting", "MOST", "PLANTED_IMAGES"),
        ("cnnviz.topics.convolution.board_settings", "MOST_TYPED", "LINK_NUMBERS"),
        ("cnnviz.topics.training_lab.heats", "MOST", "RACE_RUNS"),
        ("pages.learn.training_lab.linked", "MOST", "COMPARED_RUNS"),
        ("pages.shared.url_state", "LONGEST", "LINK_TEXT"),
    ],
)
def test_what_somebody_asks_for_is_bounded_by_the_table(module: str, name: str, limit: str) -> None:
    """By the very line: a number of the module's own that is equal today would part from the table tomorrow."""
    most = getattr(limits, limit)
    assert getattr(importlib.import_module(module), name) == most
    lines = (ROOT / f"{module.replace('.', '/')}.py").read_text("utf-8").splitlines()
    [line] = [line for line in lines if re.match(rf"[A-Z_, ]*\b{name}\b.* = ", line)]
    assert f"limits.{limit}" in line
    assert most in [row.usual for row in limits.TABLE]


def test_the_board_types_as_many_numbers_as_a_link_holds() -> None:
    """The browser has the number once more."""
    board = ROOT / "pages/layers/convolution/components/convolution_board/typing.js"
    assert f"const MOST_TYPED = {limits.LINK_NUMBERS};" in board.read_text("utf-8")


def test_every_field_for_a_file_says_its_own_limit_in_its_label() -> None:
    """Streamlit's own words round it to the next unit (600 MB reads "1GB"), so the page hides them (app.css)."""
    fields = 0
    for path in (ROOT / "pages").rglob("*.py"):
        for call in (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)):
            if ast.unparse(call.func) == "st.file_uploader":
                assert path.name == "upload_room.py", path  # every other field goes through its own
            if ast.unparse(call.func) == "upload_room.field":
                [most] = [ast.unparse(one.value) for one in call.keywords if one.arg == "max_upload_size"]
                assert most.startswith("limits.")
                assert most in ast.unparse(call.args[0]), path
                fields += 1
    assert fields >= 4
