"""The map of images by its definitions: PCA, t-SNE in stages, neighbours against a loop, the pass."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz import anatomy, capture, galleries, networks
from cnnviz.topics.image_map import features, neighbours, planes

RUN = "run:mnist-lenet5-df3d2154"


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 30), st.integers(2, 40))
def test_pca_keeps_the_most_variance_and_lays_others_onto_it(seed: int, count: int, width: int) -> None:
    values = np.random.default_rng(seed).normal(size=(count, width)) * np.linspace(1, 3, width)
    plane = planes.pca(values, values[:2])
    singular = np.linalg.svd(values - values.mean(0), compute_uv=False) ** 2
    assert plane.kept == pytest.approx(singular[:2].sum() / singular.sum())
    assert np.allclose(plane.places[count:], plane.places[:2])
    assert np.sqrt((plane.places[:count] ** 2).sum(1).mean()) == pytest.approx(1)
    projected = plane.places[:count].var(0).sum() * singular.sum() / count
    assert projected / (singular.sum() / count) == pytest.approx(1)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_turning_moves_points_least_and_keeps_distances(seed: int) -> None:
    dice = np.random.default_rng(seed)
    places, like = dice.normal(size=(2, 12, 2))
    found = planes.turned(places, like)
    assert np.allclose(planes.distances(found), planes.distances(places))
    for angle in dice.uniform(0, 2 * np.pi, 8):
        cos, sin = np.cos(angle), np.sin(angle)
        for mirror in (1, -1):
            other = places @ np.array([[cos, -sin], [mirror * sin, mirror * cos]])
            assert ((found - like) ** 2).sum() <= ((other - like) ** 2).sum() + 1e-9


def test_tsne_in_stages_gets_as_far_as_in_one_call_and_says_how_far_it_is() -> None:
    from sklearn import manifold

    dice = np.random.default_rng(0)
    labels = np.repeat(np.arange(3), 20)
    values = 6 * dice.normal(size=(3, 20))[labels] + dice.normal(size=(60, 20))
    shares: list[float] = []
    plane = planes.tsne(values, perplexity=15, progress=shares.append)
    usual = manifold.TSNE(perplexity=15, init="pca", random_state=0).fit(values)
    assert 0 < plane.kept <= 1.1 * usual.kl_divergence_ + 0.02
    assert neighbours.parted("", neighbours.nearest(plane.places, plane.places[:0]), labels).right == 1
    assert shares == pytest.approx([0, 1 / 3, 2 / 3])
    assert np.array_equal(planes.tsne(values, perplexity=15).places, plane.places), "the same at every call"
    assert np.allclose(plane.places.mean(0), 0)
    assert (plane.places**2).sum(1).mean() == pytest.approx(1)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 9), st.integers(1, 5), st.sampled_from((0.0, 1e-9, 1.0, 1e25)))
def test_few_images_and_odd_features_have_a_place_by_tsne(seed: int, count: int, width: int, size: float) -> None:
    values = (np.random.default_rng(seed).normal(size=(count, width)) * size).astype(np.float32)
    plane = planes.tsne(values)
    assert plane.places.shape == (count, 2)
    assert np.isfinite(plane.places).all()
    assert np.isfinite(plane.kept)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_the_nearest_and_their_votes_are_those_of_a_loop(seed: int) -> None:
    dice = np.random.default_rng(seed)
    values, others, labels = dice.normal(size=(14, 3)), dice.normal(size=(2, 3)), dice.integers(0, 3, 14)
    near = neighbours.nearest(values, others, 3)
    for row, point in enumerate((*values, *others)):
        far = [np.inf if other == row else float(((values[other] - point) ** 2).sum()) for other in range(14)]
        assert near[row].tolist() == np.argsort(far)[:3].tolist()
    right = 0
    for row in range(14):
        votes = labels[near[row]].tolist()
        most = max(votes.count(vote) for vote in votes)
        right += next(vote for vote in votes if votes.count(vote) == most) == labels[row]
    found = neighbours.parted("layer", near[:14], labels)
    assert found.right == pytest.approx(right / 14)
    assert found.chance == pytest.approx(np.bincount(labels).max() / 14)


def test_the_pass_says_what_every_image_alone_says() -> None:
    network = networks.open_network(RUN)
    gallery = galleries.of("digits", network.spec, 5)
    found = features.of(network.model, gallery)
    assert found.layers[0] == "pixels"
    assert np.allclose(found.values[0], gallery.batch(slice(0, 5)).flatten(1).numpy())
    for image in range(5):
        recording = capture.activations(network.model, gallery.batch([image]))
        assert found.answers[image] == recording.logits.argmax()
        for layer, values in zip(found.layers[1:], found.values[1:], strict=True):
            alone = recording[layer].values
            mean = alone.mean((1, 2)) if alone.ndim == 3 else alone
            assert np.allclose(values[image], mean, atol=1e-5)


def test_at_most_twelve_layers_stand_on_the_slider_the_last_among_them() -> None:
    for choice in ("efficientnet_lite0", RUN):
        network = networks.open_network(choice)
        rows = anatomy.inspect(network.model, network.spec.input_shape)
        layers = features.chosen(rows)
        assert len(layers) <= features.MOST
        assert layers[-1].output_shape == (len(network.spec.classes),)
