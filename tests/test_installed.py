"""The wheel: what it carries, and that its pages open and its command answers in a folder that is not the project's."""

from __future__ import annotations

import email
import subprocess
import sys
from pathlib import Path

import pytest

from cnnviz import command_line, places
from cnnviz.command_line import Arguments, ArgumentsError
from tests.support import ROOT
from tests.support.wheel import beside, unpacked

OPEN = """
import sys
from pathlib import Path
from streamlit import config
from streamlit.testing.v1 import AppTest
import cnnviz
config.set_option("server.address", "127.0.0.1")  # as the app's own config.toml says, which only a server reads
for page in ("", sys.argv[1]):
    app = AppTest.from_file(str(Path(cnnviz.__file__).parent / "_app" / "app.py"), default_timeout=300)
    app.session_state["explore.begun"] = True
    app.switch_page(page).run() if page else app.run()
    print([error.message for error in app.exception], [title.value for title in app.title])
import pages
print(pages.__file__)
from cnnviz import checkpoints
print(len([one for one in checkpoints.available() if one.shipped]), checkpoints.runs_folder())
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(tmp_path_factory.mktemp("wheel"))


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder and, on the path, somebody else's packages that are called like ours: neither may be imported."""
    for name in ("pages", "app"):
        (tmp_path / "others" / name).mkdir(parents=True)
        (tmp_path / "others" / name / "__init__.py").write_text("raise ImportError('another package')\n")
    (tmp_path / "here").mkdir()
    return tmp_path / "here"


def asked(site: Path, elsewhere: Path, *words: str) -> subprocess.CompletedProcess[str]:
    places_searched = beside(site, elsewhere.parent / "others", XDG_DATA_HOME=str(elsewhere), CNNVIZ_WARM="0")
    places_searched.pop("CNNVIZ_RUNS", None)
    return subprocess.run(
        [sys.executable, *words], cwd=elsewhere, env=places_searched, capture_output=True, text=True, check=False
    )


def test_the_wheel_has_one_name_and_carries_every_file_of_the_app(site: Path) -> None:
    assert {path.name.partition("-")[0] for path in site.iterdir()} == {"cnnviz"}
    for folder, place in (("cnnviz", "cnnviz"), ("pages", "cnnviz/_app/pages")):
        mine = {path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob("*") if path.is_file()}
        wanted = {path for path in mine if "__pycache__" not in path.parts}
        assert wanted - {path.relative_to(site / place) for path in (site / place).rglob("*")} == set()
    home = places.home(site / "cnnviz")
    assert home == site / "cnnviz" / "_app"
    for name in (
        "app.py",
        ".streamlit/config.toml",
        "docs/icon.png",
        "checkpoints/mnist-cnn-19abe802/weights.safetensors",
    ):
        assert (home / name).is_file(), name
    assert not (home / "checkpoints" / "runs").exists()


def test_the_wheel_says_what_it_needs(site: Path) -> None:
    [info] = site.glob("*.dist-info")
    said = email.message_from_string((info / "METADATA").read_text())
    lines = (line.partition("#")[0].strip() for line in (ROOT / "requirements.txt").read_text().splitlines())
    named = {line.split(">")[0].split("<")[0].split("=")[0] for line in lines if line}
    needed = [line for line in said.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert {line.split(">")[0].split("<")[0].split("=")[0] for line in needed} == named
    assert "cnnviz = cnnviz.command_line:main" in (info / "entry_points.txt").read_text()


def test_pages_open_from_a_foreign_folder(site: Path, elsewhere: Path) -> None:
    done = asked(site, elsewhere, "-c", OPEN, "pages/layers/batch_norm/page.py")
    assert done.returncode == 0, done.stderr
    *errors_and_titles, pages_are, checkpoints_are = done.stdout.splitlines()[-4:]
    assert [line.startswith("[] ['") for line in errors_and_titles] == [True, True], errors_and_titles
    assert pages_are == str(site / "cnnviz" / "_app" / "pages" / "__init__.py")
    shipped, runs = checkpoints_are.split(" ", 1)
    assert int(shipped) >= 9
    assert runs == str(elsewhere / "cnnviz" / "runs")  # not in site-packages, which an update replaces


def test_the_command_answers_at_once_when_it_cannot_open_something(site: Path, elsewhere: Path) -> None:
    missing = asked(site, elsewhere, "-m", "cnnviz", "nothing.png")
    assert missing.returncode == 2
    assert "no file 'nothing.png' to read the image from" in missing.stderr
    assert asked(site, elsewhere, "-m", "cnnviz", "--help").stdout.startswith(f"usage: cnnviz {command_line.USAGE}")
    assert asked(site, elsewhere, "-m", "cnnviz", "--version").stdout == "cnnviz 0.1.0\n"


def test_the_command_serves_the_app_of_its_own_installation() -> None:
    words = command_line.command(["cat.png", "--model", "a.b:c"])
    assert words[0] == sys.executable
    assert words[words.index("run") + 1] == str(ROOT / "app.py")
    assert words[words.index("--") + 1 :] == ["cat.png", "--model", "a.b:c"]


def test_a_checkout_keeps_its_runs_and_an_installation_the_persons(monkeypatch: pytest.MonkeyPatch) -> None:
    assert places.home() == ROOT
    assert not places.installed()
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert places.personal() == Path.home() / ".local" / "share" / "cnnviz"


def test_two_images_are_one_too_many() -> None:
    assert command_line.read(["a.png"]) == Arguments(Path("a.png"))
    with pytest.raises(ArgumentsError, match=r"unrecognized arguments: b\.png; what may be given: \[image\]"):
        command_line.read(["a.png", "b.png"])
