"""Every network is built, counted, seeded, run and traced; the doors to published weights say what came through."""

from __future__ import annotations

import functools
import hashlib
import http.server
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
import torchvision
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from cnnviz import models
from cnnviz.models import REGISTRY, entries, lenet_1998, own_networks, torchvision_families, torchvision_zoo
from cnnviz.models.efficientnet_lite import in_order
from cnnviz.records import Spec

TORCHVISION = tuple(torchvision.models.list_models(module=torchvision.models))
OURS = tuple(name for name in models.names() if name not in TORCHVISION)
LAB = models.trainable()
COURSE = {
    "fc2layer": 6_442,
    "cnn": 6_422,
    "lenet5": 61_706,
    "lenet5_1998": 60_000,
    "net": 62_006,
    "vgg_cifar": 9_231_114,
    "alexnet_2012": 60_965_224,
    "zfnet": 62_357_608,
}
# Written out once more, so that the spec, torchvision's record and this table must agree.
PUBLISHED = {
    "alexnet": 61_100_840,
    "vgg16": 138_357_544,
    "googlenet": 6_624_904,
    "inception_v3": 27_161_264,
    "resnet18": 11_689_512,
    "resnet50": 25_557_032,
    "densenet121": 7_978_856,
    "squeezenet1_1": 1_235_496,
    "mobilenet_v2": 3_504_872,
}


def count(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


@functools.lru_cache(maxsize=8)
def shadow(name: str) -> nn.Module:
    return models.shadow(name)


def same(one: nn.Module, other: nn.Module) -> bool:
    theirs = other.state_dict()
    return all(torch.equal(value, theirs[name]) for name, value in one.state_dict().items())


# --------------------------------------------------------------------------------------------- counts and shapes
@pytest.mark.parametrize("name", models.names())
def test_parameters_are_the_published_ones(name: str) -> None:
    assert count(shadow(name)) == models.spec(name).parameters


@pytest.mark.parametrize("name", [name for name in models.names() if name.startswith("regnet")])
def test_regnets_too(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # They cannot be built on the meta device; without drawing numbers their memory is never touched.
    for function in [item for item in dir(nn.init) if item.endswith("_") and not item.startswith("_")]:
        monkeypatch.setattr(nn.init, function, lambda tensor, *_, **__: tensor)
    assert count(models.build(name)) == models.spec(name).parameters


def test_the_table_of_counts() -> None:
    assert {name: models.spec(name).parameters for name in {**COURSE, **PUBLISHED}} == {**COURSE, **PUBLISHED}


@pytest.mark.parametrize("name", [*OURS, *PUBLISHED])
def test_shapes_and_multiply_adds(name: str) -> None:
    spec, model = models.spec(name), shadow(name)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        output = model(torch.empty(2, *spec.input_shape, device="meta"))
    assert output.shape == (2, len(spec.classes))
    if spec.macs is not None:
        rounding = 500_000 if spec.family == "torchvision" else 0
        assert abs(counter.get_total_flops() / 4 - spec.macs) <= rounding


@pytest.mark.parametrize("name", OURS)
def test_traces(name: str) -> None:
    x = torch.randn(2, *models.spec(name).input_shape, generator=torch.Generator().manual_seed(1))
    model = models.build(name)
    with torch.no_grad():
        assert torch.equal(torch.fx.symbolic_trace(model)(x), model(x))


@pytest.mark.parametrize("name", LAB)
@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32)], ids=["grey", "colour"])
def test_the_lab_chooses_shape_and_classes(name: str, shape: tuple[int, int, int]) -> None:
    model = models.build(name, input_shape=shape, classes=7).train()
    output = model(torch.randn(4, *shape))
    assert output.shape == (4, 7)
    output.square().mean().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


def test_odd_sides_keep_their_edge() -> None:
    assert models.build("vgg_cifar", input_shape=(3, 47, 61), classes=3)(torch.randn(1, 3, 47, 61)).shape == (1, 3)


# --------------------------------------------------------------------------------------------- what each is
def layers(name: str, kind: type, **options: Any) -> list[Any]:
    return [module for module in models.build(name, **options).modules() if isinstance(module, kind)]


