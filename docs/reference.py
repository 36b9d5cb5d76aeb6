"""The library's reference, from its docstrings, into docs/api/: `python -m docs.reference`, or `make docs`.

pdoc (MIT-0) imports every module and writes a page for each, with a search over all of them.
"""

from __future__ import annotations

from pathlib import Path

import pdoc

import cnnviz
from docs.imports import ROOT, module_name

TARGET = ROOT / "docs" / "api"


def modules() -> tuple[str, ...]:
    """ "cnnviz", whose modules pdoc finds by itself, and those of the topics, whose folders are no regular packages."""
    paths = sorted(path.relative_to(ROOT) for path in (ROOT / "cnnviz" / "topics").rglob("*.py"))
    return ("cnnviz", *(module_name(path.as_posix()) for path in paths if path.name != "__init__.py"))


def write(target: Path = TARGET, names: tuple[str, ...] = ()) -> int:
    """Write the pages of these modules and of those in them, or of all; returns how many pages there are."""
    pdoc.render.configure(
        docformat="markdown", math=False, show_source=True, footer_text=f"cnnviz {cnnviz.__version__}"
    )
    pdoc.pdoc(*(names or modules()), output_directory=target)
    return sum(1 for page in target.rglob("*.html") if page.name != "index.html")


if __name__ == "__main__":
    print(f"{write()} pages: {TARGET.relative_to(ROOT)}/index.html")
