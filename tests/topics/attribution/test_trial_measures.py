"""The trial's newer measures by their definitions: ROAD's equations, squares, likeness, how far a map moves."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnviz import attribution
from cnnviz.records.attribution import Target
from cnnviz.topics.attribution import contestants, randomised, road, sensitivity, squares
from cnnviz.topics.attribution.contestants import KnownImage

SIDE = 6


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 7), st.integers(2, 7), st.floats(0.1, 0.95))
def test_each_removed_pixel_is_the_mean_of_its_neighbours(seed: int, height: int, width: int, share: float) -> None:
    dice = np.random.default_rng(seed)
    image, removed = dice.normal(size=(2, height, width)), dice.random((height, width)) < share
    removed[dice.integers(height), dice.integers(width)] = False
    found = road.imputed(image, removed, noise=0.0)
    assert np.array_equal(found[:, ~removed], image[:, ~removed])
    for row, column in zip(*removed.nonzero(), strict=True):
        total, weights = np.zeros(2), 0.0
        for down in (-1, 0, 1):
            for across in (-1, 0, 1):
                r, c = row + down, column + across
                if (down or across) and 0 <= r < height and 0 <= c < width:
                    weight = 1 / 6 if not (down and across) else 1 / 12
                    total, weights = total + weight * found[:, r, c], weights + weight
        assert np.allclose(found[:, row, column], total / weights, atol=1e-9)


def test_grad_cams_road_fills_in_the_same() -> None:
    imputer = pytest.importorskip("pytorch_grad_cam.metrics.road").NoisyLinearImputer(noise=0.0)
    dice = np.random.default_rng(3)
    image, removed = dice.normal(size=(3, 9, 11)), dice.random((9, 11)) < 0.7
    theirs = imputer(torch.from_numpy(image).float(), torch.from_numpy((~removed).astype(float)))
    assert np.allclose(road.imputed(image, removed, noise=0.0), theirs.numpy(), atol=1e-5)


class Sum(nn.Module):
    """A class a channel: what it sees of the channel, pooled over all cells."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.head = nn.Conv2d(2, 4, 3, padding=1), nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.one(x).relu().mean((2, 3)))


def known(count: int) -> list[KnownImage]:
    return [KnownImage(torch.randn(1, 2, SIDE, SIDE), i % 3, np.ones((SIDE, SIDE), bool)) for i in range(count)]


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 10_000))
def test_a_network_that_looks_at_one_cell_alone_has_all_of_its_map_there(seed: int) -> None:
    torch.manual_seed(seed)
    some = known(9)
    x, cell = squares.arranged(some[0], some, seed)
    row, column = squares.CELLS[cell]
    assert torch.equal(x[..., row * SIDE : (row + 1) * SIDE, column * SIDE : (column + 1) * SIDE], some[0].x)
    looks = squares.OneCell(Sum().eval(), cell)
    maps = contestants.maps_of(looks, x, some[0].label, seed, {}, ask=squares.Apart)
    for name in ("gradient", "input_gradient", "guided", "deeplift", "lrp", "lrp_alpha_beta", "integrated_gradients"):
        assert squares.share(np.abs(maps[name]), cell) == 1 or not maps[name].any(), name
    assert squares.share(maps["constant"], cell) == 0.25
    asked = squares.Apart(looks, x, Target(0))
    asked.layer = attribution.last_maps(asked)
    values, gradient, _ = asked.at_layer(asked.layer)
    whole = looks.model.one(x).relu()
    inner = (slice(None), slice(None), slice(row * SIDE + 1, row * SIDE + SIDE - 1), slice(1, SIDE - 1))
    assert values.shape == whole.shape
    assert torch.allclose(values[inner], whole[inner], atol=1e-6)
    assert squares.share(gradient.abs().sum((0, 1)).numpy(), cell) == pytest.approx(1)
    assert attribution.REGISTRY["grad_cam"](asked).law.holds  # type: ignore[union-attr]
    assert looks.cell == cell


def test_a_square_without_three_other_classes_and_a_network_of_one_size_say_so() -> None:
    some = known(4)
    with pytest.raises(ValueError, match="three images"):
        squares.arranged(some[0], some[:3], 0)
    assert squares.refusal(Sum().eval(), some[0].x) == ""
    fixed = nn.Sequential(nn.Flatten(), nn.Linear(2 * SIDE * SIDE, 3))
    assert "6×6" in squares.refusal(fixed, some[0].x)


