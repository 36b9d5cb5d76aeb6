"""What drives a unit: the pass against single recordings, the patches against a loop, and each law of a patch."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnviz import capture, datasets, galleries, networks, samples
from cnnviz.records import Spec
from cnnviz.topics.looks_for import figures, patches, quick_pass, responses

SPEC = Spec("drawn", "drawn", (3, 32, 32), (0.5,) * 3, (0.25,) * 3, datasets.info("shapes").classes)


def drawn(seed: int) -> nn.Module:
    torch.manual_seed(seed)
    layers = (nn.Conv2d(3, 5, 3, stride=1 + seed % 2), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Conv2d(5, 4, 3))
    return nn.Sequential(*layers, nn.ReLU(), nn.Flatten(), nn.LazyLinear(6)).eval()


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.sampled_from(["0", "1", "2", "3", "4", "6"]))
def test_the_pass_says_what_every_image_alone_says(seed: int, layer: str) -> None:
    model, gallery = drawn(seed), galleries.of("shapes", SPEC, 7, seed=seed)
    model(gallery.batch([0]))
    found = responses.of(model, gallery, layer)
    for image in range(7):
        values = capture.activations(model, gallery.batch([image]))[layer].values
        flat = values.reshape(len(values), -1)
        assert np.allclose(found.high[image], flat.max(1), atol=1e-5)
        assert np.allclose(found.low[image], flat.min(1), atol=1e-5)
        channel = seed % len(flat)
        assert flat[channel, found.high_at[image, channel]] == pytest.approx(flat[channel].max(), abs=1e-5)
        assert flat[channel, found.low_at[image, channel]] == pytest.approx(flat[channel].min(), abs=1e-5)
    everything = [capture.activations(model, gallery.batch([i]))[layer].values for i in range(7)]
    means = np.mean([one.reshape(len(one), -1).mean(1) for one in everything], axis=0)
    assert np.allclose(found.mean, means, atol=1e-5)


@pytest.mark.parametrize("layer", ["0", "1", "2", "3", "5"])
def test_a_twin_says_of_every_layer_what_the_network_says(layer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(2)
    layers = (nn.Conv2d(3, 5, 3), nn.BatchNorm2d(5), nn.ReLU(inplace=True), nn.Conv2d(5, 4, 3), nn.BatchNorm2d(4))
    model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(4 * 28 * 28, 6)).eval()
    for norm in (layers[1], layers[4]):
        nn.init.uniform_(norm.running_var, 0.2, 2)  # type: ignore[arg-type]
    gallery = galleries.of("shapes", SPEC, 7, seed=2)
    wanted = responses.of(model, gallery, layer)
    monkeypatch.setattr(quick_pass, "MANY", 1)
    monkeypatch.setattr(responses, "PIXELS", 2 * 32 * 32)  # four batches, the last one of one image
    row, before = responses.row_of(model, SPEC.input_shape, layer), copy.deepcopy(model.state_dict())
    for together in (1, 2, 3):
        monkeypatch.setattr(quick_pass, "at_once", lambda _, together=together: together)
        assert len(quick_pass.of(model, gallery, row)) == together
        shares: list[float] = []
        found = responses.of(model, gallery, layer, progress=shares.append)
        assert np.allclose(found.high, wanted.high, atol=1e-4)
        assert np.allclose(found.low, wanted.low, atol=1e-4)
        assert np.allclose(found.mean, wanted.mean, atol=1e-4)
        assert np.array_equal(found.high_at, wanted.high_at)
        assert shares == sorted(shares)
        assert shares[-1] == 1
        if together == 1:
            alone = found
        assert np.array_equal(found.high, alone.high), "how many batches go at a time changes no number"
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert not any(module._forward_hooks for module in model.modules())


def test_a_pass_of_several_batches_at_a_time_ends_where_it_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_pass, "MANY", 1)
    monkeypatch.setattr(responses, "PIXELS", 32 * 32)
    monkeypatch.setattr(quick_pass, "at_once", lambda _: 2)
    model, gallery = drawn(3), galleries.of("shapes", SPEC, 8, seed=2)
    model(gallery.batch([0]))
    shares: list[float] = []

    def stop(share: float) -> None:
        shares.append(share)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        responses.of(model, gallery, "3", progress=stop)
    assert shares == [0.25]
    assert responses.of(model, gallery, "3").images == 8


def test_a_network_that_views_its_maps_as_they_lie_is_asked_too() -> None:
    class Viewing(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.head = nn.Conv2d(3, 4, 3), nn.Linear(4 * 900, 5)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.head(self.one(x).view(len(x), -1))

    torch.manual_seed(0)
    model, gallery = Viewing().eval(), galleries.of("shapes", SPEC, 3, seed=0)
    with torch.no_grad():
        wanted = model(gallery.batch(slice(0, 3))).numpy()
    assert np.allclose(responses.of(model, gallery, "head").high, wanted, atol=1e-5)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000))
def test_patches_are_the_strongest_and_hold_all_that_their_cell_sees(seed: int) -> None:
    model, gallery = drawn(seed), galleries.of("shapes", SPEC, 20, seed=seed)
    model(gallery.batch([0]))
    found = responses.of(model, gallery, "3")
    channel = seed % 4
    driving = patches.driving(found, gallery, channel, count=5)
    values = [patch.value for patch in driving.highest]
    assert values == sorted(found.high[:, channel].tolist(), reverse=True)[:5]
    assert [patch.value for patch in driving.lowest] == sorted(found.low[:, channel].tolist())[:5]
    for patch in driving.highest[:2]:
        assert responses.alone(model, gallery, found, channel, patch).holds
        x = gallery.batch([patch.image])
        top, left, bottom, right = found.field.clipped(*patch.cell, 32, 32)
        x[:, :, top:bottom, left:right] += torch.randn(1, 3, bottom - top, right - left)
        other = capture.activations(model, x)["3"].values[(channel, *patch.cell)]
        assert other != patch.value, "what the patch shows is what the cell sees"


def test_no_place_of_a_photograph_is_shown_twice() -> None:
    spec = networks.open_network("efficientnet_lite0").spec
    small = Spec("drawn", "drawn", (3, 48, 48), spec.mean, spec.std, spec.classes)
    gallery = galleries.of("photographs", small, 80)
    again = galleries.of("photographs", small, 80)
    assert torch.equal(gallery.levels, again.levels)
    found = responses.of(drawn(3)[:4], gallery, "3")
    driving = patches.driving(found, gallery, 1)
    for end in (driving.highest, driving.lowest):
        spots = [patches._spot(found, gallery, patch) for patch in end]
        assert len(spots) == 9
        assert not any(patches._same(one, other) for one in spots for other in spots if one is not other)


def test_crops_are_cut_out_of_their_photograph() -> None:
    spec = Spec("drawn", "drawn", (3, 40, 60), (0.5,) * 3, (0.25,) * 3, ("a",))
    gallery = galleries.of("photographs", spec, 30)
    for index in (0, 7, 29):
        source, left, top, right, bottom = gallery.regions[index]
        image = samples.read([one for one in samples.names() if one.group == "photo"][source].name)
        assert 0 <= left < right <= image.width
        assert 0 <= top < bottom <= image.height
        assert (right - left) / (bottom - top) == pytest.approx(60 / 40)
        mean = np.asarray(image.convert("RGB").crop((int(left), int(top), int(right), int(bottom)))).mean()
        assert gallery.picture(index).mean() == pytest.approx(mean, abs=4)


def test_a_network_is_asked_with_what_it_was_made_for() -> None:
    for choice, name in (("run:shapes-net-d2b13a74", "shapes"), ("efficientnet_lite0", "photographs")):
        assert galleries.usual(networks.open_network(choice).spec) == name


def test_a_cut_is_undone_for_both_ends_and_the_first_layer_sees_half() -> None:
    network = networks.open_network("run:shapes-net-d2b13a74")
    rows = responses.listed(network.model, network.spec.input_shape)
    first = responses.first(rows, network.spec.input_shape)
    assert first == "relu2"
    assert responses.rectified(rows, first) == "conv2"
    assert responses.rectified(rows, "conv2") == "conv2"
    with pytest.raises(KeyError, match="conv2"):
        responses.row_of(network.model, network.spec.input_shape, "conv9")


def test_bins_hold_every_image_and_the_packet_names_each_patch() -> None:
    network = networks.open_network("run:shapes-net-d2b13a74")
    gallery = galleries.of("shapes", network.spec, 40)
    found = responses.of(network.model, gallery, "conv2")
    driving = patches.driving(found, gallery, 2)
    places = figures.images(driving)
    header, strip = figures.packet(found, driving, [gallery.picture(i) for i in places], ["a"] * len(places), 99.0)
    assert sum(header["high"]) == sum(header["low"]) == 40
    assert header["edges"][-1] == 99.0
    assert [places[tile["image"]] for tile in header["highest"]] == [patch.image for patch in driving.highest]
    assert strip.startswith(b"\x89PNG")


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_values_that_cannot_be_ordered_are_one_sentence(bad: float) -> None:
    class Broken(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * bad

    model = nn.Sequential(nn.Conv2d(3, 2, 3), Broken(), nn.ReLU())
    with pytest.raises(galleries.NotFinite, match="no finite numbers"):
        responses.of(model, galleries.of("shapes", SPEC, 3, seed=1), "2")
