"""Which files one opens to understand a topic, and in how many folders they lie, today and at an older revision.

python -m docs.rooms                 today
python -m docs.rooms --at ba5e5f1    that revision beside it
python -m docs.rooms --files         with the names of the files

A topic's files are what the imports say: its page, every file of cnnviz/ and pages/ that only this page reaches, what
those files' folders hold besides Python (html, css, js, json), and its tests. A test is a topic's when it is named
after it (tests/topics/<topic>/, test_<topic>_page.py, benchmarks/gestures/<topic>.py), or when it imports files of this
one page and of no other. Components that lie beside each other count as one folder; in brackets stands the number of
folders where each component's counts by itself.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from docs.imports import Tree, at, today

TOPICS = ("batch_norm", "dropout", "convolution", "pooling", "activations", "blocks")
KINDS = ("library", "app and pages", "JavaScript", "HTML and CSS", "tests", "benchmarks", "scripts")


@dataclass(frozen=True)
class Room:
    """product: a topic's files of cnnviz/ and pages/. tests: its tests, and what says how a person uses the page."""

    topic: str
    product: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def product_folders(self) -> tuple[str, ...]:
        return tuple(sorted({folder(path) for path in self.product}))

    @property
    def every_folder(self) -> tuple[str, ...]:
        return tuple(sorted({str(PurePosixPath(path).parent) for path in self.product}))

    @property
    def test_folders(self) -> tuple[str, ...]:
        return tuple(sorted({folder(path) for path in self.tests}))


def folder(path: str) -> str:
    """The folder that one opens: ".../components" for a file of any component in it."""
    before, components, _ = path.partition("/components/")
    return before + "/components" if components else str(PurePosixPath(path).parent)


def room(tree: Tree, topic: str) -> Room:
    """The files of that topic. Raises KeyError for a topic without a page."""
    scripts = {name_of(script): script for script in tree.scripts}
    if topic not in scripts:
        raise KeyError(f"no page is called {topic!r}; there are: {', '.join(sorted(scripts))}")
    owned = {path for path, script in tree.owner.items() if script == scripts[topic]}
    product = owned | set(_beside(tree, owned))
    return Room(topic, tuple(sorted(product)), tuple(sorted(_tests(tree, topic, scripts[topic]))))


def name_of(script: str) -> str:
    """The topic of a page's script: pages/layers/pooling/page.py and pages/layers/pooling.py are "pooling"."""
    path = PurePosixPath(script)
    return path.parent.name if path.name == "page.py" else path.stem


def _beside(tree: Tree, owned: set[str]) -> Iterable[str]:
    """Files that are no Python, in folders whose Python files are all the topic's."""
    python: dict[str, set[str]] = {}
    for path in tree.modules.values():
        python.setdefault(str(PurePosixPath(path).parent), set()).add(path)
    for path in tree.files:
        if path.startswith(("cnnviz/", "pages/")) and not path.endswith(".py"):
            nearest = next((str(up) for up in PurePosixPath(path).parents if str(up) in python), "")
            if nearest and python[nearest] <= owned:
                yield path


def _tests(tree: Tree, topic: str, script: str) -> Iterable[str]:
    for path in tree.modules.values():
        if not path.startswith(("tests/", "benchmarks/")):
            continue
        touched = {tree.owner[one] for one in tree.arrows[path] if one in tree.owner}
        if _named_after(path, topic) or touched == {script}:
            yield path


def _named_after(path: str, topic: str) -> bool:
    stem = PurePosixPath(path).stem.removeprefix("test_").removesuffix("_page")
    return path.startswith(f"tests/topics/{topic}/") or (stem == topic and "/topics/" not in path)


# ------------------------------------------------------------------------------------------------ the whole house
def kind(path: str) -> str:
    """One of KINDS, or "" for what is counted nowhere."""
    if path.endswith((".js", ".mjs")):
        return "JavaScript"
    if path.endswith((".html", ".css")):
        return "HTML and CSS"
    if not path.endswith(".py"):
        return ""
    first = path.partition("/")[0]
    named = {"cnnviz": "library", "tests": "tests", "benchmarks": "benchmarks", "pages": "app and pages"}
    return "app and pages" if path == "app.py" else named.get(first, "scripts")


