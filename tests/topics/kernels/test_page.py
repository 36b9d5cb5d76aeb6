"""Learned kernels: what is measured in real networks, what the components are sent, and the page itself."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import nn

from cnnviz import capture, checkpoints, networks
from cnnviz.operations import OperationError, classic_kernels
from cnnviz.records import Spec
from cnnviz.topics.kernels import analysis, figures, proofs, snippets
from cnnviz.topics.kernels import network as measured
from cnnviz.topics.kernels.packets import KernelGridPacket
from cnnviz.topics.kernels.records import Bank
from tests.support import ROOT
from tests.support.app import turn_to, written
from tests.support.waiting import PATIENCE

RUN = "mnist-lenet5-df3d2154"
SPEC = Spec("small", "small", (3, 8, 8), (0.0,) * 3, (1.0,) * 3, ("a", "b", "c"))


class Small(nn.Module):
    """Two convolutions, the second in two groups, with an in-place ReLU between; float64."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first, self.relu = nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True)
        self.second, self.last = nn.Conv2d(4, 6, 3, groups=2), nn.Linear(6 * 16, 3)
        self.double().eval()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(self.second(self.relu(self.first(x))).flatten(1))


@pytest.fixture
def small() -> Small:
    return Small()


@pytest.fixture
def x() -> torch.Tensor:
    return torch.randn(1, 3, 8, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


# ------------------------------------------------------------------------------------------------ gradients
@pytest.mark.parametrize("aim", measured.AIMS)
@pytest.mark.parametrize("module", ["first", "second"])
def test_a_kernels_gradient_is_its_finite_difference(small: Small, x: torch.Tensor, module: str, aim: str) -> None:
    found, value = measured.gradient(small, x, module, SPEC, target=1, aim=aim)
    weight = small.get_parameter(f"{module}.weight")
    random = np.random.default_rng(0)

    def value_at() -> float:
        with torch.no_grad():
            logits = small(x)
            loss = nn.functional.cross_entropy(logits, torch.tensor([1]))
            return float(logits[0, 1] if aim == "score" else loss)

    assert value == pytest.approx(value_at())
    for place in random.integers(0, weight.numel(), 12):
        index = np.unravel_index(place, weight.shape)
        sides = []
        for step in (1e-6, -1e-6):
            with torch.no_grad():
                weight[index] += step
                sides.append(value_at())
                weight[index] -= step
        assert found[index] == pytest.approx((sides[0] - sides[1]) / 2e-6, rel=1e-5, abs=1e-8)


def test_the_model_comes_back_untouched(small: Small, x: torch.Tensor) -> None:
    before = {name: value.clone() for name, value in small.state_dict().items()}
    small.train()
    measured.gradient(small, x, "first", SPEC, target=0)
    with pytest.raises(ValueError, match="no class 7"):
        measured.gradient(small, x, "first", SPEC, target=7)
    assert small.training
    assert all(parameter.grad is None for parameter in small.parameters())
    assert all(torch.equal(value, before[name]) for name, value in small.state_dict().items())


def test_the_gradient_is_proven_and_a_wrong_one_refuted(small: Small, x: torch.Tensor) -> None:
    found, _ = measured.gradient(small, x, "second", SPEC, target=2)
    assert proofs.gradient(small, x, "second", target=2, found=found).holds
    assert not proofs.gradient(small, x, "second", target=2, found=found[::-1].copy()).holds


# ------------------------------------------------------------------------------------------------ weights, maps
def test_a_grouped_kernel_reads_its_group(small: Small) -> None:
    bank = measured.bank(small, "second", SPEC)
    assert bank.shape == (6, 2, 3, 3)
    assert [list(bank.inputs_of(output)) for output in (0, 2, 3, 5)] == [[0, 1], [0, 1], [2, 3], [2, 3]]


def test_a_transposed_convolution_is_arranged_by_output() -> None:
    torch.manual_seed(0)
    part = nn.ConvTranspose2d(4, 6, 3, groups=2)
    arranged = measured.arranged(part.weight.detach().numpy(), part, SPEC)
    assert arranged.shape == (6, 2, 3, 3)
    pulse = torch.zeros(1, 4, 1, 1)
    pulse[0, 3] = 1.0  # the second input of the second group: its kernels are what comes out
    with torch.no_grad():
        answer = nn.functional.conv_transpose2d(pulse, part.weight, groups=2)[0].numpy()
    assert np.array_equal(arranged[3:, 1], answer[3:])


def test_a_linear_layer_that_reads_the_picture_is_drawn_as_pictures() -> None:
    opened = networks.open_network("fc2layer")
    assert measured.modules(opened.model)[0] == "hidden1"
    assert measured.bank(opened.model, "hidden1", opened.spec).shape == (8, 1, 28, 28)
    with pytest.raises(OperationError, match="choose a convolution"):
        measured.bank(opened.model, "no.such.layer", opened.spec)


def test_exported_programs_and_layers_in_eight_bits_say_why_they_show_none(small: Small, x: torch.Tensor) -> None:
    spec = networks.open_network("fc2layer").spec
    with pytest.raises(OperationError, match="exported program"):
        measured.bank(torch.export.export(small.eval(), (x,)).module(), "", spec)
    packed = torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.Linear(3, 2)), {nn.Linear}, dtype=torch.qint8)
    assert measured.has_packed(packed)
    assert not measured.has_packed(small)
    with pytest.raises(OperationError, match="8 bits"):
        measured.bank(packed, "0", spec)


