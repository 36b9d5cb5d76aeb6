"""The architecture itself: who imports whom, where Streamlit and torch may stand, which pages the menu has."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LIBRARY = sorted((ROOT / "cnnviz").rglob("*.py"))
PAGES = sorted((ROOT / "pages").rglob("*.py"))

# A module may import from its own line and from every line above it.
LAYERS = (
    ("records", "registry", "devices", "lazy_imports"),
    ("images", "operations", "datasets", "models"),
    ("samples", "proofs"),
    ("tracing",),
    ("capture", "anatomy"),
    ("units", "checkpoints", "graphs"),
    ("networks", "probes", "attribution"),
    ("configs",),
    ("run_files",),
    ("training", "runs"),
    ("sample_predictions", "measurements"),
    ("experiments",),
    ("answers",),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
FIGURES_MAY = {"records", "registry", "figures"}


def imported(path: Path) -> set[str]:
    """Dotted names of all modules that a file imports, `from a import b` giving a.b."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


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


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: str(path.relative_to(ROOT)))
def test_library_knows_no_streamlit(path: Path) -> None:
    assert "streamlit" not in roots(path)


@pytest.mark.parametrize("path", [ROOT / "app.py", *PAGES], ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_know_no_torch(path: Path) -> None:
    assert not roots(path) & {"torch", "torchvision", "timm"}


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path: Path) -> None:
    part = part_of(path)
    if part == "__init__":
        return
    if part == "figures":
        assert members(path) <= FIGURES_MAY
        assert not roots(path) & {"torch", "torchvision", "timm"}
        return
    assert part in RANK, f"{part} has no place in the order of imports: add it to LAYERS"
    upward = {name for name in members(path) - {part} if RANK.get(name, -1) > RANK[part]}
    assert not upward, f"{part} imports {upward}, which stand above it"


def test_no_two_members_import_each_other() -> None:
    """The graph of imports between cnnviz's packages and modules has no cycle, whatever its length."""
    imports = graph()
    assert {"runs", "training", "run_files"} <= set(imports)
    circular = {name for name in imports if name in reachable(imports, name)}
    assert not circular, f"these import each other: {sorted(circular)}"


def test_a_cycle_is_found_where_there_is_one() -> None:
    imports = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}
    assert {name for name in imports if name in reachable(imports, name)} == {"a", "b", "c"}


@pytest.mark.parametrize("name", ["records", "registry"])
def test_the_meeting_place_knows_no_torch(name: str) -> None:
    paths = [path for path in LIBRARY if part_of(path) == name]
    assert paths
    assert not any("torch" in roots(path) for path in paths)


def test_no_page_directly_in_pages() -> None:
    """A script there would be run by Streamlit's legacy discovery, without app.py."""
    assert not [path.name for path in (ROOT / "pages").glob("*.py")]


def test_every_page_is_in_the_menu() -> None:
    table = (ROOT / "pages" / "shared" / "navigation.py").read_text()
    scripts = [path for path in PAGES if path.relative_to(ROOT / "pages").parts[0] != "shared"]
    assert scripts
    for path in scripts:
        assert f'"{path.relative_to(ROOT).as_posix()}"' in table, f"{path.name} is in no menu"


@pytest.mark.parametrize("path", [*LIBRARY, *PAGES], ids=lambda path: str(path.relative_to(ROOT)))
def test_files_stay_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 350
