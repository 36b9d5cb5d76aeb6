"""The planted shortcut: the data by hand, that one network uses it and the other not, verdicts that follow numbers."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest
import torch

from cnnviz import datasets, networks
from cnnviz.datasets import planted_cue
from cnnviz.figures import palettes
from cnnviz.topics.attribution import (
    contestants,
    shortcut,
    shortcut_captions,
    shortcut_example,
    shortcut_example_figures,
)
from cnnviz.topics.attribution.shortcut_records import PlantedShortcut, Pointed
from pages.why.attribution import shortcut as page
from pages.why.attribution import shortcut_pair
from tests.support.app import app_at, opened, written


def test_the_square_names_the_class_in_one_and_nothing_in_the_other() -> None:
    plain, cued, drawn = (datasets.load(name, "test") for name in ("shapes", "shapes_cue", "shapes_random_cue"))
    mask = torch.from_numpy(planted_cue.mask(32, 32))
    colours = torch.tensor(planted_cue.COLOURS, dtype=torch.uint8)
    for data in (cued, drawn):
        assert torch.equal(data.images[..., ~mask], plain.images[..., ~mask])
        assert (data.images[..., mask] == data.images[..., mask][..., :1]).all()
    assert torch.equal(cued.images[..., mask][..., 0], colours[cued.labels])
    codes = (drawn.images[..., mask][..., 0][:, None] == colours[None]).all(-1).int().argmax(1)
    agree = float((codes == drawn.labels).float().mean())
    assert agree == pytest.approx(1 / 6, abs=4 * (5 / 36 / len(codes)) ** 0.5)
    assert int(mask.sum()) == 16


def test_one_network_uses_the_square_and_its_twin_does_not() -> None:
    cue, twin = (shortcut.accuracies(networks.open_network(choice)) for choice in (page.CUE, page.TWIN))
    assert cue[0] > 0.99
    assert cue[1] < 0.3
    assert abs(twin[0] - twin[1]) < 0.03
    assert min(twin) > 0.9


def drawn(name: str, cue: float, twin: float, spread: float = 0.01, *, control: bool = False) -> Pointed:
    noise = spread * np.tile([-1.0, 1.0], 10)
    return Pointed(name, name, control, cue + noise, twin + noise[::-1])


def judged(*methods: Pointed) -> str:
    rights = {"cue": (1.0, 0.1, 0.2), "twin": (0.9, 0.9, 0.9)}
    return shortcut_captions.verdict(PlantedShortcut(methods, 20, 0.0156, rights, {}))


def test_the_verdict_names_who_finds_it_and_who_sees_it_where_nothing_is() -> None:
    said = judged(
        drawn("sharp", 0.5, 0.01, 0.001), drawn("blind", 0.015, 0.016), drawn("edges", 0.5, 0.5, control=True)
    )
    assert "1 of 2 methods" in said
    assert "not blind" in said
    assert "None points at it in the twin" in said
    said = judged(drawn("eager", 0.3, 0.3))
    assert "0 of 1 methods" in said
    assert "eager points at it in the twin, too" in said
    assert not drawn("wide", 0.05, 0.0, 0.2).finds(0.0156)


def test_a_short_trial_knows_the_constant_map_by_hand_and_the_snippet_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contestants, "names", lambda: ("gradient", "occlusion"))
    found = shortcut.run(networks.open_network(page.CUE), networks.open_network(page.TWIN), 5, more=("smoothgrad",))
    by_name = {one.name: one for one in found.methods}
    assert by_name["smoothgrad"].cue.mean() > by_name["smoothgrad"].twin.mean()
    assert np.allclose(by_name["constant"].cue, 16 / 1024)
    assert np.allclose(by_name["random"].cue, by_name["random"].twin)
    assert by_name["occlusion"].cue.mean() > by_name["occlusion"].twin.mean()
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        exec(page.snippet(page.CUE, page.TWIN, "shapes", ("smoothgrad",)).replace("twin, 10", "twin, 5"), {})
    assert "On 5 images" in text.getvalue()


def test_the_part_says_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contestants, "names", lambda: ("gradient", "grad_cam"))
    short = shortcut.run
    monkeypatch.setattr(shortcut, "run", lambda cue, twin, count, **more: short(cue, twin, 5, **more))
    app = opened(app_at("pages/why/attribution/page.py"), network="run:mnist-lenet5-df3d2154")
    said = written(app.segmented_control(key="attribution.part").set_value("shortcut").run())
    assert "On 5 images" in said
    assert "Checked by their answers" in said


def test_an_example_is_one_image_with_and_without_its_square_and_the_twin_does_not_mind() -> None:
    cue, twin = (networks.open_network(choice) for choice in (page.CUE, page.TWIN))
    seen = shortcut_example.example(cue, twin, 1)
    assert [(one.network, one.square) for one in seen] == [
        ("cue", True), ("cue", False), ("twin", True), ("twin", False)
    ]  # fmt: skip
    inside = planted_cue.mask(32, 32)
    assert np.array_equal(seen[0].picture[~inside], seen[1].picture[~inside])
    assert not np.array_equal(seen[0].picture[inside], seen[1].picture[inside])
    assert seen[0].right
    assert seen[2].right
    assert seen[0].chance == pytest.approx(chance_of(cue, seen[0].picture, seen[0].label), abs=1e-6)
    drawn = shortcut_pair.drawn(seen, "dark")
    assert drawn.count("<img") == 16
    assert drawn.count(">without it") == 2
    assert "Without the patch" in shortcut_captions.example(seen)


def chance_of(network: networks.Network, picture: np.ndarray, label: str) -> float:
    x = torch.tensor(picture).permute(2, 0, 1)[None] / 255
    mean, std = (torch.tensor(one)[:, None, None] for one in (network.spec.mean, network.spec.std))
    with torch.no_grad():
        logits = network.model((x - mean) / std)[0]
    return float(torch.softmax(logits.double(), 0)[network.spec.classes.index(label)])


def test_a_map_lies_over_its_image_as_strongly_as_it_is_large() -> None:
    picture = np.full((1, 3, 3), 90, np.uint8)
    shown = shortcut_example_figures.overlaid(picture, np.array([[0.0, 2.0, -2.0]]), 2.0, "light")
    full = palettes.lut("activations", "light")[[255, 1]]
    assert np.array_equal(shown[0, 1:], full)
    assert abs(int(shown[0, 0, 0]) - 90) < 40
    assert np.array_equal(shortcut_example_figures.overlaid(picture, np.ones((1, 3)), 0.0, "light")[0, 0], shown[0, 0])