def test_what_a_kernel_answered_is_the_map_after_its_activation(small: Small, x: torch.Tensor) -> None:
    with torch.no_grad():
        small.first.weight[2], small.first.bias[2] = 0.0, -1.0
    recording = capture.activations(small, x)
    assert measured.answered(recording, "first").key == "relu"
    assert measured.answered(recording, "second").key == "second"
    assert measured.silent(measured.answered(recording, "first")).tolist() == [False, False, True, False]
    bank = measured.bank(small, "first", SPEC)
    assert analysis.dead(analysis.analyse(bank.weights).norms).tolist() == [False, False, True, False]
    assert proofs.answer(small.first, bank, recording["input"].values, recording["first"].values).holds


# ------------------------------------------------------------------------------------------------ snapshots
@pytest.mark.parametrize("module", ["conv1", "conv2"])
def test_snapshots_are_what_the_checkpoints_hold(module: str) -> None:
    history = measured.history(RUN, module)
    steps = checkpoints.find(RUN).snapshots
    assert history.steps[: len(steps)] == steps
    for place, step in enumerate(steps):
        held = checkpoints.load(RUN, step=step).get_parameter(f"{module}.weight").detach().numpy()
        assert np.array_equal(history.weights[place], held)
        away = np.linalg.norm((held - history.weights[0]).reshape(len(held), -1), axis=1)
        assert history.changes[place] == pytest.approx(away, rel=1e-5)
    assert np.array_equal(history.weights[-1], checkpoints.load(RUN).get_parameter(f"{module}.weight").detach().numpy())
    assert history.accuracies[0] < 0.3 < 0.95 < history.accuracies[-1]
    one = measured.history(RUN, module, output=3)
    assert np.array_equal(one.weights[:, 0], history.weights[:, 3])


def test_a_run_without_snapshots_says_what_would_help() -> None:
    bare = next(one.run_id for one in checkpoints.available() if not one.snapshots)
    with pytest.raises(checkpoints.CheckpointError, match="snapshots above 0"):
        measured.history(bare, "features.conv1_1")


# ------------------------------------------------------------------------------------------------ packets
def floats(packet: KernelGridPacket, name: str) -> np.ndarray:
    return np.frombuffer(packet["blobs"][name], "<f4")