def test_the_course_networks_layer_by_layer() -> None:
    assert [(layer.in_features, layer.out_features) for layer in layers("fc2layer", nn.Linear)] == [
        (784, 8), (8, 8), (8, 10),
    ]  # fmt: skip
    assert [layer.in_features for layer in layers("cnn", nn.Linear)] == [96, 50]
    assert [layer.out_features for layer in layers("lenet5", nn.Linear)] == [120, 84, 10]
    assert [layer.out_channels for layer in layers("vgg_cifar", nn.Conv2d)] == [64, 128, 256, 256, 512, 512, 512, 512]
    assert [layer.groups for layer in layers("alexnet_2012", nn.Conv2d)] == [1, 2, 1, 2, 2]


def test_log_probabilities_sum_to_one() -> None:
    for name in ("fc2layer", "cnn"):
        output = models.build(name)(torch.randn(3, 1, 28, 28))
        assert torch.allclose(output.exp().sum(1), torch.ones(3))


def test_options() -> None:
    assert len(layers("lenet5", nn.Tanh, activation="tanh")) == 4
    assert len(layers("lenet5", nn.AvgPool2d, pooling="average")) == 2
    assert not layers("vgg_cifar", nn.BatchNorm2d, batch_norm=False)
    assert layers("vgg_cifar", nn.Conv2d, width=0.25)[0].out_channels == 16
    assert count(models.build("cnn", n_feature=12)) > 6_422
    assert count(models.build("fc2layer", hidden=16)) == 784 * 16 + 16 + 16 * 16 + 16 + 16 * 10 + 10


def test_lenet_of_1998_layer_by_layer() -> None:
    model = models.build("lenet5_1998")
    parts = {name: count(getattr(model, name)) for name in ("C1", "S2", "C3", "S4", "C5", "F6")}
    assert parts == {"C1": 156, "S2": 12, "C3": 1_516, "S4": 32, "C5": 48_120, "F6": 10_164}
    assert sum(len(reader) for readers in lenet_1998.CONNECTIONS for reader in readers) == 60


def test_its_partial_convolution_from_the_definition() -> None:
    """A map that a C3 map does not read can change without changing it; the sum over those it reads is its value."""
    layer = models.build("lenet5_1998").C3
    x = torch.randn(1, 6, 14, 14)
    readers = [reader for kind in lenet_1998.CONNECTIONS for reader in kind]
    output, offset = layer(x), 0
    for kind, convolution in enumerate(layer.convolutions):
        for place, reader in enumerate(lenet_1998.CONNECTIONS[kind]):
            patch = torch.stack([x[0, index, 3:8, 4:9] for index in reader])
            value = (patch * convolution.weight[place]).sum() + convolution.bias[place]
            assert torch.allclose(output[0, offset + place, 3, 4], value, atol=1e-5)
        offset += len(lenet_1998.CONNECTIONS[kind])
    assert len(readers) == output.shape[1] == 16


def test_its_targets_and_distances() -> None:
    codes = lenet_1998.glyphs()
    assert codes.shape == (10, 84)
    assert set(codes.unique().tolist()) == {-1.0, 1.0}
    distances = models.build("lenet5_1998").output(codes)
    assert torch.equal(distances.argmax(1), torch.arange(10))
    assert torch.equal(distances.diagonal(), torch.zeros(10))


def test_a_shortcut_of_option_a() -> None:
    """Every second cell, then zeros for the new channels; and plain nets are the same stack without it."""
    block = models.build("resnet20").stage2[0]
    x = torch.randn(1, 16, 8, 8)
    assert torch.equal(block.shortcut(x)[:, :16], x[:, :, ::2, ::2])
    assert not block.shortcut(x)[:, 16:].any()
    assert [len(layers(name, nn.Conv2d)) for name in ("resnet20", "plain20", "resnet56", "plain56")] == [19, 19, 55, 55]
    residual, plain = models.build("resnet20"), models.build("plain20")
    assert same(residual, plain)
    x = torch.randn(2, 3, 32, 32)
    assert not torch.allclose(residual(x), plain(x))