def test_likeness_is_scipys_and_skimages() -> None:
    stats, metrics = pytest.importorskip("scipy.stats"), pytest.importorskip("skimage.metrics")
    dice = np.random.default_rng(0)
    one = dice.normal(size=(12, 15)).round(1)
    other = one + dice.normal(size=one.shape).round(1)
    assert randomised.correlation(one, other) == pytest.approx(stats.spearmanr(one.ravel(), other.ravel())[0])
    x, y = (values / np.abs(values).max() for values in (one, other))
    assert randomised.similarity(one, other) == pytest.approx(metrics.structural_similarity(x, y, data_range=2))
    assert randomised.correlation(one, one) == randomised.correlation(one * 0, one * 0) == 1
    assert randomised.similarity(one, one) == pytest.approx(1)
    assert randomised.correlation(one, one * 0) == 0


def test_weights_are_drawn_anew_from_the_top_one_layer_more_each_time() -> None:
    model = nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.Conv2d(3, 2, 3), nn.Flatten()).eval()
    with torch.no_grad():
        model[1].running_mean.fill_(5)
    assert randomised.stages(model) == [("3",), ("0", "1")]
    changed = []
    for copy in randomised.destroyed(model, 0):
        pairs = zip(model.state_dict().items(), copy.state_dict().values(), strict=True)
        changed.append({name for (name, value), other in pairs if not torch.equal(value, other)})
    assert changed == [{"3.weight", "3.bias"}, {"3.weight", "3.bias", "0.weight", "0.bias", "1.running_mean"}]
    first, second = (list(randomised.destroyed(model, 4))[-1].state_dict() for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_how_far_a_map_moves_is_the_largest_of_its_ways_by_its_size() -> None:
    torch.manual_seed(0)
    model, x = nn.Sequential(Sum(), nn.Tanh()).double().eval(), torch.randn(1, 2, SIDE, SIDE, dtype=torch.float64)
    radius = torch.tensor([0.1, 0.2])
    near = list(sensitivity.nearby(x, radius, 3, 5))
    assert all(bool(((one - x).abs() <= radius.view(1, -1, 1, 1) + 1e-9).all()) for one in near)
    assert all(bool((one != x).all()) for one in near)
    maps = [attribution.explain(model, one, "gradient", Target(1)).channels for one in (x, *near)]

    def gradient(one: torch.Tensor) -> torch.Tensor:
        leaf = one.clone().requires_grad_()
        return torch.autograd.grad(model(leaf)[0, 1], leaf)[0][0]

    ways = [float(((gradient(one) - gradient(x)) ** 2).sum() ** 0.5) for one in near]
    size = float((gradient(x) ** 2).sum() ** 0.5)
    assert max(sensitivity.moved(maps[0], one) for one in maps[1:]) == pytest.approx(max(ways) / size)
    assert sensitivity.moved(np.zeros(3), np.zeros(3)) == 0


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 30))
def test_a_deep_network_has_a_few_stages_that_hold_every_layer_once(depth: int) -> None:
    model = nn.Sequential(*[nn.Sequential(nn.Conv2d(1, 1, 1), nn.BatchNorm2d(1)) for _ in range(depth)])
    stages = randomised.stages(model)
    assert len(stages) == min(depth, randomised.MOST)
    flat = [name for stage in reversed(stages) for name in stage]
    assert flat == [f"{place}.{part}" for place in range(depth) for part in (0, 1)]
    assert len(randomised.layers(model)) == depth
    sizes = [len(stage) for stage in stages]
    assert max(sizes) - min(sizes) <= 2


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 999), st.sampled_from([(12, 9), (140, 130)]))
def test_what_is_taken_away_comes_in_equal_shares_from_both_ends(seed: int, size: tuple[int, int]) -> None:
    image = np.random.default_rng(seed).normal(size=(1, *size))
    found = road.removals(image, np.argsort(-image.ravel()), seed)
    changed = (found[:, :, 0] != image[0]).mean((2, 3))
    wanted = road.FEWER if size[0] > 128 else road.SHARES
    assert np.allclose(changed, [wanted, wanted], atol=0.01)
    strongest, weakest = found[0, 0, 0] != image[0], found[1, 0, 0] != image[0]
    assert image[0][strongest].min() > image[0][~strongest].max()
    assert image[0][weakest].max() < image[0][~weakest].min()
