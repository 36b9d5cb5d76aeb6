"""Every part ends alike: what was checked, a question, what can be taken along, and last the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from itertools import pairwise

from tests.support import ROOT

ORDER = ("badges", "ask", "downloads", "source_box")
ASKS_BY_ITSELF = ("again.show", "predicted.show")  # unless the question's place is given
DIVIDER = "divider"  # what follows it has an end of its own


def blocks(source: str) -> Iterator[list[tuple[int, str]]]:
    """(line, call) of the four kinds, of each block of statements that has some; of the file's own functions, too."""
    tree = ast.parse(source)
    own = {one.name: one for one in tree.body if isinstance(one, ast.FunctionDef)}
    for node in ast.walk(tree):
        for statements in (getattr(node, field, None) for field in ("body", "orelse", "finalbody")):
            if isinstance(statements, list):
                yield [(one.lineno, name) for one in statements for name in kinds(one, own)]


def kinds(statement: ast.stmt, own: Mapping[str, ast.FunctionDef]) -> list[str]:
    """What of the four a statement draws: itself, or in a function of the same file."""
    name = called(statement)
    drawn = [name] if name in (*ORDER, DIVIDER) else []
    if isinstance(statement, ast.If) and not statement.orelse:  # else the two never stand under each other
        return [kind for one in statement.body for kind in kinds(one, own)]
    if not isinstance(statement, ast.Expr | ast.Assign | ast.Return):
        return drawn
    calls = [one.func.id for one in ast.walk(statement) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)]
    inside = [one for call in calls if call in own and call.startswith("_") for one in ast.walk(own[call])]
    there = [(one.lineno, called(one)) for one in inside if isinstance(one, ast.stmt)]
    return [kind for _, kind in sorted(there) if kind in ORDER] + drawn


def called(statement: ast.stmt) -> str:
    """The function's name in a statement that is a call and nothing else."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return ""
    function = statement.value.func
    name: str = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if ast.unparse(function) in ASKS_BY_ITSELF and not any(one.arg == "asked_in" for one in statement.value.keywords):
        return "ask"
    return "source_box" if name == "source" else name


def out_of_order(source: str) -> list[int]:
    """The lines of calls that stand after one that comes later in the order."""
    return [
        line
        for found in blocks(source)
        for (_, before), (line, name) in pairwise(found)
        if DIVIDER not in (before, name) and ORDER.index(name) < ORDER.index(before)
    ]


def test_what_ends_a_part_stands_in_one_order() -> None:
    scripts = (ROOT / "pages").rglob("*.py")
    found = {str(path.relative_to(ROOT)): out_of_order(path.read_text("utf-8")) for path in scripts}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_the_rule_sees_what_it_forbids() -> None:
    assert out_of_order("def show():\n    source_box(x)\n    downloads.downloads(y)\n    badges(z)") == [3, 4]
    assert out_of_order("def show():\n    source_box(x)\n    _take()\ndef _take():\n    downloads(y)") == [3]
    assert out_of_order("def show():\n    badges(_made())\ndef _made():\n    source_box(x)\n    return y") == [2]
    assert out_of_order("def show():\n    downloads(x)\n    if y:\n        predict.ask(z)") == [3]
    assert out_of_order("def show():\n    downloads(x)\n    again.show(y)") == [3]
    assert out_of_order("def show():\n    downloads(x)\n    again.show(y, asked_in=z)") == []
    assert (
        out_of_order("def show():\n    with right:\n        downloads(y)\n    predict.ask(z)\n    source_box(x)") == []
    )
