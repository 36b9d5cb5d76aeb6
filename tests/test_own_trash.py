"""Emptying the trash removes one's own: a teacher sees everybody's, and takes nothing from anybody by one click."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from cnnviz import visitors
from cnnviz.datasets import removed
from cnnviz.runs import trash
from cnnviz.topics.data import captions as of_data
from cnnviz.topics.training_lab import captions as of_runs
from cnnviz.visitors import EVERYBODY, Visitor

ANNA, BEN = (Visitor(visitors.id_of(name)) for name in ("anna's key", "ben's key"))
TEACHER = Visitor(visitors.id_of("the teacher's browser"), teacher=True)
EACH = {"anna": ANNA, "ben": BEN, "teacher": TEACHER, "nobody": EVERYBODY}
STAY = {"anna": {"ben", "teacher", "nobody"}, "ben": {"anna", "teacher", "nobody"}, "teacher": {"anna", "ben"}}


@pytest.mark.parametrize("kept", [trash, removed], ids=["runs", "data sets"])
@pytest.mark.parametrize("asking", EACH)
def test_only_ones_own_goes(kept: ModuleType, asking: str, tmp_path: Path) -> None:
    where = {}
    for number, (who, visitor) in enumerate(EACH.items()):
        folder = tmp_path / f"{who}-0123abcd"
        folder.mkdir()
        visitors.mark(folder, visitor)
        where[who] = tmp_path / ".trash" / f"{folder.name}~{number:020d}-00"
        where[who].parent.mkdir(exist_ok=True)
        folder.rename(where[who])
    with visitors.acting_as(EACH[asking]):
        said = len(kept.own(tmp_path))
        kept.empty(tmp_path)
        assert kept.own(tmp_path) == []
    stayed = {who for who, path in where.items() if path.exists()}
    assert stayed == STAY.get(asking, set())
    assert said == len(EACH) - len(stayed)


def test_the_button_says_what_stays() -> None:
    assert of_runs.empty_trash(1) == "Empty the trash: 1 run, for good"
    assert of_runs.empty_trash(2, 1) == "Empty the trash: 2 runs, for good (1 of other visitors stays)"
    assert of_data.empty_trash(1, 3) == "Empty the trash: 1 data set, for good (3 of other visitors stay)"
