"""The limits that a visitor can meet: README's table says the same as the code, and the readers hold them."""

from __future__ import annotations

import ast
import re

import pytest

from cnnviz import limits
from cnnviz.datasets import zip_budget, zip_import
from cnnviz.images import decoding, formats
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
    assert (zip_budget.MOST_PIXELS, zip_budget.MOST_SECONDS) == (limits.ZIP_PIXELS, limits.ZIP_SECONDS)


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