# --------------------------------------------------------------------------------------------- seeds, names, errors
def test_a_seed_gives_its_weights_and_leaves_torchs_own_generator_alone() -> None:
    torch.manual_seed(7)
    before = torch.get_rng_state()
    one, again, other = (models.build("net", seed=seed) for seed in (3, 3, 4))
    models.pretrained("efficientnet_lite0")
    models.pretrained("squeezenet1_1")
    assert torch.equal(torch.get_rng_state(), before)
    assert same(one, again)
    assert not same(one, other)
    assert not any(module.training for module in one.modules())


def test_threads_do_not_mix_their_seeds() -> None:
    with ThreadPoolExecutor(4) as pool:
        built = list(pool.map(lambda seed: models.build("net", seed=seed), [0, 1, 2, 3] * 8))
    alone = [models.build("net", seed=seed) for seed in range(4)]
    assert all(same(model, alone[place % 4]) for place, model in enumerate(built))


def test_names_begin_with_the_course() -> None:
    assert models.names()[:5] == ("fc2layer", "cnn", "lenet5", "net", "vgg_cifar")
    assert set(TORCHVISION) < set(models.names())
    assert len(set(models.names())) == len(models.names())
    assert [name for group in models.groups() for name in group.names] == list(models.names())
    assert len({models.title(name) for name in models.names()}) == len(models.names())
    assert models.title("vgg16_bn") == "VGG-16 with batch norm"


def test_the_written_list_is_torchvisions_in_order() -> None:
    """Families as they appeared, in each the smallest first: read from torchvision, which the list does without."""
    counts = {name: torchvision.models.get_model_weights(name).DEFAULT.meta["num_params"] for name in TORCHVISION}
    ordered = sorted(TORCHVISION, key=lambda name: (torchvision_families.family(name)[0], counts[name]))
    assert list(torchvision_families.NAMES) == ordered


def test_class_names_read_from_the_file_are_torchvisions() -> None:
    assert entries.imagenet_classes() == tuple(torchvision.models.AlexNet_Weights.DEFAULT.meta["categories"])


@pytest.mark.parametrize(
    ("asked", "close"),
    [("resnet19", "resnet18"), ("lenet", "lenet5"), ("vgg-16", "vgg16"), ("timm/resnet19", "resnet18")],
)
def test_a_wrong_name_is_answered_with_close_ones(asked: str, close: str) -> None:
    for function in (models.build, models.spec, models.pretrained, models.title):
        with pytest.raises(KeyError, match=close):
            function(asked)


