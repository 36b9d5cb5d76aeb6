"""What ran: names, kinds, inputs, groups; that nothing is remembered; and that watching disturbs nobody."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
import timm
import torch
import torchvision
from torch import nn
from torch.nn import functional as F

from cnnviz import models, tracing
from cnnviz.records import KINDS

# one of every family; the RegNets cannot be built on the meta device
TORCHVISION = (
    "alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "efficientnet_v2_s", "googlenet", "inception_v3",
    "maxvit_t", "mnasnet0_5", "mobilenet_v2", "mobilenet_v3_small", "resnet18", "resnext50_32x4d",
    "shufflenet_v2_x0_5", "squeezenet1_0", "swin_t", "swin_v2_t", "vgg11_bn", "vit_b_16", "wide_resnet50_2",
)  # fmt: skip


def nodes_of(model: nn.Module, shape: tuple[int, ...] = (3, 224, 224)) -> list[tracing.Node]:
    """The nodes of one pass over zeros on the model's device."""
    device = next((value.device for value in model.parameters()), torch.device("cpu"))
    x = torch.zeros(1, *shape, device=device)
    with tracing.borrowed(model), torch.no_grad(), tracing.watched(model, x) as (_, run):
        return tracing.nodes(run)


def by_key(model: nn.Module, shape: tuple[int, ...] = (3, 224, 224)) -> dict[str, tracing.Node]:
    return {node.key: node for node in nodes_of(model, shape)}


@pytest.fixture(scope="module")
def resnet() -> dict[str, tracing.Node]:
    return by_key(torchvision.models.resnet18(), (3, 64, 64))


# ------------------------------------------------------------------------------------------------ names and kinds
def test_a_resnet_is_named_by_its_modules_and_functions(resnet: dict[str, tracing.Node]) -> None:
    keys = list(resnet)
    assert keys[:5] == ["input", "conv1", "bn1", "relu", "maxpool"]
    assert keys[-3:] == ["avgpool", "flatten", "fc"]
    block = [key for key in keys if key.startswith("layer1.0.")]
    assert block == [f"layer1.0.{name}" for name in ("conv1", "bn1", "relu", "conv2", "bn2", "add", "relu:1")]


def test_inputs_are_the_nodes_that_feed(resnet: dict[str, tracing.Node]) -> None:
    assert resnet["layer1.0.add"].inputs == ("layer1.0.bn2", "maxpool")
    assert resnet["layer2.0.add"].inputs == ("layer2.0.bn2", "layer2.0.downsample.1")
    assert resnet["layer1.0.relu:1"].inputs == ("layer1.0.add",)
    assert resnet["input"].inputs == ()


def test_kinds_and_operations_speak_the_fields_language(resnet: dict[str, tracing.Node]) -> None:
    said = {key: (resnet[key].kind, resnet[key].operation) for key in resnet}
    assert said["conv1"] == ("convolution", "Conv2d 7×7, 3 → 64, stride 2, padding 3")
    assert said["bn1"] == ("normalization", "BatchNorm2d 64 channels")
    assert said["relu"] == ("activation", "ReLU")
    assert said["maxpool"] == ("pooling", "MaxPool2d 3×3, stride 2, padding 1")
    assert said["layer1.0.add"] == ("addition", "add")
    assert said["avgpool"] == ("pooling", "AdaptiveAvgPool2d → 1×1")
    assert said["flatten"][0] == "flatten"
    assert said["fc"] == ("linear", "Linear 512 → 1000")
    assert {kind for kind, _ in said.values()} <= set(KINDS)


class Functions(nn.Module):
    """The same functions several times, a module called `add`, and arithmetic on shapes."""

    def __init__(self) -> None:
        super().__init__()
        self.add = nn.Conv2d(3, 4, 3)
        self.fc = nn.Linear(4 * 6 * 6, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.relu(self.add(x))
        y = F.relu(y + y)
        return self.fc(y.view(y.size(0), y.shape[1] * 36))


def test_functions_get_suffixes_and_shape_arithmetic_is_left_out() -> None:
    nodes = by_key(Functions(), (3, 8, 8))
    assert list(nodes) == ["input", "add", "relu", "add_1", "relu_1", "view", "fc"]
    assert nodes["add_1"].inputs == ("relu", "relu")  # x + x has two addends
    assert nodes["view"].inputs == ("relu_1",)


# ------------------------------------------------------------------------------------------------ groups
def test_groups_are_blocks_and_outside_them_begin_at_weights(resnet: dict[str, tracing.Node]) -> None:
    groups = list(dict.fromkeys(node.group for node in resnet.values()))
    blocks = [f"layer{stage}.{index}" for stage in (1, 2, 3, 4) for index in (0, 1)]
    assert groups == ["input", "conv1", *blocks, "avgpool", "fc"]
    assert {key for key, node in resnet.items() if node.group == "conv1"} == {"conv1", "bn1", "relu", "maxpool"}
    assert resnet["layer2.0.downsample.0"].group == "layer2.0"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("densenet121", {"features.denseblock1", "features.denseblock4", "classifier"}),
        ("googlenet", {"conv1", "inception3a", "inception5b", "fc"}),
        ("mobilenet_v2", {"features.0.0", "features.1", "features.17", "classifier.1"}),
        ("vgg11", {"input", "features.0", "features.3", "classifier.0", "classifier.6"}),
        ("vit_b_16", {"encoder.layers.encoder_layer_0"}),
    ],
)
def test_the_blocks_that_one_knows(name: str, expected: set[str]) -> None:
    with torch.device("meta"):
        nodes = by_key(torchvision.models.get_model(name))
    assert expected <= {node.group for node in nodes.values()}
    assert "encoder" not in {node.group for node in nodes.values()}  # a block that holds everything folds nothing


