"""Tables to read go through one door, which sets columns of numbers right-aligned."""

from __future__ import annotations

import re

import pytest

from pages.shared import number_table
from tests.support import ROOT

DRAWN = re.compile(r"\bst\.table\(|\.dataframe\(")


@pytest.mark.parametrize(
    ("column", "right"),
    [
        (["156", "1,516", "48,120", ""], True),
        (["7.4e−4", "0.467", "−0.27"], True),
        (["97.7 ± 0.2 %", "10.8 ± 0.9 %"], True),
        (["64.1 % ± 1.4", "+84.68 ± 4.72"], True),
        (["12.5 ± 10.6 %", "85.4 ± 16.6 %", "diverged in 3 of 3"], True),
        (["86.0 MiB", "82", "100 %"], True),
        (["[6, 28, 28]", "[84]"], False),
        (["0 … 1.00", "−∞ … ∞"], False),
        (["256 → 64", "64 → 64"], False),
        (["yes", "no"], False),
        (["3×3", "1×1"], False),
        ([1.0, 2.0], False),  # numbers stand right by themselves
        ([], False),
    ],
)
def test_a_column_of_numbers_is_known_by_its_words(column: list[object], *, right: bool) -> None:
    assert number_table.numeric(column) is right


def test_a_written_table_has_its_numbers_at_the_right(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(number_table.st, "markdown", said.append)
    number_table.written({"what": ["first", "**then**"], "weights": [":small[−12 (÷ 2)] 1,024", "96"]})
    assert said[0].splitlines()[:3] == ["| what | weights |", "| --- | ---: |", "| first | :small[−12 (÷ 2)] 1,024 |"]


def test_every_table_to_read_goes_through_it() -> None:
    scripts = [path for path in (ROOT / "pages").rglob("*.py") if path.name != "number_table.py"]
    assert [str(path) for path in scripts if DRAWN.search(path.read_text("utf-8"))] == []
