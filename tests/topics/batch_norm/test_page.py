"""The batch normalisation page as Streamlit runs it, what it measures in networks, and every snippet it shows."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import nn

from cnnviz import capture, images, networks, samples
from cnnviz.operations import OperationError
from cnnviz.topics.batch_norm import (
    captions,
    charts,
    feature_scaling,
    features,
    figures,
    network,
    normalization,
    running,
    snippets,
    tables,
)
from pages.layers.batch_norm.network import HAVE
from tests.support.app import chooser, written
from tests.support.snippets import run

PAGE = "pages/layers/batch_norm/page.py"
VGG = "run:cifar10-vgg_cifar-13de091a"
PARTS = (
    "Step by step", "Running statistics", "In a trained network", "Batch, layer, instance, group",
    "Folded into its convolution", "Feature scaling",
)  # fmt: skip


@pytest.fixture(scope="module")
def vgg() -> networks.Network:
    return networks.open_network(VGG)


@pytest.fixture(scope="module")
def x(vgg: networks.Network) -> torch.Tensor:
    return images.to_tensor(samples.read("chelsea"), vgg.spec)


# ------------------------------------------------------------------------------------------------ the page
@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_on_a_proven_result(page: AppTest, part: str) -> None:
    page.query_params["network"] = VGG
    page.query_params["batch_norm.part"] = part
    page.run()
    assert not page.exception
    assert not page.error
    told = written(page)
    assert ":red[" not in told
    assert "largest difference" in told


def test_the_batch_is_the_worked_example_and_eval_uses_what_is_stored(page: AppTest) -> None:
    page.run()
    assert "over 4 values" in written(page)
    assert "divided by 3" in written(page)
    page.segmented_control(key="batch_norm.mode").set_value("eval").run()
    assert "Eval mode uses the stored statistics" in written(page)
    assert "training=False" in written(page)


def test_a_batch_of_one_is_one_sentence_and_the_last_result_stays(page: AppTest) -> None:
    page.run()
    turn = page.session_state["batch_norm.x.[4, 1].turn"]
    page.session_state[f"batch_norm.x.[4, 1].{turn}"] = {
        "deleted_rows": [1, 2, 3], "edited_rows": {}, "added_rows": []
    }  # fmt: skip
    page.run()
    assert [error.value for error in page.error if "more than one value a channel" in error.value]
    assert "Still shown" in written(page)
    assert "over 4 values" in written(page)
    assert not page.exception


def test_no_spread_and_no_epsilon_is_one_sentence(page: AppTest) -> None:
    page.run()
    turn = page.session_state["batch_norm.x.[4, 1].turn"]
    same = {str(row): {"0": 7} for row in range(4)}
    page.session_state[f"batch_norm.x.[4, 1].{turn}"] = {
        "edited_rows": {int(row): cell for row, cell in same.items()}, "added_rows": [], "deleted_rows": []
    }  # fmt: skip
    page.select_slider(key="batch_norm.eps").set_value(0.0).run()
    assert any("divides by zero" in error.value for error in page.error)


def test_a_network_without_batch_norm_names_ones_that_have_it(page: AppTest) -> None:
    page.query_params["network"] = "run:mnist-lenet5-df3d2154"
    page.query_params["batch_norm.part"] = "In a trained network"
    page.run()
    assert "has no BatchNorm layer" in written(page)
    page.button(key=f"batch_norm.open.{VGG}").click().run()
    assert "BatchNorm layer 1 of 8" in written(page)
    assert not page.exception


def test_an_unknown_network_is_one_sentence(page: AppTest) -> None:
    page.query_params["network"] = "run:none-such-00000000"
    page.query_params["batch_norm.part"] = "Folded into its convolution"
    page.run()
    assert "cannot be opened" in written(page)
    assert not page.exception


def test_the_page_works_on_an_upload(page: AppTest) -> None:
    import io

    from PIL import Image

    target = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8)
    Image.fromarray(noise).save(target, "PNG")
    page.query_params["network"] = VGG
    page.query_params["batch_norm.part"] = "In a trained network"
    page.run()
    before = written(page)
    page.segmented_control(key="picture.source").set_value("Upload").run()
    chooser(page).upload("noise.png", target.getvalue(), "image/png").run()
    assert not page.exception
    assert written(page) != before
    assert ":red[" not in written(page)


# ------------------------------------------------------------------------------------------------ in a network
def state(model: nn.Module) -> tuple[list[torch.Tensor], list[bool]]:
    return [value.clone() for value in model.state_dict().values()], [part.training for part in model.modules()]


def test_the_shared_model_is_untouched_whatever_was_measured(vgg: networks.Network, x: torch.Tensor) -> None:
    values, modes = state(vgg.model)
    recording = capture.activations(vgg.model, x)
    network.wrong_mode(vgg.model, x, network.company(vgg.spec, count=2))
    for kind in network.AMOUNTS:
        network.shifted(vgg.model, x, vgg.spec, kind=kind)
    pairs = network.pairs(vgg.model, recording)
    network.folded_network(vgg.model, recording, x, pairs, macs=1)
    with pytest.raises(OperationError, match="brightness or contrast"):
        network.shifted(vgg.model, x, vgg.spec, kind="hue")
    after, modes_after = state(vgg.model)
    kept = network.state(vgg.model)
    assert network.untouched(vgg.model, kept).holds
    kept["features.norm1_1.running_mean"] += 1e-6
    assert not network.untouched(vgg.model, kept).holds
    assert all(torch.equal(one, other) for one, other in zip(values, after, strict=True))
    assert modes == modes_after
    assert not any(modes)


def test_the_wrong_mode_is_what_torch_does_in_training_mode(vgg: networks.Network, x: torch.Tensor) -> None:
    company = network.company(vgg.spec, without="chelsea", count=3)
    found = network.wrong_mode(vgg.model, x, company, passes=4)
    other = networks.open_network(VGG).model
    for part in other.modules():
        part.train(isinstance(part, nn.BatchNorm2d))
    with torch.no_grad():
        alone = other(x).softmax(1)[0].numpy()
        for _ in range(3):
            other(x)
        later = other.eval()(x).softmax(1)[0].numpy()
    right = vgg.model(x).softmax(1)[0].detach().numpy()
    for ours, theirs in ((found[0], right), (found[1], alone), (found[3], later)):
        assert ours.probabilities == pytest.approx(theirs, abs=1e-5)
    assert np.abs(found[0].probabilities - found[1].probabilities).max() > 0.05


def test_a_layer_holds_the_modules_numbers_and_the_pictures_values(vgg: networks.Network, x: torch.Tensor) -> None:
    recording = capture.activations(vgg.model, x)
    keys = network.keys(vgg.model, recording)
    assert len(keys) == 8
    found = network.layer(vgg.model, recording, keys[1])
    norm = vgg.model.get_submodule(found.module)
    assert found.stored_mean == pytest.approx(norm.running_mean.numpy())
    assert found.gamma == pytest.approx(norm.weight.detach().numpy())
    seen: list[torch.Tensor] = []
    handle = norm.register_forward_hook(lambda _m, inputs, output: seen.extend((inputs[0].clone(), output.clone())))
    with torch.no_grad():
        vgg.model(x)
    handle.remove()
    before, after = (part[0].flatten(1).numpy() for part in seen)
    assert found.before_mean == pytest.approx(before.mean(1), abs=1e-4)
    assert found.after_variance == pytest.approx(after.var(1), rel=1e-3, abs=1e-6)
    for channel in (0, 17, 100):
        counts, _ = np.histogram(before[channel], found.before_edges[channel])
        assert np.abs(np.cumsum(counts) - np.cumsum(found.before_counts[channel])).max() <= 1  # a border's own value
        assert found.before_counts[channel].sum() == before.shape[1]
    assert network.proof(recording, found).holds
    with pytest.raises(KeyError, match="is no BatchNorm layer"):
        network.layer(vgg.model, recording, "input")


def test_every_pair_folds_as_torch_folds_it(vgg: networks.Network, x: torch.Tensor) -> None:
    recording = capture.activations(vgg.model, x)
    pairs = network.pairs(vgg.model, recording)
    assert len(pairs) == 8
    for pair in pairs[:3]:
        ours = network.folded(vgg.model, recording, pair)
        convolution, norm = (vgg.model.get_submodule(recording[key].module) for key in pair)
        theirs = nn.utils.fusion.fuse_conv_bn_eval(convolution, norm)
        assert ours.folded_weight == pytest.approx(theirs.weight.detach().numpy(), rel=1e-4, abs=1e-6)
        assert ours.folded_bias == pytest.approx(theirs.bias.detach().numpy(), rel=1e-3, abs=1e-5)
    whole = network.folded_network(vgg.model, recording, x, pairs, macs=10**9)
    assert network.whole_proof(whole).holds
    assert whole.multiplications == sum(recording[norm].values.size for _, norm in pairs)


def test_its_own_statistics_undo_a_shift_that_nothing_clips(vgg: networks.Network) -> None:
    """Low contrast, grey: adding 0.1 to each pixel moves the first BatchNorm's input by a constant (but at borders)."""
    grey = 0.5 + 0.05 * torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    mean, std = (torch.tensor(part).view(1, -1, 1, 1) for part in (vgg.spec.mean, vgg.spec.std))
    found = network.shifted(vgg.model, (grey - mean) / std, vgg.spec, kind="brightness")
    assert found.own is not None
    own, stored = (np.abs(part[2:5] - part[3]).max() for part in (found.own, found.stored))
    assert own < 0.3 * stored


