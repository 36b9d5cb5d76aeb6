"""CONTRIBUTING.md tells the truth: what it says a model and a page take, done in a copy of the project, is enough."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support import ROOT
from tests.support.wheel import beside, copied

NEEDED = ("app.py", "pages", "cnnviz", ".streamlit", "docs", "tests", "benchmarks", "pyproject.toml")
GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
TESTS = (
    "tests/test_architecture.py", "tests/test_models.py", "tests/test_pages.py", "tests/test_every_control.py",
    "tests/test_course.py", "tests/test_parts_ask.py",
)  # fmt: skip


def blocks(heading: str) -> list[str]:
    """The Python of a section of the guide."""
    section = GUIDE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [part.partition("```")[0] for part in section.split("```python\n")[1:]]


def add_what_the_guide_says(project: Path) -> None:
    """The model's file, the page's folder, its two rows, and why it asks nothing, word for word."""
    [model] = blocks("Add a model")
    (project / "cnnviz" / "models" / "one_convolution.py").write_text(model, "utf-8")
    page, rows, exempt = blocks("Add a page")
    folder = project / "pages" / "layers" / "brightness"
    folder.mkdir()
    (folder / "page.py").write_text(page, "utf-8")
    row, stop = rows.splitlines()
    menu = project / "pages" / "shared" / "navigation.py"
    _after(menu, '    "Layers": (\n', row)
    _before(menu, '    Stop("convolution", ', stop)
    _after(project / "tests" / "test_parts_ask.py", "\nEXEMPT = {\n", exempt.strip())
    _after(project / "tests" / "browser" / "test_every_page.py", "\nWHOLE = (", '"brightness"')


def _after(file: Path, place: str, line: str) -> None:
    before, found, after = file.read_text("utf-8").partition(place)
    assert found, f"{file.name} has no {place.strip()}"
    file.write_text(f"{before}{found}{line},\n{after}", "utf-8")


def _before(file: Path, place: str, line: str) -> None:
    before, found, after = file.read_text("utf-8").partition(place)
    assert found, f"{file.name} has no {place.strip()}"
    file.write_text(f"{before}{line},\n{found}{after}", "utf-8")


def test_a_model_is_one_file_and_a_page_one_folder_and_two_rows(tmp_path: Path) -> None:
    project = copied(tmp_path / "project", NEEDED)
    (project / "checkpoints").symlink_to(ROOT / "checkpoints", target_is_directory=True)
    add_what_the_guide_says(project)
    chosen = "one_convolution or brightness or test_architecture or test_every_page_is_a_stop or test_what_asks_nothing"
    command = [sys.executable, "-m", "pytest", "-vv", "-p", "no:cacheprovider", "-k", chosen, *TESTS]
    environment = beside(project, CNNVIZ_RUNS=str(tmp_path / "runs"))
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for followed in (
        "test_every_page_runs[pages/layers/brightness",
        "test_every_part_asks_from_what_it_shows_or_says_why_not[brightness",
        "test_every_page_is_a_stop",
        "published_ones[one_convolution]",
        "test_traces[one_",
    ):
        assert followed in done.stdout