# ------------------------------------------------------------------------------------------------ what runs
@pytest.mark.parametrize("name", TORCHVISION)
def test_every_family_of_torchvision_runs_without_numbers(name: str) -> None:
    with torch.device("meta"):
        model = torchvision.models.get_model(name)
    nodes = nodes_of(model, (3, 299, 299) if name == "inception_v3" else (3, 224, 224))
    keys = [node.key for node in nodes]
    assert len(set(keys)) == len(keys)
    assert {source for node in nodes for source in node.inputs} <= set(keys)
    assert {node.module for node in nodes} - {""} <= {path for path, _ in model.named_modules()}


def test_regnet_and_timm_are_named() -> None:
    assert len(nodes_of(torchvision.models.regnet_y_400mf(), (3, 64, 64))) > 200
    nodes = by_key(timm.create_model("tf_efficientnet_lite0"), (3, 64, 64))
    assert nodes["conv_stem"].operation.startswith("Conv2dSame 3×3, 3 → 32, stride 2")
    assert nodes["bn1.batch_norm"].kind == "normalization"
    assert nodes["bn1.batch_norm"].group == "conv_stem"


def test_additions_inside_wrapped_functions_are_there() -> None:
    with torch.device("meta"):
        nodes = by_key(torchvision.models.swin_t())
    inside = [node for key, node in nodes.items() if key.startswith("features.1.0.attn.")]
    assert {"addition", "linear", "softmax"} <= {node.kind for node in inside}


@pytest.mark.parametrize("name", [name for name in models.names() if models.spec(name).family == "cnnviz"])
def test_every_network_of_our_own_runs(name: str) -> None:
    assert len(nodes_of(models.build(name), models.spec(name).input_shape)) > 5


class DataDependent(nn.Module):
    """Asks for a value, which a symbol does not have."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Conv2d(3, 3, 1) for _ in range(6))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer in self.layers:
            x = layer(x)
            if x.mean() > 0:
                x = -x
        return x.flatten(1)


class Gate(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x if float(x.mean()) > 0 else -x


def test_branches_on_the_data_are_what_was_taken() -> None:
    model = DataDependent()
    with torch.no_grad():
        for layer in model.layers:
            layer.weight.zero_()  # type: ignore[operator, union-attr]
            layer.bias.fill_(-1)  # type: ignore[operator, union-attr]
    assert not any(node.name.startswith("neg") for node in nodes_of(model, (3, 8, 8)))
    with torch.no_grad():
        model.layers[3].bias.fill_(1)  # type: ignore[operator, union-attr]
    assert [node.inputs for node in nodes_of(model, (3, 8, 8)) if node.name == "neg"] == [("layers.3",)]


def test_a_module_of_ones_own_opens_up() -> None:
    nodes = by_key(nn.Sequential(nn.Conv2d(3, 2, 3), Gate(), nn.ReLU()), (3, 8, 8))
    assert {"1.mean"} < set(nodes)
    assert nodes["2"].kind == "activation"


def test_further_parameters_of_forward_keep_their_defaults() -> None:
    class Masked(nn.Module):
        def forward(self, x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
            return x * 2 if mask is None else x * mask

    nodes = by_key(Masked(), (3, 8, 8))
    assert nodes["mul"].operation == "mul 2"
    assert nodes["mul"].inputs == ("input",)


# ------------------------------------------------------------------------------------------------ kept, and undisturbed
def test_nothing_is_remembered_from_one_run_to_the_next() -> None:
    model = nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU())
    nodes_of(model, (3, 8, 8))
    model[1] = nn.Sigmoid()
    assert [node.operation for node in nodes_of(model, (3, 8, 8))][-1] == "Sigmoid"
    model.append(nn.Flatten())
    assert len(nodes_of(model, (3, 8, 8))) == 4


def test_a_run_keeps_no_model_alive() -> None:
    model = nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU())
    nodes_of(model, (3, 8, 8))
    there = weakref.ref(model)
    del model
    gc.collect()
    assert there() is None


def test_the_training_mode_stays_as_it_was() -> None:
    model = nn.Sequential(nn.Conv2d(3, 2, 3), nn.Dropout(), nn.BatchNorm2d(2))
    model[2].eval()
    nodes_of(model, (3, 8, 8))
    assert [module.training for module in model.modules()] == [True, True, True, False]


def test_no_class_of_torch_stays_patched() -> None:
    before = dict(vars(nn.Module))
    nodes_of(nn.Sequential(nn.Conv2d(3, 2, 3)), (3, 8, 8))
    with pytest.raises(RuntimeError):
        nodes_of(nn.Sequential(nn.Conv2d(3, 2, 3)), (5, 8, 8))
    assert dict(vars(nn.Module)) == before


def test_other_threads_run_their_models_while_one_is_watched() -> None:
    """While something is recorded, the call of every module of the process goes through the recorder."""
    busy = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 5)).eval()
    x = torch.randn(1, 3, 8, 8)
    expected = busy(x).detach()
    problems: list[object] = []
    done = threading.Event()

    def run() -> None:
        while not done.is_set():
            try:
                result = busy(x)
                if not torch.equal(result, expected):
                    problems.append(result)
            except Exception as error:
                problems.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        for _ in range(10):
            with torch.device("meta"):
                model = torchvision.models.resnet18()
            assert len(nodes_of(model)) == 70
    finally:
        done.set()
        thread.join()
    assert problems == []