def lines(tree: Tree) -> Counter[str]:
    """Lines of text by kind."""
    return Counter(
        {name: sum(text.count("\n") for path, text in tree.files.items() if kind(path) == name) for name in KINDS}
    )


def place(path: str) -> str:
    """The room of pages/ in which a file lies, two folders below pages/ at most: "layers/pooling", "shared"."""
    return "/".join(PurePosixPath(path).parent.parts[1:3])


def strays(tree: Tree) -> list[tuple[str, str]]:
    """Arrows from room to room of pages/ that end at a file which only one page reaches: it lies in the wrong room."""
    return [pair for pair in between(tree) if pair[1] in tree.owner]


def between(tree: Tree) -> list[tuple[str, str]]:
    """Every import (file, file) that leads from one room of pages/ to another."""
    inside = [(path, other) for path, others in tree.arrows.items() for other in others if path.startswith("pages/")]
    return [(a, b) for a, b in inside if b.startswith("pages/") and place(a) != place(b)]


def across(tree: Tree) -> list[tuple[str, str]]:
    """Those between two pages' rooms, or from the shared rooms up into a page's."""
    return [(a, b) for a, b in between(tree) if not place(b).startswith("shared")]


# ------------------------------------------------------------------------------------------------ what is printed
def report(trees: dict[str, Tree], *, names: bool = False) -> str:
    """Tables in Markdown, a column for each tree."""
    parts = [_topics(trees), _lines(trees), _arrows(trees)]
    if names:
        parts += [_names(title, tree) for title, tree in trees.items()]
    return "\n\n".join(parts)


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    head = list(head)
    ruled = [head, ["---"] + ["---:"] * (len(head) - 1), *([str(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in ruled)


def _topics(trees: dict[str, Tree]) -> str:
    found = {topic: [room(tree, topic) for tree in trees.values()] for topic in TOPICS}
    head = [f"{what}, {title}" for title in trees for what in ("files", "folders", "tests", "folders of tests")]
    rows = ([topic, *(cell for one in rooms for cell in _cells(one))] for topic, rooms in found.items())
    return _table(["topic", *head], rows)


def _cells(one: Room) -> tuple[object, ...]:
    folders = f"{len(one.product_folders)} ({len(one.every_folder)})"
    return len(one.product), folders, len(one.tests), len(one.test_folders)


def _lines(trees: dict[str, Tree]) -> str:
    counted = [lines(tree) for tree in trees.values()]
    rows = [[name, *(f"{one[name]:,}" for one in counted)] for name in KINDS]
    return _table(["lines", *trees], [*rows, ["all", *(f"{one.total():,}" for one in counted)]])


def _arrows(trees: dict[str, Tree]) -> str:
    rows = (
        ("imports from room to room of pages/", between),
        ("of these to a file that only one page reaches", strays),
        ("of these into a page's room", across),
    )
    return _table(
        ["arrows", *trees], [[title, *(len(count(tree)) for tree in trees.values())] for title, count in rows]
    )


def _names(title: str, tree: Tree) -> str:
    rooms = [room(tree, topic) for topic in TOPICS]
    return "\n".join(
        f"{title}, {one.topic}:\n" + "\n".join(f"  {path}" for path in (*one.product, *one.tests)) for one in rooms
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m docs.rooms", description=__doc__.splitlines()[0])
    parser.add_argument("--at", metavar="REVISION", help="a commit to put beside today's files")
    parser.add_argument("--files", action="store_true", help="name the files of each topic")
    asked = parser.parse_args()
    earlier = {asked.at: at(asked.at)} if asked.at else {}
    print(report({**earlier, "today": today()}, names=asked.files))


if __name__ == "__main__":
    main()
