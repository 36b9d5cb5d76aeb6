"""The lab as a person uses it: a demonstration again and again; two folders of one's own as a classifier elsewhere."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from cnnviz import run_files
from cnnviz.records import TrainConfig
from cnnviz.training import worker
from tests.support.browser import idle, served
from tests.support.waiting import PATIENCE, until

pytestmark = pytest.mark.browser
SHORT = TrainConfig("digits", "fc2layer", epochs=2, lr=0.05, momentum=0.9)
CLASSES = ("dots", "stripes")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, chromium: Any) -> Iterator[tuple[Any, str, Path]]:
    """A page, a server with a folder of runs and of data sets of its own: the page, its address, the runs."""
    runs, data = tmp_path_factory.mktemp("runs"), tmp_path_factory.mktemp("data")
    first = runs / SHORT.run_id
    first.mkdir()
    run_files.write_config(first, SHORT)
    assert worker.work(first)
    with served(runs=runs, extra={"CNNVIZ_DATA": str(data)}) as (address, _):
        context = chromium.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True)
        page = context.new_page()
        page.set_default_timeout(90_000)
        yield page, address, runs
        context.close()


def finished(folder: Path, count: int) -> bool:
    """Whether so many runs have finished there."""
    states = [run_files.read_status(path.parent).state for path in folder.glob("*/config.json")]
    return states.count("finished") == count


def test_a_demonstration_is_repeated_three_times_and_every_take_is_kept(lab: tuple[Any, str, Path]) -> None:
    page, address, folder = lab
    page.goto(f"{address}/training_lab?lab.id={SHORT.run_id}")
    for take in range(2, 5):
        page.get_by_role("button", name="Train again").click()
        assert until(lambda: len(list(folder.glob("digits-*/config.json"))) == take)  # noqa: B023
        assert until(lambda: finished(folder, take))  # noqa: B023
        page.wait_for_function("id => location.href.includes(id)", arg=f"{SHORT.run_id}-{take}")  # the page shows it
        page.get_by_role("button", name="Train again").wait_for()
        idle(page)
    curves = [(path.parent / "weights.safetensors").read_bytes() for path in folder.glob("digits-*/config.json")]
    assert len(curves) == 4
    assert len(set(curves)) == 1, "the same settings give the same network"


def drawn(kind: str, seed: int) -> bytes:
    """A PNG of dots or of stripes, in colours of its own."""
    rng = np.random.default_rng(seed)
    ground, ink = (tuple(int(one) for one in rng.integers(*span, 3)) for span in ((0, 90), (150, 255)))
    image = Image.new("RGB", (96, 96), ground)
    pen = ImageDraw.Draw(image)
    for number in range(4):
        if kind == "dots":
            x, y = (int(one) for one in rng.integers(10, 86, 2))
            pen.ellipse((x - 12, y - 12, x + 12, y + 12), fill=ink)
        else:
            pen.rectangle((0, 24 * number, 96, 24 * number + int(rng.integers(8, 14))), fill=ink)
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def test_two_folders_of_one_s_own_become_a_classifier_that_runs_elsewhere(
    lab: tuple[Any, str, Path], tmp_path: Path
) -> None:
    page, address, folder = lab
    packed = tmp_path / "shapes.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for kind in CLASSES:
            for number in range(12):
                archive.writestr(f"{kind}/{number}.png", drawn(kind, number + 100 * len(kind)))
    page.goto(f"{address}/data?data.part=Your+own+data")
    page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(str(packed))
    page.get_by_text("shapes.zip").wait_for()
    page.get_by_role("button", name="Add it").click()
    page.get_by_role("button", name="Train a network on it now").first.click()
    assert until(lambda: list(folder.glob("*efficientnet*/weights.safetensors")))
    with page.expect_download() as coming:
        page.get_by_role("button", name="Take this network away (ZIP)").click()
    with zipfile.ZipFile(coming.value.path()) as archive:
        archive.extractall(tmp_path)
    (script,) = tmp_path.glob("*/predict.py")
    for kind in CLASSES:
        (script.parent / f"{kind}.png").write_bytes(drawn(kind, 7))
        assert said(script.parent, f"{kind}.png").startswith(f"{kind}: ")


def said(folder: Path, image: str) -> str:
    """The likeliest class, as predict.py prints it where this project cannot be imported."""
    code = f"import sys; sys.path.insert(0, {str(folder)!r}); sys.argv[1:] = [{image!r}]\n"
    code += "import importlib.util, runpy; assert importlib.util.find_spec('cnnviz') is None\n"
    code += "runpy.run_path('predict.py', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], cwd=folder, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[0]
