"""The architecture itself, read from the imports: which room a file belongs to, and who may import whom."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from graphlib import TopologicalSorter
from pathlib import Path

from tests.support import ROOT

LIBRARY = sorted((ROOT / "cnnviz").rglob("*.py"))
PAGES = sorted((ROOT / "pages").rglob("*.py"))
APP = ROOT / "app.py"

# A member of cnnviz may import from its own line and from every line above it.
LAYERS = (
    (
        "attempts",
        "begun",
        "code_pages",
        "glossary",
        "failures",
        "half_made",
        "records",
        "registry",
        "devices",
        "lazy_imports",
        "limits",
        "memory",
        "modes",
        "own_dice",
        "owners",
        "places",
        "plain_text",
        "visitors",
    ),
    ("command_line", "__main__"),
    ("outputs",),
    ("images", "operations", "datasets", "models", "quiz"),
    ("samples",),
    ("tracing", "galleries"),
    ("capture", "anatomy"),
    ("units", "checkpoints", "graphs", "footprint"),
    ("networks", "probes", "attribution"),
    ("configs",),
    ("run_files",),
    ("training", "runs"),
    ("sample_predictions", "measurements", "doctor"),
    ("experiments",),
    ("topics",),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
FIGURES_MAY = {"records", "registry", "figures", "outputs"}
SHARED = ("cnnviz/figures/", "cnnviz/records/", "cnnviz/operations/", "cnnviz/measurements/", "pages/shared/")
NO_TORCH = ("records", "figures", "charts", "tables", "captions", "snippets")


def name_of(path: Path) -> str:
    """cnnviz/units/readout.py → "cnnviz.units.readout"; a package by its folder."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in (*LIBRARY, *PAGES, APP)}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def imported(path: Path) -> frozenset[str]:
    """Dotted names of all modules that a file imports, `from a import b` giving a.b."""
    names: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(names)


@cache
def arrows(path: Path) -> frozenset[Path]:
    """The project's own files that a file imports."""
    found = (MODULES.get(name) or MODULES.get(name.rpartition(".")[0]) for name in imported(path))
    return frozenset(one for one in found if one is not None and one != path)


def reached(*paths: Path) -> set[Path]:
    """What these files import, directly or through others."""
    seen: set[Path] = set()
    waiting = list(paths)
    while waiting:
        fresh = arrows(waiting.pop()) - seen
        seen |= fresh
        waiting += fresh
    return seen


@lru_cache(maxsize=1)
def visitors() -> dict[Path, tuple[Path, ...]]:
    """Which scripts reach a file: the pages, and app.py, which stands for all of them."""
    scripts = (*(path for path in PAGES if path.name == "page.py"), APP)
    reach = {script: reached(script) for script in scripts}
    return {path: tuple(script for script in scripts if path in reach[script]) for path in (*LIBRARY, *PAGES)}


@lru_cache(maxsize=1)
def engine_needs() -> set[Path]:
    """What the engine itself imports: every file of cnnviz that stands in no topic and in no shared room."""
    engine = [path for path in LIBRARY if not topic_of(path) and not short(path).startswith(SHARED)]
    return reached(*engine)


def roots(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)}


def members(path: Path) -> set[str]:
    """Which of cnnviz's own modules or families a file imports."""
    return {name.split(".")[1] for name in imported(path) if name.startswith("cnnviz.")} - {"__version__"}


def graph() -> dict[str, set[str]]:
    """Member of cnnviz → the other members that its files import."""
    found: dict[str, set[str]] = {}
    for path in LIBRARY:
        found.setdefault(part_of(path), set()).update(members(path) - {part_of(path)})
    return found


def reachable(imports: dict[str, set[str]], start: str) -> set[str]:
    """All members that `start` imports, directly or through others."""
    seen: set[str] = set()
    left = [start]
    while left:
        new = imports.get(left.pop(), set()) - seen
        seen |= new
        left += new
    return seen


def part_of(path: Path) -> str:
    return path.relative_to(ROOT / "cnnviz").parts[0].removesuffix(".py")


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def topic_of(path: Path) -> str:
    """The topic in whose room a file stands, as "layers/batch_norm" or "batch_norm"; "" for every other file."""
    parts = path.relative_to(ROOT).parts
    if parts[0] == "pages" and len(parts) > 2 and parts[1] != "shared":
        return "/".join(parts[1:3])
    return parts[2] if parts[:2] == ("cnnviz", "topics") else ""


