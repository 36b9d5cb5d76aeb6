"""Recording: exact, against independent truths; the model comes back untouched; threads; hooks; gradients."""

from __future__ import annotations

import copy
import gc
import operator
import threading
import weakref
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
import torch
import torchvision
from torch import nn
from torch.nn import functional as F

from cnnviz import capture, models
from cnnviz.records import Activations

X = torch.randn(1, 3, 8, 8, generator=torch.Generator().manual_seed(7))


def truth(model: nn.Module, x: torch.Tensor) -> dict[str, np.ndarray]:
    """Every module's output on a copy of the model in which nothing works in place, by plain hooks."""
    model = copy.deepcopy(model).eval()
    found: dict[str, np.ndarray] = {}
    calls: Counter[str] = Counter()
    for name, module in model.named_modules():
        if hasattr(module, "inplace"):
            module.inplace = False
        if not any(module.children()):

            def hook(_: nn.Module, __: object, output: torch.Tensor, name: str = name) -> None:
                found[f"{name}:{calls[name]}" if calls[name] else name] = output[0].numpy().copy()
                calls[name] += 1

            module.register_forward_hook(hook)
    with torch.no_grad():
        model(x)
    return found


def agree(record: Activations, expected: dict[str, np.ndarray]) -> None:
    for key, values in expected.items():
        np.testing.assert_array_equal(record[key].values, values, err_msg=key)


# ------------------------------------------------------------------------------------------------ exact
@pytest.mark.parametrize("name", ["resnet18", "googlenet", "densenet121", "squeezenet1_0"])
def test_every_module_of_a_real_network_is_recorded_as_it_produced(name: str) -> None:
    torch.manual_seed(0)
    options = {"init_weights": False} if name == "googlenet" else {}
    model = torchvision.models.get_model(name, **options).eval()
    x = torch.randn(1, 3, 32, 32)
    record = capture.activations(model, x)
    agree(record, truth(model, x))
    with torch.no_grad():
        np.testing.assert_array_equal(record.logits, model(x)[0].numpy())


@pytest.mark.parametrize("name", ["fc2layer", "cnn", "lenet5", "net", "vgg_cifar", "resnet20", "lenet5_1998"])
def test_our_own_networks_are_recorded(name: str) -> None:
    model = models.build(name)
    x = torch.randn(1, *models.spec(name).input_shape)
    record = capture.activations(model, x)
    with torch.no_grad():
        np.testing.assert_array_equal(record.logits, model(x)[0].numpy())
    np.testing.assert_array_equal(record["input"].values, x[0].numpy())


def test_a_batch_norm_before_an_in_place_relu_keeps_its_negative_values() -> None:
    torch.manual_seed(0)
    model = torchvision.models.resnet18().eval()
    record = capture.activations(model, torch.randn(1, 3, 64, 64))
    assert record["bn1"].values.min() < -1
    assert record["relu"].values.min() == 0
    np.testing.assert_array_equal(record["relu"].values, np.maximum(record["bn1"].values, 0))


def test_additions_and_concatenations_are_what_they_add_and_join() -> None:
    model = models.build("resnet20")
    record = capture.activations(model, torch.randn(1, *models.spec("resnet20").input_shape))
    additions = [layer for layer in record if layer.kind == "addition"]
    assert len(additions) == 9
    for layer in additions:
        left, right = (record[key].values for key in layer.inputs)
        np.testing.assert_array_equal(layer.values, left + right)