def test_a_batch_of_one_is_refused_exactly_where_torch_refuses_it() -> None:
    found = {(len(one.shape), one.shape[-1], one.mode): one for one in features.batch_of_one()}
    assert not found[2, 4, "train"].works
    assert "more than 1 value per channel" in found[2, 4, "train"].answer
    assert not found[4, 1, "train"].works
    assert found[4, 6, "train"].works
    assert all(bool(one.remedy) != one.works for one in found.values())
    assert all(one.works for key, one in found.items() if key[2] == "eval")


def test_the_named_networks_have_batch_norm() -> None:
    for choice in HAVE:
        assert any(isinstance(part, nn.BatchNorm2d) for part in networks.open_network(choice).model.modules())


# ------------------------------------------------------------------------------------------------ figures
def test_the_formulas_hold_their_own_numbers() -> None:
    step = normalization.batch_norm(np.array([[1.0], [2.0], [3.0], [4.0]]))
    stored = normalization.start(1)
    drawn = figures.steps(step, stored, normalization.update(stored, step, 0.1), momentum=0.1)
    lines = {line["name"]: line["text"] for line in (*drawn["channel"][0], *drawn["cell"][0])}
    assert lines["μ"] == "(1 + 2 + 3 + 4) / 4 = 2.5"
    assert lines["s², unbiased"].startswith("the same sum / (4 − 1) = 1.666667")
    assert lines["running var"] == "0.9 · 1 + 0.1 · 1.666667 = 1.066667"
    assert lines["x̂"] == "(1 − 2.5) / √(1.25 + 1e−5) = −1.341635"