def holds(rule: Callable[[Path], object], paths: Iterable[Path]) -> None:
    """No file breaks the rule, which says what is wrong with one, or nothing; and there are files that it is about."""
    found = {path: rule(path) for path in paths}
    assert found
    wrong = [f"{short(path)}: {said}" for path, said in found.items() if said]
    assert not wrong, "\n".join(wrong)


# ------------------------------------------------------------------------------------------------ rule 1: the room
def _in_the_wrong_room(path: Path) -> str:
    """Where a file of a shared room belongs, if not there."""
    if path.name == "__init__.py" and path.parent.parent in (ROOT / "cnnviz", ROOT / "pages", ROOT / "pages/shared"):
        return ""  # the room's own docstring
    seen_by = visitors()[path]
    if APP in seen_by or path in engine_needs() or len(seen_by) > 1:
        return ""
    if not seen_by:
        return "nobody reaches it: delete it"
    section, topic = seen_by[0].relative_to(ROOT / "pages").parts[:2]
    room = f"pages/{section}/{topic}/" if "streamlit" in path.read_text() else f"cnnviz/topics/{topic}/"
    return f"only the page {topic} reaches it: its room is {room}"


def test_a_shared_room_holds_only_what_several_pages_reach() -> None:
    holds(_in_the_wrong_room, [path for path in (*LIBRARY, *PAGES) if short(path).startswith(SHARED)])


def test_what_only_one_page_draws_stands_where_it_is_drawn() -> None:
    """A page's own files are reached by that page alone, and what has no Streamlit in it stands in the library."""
    for path in PAGES:
        if not topic_of(path) or path.name == "page.py":
            continue
        assert {short(one) for one in visitors()[path]} == {f"pages/{topic_of(path)}/page.py"}, short(path)
        uses = {name for name in imported(path) if name.startswith(("streamlit", "pages."))}
        assert uses, f"{short(path)} knows neither Streamlit nor a page: it belongs to cnnviz/topics/"


# ------------------------------------------------------------------------------------------------ rule 2: one way
def _of_another_topic(path: Path) -> str:
    own = topic_of(path)
    others = {topic_of(other) for other in arrows(path)} - {"", own, own.rpartition("/")[2]}
    return f"imports from {sorted(others)}: what two use is the engine's, or pages/shared/" if others else ""


def test_topics_and_pages_never_import_each_other() -> None:
    holds(_of_another_topic, [path for path in (*LIBRARY, *PAGES) if topic_of(path)])


def test_what_pages_share_knows_no_topic() -> None:
    shared = [path for path in PAGES if short(path).startswith("pages/shared/")]
    holds(lambda path: sorted({topic_of(other) for other in arrows(path)} - {""}), shared)


def _upward(path: Path) -> str:
    part = part_of(path)
    if part == "__init__":
        return ""
    if part == "figures":
        return ", ".join(sorted(members(path) - FIGURES_MAY))
    if part not in RANK:
        return f"{part} has no place in the order of imports: add it to LAYERS"
    above = {name for name in members(path) - {part} if RANK.get(name, -1) > RANK[part]}
    return f"{part} imports {sorted(above)}, which stand above it" if above else ""


def test_imports_run_one_way() -> None:
    holds(_upward, LIBRARY)


def _circles(graph: dict[str, set[str]]) -> Iterator[tuple[str, ...]]:
    """Every circle of packages, once for each package on it."""
    for start in graph:
        paths = [(start,)]
        while paths:
            path = paths.pop()
            for after in graph.get(path[-1], set()):
                if after == start:
                    yield path
                elif after not in path:
                    paths.append((*path, after))


def test_no_packages_import_each_other() -> None:
    graph = {
        part: set().union(*(members(path) for path in LIBRARY if part_of(path) == part)) - {part}
        for part in {part_of(path) for path in LIBRARY} - {"__init__"}
    }
    assert not set(map(frozenset, _circles(graph)))


def _at_its_head(statements: Iterable[ast.stmt]) -> Iterator[str]:
    """What a file imports while it is itself imported: not inside a function, and not for types alone."""
    for node in statements:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        elif not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)):
            yield from _at_its_head(one for one in ast.iter_child_nodes(node) if isinstance(one, ast.stmt))


def test_every_file_can_be_the_first_that_is_imported() -> None:
    """No file needs one that needs it; its package's own `__init__` is always there before it."""
    graph = {
        name: {
            one
            for needed in _at_its_head(parsed(path).body)
            for one in (needed if needed in MODULES else needed.rpartition(".")[0],)
            if one in MODULES and not f"{name}.".startswith(f"{one}.")
        }
        for name, path in MODULES.items()
    }
    order = list(TopologicalSorter(graph).static_order())  # CycleError names them
    assert set(order) == set(MODULES)