class InPlace(nn.Module):
    """A convolution, then whatever writes over its output, with the rest of a forward pass."""

    def __init__(self, then: Callable[[nn.Module, torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.relu = nn.ReLU(inplace=True)
        self.drop = nn.Dropout(inplace=True)
        self.silu = nn.SiLU(inplace=True)
        self.name = nn.Identity()
        self.then = then

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.then(self, self.conv(x)).flatten(1)


def discarded(net: nn.Module, y: torch.Tensor) -> torch.Tensor:
    net.relu(y)  # type: ignore[operator]
    return y * 2


def read_later(net: nn.Module, y: torch.Tensor) -> torch.Tensor:
    z = F.relu(y, inplace=True)
    return z + y  # y is z by now


def through_a_view(net: nn.Module, y: torch.Tensor) -> torch.Tensor:
    flat = y.view(1, 4, 36)
    flat.relu_()
    return y * 3  # written over through its view


def behind_a_view(net: nn.Module, y: torch.Tensor) -> torch.Tensor:
    flat = y.view(1, 4, 36)
    y.mul_(2)
    return flat + 1


def half(net: nn.Module, y: torch.Tensor) -> torch.Tensor:
    first, second = y.chunk(2, dim=1)
    F.relu(first, True)
    return torch.cat([second, first, y], 1)


def twice(net: nn.Module, y: torch.Tensor) -> torch.Tensor:
    y = net.relu(y)  # type: ignore[operator]
    y += 1
    return net.relu(y)  # type: ignore[operator]


IN_PLACE: dict[str, Callable[[nn.Module, torch.Tensor], torch.Tensor]] = {
    "module": lambda net, y: net.relu(y),  # type: ignore[operator]
    "other module": lambda net, y: net.silu(net.drop(y)),  # type: ignore[operator]
    "after an alias": lambda net, y: net.relu(net.name(y)),  # type: ignore[operator]
    "keyword": lambda net, y: F.relu(y, inplace=True),
    "positional": lambda net, y: F.relu(y, True),
    "leaky": lambda net, y: F.leaky_relu(y, 0.1, True),
    "function": lambda net, y: torch.relu_(y),
    "functional": lambda net, y: F.elu_(y),
    "method": lambda net, y: y.clamp_(min=0),
    "no twin": lambda net, y: y.zero_(),
    "operator": lambda net, y: operator.iadd(y, 1),
    "out": lambda net, y: torch.mul(y, 2, out=y),
    "discarded": discarded,
    "read later": read_later,
    "through a view": through_a_view,
    "behind a view": behind_a_view,
    "half": half,
    "twice": twice,
}


@pytest.mark.parametrize("how", IN_PLACE)
def test_whatever_writes_over_a_convolution_it_is_recorded_and_the_output_stays(how: str) -> None:
    torch.manual_seed(1)
    model = InPlace(IN_PLACE[how]).eval()
    with torch.no_grad():
        expected, convolution = model(X)[0].numpy(), model.conv(X)[0].numpy()
    for _ in range(2):
        record = capture.activations(model, X)
        np.testing.assert_array_equal(record.logits, expected)
        np.testing.assert_array_equal(record["conv"].values, convolution)


def test_a_value_between_two_in_place_layers_is_kept_too() -> None:
    torch.manual_seed(1)
    record = capture.activations(InPlace(twice).eval(), X)
    first = np.maximum(record["conv"].values, 0)
    np.testing.assert_array_equal(record["relu"].values, first)
    np.testing.assert_array_equal(record["add"].values, first + 1)
    np.testing.assert_array_equal(record["relu", 1].values, first + 1)


def test_the_parts_of_a_value_are_recorded_before_one_is_written_over() -> None:
    torch.manual_seed(1)
    record = capture.activations(InPlace(half).eval(), X)
    convolution = record["conv"].values
    assert convolution[:2].min() < 0
    np.testing.assert_array_equal(record["getitem"].values, convolution[:2])
    np.testing.assert_array_equal(
        record["cat"].values, np.concatenate([convolution[2:], *[np.maximum(convolution[:2], 0)] * 2, convolution[2:]])
    )


def test_a_module_that_runs_twice_has_two_records() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, 3, 3, padding=1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.conv(self.conv(x))

    model = Twice()
    record = capture.activations(model, X)
    assert record.keys == ("input", "conv", "conv:1")
    with torch.no_grad():
        once = model.conv(X)
        np.testing.assert_array_equal(record["conv"].values, once[0].numpy())
        np.testing.assert_array_equal(record["conv", 1].values, model.conv(once)[0].numpy())


def test_integers_and_booleans_may_occur() -> None:
    class Counts(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            positive = x > 0
            return positive.int().sum(dim=(2, 3)) + x.mean(dim=(2, 3))

    record = capture.activations(Counts(), X)
    np.testing.assert_array_equal(record["gt"].values, (X[0] > 0).numpy().astype(np.float32))
    assert all(layer.values.dtype == np.float32 for layer in record)


def test_a_dictionary_and_a_tuple_as_output() -> None:
    class Several(nn.Module):
        def forward(self, x: torch.Tensor) -> dict[str, object]:
            return {"out": (x.mean(dim=(2, 3)), x), "loss": None}

    np.testing.assert_allclose(capture.activations(Several(), X).logits, X[0].mean(dim=(1, 2)), rtol=1e-6)


def test_values_are_read_only_views_without_the_batch_axis() -> None:
    record = capture.activations(models.build("lenet5"), torch.randn(1, *models.spec("lenet5").input_shape))
    for layer in record:
        assert layer.values.ndim in (1, 3)
        assert layer.values.base is not None  # torch's memory, not a copy
        with pytest.raises(ValueError, match="read-only"):
            layer.values[...] = 0


@pytest.mark.parametrize("shape", [(2, 3, 8, 8), (3, 8, 8), (0, 3, 8, 8)])
def test_anything_but_one_picture_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"one image.*\[1, C, H, W\] works"):
        capture.activations(nn.Conv2d(3, 1, 3), torch.zeros(shape))


def test_the_plain_forward_pass() -> None:
    model = models.build("net")
    x = torch.randn(1, *models.spec("net").input_shape)
    np.testing.assert_array_equal(capture.logits(model, x), capture.activations(model, x).logits)


# ------------------------------------------------------------------------------------------------ untouched
class Fails(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.relu, self.bad = nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), True

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.relu(self.conv(x))
        return y.reshape(1, -1, 7) if self.bad else y


def state(model: nn.Module) -> dict[str, object]:
    """Everything of a model that a visitor might disturb."""
    modules = dict(model.named_modules())
    return {
        "modes": {name: module.training for name, module in modules.items()},
        "hooks": {name: (len(m._forward_hooks), len(m._forward_pre_hooks)) for name, m in modules.items()},
        "inplace": {name: getattr(module, "inplace", None) for name, module in modules.items()},
        "tensors": {name: (id(v), v.tolist()) for name, v in model.state_dict(keep_vars=True).items()},
        "grads": {name: None if p.grad is None else p.grad.tolist() for name, p in model.named_parameters()},
        "wanted": {name: p.requires_grad for name, p in model.named_parameters()},
        "attributes": {name: sorted(vars(module)) for name, module in modules.items()},
    }  # fmt: skip


def lived_in() -> nn.Module:
    """A model in the middle of its training: mixed modes, gradients, a frozen parameter, a hook."""
    torch.manual_seed(2)
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(144, 5))
    model.train()
    model[1].eval()
    model(X.repeat(2, 1, 1, 1)).sum().backward()
    model[0].bias.requires_grad_(False)  # type: ignore[union-attr]
    model[4].register_forward_hook(lambda *_: None)
    return model


def refused(error: type[Exception], call: Callable[[], object]) -> None:
    with pytest.raises(error):
        call()


@pytest.mark.parametrize(
    "visit",
    [
        lambda model: capture.activations(model, X),
        lambda model: capture.logits(model, X),
        lambda model: capture.contributions(model, X, 1),
        lambda model: capture.gradients(model, X, 1, ["0", "2"]),
        lambda model: refused(ValueError, lambda: capture.contributions(model, X, 99)),
        lambda model: refused(RuntimeError, lambda: capture.activations(model, X[:, :2])),
        lambda model: refused(RuntimeError, lambda: capture.activations(model, X[..., :5])),
    ],
    ids=["activations", "logits", "contributions", "gradients", "no such class", "channels", "size"],
)
def test_the_model_comes_back_untouched(visit: Callable[[nn.Module], object]) -> None:
    model = lived_in()
    before = state(model)
    visit(model)
    assert state(model) == before
    visit(model)
    assert state(model) == before


def test_the_picture_comes_back_untouched() -> None:
    model = nn.Sequential(nn.ReLU(inplace=True), nn.Flatten())
    x = X.clone()
    record = capture.activations(model, x)
    capture.contributions(model, x, 0)
    capture.logits(model, x)
    assert torch.equal(x, X)
    assert record["input"].values.min() < 0
    x.zero_()
    assert record["input"].values.min() < 0  # and the record does not change with it


def test_an_exception_leaves_the_model_usable() -> None:
    model = Fails().train()
    before = state(model)
    with pytest.raises(RuntimeError, match="shape"):
        capture.activations(model, X)
    assert state(model) == before
    model.bad = False
    record = capture.activations(nn.Sequential(model.conv, model.relu), X)  # the same modules, used otherwise
    agree(record, {"0": truth(model, X)["conv"], "1": truth(model, X)["relu"]})


def test_borrowing_is_undone_in_the_face_of_an_exception() -> None:
    model = lived_in()
    before = state(model)
    modes = []

    def visit() -> None:
        with capture.borrowed(model), capture.borrowed(model):
            modes.extend(module.training for module in model.modules())
            raise KeyError

    refused(KeyError, visit)
    assert modes == [False] * 6
    assert state(model) == before


def dropping() -> nn.Module:
    """In training mode it would drop, and normalise by the batch: a thread that restores the mode too early shows."""
    return nn.Sequential(
        nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(inplace=True), nn.Dropout(0.5), nn.Flatten(), nn.Linear(288, 5)
    )


@pytest.mark.parametrize("build", [dropping, lambda: Blind()], ids=["plain", "branching"])
def test_forty_threads_on_one_model(build: Callable[[], nn.Module]) -> None:
    torch.manual_seed(3)
    model = build().train()
    before = state(model)
    pictures = [torch.randn(1, 3, 8, 8) for _ in range(8)]
    expected = [truth(model, x) for x in pictures]
    problems: list[Exception] = []

    def work(index: int) -> None:
        try:
            for turn in range(3):
                which = (index + turn) % len(pictures)
                agree(capture.activations(model, pictures[which]), expected[which])
                capture.contributions(model, pictures[which], 1)
        except (AssertionError, RuntimeError, KeyError) as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert state(model) == before


def test_new_weights_show_in_the_next_recording() -> None:
    model = nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU(inplace=True))
    capture.activations(model, X)
    with torch.no_grad():
        model[0].weight.zero_()  # type: ignore[operator, union-attr]
        model[0].bias.fill_(-2)  # type: ignore[operator, union-attr]
    record = capture.activations(model, X)
    assert record["0"].values.max() == -2
    assert record["1"].values.max() == 0


def test_a_recording_keeps_no_model_alive() -> None:
    for model in (models.build("lenet5"), Blind()):
        capture.activations(model, torch.randn(1, *((1, 28, 28) if not isinstance(model, Blind) else (3, 8, 8))))
    there = weakref.ref(model)
    del model
    gc.collect()
    assert there() is None


# ------------------------------------------------------------------------------------------------ branches on the data
class Blind(nn.Module):
    """It looks at values. Works in place, functionally and by modules, and runs one module twice."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.norm = nn.BatchNorm2d(3)
        self.relu = nn.ReLU(inplace=True)
        self.last = nn.Conv2d(3, 2, 8)
        self.broken = False

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.relu(self.norm(self.conv(x)))
        y = self.conv(y)
        F.relu_(y)
        if self.broken or y.sum() < 0:
            raise RuntimeError("broken")
        return self.last(y).flatten(1)


def test_a_network_that_looks_at_values_is_recorded_call_by_call() -> None:
    torch.manual_seed(4)
    model = Blind().train()
    before = state(model)
    expected = truth(model, X)
    for _ in range(2):
        record = capture.activations(model, X)
        assert record.keys == ("input", "conv", "norm", "relu", "conv:1", "relu_1", "sum", "lt", "last", "flatten")
        agree(record, expected)
        assert record["norm"].values.min() < 0
        assert record["conv:1"].values.min() < 0
        np.testing.assert_array_equal(record["relu_1"].values, np.maximum(record["conv:1"].values, 0))
    assert record["relu"].inputs == ("norm",)
    assert record["last"].inputs == ("relu_1",)
    assert record["norm"].group == "conv"
    assert state(model) == before


def test_nothing_is_left_after_an_exception() -> None:
    model = Blind().train()
    before = state(model)
    model.broken = True
    for visit in (capture.activations, capture.logits):
        with pytest.raises(RuntimeError, match="broken"):
            visit(model, X)
    model.broken = False
    assert state(model) == before


def test_a_recording_has_nothing_of_another_threads_pass() -> None:
    model = Blind().eval()
    expected = truth(model, X)
    done = threading.Event()

    def disturb() -> None:
        with torch.no_grad():
            while not done.is_set():
                model(-X)

    thread = threading.Thread(target=disturb)
    thread.start()
    try:
        for _ in range(20):
            record = capture.activations(model, X)
            assert len(record) == 10
            agree(record, expected)
    finally:
        done.set()
        thread.join()


# ------------------------------------------------------------------------------------------------ gradients
def reference_gradients(model: nn.Module, x: torch.Tensor, target: int, names: list[str]) -> dict[str, torch.Tensor]:
    """By retain_grad on a copy in which nothing works in place: another way through autograd."""
    model = copy.deepcopy(model).eval()
    outputs: dict[str, torch.Tensor] = {}
    for name, module in model.named_modules():
        if hasattr(module, "inplace"):
            module.inplace = False
        if name in names:

            def hook(_: nn.Module, __: object, output: torch.Tensor, name: str = name) -> None:
                output.retain_grad()
                outputs[name] = output

            module.register_forward_hook(hook)
    model(x)[0, target].backward()
    return {name: value.grad[0] for name, value in outputs.items() if value.grad is not None}


def test_gradients_agree_with_backward_on_a_copy() -> None:
    torch.manual_seed(5)
    model = torchvision.models.resnet18(num_classes=6)
    x = torch.randn(1, 3, 32, 32)
    keys = ["conv1", "bn1", "layer1.0.bn1", "layer2.0.downsample.1", "layer4.1.conv2", "fc"]
    found = capture.gradients(model, x, 4, keys)
    expected = reference_gradients(model, x, 4, keys)
    assert list(found) == keys
    for key in keys:
        np.testing.assert_allclose(found[key], expected[key].numpy(), rtol=1e-4, atol=1e-6, err_msg=key)


def test_gradients_agree_with_finite_differences_in_float64() -> None:
    model = models.build("lenet5").double()
    x = torch.randn(1, *models.spec("lenet5").input_shape, dtype=torch.float64)
    gradient = capture.gradients(model, x, 2, ["input"])["input"]
    step = 1e-6
    with torch.no_grad():
        for row, column in [(3, 4), (14, 14), (20, 7)]:
            up, down = x.clone(), x.clone()
            up[0, 0, row, column] += step
            down[0, 0, row, column] -= step
            slope = float(model(up)[0, 2] - model(down)[0, 2]) / (2 * step)
            assert gradient[0, row, column] == pytest.approx(slope, rel=1e-4, abs=1e-8)


def test_a_maps_gradient_is_the_slope_of_the_rest_of_the_network() -> None:
    torch.manual_seed(3)
    first = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4)).double().eval()
    rest = nn.Sequential(nn.Sigmoid(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(4 * 36, 5)).double()
    x = torch.randn(1, 1, 14, 14, dtype=torch.float64)
    gradient = capture.gradients(nn.Sequential(first, rest), x, 3, ["0.1"])["0.1"]
    with torch.no_grad():
        between = first(x)
        for cell in [(0, 0, 0), (3, 11, 5), (2, 6, 6)]:
            nudge = torch.zeros_like(between)
            nudge[(0, *cell)] = 1e-5
            slope = float((rest(between + nudge) - rest(between - nudge))[0, 3]) / 2e-5
            assert gradient[cell] == pytest.approx(slope, rel=1e-6)


def test_contributions_of_any_cut_add_up_to_the_logit() -> None:
    """A piecewise linear network without biases is homogeneous of degree one (Euler): Σ gradient · value = logit."""
    torch.manual_seed(6)
    model = nn.Sequential(
        nn.Conv2d(3, 8, 3, bias=False), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Conv2d(8, 8, 2, bias=False),
        nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 4, bias=False),
    ).double()  # fmt: skip
    logit = capture.activations(model, X).logits[3]
    found = capture.contributions(model, X, 3)
    assert len(found) == 9
    for key, channels in found.items():
        assert channels.dtype == np.float64
        assert channels.sum() == pytest.approx(logit, rel=1e-5), key
    assert found["7"].tolist() == [0, 0, 0, pytest.approx(logit)]


def test_nodes_off_the_path_contribute_nothing() -> None:
    class Fork(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.used, self.unused, self.fc = nn.Conv2d(3, 2, 3), nn.Conv2d(3, 5, 3), nn.Linear(2, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            self.unused(x)
            return self.fc(self.used(x).mean(dim=(2, 3)))

    found = capture.contributions(Fork(), X, 0)
    assert found["unused"].tolist() == [0] * 5
    assert np.abs(found["used"]).min() > 0
    assert capture.gradients(Fork(), X, 0, ["unused"])["unused"].shape == (5, 6, 6)
    assert not capture.gradients(Fork(), X, 0, ["unused"])["unused"].any()


@pytest.mark.parametrize("how", ["module", "read later", "through a view", "behind a view", "twice", "method"])
def test_gradients_go_through_what_was_written_over(how: str) -> None:
    """By finite differences of the convolution's bias: Σ over a channel of the gradient is d logit / d bias."""
    torch.manual_seed(1)
    model = InPlace(IN_PLACE[how]).eval().double()
    target, step = 40, 1e-6
    found = capture.gradients(model, X, target, ["conv"])["conv"].sum(axis=(1, 2))
    with torch.no_grad():
        for channel in range(4):
            slopes = []
            for sign in (1, -1):
                changed = copy.deepcopy(model)
                changed.conv.bias[channel] += sign * step  # type: ignore[operator, index]
                slopes.append(float(changed(X.double())[0, target]))
            assert found[channel] == pytest.approx((slopes[0] - slopes[1]) / (2 * step), abs=1e-5)


def test_gradients_where_values_decide_the_way() -> None:
    torch.manual_seed(4)
    model = Blind()
    expected = reference_gradients(model, X, 1, ["norm", "last"])
    found = capture.gradients(model, X, 1, ["norm", "last"])
    for key, value in expected.items():
        np.testing.assert_allclose(found[key], value.numpy(), rtol=1e-5, atol=1e-7, err_msg=key)
    assert set(capture.contributions(model, X, 1)) == set(capture.activations(model, X).keys)


def test_what_is_not_there_is_named() -> None:
    model = models.build("lenet5")
    x = torch.randn(1, *models.spec("lenet5").input_shape)
    with pytest.raises(KeyError, match="no layer named 'conv9'; close: conv"):
        capture.gradients(model, x, 0, ["conv9"])
    with pytest.raises(ValueError, match="no class 10: the network has 10, 0 to 9"):
        capture.contributions(model, x, 10)


# ------------------------------------------------------------------------------------------------ one layer
@pytest.mark.parametrize("name", ["lenet5", "resnet18", "squeezenet1_1"])
def test_one_layer_is_what_the_whole_recording_holds(name: str) -> None:
    """Also where an in-place activation follows; every layer of a small network, some of the larger ones."""
    model = models.build(name)
    x = torch.randn(1, *models.spec(name).input_shape, generator=torch.Generator().manual_seed(0))
    recording = capture.activations(model, x)
    for key in recording.keys[:: 1 if name == "lenet5" else 9]:
        assert np.array_equal(capture.layer(model, x, key), recording[key].values), key


def test_one_layer_runs_nothing_that_comes_after_it() -> None:
    model = models.build("lenet5")
    x = torch.zeros(1, *models.spec("lenet5").input_shape)
    capture.activations(model, x)  # the program is made and checked
    ran: list[str] = []
    hooks = [module.register_forward_hook(lambda *_, n=name: ran.append(n)) for name, module in model.named_modules()]
    capture.layer(model, x, "conv1")
    for hook in hooks:
        hook.remove()
    assert ran == ["conv1"]


def test_one_layer_by_a_wrong_name_is_answered_with_close_ones() -> None:
    with pytest.raises(KeyError, match="conv1"):
        capture.layer(models.build("lenet5"), torch.zeros(1, 1, 28, 28), "conv7")