def test_a_table_and_its_batch_are_the_same_numbers() -> None:
    table = np.arange(16.0).reshape(4, 4)
    batch = figures.batch_of(table, (2, 2, 2, 2))
    assert batch[1, 0, 0].tolist() == [8, 9]
    assert batch[0, 1, 1].tolist() == [6, 7]
    assert np.array_equal(np.block([[*image] for image in batch]), table)


def test_every_download_has_a_line_for_everything() -> None:
    values = np.random.default_rng(0).normal(size=300)
    before = feature_scaling.surface(*feature_scaling.examples(5, 0))
    step = normalization.batch_norm(np.arange(16.0).reshape(2, 2, 2, 2))
    assert len(tables.steps(step).splitlines()) == 17
    assert len(tables.trace(running.trace(values, batch_size=4)).splitlines()) == 121
    assert len(tables.noise(running.noise(values)).splitlines()) == 9
    found = {"batch": step, "layer": normalization.layer_norm(step.x)}
    assert tables.relatives(found).splitlines()[0] == "n,c,h,w,x,batch,layer"
    assert len(tables.relatives(found).splitlines()) == 17
    finite = int(np.isfinite(before.losses).sum())
    assert len(tables.descent(before, before).splitlines()) == 1 + 2 * finite


def test_charts_carry_what_was_measured() -> None:
    values = np.random.default_rng(1).normal(2, 3, size=400)
    trace = running.trace(values, batch_size=16)
    drawn = charts.trace_chart(trace)
    assert drawn["frames"][drawn["start"]]["label"] == "0.1"
    assert drawn["panels"][0]["series"][1]["values"][3][-1] == pytest.approx(trace.mean[3, -1], rel=1e-5)
    noise = running.noise(values)
    assert f"{noise.population:,} values" in captions.noise(noise)


# ------------------------------------------------------------------------------------------------ snippets
def test_the_snippet_of_the_steps() -> None:
    step = normalization.batch_norm(np.array([[1.0, 5.0], [2.0, 7.0], [4.0, 0.0]]), np.array([2.0, 1.0]), eps=1e-3)
    found = run(snippets.normalise(step, normalization.start(2), momentum=0.3))
    assert np.abs(found["y"].numpy() - step.y).max() < 1e-12
    after = normalization.update(normalization.start(2), step, 0.3)
    assert found["running_var"].numpy() == pytest.approx(after.variance)


def test_the_snippets_of_the_other_parts(vgg: networks.Network, x: torch.Tensor) -> None:
    assert run(snippets.AXES)["largest"] < 1e-10
    layer = run(snippets.running(3, 32))["layer"]
    data = features.features().values[:, 3]
    assert abs(float(layer.running_mean[3]) - data.mean()) < 0.2 * data.std() + 0.1 * abs(data.mean())
    recording = capture.activations(vgg.model, x)
    pair = network.pairs(vgg.model, recording)[1]
    assert run(snippets.folding(VGG, *(recording[key].module for key in pair)))["difference"] < 1e-3
    wrong = run(snippets.network(VGG, "chelsea", recording[pair[1]].module))["wrong"][0].detach().numpy()
    ours = network.wrong_mode(vgg.model, x, network.company(vgg.spec, count=1), passes=1)
    assert ours[1].probabilities == pytest.approx(wrong, abs=1e-5)


def test_the_snippet_of_feature_scaling_walks_the_same_path() -> None:
    found = run(snippets.scaling(5.0, 0.0, 0.9))
    surface = feature_scaling.surface(*feature_scaling.examples(5.0, 0.0))
    place = feature_scaling.SHARES.index(0.9)
    assert found["end"].numpy() == pytest.approx(surface.paths[place, -1], abs=1e-9)
    assert float(found["largest_rate"]) == pytest.approx(surface.largest_rate)
