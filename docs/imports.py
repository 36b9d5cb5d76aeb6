"""The project's files, today or at a git revision, and what their imports say: who needs whom, and which page alone."""

from __future__ import annotations

import ast
import io
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("app.py", "setup.py", "cnnviz", "pages", "tests", "benchmarks", "docs")
TEXT = (".py", ".js", ".mjs", ".html", ".css")
APP = "app.py"


@dataclass(frozen=True)
class Tree:
    """files: the text of every file by its path from the root, such as "pages/shared/cache.py"; "" if it is no text."""

    files: Mapping[str, str]
    _reached: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)

    @cached_property
    def modules(self) -> dict[str, str]:
        """Paths by dotted name: "cnnviz.units" → "cnnviz/units/__init__.py"."""
        return {module_name(path): path for path in self.files if path.endswith(".py")}

    @cached_property
    def arrows(self) -> dict[str, frozenset[str]]:
        """For every Python file, the project's own files that it imports, anywhere in it."""
        return {path: self._imported(path) for path in self.modules.values()}

    @cached_property
    def scripts(self) -> tuple[str, ...]:
        """The pages' scripts: one page.py a page, or before the rooms one file in a section."""
        within = [path for path in self.files if path.startswith("pages/") and path.endswith(".py")]
        pages = [path for path in within if path.endswith("/page.py")]
        return tuple(sorted(pages or [path for path in within if path.count("/") == 2 and "/shared/" not in path]))

    @cached_property
    def owner(self) -> dict[str, str]:
        """The page's script for every file of cnnviz/ and pages/ that only this page reaches, app.py aside."""
        common = self.reached(APP)
        visitors: dict[str, list[str]] = {}
        for script in self.scripts:
            for path in self.reached(script) | {script}:
                visitors.setdefault(path, []).append(script)
        return {path: found[0] for path, found in visitors.items() if len(found) == 1 and path not in common}

    def reached(self, start: str) -> frozenset[str]:
        """Every file that this one imports, and what those import, and so on."""
        if start not in self._reached:
            seen: set[str] = set()
            waiting = [start]
            while waiting:
                fresh = self.arrows.get(waiting.pop(), frozenset()) - seen
                seen |= fresh
                waiting += fresh
            self._reached[start] = frozenset(seen)
        return self._reached[start]

    def _imported(self, path: str) -> frozenset[str]:
        found = (
            self.modules.get(name) or self.modules.get(name.rpartition(".")[0]) for name in _names(self.files[path])
        )
        return frozenset(one for one in found if one is not None) - {path}


def module_name(path: str) -> str:
    """ "cnnviz/units/cells.py" → "cnnviz.units.cells"; a package by its folder."""
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _names(text: str) -> Iterator[str]:
    """Dotted names of all that a text imports, `from a import b` as a.b."""
    waiting: list[ast.AST] = [ast.parse(text)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.level == 0 and node.module)
        else:  # statements stand in statements alone: no expression is gone through
            waiting += (one for name in _BLOCKS for one in getattr(node, name, ()))


_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


def today() -> Tree:
    """The files as they lie here."""
    paths = [path for name in FOLDERS for path in (ROOT / name, *(ROOT / name).rglob("*")) if path.is_file()]
    kept = sorted(path.relative_to(ROOT) for path in paths if "__pycache__" not in path.parts)
    return Tree({path.as_posix(): _text(path.as_posix(), (ROOT / path).read_bytes()) for path in kept})


def at(revision: str) -> Tree:
    """The files as a commit has them. Raises ValueError where git does not know it."""
    there = set(_git("ls-tree", "--name-only", revision).decode().split())
    archive = _git("archive", revision, *(name for name in FOLDERS if name in there))
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        files = [(one.name, tar.extractfile(one)) for one in tar if one.isfile()]
        return Tree({name: _text(name, content.read()) for name, content in files if content is not None})


def _git(*words: str) -> bytes:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        raise ValueError(f"git {words[0]} failed: {done.stderr.decode().strip()}; `git log` lists the revisions")
    return done.stdout


def _text(path: str, content: bytes) -> str:
    return content.decode() if path.endswith(TEXT) else ""
