"""What the documents say about the project's files: they exist, and the drawn house is the one of today's imports."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs import house, reference
from docs.imports import today
from tests.support import ROOT

DOCUMENTS = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
FOLDERS = ("app.py", "pages/", "cnnviz/", "tests/", "benchmarks/", "docs/", "checkpoints/", ".ci/", ".github/")
PATH = re.compile(r"`([\w./<>{},*-]+)`")
LINK = re.compile(r"\]\(([^)#:]+)\)")
MADE_LATER = ("checkpoints/runs/", "tests/screenshots/", "docs/api/")  # what a command leaves there


def named(text: str) -> list[str]:
    """Paths of this project that a text names; what stands for any name (<topic>, *) is left out."""
    found = [path for path in PATH.findall(text) if path.startswith(FOLDERS)]
    return [path for path in found if not set(path) & set("<>{},*") and path not in MADE_LATER]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_that_a_document_names_exist(document: Path) -> None:
    text = document.read_text("utf-8")
    missing = [path for path in named(text) if not (ROOT / path).exists()]
    assert not missing, f"{document.name} names {missing}"
    links = [link for link in LINK.findall(text) if not (document.parent / link).exists()]
    assert not links, f"{document.name} links to {links}"


def test_the_journeys_name_their_files() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    for heading in ("## An image, step by step", "## A run, step by step"):
        journey = text.partition(heading)[2].partition("\n## ")[0]
        steps = re.split(r"^\d+\. ", journey, flags=re.MULTILINE)[1:]
        assert len(steps) >= 7
        assert all(named(step) for step in steps)


def test_the_reference_has_a_page_for_a_module_and_says_its_docstrings(tmp_path: Path) -> None:
    assert reference.write(tmp_path, ("cnnviz.places", "cnnviz.topics.pooling.snippets")) == 2
    assert "Where a person's own files are kept" in (tmp_path / "cnnviz" / "places.html").read_text("utf-8")
    assert {"cnnviz", "cnnviz.topics.pooling.snippets"} < set(reference.modules())


def test_the_drawn_house_is_the_one_of_today() -> None:
    drawn = house.svg(house.arrows(today()))
    assert house.FILE.read_text("utf-8") == drawn, "the imports have changed: python -m docs.house draws it anew"


def test_a_house_is_drawn_with_its_lines() -> None:
    graph = {"app.py": {"pages", "records"}, "pages": {"figures", "records"}, "figures": {"records"}, "records": set()}
    assert house.direct(graph) == {("app.py", "pages"), ("pages", "figures"), ("figures", "records")}
    assert house.rows(graph) == [["app.py"], ["pages"], ["figures"], ["records"]]
    with pytest.raises(ValueError, match="circle: a → b → a"):
        house.heights({"a": {"b"}, "b": {"a"}})
