"""No test hangs on a clock: outside `make timed` none measures, none sleeps, and a page is asked until it answers.

A test has a clock of its own (`tests/support/clock.py`), waits for a state (`until`), or sees that one stays (`stays`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support import ROOT

TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
CLOCKS = {f"time.{name}" for name in ("sleep", "monotonic", "perf_counter", "process_time")}
READ_AT_ONCE = {
    "count", "is_visible", "is_hidden", "is_enabled", "is_disabled", "is_checked", "input_value", "inner_text",
    "text_content", "all_inner_texts", "get_attribute",
}  # fmt: skip


def calls(node: ast.AST) -> Iterator[ast.Call]:
    """Calls below, but those of a lambda, which somebody else makes, as often as it takes."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child
        if not isinstance(child, ast.Lambda):
            yield from calls(child)


def is_timed(node: ast.AST) -> bool:
    return any(ast.unparse(one).startswith("pytest.mark.timed") for one in getattr(node, "decorator_list", ()))


def by_the_clock(node: ast.AST) -> Iterator[int]:
    """Lines that read a clock or sleep, but in tests that `make timed` runs alone, and in a file's `main`."""
    for child in ast.iter_child_nodes(node):
        if is_timed(child) or (isinstance(child, ast.FunctionDef) and child.name == "main"):
            continue
        if isinstance(child, ast.Call):
            called = ast.unparse(child.func)
            if called in CLOCKS or called.endswith(".wait_for_timeout"):
                yield child.lineno
        yield from by_the_clock(child)


def at_once(tree: ast.Module) -> Iterator[int]:
    """Lines that assert what a page or one of its parts says at this very moment."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            read = {
                call.func.attr
                for call in calls(ast.Expr(node.test))
                if isinstance(call.func, ast.Attribute) and (call.func.attr == "get_attribute" or not call.args)
            }
            urls = (one for one in ast.walk(node.test) if isinstance(one, ast.Attribute) and one.attr == "url")
            if READ_AT_ONCE & read or any(urls):
                yield node.lineno


def lines(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text("utf-8"))
    where = path.relative_to(ROOT)
    yield from (f"{where}:{line} hangs on a clock" for line in by_the_clock(tree))
    if "browser" in str(where):
        yield from (f"{where}:{line} asks the page once: expect(…) or until(lambda: …)" for line in at_once(tree))


def test_no_test_hangs_on_a_clock() -> None:
    assert not [line for path in TESTS for line in lines(path)]


def test_what_hangs_on_a_clock_is_seen() -> None:
    text = """
def test_one(page):
    page.locator("a").click()
    page.wait_for_timeout(300)
    assert page.locator("b").count() == 0
    assert "layer=" not in page.url
    time.sleep(1)
    assert until(lambda: page.locator("b").count() == 0)
    assert said.count("b") == 2
@pytest.mark.timed
def test_two(page):
    since = time.perf_counter()
"""
    tree = ast.parse(text)
    assert list(by_the_clock(tree)) == [4, 7]
    assert list(at_once(tree)) == [5, 6]