# ------------------------------------------------------------------------------------------------ rule 3: torch
TORCH = {"torch", "torchvision", "timm"}


def test_library_knows_no_streamlit() -> None:
    holds(lambda path: roots(path) & {"streamlit"}, LIBRARY)


def test_pages_know_no_torch() -> None:
    holds(lambda path: roots(path) & TORCH, [APP, *PAGES])


def _draws(path: Path) -> bool:
    """Whether a file stands on the side of the pictures by its room or by its name."""
    stem = path.stem.rpartition("_")[2]
    return part_of(path) in ("records", "registry", "figures") or (bool(topic_of(path)) and stem in NO_TORCH)


def test_what_is_drawn_and_said_knows_no_torch() -> None:
    holds(lambda path: roots(path) & TORCH, [path for path in LIBRARY if _draws(path)])


# ------------------------------------------------------------------------------------------------ the menu, the sizes
def test_no_page_directly_in_pages() -> None:
    """A script there would be run by Streamlit's legacy discovery, without app.py."""
    assert [path.name for path in (ROOT / "pages").glob("*.py")] == ["__init__.py"]  # which it leaves alone


def test_every_page_is_in_the_menu_and_every_address_is_its_own() -> None:
    from pages.shared.navigation import ROWS

    assert sorted(row.path for row in ROWS) == sorted(short(path) for path in PAGES if path.name == "page.py")
    assert len({row.url_path for row in ROWS}) == len(ROWS)


LINES = 350


def test_files_stay_small() -> None:
    scripts = (ROOT / "pages").rglob("*.js")
    lines = {path: len(path.read_text().splitlines()) for path in (*LIBRARY, *PAGES, *scripts)}
    holds(lambda path: lines[path] > LINES and f"{lines[path]} lines, {LINES} are the most", lines)


def _undocumented(body: list[ast.stmt], inside: str = "") -> Iterator[str]:
    """Public functions, methods and classes without a docstring, by their names in the file."""
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            if not ast.get_docstring(node):
                yield inside + node.name
            if isinstance(node, ast.ClassDef):
                yield from _undocumented(node.body, f"{inside}{node.name}.")


def test_what_others_call_says_what_it_does() -> None:
    holds(lambda path: list(_undocumented(parsed(path).body)), [*LIBRARY, *PAGES])


ROWS = 60


def _defined(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(parsed(path)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def test_functions_stay_short() -> None:
    def rule(path: Path) -> list[str]:
        rows = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in _defined(path)}
        return [f"{name} has {count} lines, {ROWS} are the most" for name, count in rows.items() if count > ROWS]

    holds(rule, [*LIBRARY, *PAGES, APP])


# ------------------------------------------------------------------------------------------------ names
def test_every_public_class_has_a_name_of_its_own() -> None:
    """Whoever reads a name in an annotation knows which class it is; `from a import Block as ABlock` is not needed."""
    found: dict[str, list[str]] = {}
    for path in (*LIBRARY, *PAGES):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(short(path))
    assert found
    assert {name: files for name, files in found.items() if len(files) > 1} == {}


def _private_from_elsewhere(path: Path) -> list[str]:
    """Names with an underscore that a file takes from another one of the project."""
    own = (name for name in imported(path) if name.startswith(("cnnviz.", "pages.")))
    return sorted(name for name in own if any(part.startswith("_") and part[:2] != "__" for part in name.split(".")))


def test_what_is_private_stays_in_its_file() -> None:
    holds(_private_from_elsewhere, [*LIBRARY, *PAGES, APP])


def _named(path: Path) -> Iterator[str]:
    """Every name that a file uses: also in a text, from which a registry or a snippet calls it, but no docstring."""
    said = {id(node.value) for node in ast.walk(parsed(path)) if isinstance(node, ast.Expr)}
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name.rpartition(".")[2]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield from re.findall(r"\w+", node.value)


def _stated(path: Path) -> Iterator[str]:
    """What a file defines at its head: functions, classes, constants."""
    for node in parsed(path).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def test_nothing_is_defined_that_nobody_uses() -> None:
    """The product uses it, not a test alone."""
    used = {name for path in (*LIBRARY, *PAGES, APP) for name in _named(path)} | {"__all__", "__getattr__"}
    holds(lambda path: sorted(set(_stated(path)) - used), [*LIBRARY, *PAGES, APP])