def test_a_deep_kernels_tile_is_its_strongest_slice() -> None:
    weights = np.random.default_rng(0).normal(size=(4, 6, 3, 3)).astype(np.float32)
    weights[2, 5] *= 10
    bank = Bank("deep", "Conv2d", weights, groups=2)
    packet = figures.of_outputs(bank, analysis.analyse(weights), gradients={"score": weights * 2})
    assert packet["meta"]["shape"] == [4, 1, 3, 3]
    assert packet["meta"]["planes"][2] == 6 + 5
    assert np.array_equal(floats(packet, "weights").reshape(4, 3, 3)[2], weights[2, 5])
    assert np.array_equal(floats(packet, "gradient_score"), 2 * floats(packet, "weights"))
    slices = figures.of_inputs(bank, analysis.analyse(weights[2][:, None]), 2)
    assert slices["meta"]["names"] == [6, 7, 8, 9, 10, 11]
    assert np.array_equal(floats(slices, "weights"), weights[2].ravel())


def test_another_number_is_another_digest() -> None:
    weights = np.random.default_rng(0).normal(size=(4, 3, 3, 3)).astype(np.float32)
    read = analysis.analyse(weights)
    first = figures.tiles(weights, read, title="one")["meta"]["digest"]
    assert figures.tiles(weights, read, title="one")["meta"]["digest"] == first
    assert figures.tiles(weights + 1e-3, read, title="one")["meta"]["digest"] != first


def test_a_small_map_is_the_mean_of_its_blocks() -> None:
    values = np.random.default_rng(0).normal(size=(2, 113, 112)).astype(np.float32)
    found = figures.reduced(values, 56)
    assert found.shape == (2, 37, 37)
    assert found[1, 3, 4] == pytest.approx(values[1, 9:12, 12:15].mean(), abs=1e-6)


def test_the_pairs_that_are_drawn_are_counted_exactly() -> None:
    weights = np.random.default_rng(0).normal(size=(300, 1, 3, 3)).astype(np.float32)
    weights[299] = weights[4]
    found = analysis.likeness(weights)
    counts = analysis.pairs_beyond(found.matrix, np.array(figures.THRESHOLDS))
    meta = figures.of_pairs(Bank("many", "", weights), found, counts, np.zeros(len(counts)), order=np.arange(256))[
        "meta"
    ]
    assert len(meta["kept"]) == 256
    assert {4, 299} <= set(meta["kept"])
    assert meta["pairs"][0] == [4, 299]
    assert meta["counts"][0] == int((np.abs(found.matrix[np.triu_indices(300, 1)]) >= 0.5).sum())


def test_proofs_hold_for_a_classic_and_fail_for_a_wrong_reading() -> None:
    weights = np.stack([classic_kernels.kernel(name) for name in ("sobel_left", "blur")])[:, None]
    read, other = analysis.analyse(weights), analysis.analyse(weights[::-1])
    for which in (0, 1):
        assert proofs.response(weights, read, which).holds
        assert proofs.cosine(weights, read, which).holds
    assert not proofs.response(weights, other, 0).holds
    assert not proofs.cosine(weights[[1, 1]] + np.eye(3), read, 0).holds


# ------------------------------------------------------------------------------------------------ snippets
def printed(snippet: str) -> tuple[dict[str, object], str]:
    names: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(compile(snippet, "<snippet>", "exec"), names)
    return names, said.getvalue()


def test_every_snippet_runs_and_says_what_the_page_says() -> None:
    layer, response = snippets.for_layer("efficientnet_lite0", "stem.conv")
    names, said = printed(layer)
    opened = networks.open_network("efficientnet_lite0")
    read = analysis.analyse(measured.bank(opened.model, "stem.conv", opened.spec).weights)
    assert names["longest"] == int(read.norms.argmax())
    assert str(read.classics[int(read.norms.argmax())]) in said
    names, _ = printed(response)
    assert names["peak"] == pytest.approx((0.25, 0), abs=1 / 33)
    names, said = printed(snippets.for_run(RUN, "conv1")[0])
    assert len(said.splitlines()) == len(names["history"].steps)  # type: ignore[attr-defined]