@pytest.mark.parametrize(
    ("name", "asked", "said"),
    [
        ("net", {"input_shape": (3, 8, 8)}, "16×16"),
        ("lenet5", {"activation": "gelu"}, "relu, tanh, sigmoid"),
        ("lenet5", {"pool": "max"}, "activation, pooling"),
        ("cnn", {"n_feature": 0}, "1 to 512"),
        ("fc2layer", {"hidden": 10**9}, "1 to 4096"),
        ("fc2layer", {"input_shape": (28, 28)}, "channels, height, width"),
        ("fc2layer", {"classes": 0}, "one class or more"),
        ("vgg_cifar", {"width": -1}, "above 0"),
        ("lenet5_1998", {"input_shape": (1, 64, 64)}, "32×32"),
        ("resnet18", {"input_shape": (1, 28, 28)}, "3 \\(RGB\\)"),
        ("resnet18", {"wings": 2}, "wings"),
        ("vit_b_32", {"input_shape": (3, 64, 32)}, "square"),
        ("timm/test_resnet", {"wings": 2}, "wings"),
    ],
)
def test_what_cannot_be_built_says_what_can(name: str, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(models.ModelError, match=said):
        models.build(name, **asked)


@pytest.mark.timed
def test_importing_builds_nothing_and_is_quick() -> None:
    code = (
        "import sys, time, torch, torchvision\n"
        "torch.nn.Module.__init__ = None\n"  # a network built by an import would fail here
        "start = time.process_time(); from cnnviz import models; models.names(); models.groups()\n"
        "print(time.process_time() - start, 'timm' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, has_timm = result.stdout.split()
    assert float(seconds) < 0.3
    assert has_timm == "False"


# --------------------------------------------------------------------------------------------- specs
@pytest.mark.parametrize("name", models.names())
def test_a_spec_is_complete(name: str) -> None:
    spec = models.spec(name)
    assert spec.name == name
    assert len(spec.mean) == len(spec.std) == spec.input_shape[0]
    assert 0 < spec.crop <= 1
    assert spec.interpolation in ("bilinear", "bicubic")
    assert len(set(spec.classes)) > 1
    assert spec.idea
    assert spec.link.startswith("https://")
    if name == "sequence":  # whatever its user builds: it has no year
        return
    assert spec.year is not None
    assert 1990 < spec.year < 2030


@pytest.mark.parametrize("name", TORCHVISION)
def test_a_spec_says_what_torchvisions_transforms_do(name: str) -> None:
    transforms, spec = torchvision.models.get_model_weights(name).DEFAULT.transforms(), models.spec(name)
    assert spec.input_shape == (3, transforms.crop_size[0], transforms.crop_size[0])
    assert round(spec.input_shape[1] / spec.crop) == transforms.resize_size[0]
    assert (spec.mean, spec.std) == (tuple(transforms.mean), tuple(transforms.std))
    assert spec.interpolation == transforms.interpolation.value


# --------------------------------------------------------------------------------------------- published weights
def test_efficientnet_lite0_is_timms() -> None:
    """An independent implementation with the same weights gives the same logits, also for odd sides."""
    timm = pytest.importorskip("timm")
    ours, provenance = models.pretrained("efficientnet_lite0")
    assert provenance.kind == "pretrained"
    theirs = timm.create_model("tf_efficientnet_lite0", pretrained=False).eval()
    theirs.load_state_dict(in_order(ours.state_dict(), theirs))
    small = models.build("efficientnet_lite0", input_shape=(3, 97, 131))
    small.load_state_dict(ours.state_dict())
    with torch.no_grad():
        for model, shape in ((ours, (2, 3, 224, 224)), (small, (2, 3, 97, 131))):
            x = torch.randn(shape)
            assert torch.equal(model(x), theirs(x))


@pytest.mark.parametrize(
    ("picture", "first"), [("chelsea", {"tiger cat", "Egyptian cat", "tabby"}), ("coffee", {"espresso"})]
)
def test_it_knows_a_cat_and_a_coffee(picture: str, first: set[str]) -> None:
    data = pytest.importorskip("skimage.data")
    model, _ = models.pretrained("efficientnet_lite0")
    spec = models.spec("efficientnet_lite0")
    image = torch.from_numpy(getattr(data, picture)()).permute(2, 0, 1)
    steps = torchvision.transforms.functional
    image = steps.resize(image, [256], interpolation=torchvision.transforms.InterpolationMode.BICUBIC, antialias=True)
    x = steps.normalize(steps.center_crop(image, [224, 224]) / 255, spec.mean, spec.std)
    with torch.no_grad():
        scores = model(x.unsqueeze(0)).softmax(1)[0]
    best = scores.topk(len(first))
    assert {spec.classes[index] for index in best.indices.tolist()} == first
    assert best.values.sum() > 0.85


def test_in_order_refuses_other_shapes() -> None:
    model = models.build("cnn")
    state = model.state_dict()
    with pytest.raises(models.ModelError, match="tensors"):
        in_order(dict(list(state.items())[1:]), model)
    with pytest.raises(models.ModelError, match=r"conv1\.weight"):
        in_order({**state, "conv1.weight": torch.zeros(1)}, model)


def test_without_published_weights_it_says_random() -> None:
    model, provenance = models.pretrained("cnn")
    assert provenance.kind == "random"
    assert "not trained" in provenance.label
    assert same(model, models.build("cnn", seed=0))


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Nothing: the test's output stays readable."""


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of torch.hub."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    cache = tmp_path / "torch" / "hub" / "checkpoints"
    cache.mkdir(parents=True)
    return cache


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A publisher's host on this machine: (the folder that it serves, its address)."""
    folder = tmp_path / "served"
    folder.mkdir()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as served:
        thread = threading.Thread(target=served.serve_forever, daemon=True)
        thread.start()
        yield folder, f"http://127.0.0.1:{served.server_port}"
        served.shutdown()


def publish(name: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes `url` the place of a network's default weights."""
    real = torchvision.models.get_model_weights(name).DEFAULT
    load = functools.partial(torch.hub.load_state_dict_from_url, url)
    record = SimpleNamespace(
        url=url, meta=real.meta, transforms=real.transforms, name="IMAGENET1K_V1", get_state_dict=load
    )
    monkeypatch.setattr(torchvision_zoo, "weights", lambda _: record)


def written(folder: Path, stem: str, state: dict[str, Any]) -> Path:
    """A weights file whose name carries its hash, as torchvision's do."""
    plain = folder / "plain.pth"
    torch.save(state, plain)
    return plain.rename(folder / f"{stem}-{hashlib.sha256(plain.read_bytes()).hexdigest()[:8]}.pth")


def test_cached_weights_are_used(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trained = models.build("squeezenet1_1", seed=5)
    file = written(hub, "squeezenet1_1", trained.state_dict())
    publish("squeezenet1_1", f"https://download.example/{file.name}", monkeypatch)
    model, provenance = models.pretrained("squeezenet1_1")
    assert provenance.kind == "pretrained"
    assert "ImageNet" in provenance.label
    assert same(model, trained)
    assert not model.training


@pytest.mark.parametrize("name", ["densenet121", "googlenet"])
def test_old_names_and_removed_heads(name: str, hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"aux_logits": True, "init_weights": False} if name == "googlenet" else {}
    trained = models.build(name, seed=5, **options)
    state = {
        re.sub(r"(denselayer\d+\.(?:norm|conv))([12])", r"\1.\2", key): value
        for key, value in trained.state_dict().items()
        if "num_batches_tracked" not in key  # the published files are older than this counter
    }
    file = written(hub, name, state)
    publish(name, f"https://download.example/{file.name}", monkeypatch)
    model, provenance = models.pretrained(name)
    assert provenance.kind == "pretrained", provenance.detail
    assert same(model, trained)
    assert count(model) == models.spec(name).parameters


def test_weights_are_downloaded_when_asked(
    hub: Path, server: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, address = server
    trained = models.build("squeezenet1_1", seed=5)
    file = written(folder, "squeezenet1_1", trained.state_dict())
    publish("squeezenet1_1", f"{address}/{file.name}", monkeypatch)
    without = models.pretrained("squeezenet1_1")[1]
    assert without.kind == "random"
    assert "not on this machine" in without.detail
    model, provenance = models.pretrained("squeezenet1_1", download=True)
    assert provenance.kind == "pretrained"
    assert same(model, trained)
    assert (hub / file.name).is_file()


def test_a_failed_download_is_said(hub: Path, server: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, address = server
    (folder / "other-00000000.pth").write_bytes(b"not what was published")
    closed = "http://127.0.0.1:9/none-00000000.pth"
    for url, said in (
        (f"{address}/missing-00000000.pth", "404"),
        (f"{address}/other-00000000.pth", "hash"),
        (closed, ""),
    ):
        publish("squeezenet1_1", url, monkeypatch)
        model, provenance = models.pretrained("squeezenet1_1", download=True)
        assert provenance.kind == "random"
        assert "could not be downloaded" in provenance.detail
        assert said in provenance.detail
        assert same(model, models.build("squeezenet1_1"))
    assert not list(hub.glob("*.pth"))


class Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return (Path("bomb-went-off").touch, ())


@pytest.mark.parametrize("kind", ["torn", "other network", "pickled code"])
def test_a_wrong_cached_file_is_said(kind: str, hub: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    states: dict[str, Any] = {
        "torn": {},
        "other network": models.build("cnn").state_dict(),
        "pickled code": {"a": Bomb()},
    }
    file = written(hub, "squeezenet1_1", states[kind])
    if kind == "torn":
        file.write_bytes(b"half of it")
    publish("squeezenet1_1", f"https://download.example/{file.name}", monkeypatch)
    provenance = models.pretrained("squeezenet1_1")[1]
    assert provenance.kind == "random"
    assert file.name in provenance.detail
    assert not (tmp_path / "bomb-went-off").exists()


# --------------------------------------------------------------------------------------------- timm
def test_timm_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    timm = pytest.importorskip("timm")
    from huggingface_hub import constants
    from safetensors.torch import save_file

    name, spec = "timm/test_resnet", models.spec("timm/test_resnet")
    config = timm.get_pretrained_cfg("test_resnet")
    assert spec.input_shape == config.input_size
    assert (spec.mean, spec.std, spec.crop) == (config.mean, config.std, config.crop_pct)
    assert spec.classes[281].startswith("tabby")
    model = models.build(name, classes=4, input_shape=(1, 64, 64), seed=2)
    assert model(torch.zeros(1, 1, 64, 64)).shape == (1, 4)
    assert same(model, models.build(name, classes=4, input_shape=(1, 64, 64), seed=2))

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    assert models.pretrained(name)[1].kind == "random"
    cache = tmp_path / f"models--{config.hf_hub_id.replace('/', '--')}"
    (cache / "snapshots" / ("0" * 40)).mkdir(parents=True)
    (cache / "refs").mkdir()
    (cache / "refs" / "main").write_text("0" * 40)
    trained = models.build(name, seed=5)
    file = cache / "snapshots" / ("0" * 40) / "model.safetensors"
    save_file(trained.state_dict(), file)
    model, provenance = models.pretrained(name)
    assert provenance.kind == "pretrained", provenance.detail
    assert same(model, trained)

    file.write_bytes(file.read_bytes()[:1000])
    assert "do not fit" in models.pretrained(name)[1].detail


# --------------------------------------------------------------------------------------------- the user's own
def tiny() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 3))


def described() -> tuple[nn.Module, Spec]:
    module = nn.Sequential(nn.Flatten(), nn.Linear(30, 2))
    return module, Spec("mine", "Mine", (1, 5, 6), (0.0,), (1.0,), ("a", "b"))


def no_module() -> int:
    return 3


def needs(_: int) -> nn.Module:
    return tiny()


def odd() -> nn.Module:
    return nn.Linear(17, 3)


@pytest.fixture
def no_own() -> Iterator[None]:
    own_networks.OWN.clear()
    yield
    own_networks.OWN.clear()


@pytest.mark.usefixtures("no_own")
def test_ones_own_network() -> None:
    name = models.own(f"{__name__}:tiny")
    assert name in models.names()
    assert models.spec(name).input_shape == (3, 224, 224)
    assert models.spec(name).classes == entries.classes_named(3)
    assert models.build(name)(torch.zeros(1, 3, 224, 224)).shape == (1, 3)
    assert {group.title: group.names for group in models.groups()}["Your own networks"] == ("sequence", name)
    other = models.own(f"{__name__}:described")
    assert (models.title(other), models.spec(other).classes) == ("Mine", ("a", "b"))
    with pytest.raises(models.ModelError, match="takes no others"):
        models.build(other, classes=3)


@pytest.mark.usefixtures("no_own")
@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("no colon", "package.module:function"),
        ("os:system('x')", "package.module:function"),
        ("no_such_module_here:f", "PYTHONPATH"),
        (f"{__name__}:nothing", "no function nothing"),
        (f"{__name__}:no_module", "returned int"),
        (f"{__name__}:needs", "default"),
        (f"{__name__}:odd", "say the one that it takes: --input 3x64x64"),
    ],
)
def test_what_is_wrong_with_ones_own_network(place: str, said: str) -> None:
    with pytest.raises(models.ModelError, match=re.escape(said)):
        models.own(place)
    assert not own_networks.OWN


def test_every_entry_is_under_its_own_name() -> None:
    assert all(REGISTRY[name].name == name for name in REGISTRY)
