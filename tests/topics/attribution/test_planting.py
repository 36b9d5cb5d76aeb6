"""A shortcut planted in images of one's own: the patches, what is refused, and the training of both networks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnviz import datasets, networks, runs, training
from cnnviz.datasets import planted_cue
from cnnviz.runs import supervision
from cnnviz.topics.attribution import contestants, planting, shortcut, shortcut_captions
from cnnviz.topics.attribution.shortcut_records import PlantedShortcut
from pages.why.attribution import shortcut as page
from tests.support.app import app_at, opened, written
from tests.support.waiting import until

SIDE = 16
NETWORK = "run:mnist-lenet5-df3d2154"  # what the page has at hand; this part does not ask it


@given(st.integers(8, 70), st.integers(8, 70), st.sampled_from([1, 3]), st.integers(0, 99))
def test_a_patch_is_the_class_s_own_and_nothing_else_changes(height: int, width: int, channels: int, seed: int) -> None:
    most = planted_cue.most_classes(channels)
    codes = torch.arange(2 * most) % most
    images = torch.randint(0, 256, (2 * most, channels, height, width), generator=torch.manual_seed(seed)).byte()
    before = images.clone()
    found = planted_cue.painted(images, codes)
    mask = torch.from_numpy(planted_cue.mask(height, width))
    assert torch.equal(images, before)
    assert torch.equal(found[..., ~mask], images[..., ~mask])
    patches = found[..., mask].flatten(1)
    assert torch.equal(patches[:most], patches[most:])
    assert len(torch.unique(patches, dim=0)) == most
    assert 0 < float(mask.float().mean()) < 1 / 8


@pytest.mark.parametrize(
    ("planted", "shipped"), [("cue:shapes", "shapes_cue"), ("random_cue:shapes", "shapes_random_cue")]
)
def test_in_the_shapes_it_is_what_the_shipped_networks_saw(planted: str, shipped: str) -> None:
    for split in ("train", "test"):
        one, other = datasets.load(planted, split), datasets.load(shipped, split)
        assert torch.equal(one.images, other.images)
        assert torch.equal(one.labels, other.labels)
    assert planted not in datasets.names()
    assert planted_cue.base(planted) == "shapes"
    with pytest.raises(KeyError, match="shapes"):
        datasets.info("cue:shape")


def test_the_twin_s_patches_say_nothing_of_the_class() -> None:
    for name in ("digits", "shapes"):
        labels = datasets.load(name, "test").labels
        classes = len(datasets.info(name).classes)
        drawn = planted_cue.drawn(len(labels), classes, "test")
        agree = float((drawn == labels).float().mean())
        assert agree == pytest.approx(1 / classes, abs=4 * (1 / classes / len(labels)) ** 0.5)


def folder(root: Path, name: str, counts: dict[str, int]) -> str:
    """A data set of one's own: noise, in each class with another bright half."""
    dice = np.random.default_rng(1)
    for kind, (label, count) in enumerate(counts.items()):
        (root / name / label).mkdir(parents=True)
        for number in range(count):
            levels = dice.integers(0, 90, (SIDE, SIDE, 3)).astype(np.uint8)
            levels[(SIDE // 2) * (kind % 2) :][: SIDE // 2] += 120
            Image.fromarray(levels).save(root / name / label / f"{number}.png")
    return f"folder:{name}"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def test_too_few_images_and_too_many_classes_are_a_sentence(root: Path) -> None:
    few, many = folder(root, "few", {"up": 8, "down": 8}), folder(root, "many", {f"c{n}": 2 for n in range(37)})
    assert "few has 13 training images, and this takes at least 20" in planting.problem(few)
    assert "many has 37 classes, and the patch can tell 36 apart" in planting.problem(many)
    assert planting.problem(folder(root, "enough", {"up": 30, "down": 30})) == ""
    assert "there is no image folder" in planting.problem("folder:gone")
    shown = written(at(few))
    assert "this takes at least 20" in shown


def test_both_networks_are_alike_but_for_the_patch() -> None:
    for name in ("digits", "shapes"):
        cue, twin = planting.configs(name)
        assert replace(cue, dataset=twin.dataset) == twin
        assert (planted_cue.base(cue.dataset), planted_cue.base(twin.dataset)) == (name, name)
        training.check(cue)
        training.check(twin)
    assert planting.configs("shapes")[0].epochs == 12


def test_what_was_not_learned_stands_against_the_verdict() -> None:
    def said(cue: tuple[float, float, float], twin: tuple[float, float, float]) -> str:
        return shortcut_captions.doubt(PlantedShortcut((), 20, 0.01, {"cue": cue, "twin": twin}, {}))

    assert said((1.0, 0.1, 0.2), (0.9, 0.9, 0.9)) == ""
    assert "hardly uses the patch" in said((0.9, 0.8, 0.9), (0.9, 0.9, 0.9))
    assert "The twin's answers change" in said((1.0, 0.1, 0.2), (0.9, 0.7, 0.9))


def at(images: str) -> AppTest:
    link = {"attribution__part": "shortcut", "attribution__planted": images}
    return opened(app_at("pages/why/attribution/page.py"), network=NETWORK, **link)


@pytest.mark.usefixtures("own_runs", "boss")
def test_ones_own_folder_is_trained_on_stopped_and_judged(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = folder(root, "halves", {"up": 60, "down": 60})
    monkeypatch.setattr(contestants, "names", lambda: ("gradient", "grad_cam"))
    app = at(name)
    assert "learn halves" in written(app)
    app.button(key="attribution.planted.start").click().run()
    assert len(runs.list()) == 2
    assert until(lambda: any(run.status().step for run in runs.list()))
    app.run()
    assert "Train the two networks" not in [one.label for one in app.button]
    app.button(key="attribution.planted.stop").click().run()
    assert until(lambda: not any(run.status().alive for run in runs.list()))
    app.run().button(key="attribution.planted.start").click().run()
    assert until(lambda: sum(run.status().state == "finished" for run in runs.list()) == 2)
    shown = written(app.run())
    assert "Checked by their answers" in shown
    assert list(np.atleast_1d(app.query_params["attribution.planted"])) == [name]
    cue, twin = (networks.open_network(networks.run_choice(runs.standing(one).id)) for one in planting.configs(name))  # type: ignore[union-attr]
    assert shortcut.accuracies(cue, name)[0] == 1
    found = shortcut.run(cue, twin, 6, images=name)
    assert shortcut_captions.verdict(found).startswith("On 6 images")
    assert "images='folder:halves'" in page.snippet("run:a", "run:b", name)
    with pytest.raises(shortcut.TooFewRight, match="5 are needed"):
        shortcut.run(networks.open_network(page.CUE), networks.open_network(page.TWIN), 2)
    assert supervision.CURRENT