# ------------------------------------------------------------------------------------------------ the page
@pytest.fixture
def app() -> AppTest:
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)


def opened(app: AppTest, part: str = "kernels", **view: str) -> AppTest:
    app.session_state["view.restored"] = True
    for name, value in view.items():
        app.session_state[f"view.{name}"] = value
    app.run()
    turn_to(app, "pages/layers/kernels/page.py").run()
    if part != "kernels":
        app.segmented_control(key="kernels.part").set_value(part).run()
    assert not app.exception, app.exception
    return app


@pytest.mark.parametrize(
    ("part", "expected"),
    [("frequency", "A kernel of your own"), ("likeness", "By norm"), ("training", "13 snapshots")],
)
def test_every_part_runs(app: AppTest, part: str, expected: str) -> None:
    assert expected in written(opened(app, part))


@pytest.mark.parametrize("run", ["mnist-fc2layer-fa2460a4", "cifar10-net-5f70aadc", "shapes-net-d2b13a74"])
def test_the_run_at_hand_is_scrubbed(app: AppTest, run: str) -> None:
    opened(app, "training", network=f"run:{run}")
    assert app.selectbox(key="kernels.run").value == run
    app.selectbox(key="kernels.module").select_index(1).run()
    assert not app.exception, app.exception
    app.selectbox(key="kernels.run").set_value(RUN).run()
    assert not app.exception, app.exception
    assert app.selectbox(key="kernels.module").value in ("conv1", "conv2")


def test_a_typed_kernel_that_is_no_number_keeps_the_last_one(app: AppTest) -> None:
    opened(app, "frequency")
    turn = app.session_state["kernels.own.turn"]
    app.session_state[f"kernels.own.{turn}"] = {"edited_rows": {0: {"0": None}}, "added_rows": [], "deleted_rows": []}
    app.run()
    assert not app.exception, app.exception
    assert [item.value for item in app.error] == [
        "Row 1, column 1 holds no number: type one there. The last complete numbers are still shown."
    ]


def test_the_first_paint_reads_a_trained_layer_and_proves_it(app: AppTest) -> None:
    said = written(opened(app))
    assert "6 kernels of `[1, 5, 5]`" in said
    assert said.count("check_circle") == 3
    assert ":red" not in said


@pytest.mark.parametrize(
    ("network", "layer", "expected"),
    [
        ("efficientnet_lite0", "stage2.1.depthwise.conv", "kernels of `[1, 3, 3]`"),
        ("efficientnet_lite0", "stage2.0.expand.conv", "by input channel"),
        ("run:mnist-lenet5-df3d2154", "conv2", "by input channel"),
        ("fc2layer", "hidden1", "no convolution"),
        ("fc2layer", "hidden2", "one weight per input"),
        ("lenet5_1998", "S2.scale", "kernels of `[1, 1, 1]`"),
    ],
)
def test_other_layers(app: AppTest, network: str, layer: str, expected: str) -> None:
    said = written(opened(app, network=network, layer=layer))
    assert expected in said
    assert ":red" not in said
    for part in ("frequency", "likeness"):
        app.segmented_control(key="kernels.part").set_value(part).run()
        assert not app.exception, app.exception


def test_a_gradient_is_computed_when_it_is_asked_for_and_proven(app: AppTest) -> None:
    opened(app, network="run:mnist-lenet5-df3d2154", layer="conv1")
    assert "central difference" not in written(app)
    app.session_state["kernels.grid"] = {"want": "gradient_score"}
    app.run()
    assert not app.exception, app.exception
    assert "central difference" in written(app)
    assert ":red" not in written(app)


def test_a_network_that_is_not_there_is_one_sentence(app: AppTest) -> None:
    opened(app, network="no_such_net")
    assert len(app.error) == 1
