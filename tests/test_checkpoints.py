"""Weights go to disk and come back bit by bit; what is not this network's, or not safetensors, is refused in words."""

from __future__ import annotations

import dataclasses
import json
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from cnnviz import checkpoints, models
from cnnviz.checkpoints import cards, weights
from cnnviz.records import TrainConfig

DIGEST = "0123abcd"


def same(one: nn.Module, other: nn.Module) -> bool:
    theirs = other.state_dict()
    return all(torch.equal(value, theirs[name]) for name, value in one.state_dict().items())


def card(**changes: Any) -> checkpoints.Card:
    known = checkpoints.Card(
        config=TrainConfig(dataset="mnist", model="cnn", momentum=0.5),
        input_shape=(1, 28, 28),
        classes=tuple("0123456789"),
        mean=(0.13,),
        std=(0.31,),
        digit=True,
        dataset_title="MNIST",
        source="60,000 pictures",
        parameters=6_422,
        device="CPU",
        test_accuracy=0.95,
        seconds=12.5,
        steps=938,
        reason="completed",
        versions=checkpoints.versions(),
    )
    return dataclasses.replace(known, **changes)


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of shipped runs, and own runs in its runs/."""
    folder = tmp_path / "checkpoints"
    (folder / "runs").mkdir(parents=True)
    monkeypatch.setattr(checkpoints, "SHIPPED", folder)
    monkeypatch.delenv("CNNVIZ_RUNS", raising=False)
    return folder


@pytest.fixture
def own(shipped: Path) -> Path:
    return shipped / "runs"


def run(folder: Path, model: nn.Module, said: checkpoints.Card | None = None, *, steps: tuple[int, ...] = ()) -> str:
    """A run directory as training leaves it; its id."""
    said = said or card()
    place = folder / said.config.run_id
    checkpoints.save(model, place / checkpoints.WEIGHTS)
    for step in steps:
        snapshot = models.build(said.config.model, seed=step, input_shape=said.input_shape, classes=len(said.classes))
        checkpoints.save(snapshot, place / checkpoints.snapshot_name(step))
    (place / "config.json").write_text(json.dumps(said.config.to_json()))
    checkpoints.write_run(place, said)
    return place.name


# --------------------------------------------------------------------------------------------- weights on disk
@pytest.mark.parametrize("name", models.trainable())
def test_there_and_back(name: str, tmp_path: Path) -> None:
    trained, empty = models.build(name, seed=1), models.build(name, seed=2)
    checkpoints.save(trained, tmp_path / "w.safetensors")
    checkpoints.read_weights(tmp_path / "w.safetensors", empty)
    assert same(trained, empty)


def test_half_precision_comes_back_as_float32(tmp_path: Path) -> None:
    trained, empty = models.build("vgg_cifar", seed=1, width=0.125), models.build("vgg_cifar", seed=2, width=0.125)
    full, half = tmp_path / "full.safetensors", tmp_path / "half.safetensors"
    checkpoints.save(trained, full)
    checkpoints.save(trained, half, half=True)
    assert half.stat().st_size < 0.65 * full.stat().st_size
    checkpoints.read_weights(half, empty)
    for name, value in empty.state_dict().items():
        wanted = trained.state_dict()[name]
        assert value.dtype == wanted.dtype
        assert torch.equal(value, wanted.half().float() if value.is_floating_point() else wanted)


def test_what_half_precision_cannot_hold_stays_float32(tmp_path: Path) -> None:
    model = nn.BatchNorm2d(2)
    model.running_var = torch.tensor([1e9, 1.0])
    checkpoints.save(model, tmp_path / "w.safetensors", half=True)
    kept = load_file(tmp_path / "w.safetensors")
    assert kept["running_var"].dtype == torch.float32
    assert kept["weight"].dtype == torch.float16
    assert kept["running_var"][0] == 1e9


def test_tied_and_strided_weights(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3), nn.Conv2d(4, 4, 3)).to(memory_format=torch.channels_last)
    model[1].weight = model[0].weight
    other = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3), nn.Conv2d(4, 4, 3))
    checkpoints.save(model, tmp_path / "w.safetensors")
    checkpoints.read_weights(tmp_path / "w.safetensors", other)
    assert same(model, other)


def test_saving_replaces_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "w.safetensors"
    checkpoints.save(models.build("cnn", seed=1), path)
    before = path.read_bytes()

    def full_disk(*_: Any, **__: Any) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(weights.safetensors.torch, "save_file", full_disk)
    with pytest.raises(OSError, match="no space"):
        checkpoints.save(models.build("cnn", seed=2), path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["w.safetensors"]


# --------------------------------------------------------------------------------------------- hostile files
def header(text: str | bytes, length: int | None = None) -> bytes:
    raw = text.encode() if isinstance(text, str) else text
    return struct.pack("<Q", len(raw) if length is None else length) + raw


def good() -> bytes:
    return weights.safetensors.torch.save(models.build("cnn").state_dict())


def changed(change: Callable[[dict[str, torch.Tensor]], Any]) -> bytes:
    state = dict(models.build("cnn").state_dict())
    change(state)
    return weights.safetensors.torch.save(state)


def described(change: Callable[[dict[str, Any]], Any]) -> bytes:
    """The good file with a header that lies."""
    data = good()
    length = int.from_bytes(data[:8], "little")
    values = json.loads(data[8 : 8 + length])
    change(values)
    return header(json.dumps(values)) + data[8 + length :]


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "not a safetensors file"),
    "seven bytes": (lambda: b"1234567", "not a safetensors file"),
    "text": (lambda: b"hello, this is not a file of weights", "not a safetensors file"),
    "zip pickle": (lambda: b"PK\x03\x04" + bytes(100), "pickle"),
    "old pickle": (lambda: b"\x80\x02}q\x00." + bytes(100), "pickle"),
    "huge header": (lambda: header("{}", 2**62) + bytes(100), "cut off"),
    "header past the end": (lambda: header("{}", 1000), "cut off"),
    "header not JSON": (lambda: header("{nope"), "not JSON"),
    "header not text": (lambda: header(b"\xff\xfe\xfa\xfb"), "not JSON"),
    "deep header": (lambda: header("[" * 100_000), "not JSON"),
    "header a list": (lambda: header("[1, 2]"), "does not describe tensors"),
    "entries not objects": (lambda: header('{"conv1.weight": 3}'), "does not describe tensors"),
    "cut off": (lambda: good()[:-100], "damaged"),
    "too long": (lambda: good() + bytes(100), "damaged"),
    "overlapping": (lambda: described(lambda v: v["fc1.bias"].update(data_offsets=[0, 200])), "damaged"),
    "offsets outside": (lambda: described(lambda v: v["fc1.bias"].update(data_offsets=[10**9, 10**9 + 9])), "damaged"),
    "one missing": (lambda: changed(lambda s: s.pop("conv2.bias")), "missing: conv2.bias"),
    "one more": (lambda: changed(lambda s: s.update(strange=torch.zeros(1))), "unexpected: strange"),
    "other shape": (
        lambda: changed(lambda s: s.update({"fc2.weight": torch.zeros(11, 50)})),
        r"fc2.weight \[11, 50\] instead of \[10, 50\]",
    ),
    "other type": (
        lambda: changed(lambda s: s.update({"fc2.bias": torch.zeros(10, dtype=torch.int64)})),
        "fc2.bias I64 instead of F32",
    ),
    "another network": (
        lambda: weights.safetensors.torch.save(models.build("lenet5").state_dict()),
        "Choose the network that these weights were saved from",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_are_refused_and_the_network_keeps_its_weights(kind: str, tmp_path: Path) -> None:
    make, said = HOSTILE[kind]
    path = tmp_path / "w.safetensors"
    path.write_bytes(make())
    model = models.build("cnn", seed=1)
    with pytest.raises(checkpoints.CheckpointError, match=said):
        checkpoints.read_weights(path, model)
    with pytest.raises(checkpoints.CheckpointError, match=said):
        checkpoints.load_into(model, make(), name="upload.safetensors")
    assert same(model, models.build("cnn", seed=1))


def test_a_huge_header_is_not_read(tmp_path: Path) -> None:
    """Sparse files: large on paper, nothing on disk."""
    for size, length, said in ((50_000_000, 40_000_000, "header of"), (2_000_000_000, 100, "up to 1,000,000,000")):
        path = tmp_path / f"{size}.safetensors"
        path.write_bytes(struct.pack("<Q", length))
        os.truncate(path, size)
        with pytest.raises(checkpoints.CheckpointError, match=said):
            checkpoints.read_weights(path, models.build("cnn"))


def test_uploaded_bytes_and_files(tmp_path: Path) -> None:
    trained, one, other = (models.build("cnn", seed=seed) for seed in (1, 2, 3))
    path = checkpoints.save(trained, tmp_path / "w.safetensors")
    checkpoints.load_into(one, path.read_bytes())
    checkpoints.load_into(other, path)
    assert same(trained, one)
    assert same(trained, other)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(checkpoints.CheckpointError, match="cannot be read"):
        checkpoints.read_weights(tmp_path / "none.safetensors", models.build("cnn"))


# --------------------------------------------------------------------------------------------- run.json
def test_a_card_there_and_back(tmp_path: Path) -> None:
    said = card(config=TrainConfig("mnist", "vgg_cifar", options=(("width", 0.5),), augmentation=("crop",)))
    checkpoints.write_run(tmp_path, said)
    assert checkpoints.read_card(tmp_path) == said
    assert [file.name for file in tmp_path.iterdir()] == ["run.json"]


def test_a_later_field_does_not_break_an_older_reader(tmp_path: Path) -> None:
    checkpoints.write_run(tmp_path, card())
    values = json.loads((tmp_path / "run.json").read_text())
    (tmp_path / "run.json").write_text(json.dumps({**values, "carbon": 3}))
    assert checkpoints.read_card(tmp_path) == card()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("input_shape", [1, 28], "values"),
        ("input_shape", [1, 100_000, 100_000], "input_shape"),
        ("input_shape", [0, 28, 28], "input_shape"),
        ("classes", [], "0 classes"),
        ("mean", [0.1, 0.2, 0.3], "finite"),
        ("mean", [float("nan")], "finite"),
        ("std", [0.0], "above 0"),
        ("test_accuracy", 95, "from 0 to 1"),
        ("seconds", "long", "long"),
        ("config", {"dataset": "mnist", "model": "cnn", "wings": 2}, "wings"),
        ("config", {"dataset": "mnist", "model": "cnm"}, "close: cnn"),
        ("config", {}, "dataset"),
        ("config", 3, "int"),
    ],
)
def test_a_wrong_card_says_what_is_wrong(field: str, value: Any, said: str, tmp_path: Path) -> None:
    checkpoints.write_run(tmp_path, card())
    values = json.loads((tmp_path / "run.json").read_text())
    (tmp_path / "run.json").write_text(json.dumps({**values, field: value}))
    with pytest.raises(checkpoints.CheckpointError, match=said):
        checkpoints.read_card(tmp_path)


def test_describe_knows_the_data_set() -> None:
    config = TrainConfig(dataset="digits", model="lenet5")
    model = models.build("lenet5", input_shape=(1, 28, 28), classes=10)
    said = checkpoints.describe(config, model, source="scikit-learn", device="CPU")
    assert (said.input_shape, said.parameters, said.digit) == ((1, 28, 28), 61_706, True)
    assert said.test_accuracy is None
    assert said.versions["torch"] == torch.__version__
    assert said.title.startswith("LeNet-5 on ")


# --------------------------------------------------------------------------------------------- runs
def test_a_run_opens_without_its_data_set(shipped: Path) -> None:
    trained = models.build("cnn", seed=9)
    run_id = run(shipped, trained)
    model = checkpoints.load(run_id)
    assert same(model, trained)
    assert not model.training
    found = checkpoints.available()
    assert [(one.run_id, one.shipped, one.finished, one.test_accuracy) for one in found] == [(run_id, True, True, 0.95)]
    assert found[0].title == "CNN on MNIST"
    spec = checkpoints.spec(run_id)
    assert (spec.mean, spec.std, spec.digit) == ((0.13,), (0.31,), True)
    assert (spec.parameters, spec.macs) == (6_422, models.spec("cnn").macs)
    provenance = checkpoints.provenance(run_id)
    assert provenance.kind == "trained"
    assert "95.0 %" in provenance.label


def test_another_shape_other_classes_and_options(own: Path) -> None:
    config = TrainConfig("folder:birds", "vgg_cifar", options=(("width", 0.125),), permutation=4)
    said = card(
        config=config, input_shape=(3, 40, 40), classes=("owl", "wren"), mean=(0.4,) * 3, std=(0.2,) * 3, digit=False,
        parameters=0,
    )  # fmt: skip
    trained = models.build("vgg_cifar", seed=9, input_shape=(3, 40, 40), classes=2, width=0.125)
    run_id = run(own, trained, said)
    assert run_id.startswith("folder:birds-vgg_cifar-")
    assert same(checkpoints.load(run_id), trained)
    spec = checkpoints.spec(run_id)
    assert (spec.input_shape, spec.classes, spec.digit) == ((3, 40, 40), ("owl", "wren"), False)
    assert spec.macs is None
    assert "permuted" in spec.notes[-1]
    assert "permuted" in spec.title


def test_snapshots(own: Path) -> None:
    run_id = run(own, models.build("cnn", seed=9), steps=(0, 20, 5))
    assert checkpoints.available()[0].snapshots == (0, 5, 20)
    assert same(checkpoints.load(run_id, step=20), models.build("cnn", seed=20))
    assert same(checkpoints.load(run_id), models.build("cnn", seed=9))
    assert "after 20 steps" in checkpoints.provenance(run_id, step=20).label
    with pytest.raises(checkpoints.CheckpointError, match="0, 5, 20"):
        checkpoints.load(run_id, step=7)


def test_an_interrupted_run_opens_at_its_last_snapshot(own: Path) -> None:
    """Killed before run.json was written: the config and what is known of the data set are enough."""
    said = card(config=TrainConfig("digits", "cnn"))
    run_id = run(own, models.build("cnn"), said, steps=(5, 20))
    (own / run_id / checkpoints.WEIGHTS).unlink()
    (own / run_id / "run.json").unlink()
    assert same(checkpoints.load(run_id), models.build("cnn", seed=20))
    assert not checkpoints.available()[0].finished
    assert checkpoints.spec(run_id).digit
    assert "after 20 steps" in checkpoints.provenance(run_id).label


def test_newest_own_run_first_then_shipped_in_the_menus_order(shipped: Path, own: Path) -> None:
    configs = {name: TrainConfig("mnist", name, seed=3) for name in ("lenet5", "fc2layer", "cnn")}
    for name in ("lenet5", "fc2layer"):
        run(shipped, models.build(name), card(config=configs[name]))
    for age, lr in enumerate((0.1, 0.2, 0.3)):
        run_id = run(own, models.build("cnn"), card(config=dataclasses.replace(configs["cnn"], lr=lr)))
        for file in (own / run_id).iterdir():
            os.utime(file, (1_000_000 - age, 1_000_000 - age))
    listed = checkpoints.available()
    assert [one.config.lr for one in listed[:3]] == [0.1, 0.2, 0.3]
    assert [one.config.model for one in listed[3:]] == ["fc2layer", "lenet5"]
    assert [one.shipped for one in listed] == [False, False, False, True, True]


def test_an_own_run_hides_the_shipped_one_only_when_it_is_finished(shipped: Path, own: Path) -> None:
    run_id = run(shipped, models.build("cnn", seed=1))
    assert run(own, models.build("cnn", seed=2), steps=(5,)) == run_id
    assert [one.shipped for one in checkpoints.available()] == [False]
    assert same(checkpoints.load(run_id), models.build("cnn", seed=2))
    (own / run_id / checkpoints.WEIGHTS).unlink()
    assert [one.shipped for one in checkpoints.available()] == [True]
    assert same(checkpoints.load(run_id), models.build("cnn", seed=1))


def test_own_runs_elsewhere(shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "elsewhere"))
    assert checkpoints.available() == ()
    run_id = run(tmp_path / "elsewhere", models.build("cnn"))
    assert [one.run_id for one in checkpoints.available()] == [run_id]
    assert not list(shipped.glob("runs/*"))


def test_torn_directories_are_left_out_and_named(own: Path) -> None:
    whole = run(own, models.build("cnn"))
    for number, text in enumerate(('{"config": ', "[]", '{"classes": []}')):
        torn = own / f"mnist-cnn-0000000{number}"
        checkpoints.save(models.build("cnn"), torn / checkpoints.WEIGHTS)
        (torn / "run.json").write_text(text)
    checkpoints.save(models.build("cnn"), own / "mnist-cnn-00000003" / checkpoints.WEIGHTS)
    (own / "mnist-cnn-00000004").mkdir()  # a run that waits: nothing is wrong with it
    (own / "notes").mkdir()
    assert [one.run_id for one in checkpoints.available()] == [whole]
    reasons = {one.run_id[-1]: one.reason for one in checkpoints.torn()}
    assert set(reasons) == {"0", "1", "2", "3"}
    assert "cut off" in reasons["0"]
    assert "list" in reasons["1"]
    assert "input_shape" in reasons["2"]
    assert "config.json" in reasons["3"]
    with pytest.raises(checkpoints.CheckpointError, match="cut off"):
        checkpoints.load("mnist-cnn-00000000")


@pytest.mark.parametrize(
    "run_id",
    ["", "..", "../mnist-cnn-0123abcd", "/etc/passwd", "a/../../x-0123abcd", "mnist-cnn-0123abcd\n", "x" * 500],
)
def test_a_run_id_is_never_a_path(run_id: str, shipped: Path) -> None:
    run(shipped.parent, models.build("cnn"))
    with pytest.raises(checkpoints.CheckpointError, match="is not a run id"):
        checkpoints.load(run_id)


def test_an_unknown_run_is_answered_with_close_ones(shipped: Path) -> None:
    run_id = run(shipped, models.build("cnn"))
    with pytest.raises(checkpoints.CheckpointError, match=run_id):
        checkpoints.load(f"mnist-cnn-{DIGEST}")


def test_a_card_cannot_ask_for_more_memory_than_its_weights_have(own: Path) -> None:
    """Sixteen channels of 4096×4096 into 4096 units would be 4 TB: the header of the weights is compared before."""
    said = card(
        config=TrainConfig("mnist", "fc2layer", options=(("hidden", 4096),)), input_shape=(16, 4096, 4096),
        mean=(0.1,) * 16, std=(0.3,) * 16,
    )  # fmt: skip
    run_id = run(own, models.build("fc2layer"), said)
    with pytest.raises(checkpoints.CheckpointError, match=r"hidden1\.weight"):
        checkpoints.load(run_id)


def test_a_network_that_cannot_be_built_says_so(own: Path) -> None:
    said = card(config=TrainConfig("mnist", "cnn", options=(("wings", 2),)))
    run_id = run(own, models.build("cnn"), said)
    with pytest.raises(checkpoints.CheckpointError, match="wings"):
        checkpoints.load(run_id)


def test_what_is_shipped_opens() -> None:
    """The checkpoints that lie in this repository, whichever they are."""
    for found in (one for one in checkpoints.available() if one.shipped):
        model, spec = checkpoints.load(found.run_id), checkpoints.spec(found.run_id)
        with torch.no_grad():
            assert model(torch.zeros(1, *spec.input_shape)).shape == (1, len(spec.classes))
    assert not [one for one in checkpoints.torn() if (checkpoints.SHIPPED / one.run_id).is_dir()]


def test_a_card_is_read_once_and_again_when_it_changes(own_runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = own_runs / "digits-lenet5-00000000"
    folder.mkdir(parents=True)
    checkpoints.write_run(folder, card(device="here"))
    path, read = folder / cards.CARD, []
    monkeypatch.setattr(cards, "_json", lambda path, before=cards._json: read.append(path) or before(path))
    assert [cards.read_card(folder).device for _ in range(2)] == ["here"] * 2
    assert len(read) == 2  # its time may not tell it from what is written next
    then = path.stat().st_mtime - 60
    os.utime(path, (then, then))
    assert [cards.read_card(folder).device for _ in range(3)] == ["here"] * 3
    assert len(read) == 3
    checkpoints.write_run(folder, card(device="elsewhere"))
    os.utime(path, (then, then))  # as old as the other was
    assert cards.read_card(folder).device == "elsewhere"
    path.write_text("{", encoding="utf-8")
    os.utime(path, (then, then))
    with pytest.raises(checkpoints.CheckpointError, match="was cut off"):
        cards.read_card(folder)
    path.unlink()
    with pytest.raises(checkpoints.CheckpointError, match=r"config\.json"):
        cards.read_card(folder)
