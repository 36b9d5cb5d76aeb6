"""A network that was taken away comes back: the same weights, settings and curves; and no zip does harm."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnviz import checkpoints, run_files, runs
from cnnviz.runs import importing
from cnnviz.runs.supervision import Supervisor
from cnnviz.topics.training_lab import bundle
from tests.support.app import app_at, opened

RUN = "mnist-cnn-373d20be"  # permuted pixels: a setting that must not be lost
Files = dict[str, bytes]


@pytest.fixture(autouse=True)
def folder(own_runs: None, boss: Supervisor) -> Path:
    """The folder of runs of this test alone."""
    return checkpoints.runs_folder()


@pytest.fixture(scope="module")
def whole() -> bytes:
    return bundle.of(RUN)


def contents(data: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name.rpartition("/")[2]: archive.read(name) for name in archive.namelist()}


def zipped(files: Files, *, inside: str = "x/") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{inside}{name}", content)
    return target.getvalue()


def test_it_comes_back_as_it_was(whole: bytes, folder: Path) -> None:
    run = runs.bring_back(whole)
    there = runs.get(RUN) if run.id != RUN else runs.Run(checkpoints.SHIPPED / RUN)
    shipped = runs.Run(checkpoints.SHIPPED / RUN)
    assert run.config == shipped.config == there.config
    assert run.path.parent == folder
    assert run.events() == shipped.events()
    assert run.status().state == "finished"
    assert run.status().test_accuracy == shipped.status().test_accuracy
    mine = checkpoints.load(run.id).state_dict()
    theirs = contents(whole)["weights.safetensors"]
    import safetensors.torch

    assert all(torch.equal(mine[name], one) for name, one in safetensors.torch.load(theirs).items())
    again = runs.bring_back(whole)
    assert again.id != run.id
    assert again.config == run.config
    assert not [path for path in folder.iterdir() if path.name.startswith(".new")]


def spoiled(change: Callable[[Files], object]) -> Callable[[bytes], bytes]:
    def made(data: bytes) -> bytes:
        files = contents(data)
        change(files)
        return zipped(files)

    return made


def config_with(**values: object) -> Callable[[Files], object]:
    def change(files: Files) -> None:
        for name in ("config.json", "run.json"):
            said = json.loads(files[name])
            inner = said["config"] if name == "run.json" else said
            inner.update(values)
            files[name] = json.dumps(said).encode()

    return change


def card_with(**values: object) -> Callable[[Files], object]:
    return lambda files: files.update({"run.json": json.dumps(json.loads(files["run.json"]) | values).encode()})


def infinite(files: Files) -> None:
    import safetensors.torch

    weights = safetensors.torch.load(files["weights.safetensors"])
    next(iter(weights.values())).view(-1)[0] = float("nan")
    files["weights.safetensors"] = safetensors.torch.save(weights)


class Evil:
    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return Path("/tmp/cnnviz-was-here").touch, ()  # type: ignore[return-value]


BAD: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut off": (lambda data: data[: len(data) // 2], "cannot be taken in"),
    "no zip": (lambda data: b"hello" * 40, "cannot be taken in"),
    "no weights": (spoiled(lambda files: files.pop("weights.safetensors")), "weights.safetensors missing"),
    "two networks": (
        lambda data: zipped(contents(data) | {f"../{name}": one for name, one in contents(data).items()}, inside=""),
        "several networks",
    ),
    "other settings": (spoiled(lambda files: files.update({"config.json": b'{"dataset":"mnist","model":"cnn"}'})),
                       "two runs"),
    "no JSON": (spoiled(lambda files: files.update({"config.json": b"[" * 100_000})), "cannot be taken in"),
    "another network": (spoiled(config_with(model="lenet5")), "cannot be taken in"),
    "a large network": (spoiled(config_with(model="resnet18")), "none of the networks"),
    "a network of one's own": (spoiled(config_with(model="os.system")), "cannot be taken in"),
    "an endless option": (spoiled(config_with(model="vgg_cifar", options=[["width", 1e9]])), "cannot be taken in"),
    "a huge image": (spoiled(card_with(input_shape=[16, 4000, 4000])), "cannot be taken in"),
    "many classes": (spoiled(card_with(classes=["x"] * 100_000)), "cannot be taken in"),
    "a way to another folder": (spoiled(config_with(dataset="../../evil")), "no name"),
    "an absolute way": (spoiled(config_with(dataset="/tmp/cnnviz-evil")), "no name"),
    "a folder": (spoiled(config_with(dataset="a/b")), "no name"),
    "no name": (spoiled(config_with(dataset="")), "no name"),
    "a hidden name": (spoiled(config_with(dataset=".hidden")), "no name"),
    "an endless name": (spoiled(config_with(dataset="x" * 240)), "no name"),
    "a line and a nought": (spoiled(config_with(dataset="a\nb\0")), "no name"),
    "half a letter as a class": (spoiled(card_with(classes=["\ud800", *"123456789"])), "cannot be taken in"),
    "half a letter as a title": (spoiled(card_with(dataset_title="\ud800")), "cannot be taken in"),
    "a learning rate below zero": (spoiled(config_with(lr=-5)), "cannot be taken in: .*lr"),
    "an optimiser in HTML": (spoiled(config_with(optimizer="<b>x</b>")), "cannot be taken in: .*optimizer"),
    "an unknown probe": (spoiled(config_with(probes=["zz"])), "cannot be taken in: .*probe"),
    "a test out of sight": (spoiled(config_with(test_shift=2000)), "out of sight"),
    "a test far out of sight": (spoiled(config_with(test_shift=10**9)), "cannot be taken in: .*test_shift"),
    "a deviation of nothing": (spoiled(card_with(std=[1e-300])), "mean and deviation"),
    "a mean beyond all": (spoiled(card_with(mean=[1e300])), "mean and deviation"),
    "steps below zero": (spoiled(card_with(steps=-5)), "below zero"),
    "pickled": (spoiled(lambda files: files.update({"weights.safetensors": pickle.dumps(Evil())})), "pickled"),
    "not finite": (spoiled(infinite), "finite"),
    "random bytes": (
        spoiled(lambda files: files.update({"weights.safetensors": np.random.default_rng(0).bytes(9999)})),
        "cannot be taken in",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_zip_that_is_spoiled_is_one_sentence_and_leaves_nothing(name: str, whole: bytes, folder: Path) -> None:
    change, said = BAD[name]
    with pytest.raises(runs.RunError, match=said):
        runs.bring_back(change(whole))
    assert not runs.list()
    assert not Path("/tmp/cnnviz-was-here").exists()
    assert not folder.exists() or [path.name for path in folder.iterdir()] in ([], [".lock"])


def test_a_file_that_unpacks_without_end_is_read_up_to_its_bound(whole: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    files = contents(whole) | {"metrics.jsonl": b"\0" * 3_000_000}
    monkeypatch.setitem(importing.LARGEST, run_files.METRICS, 1 << 20)
    with pytest.raises(runs.RunError, match="larger than 1 MB"):
        runs.bring_back(zipped(files))


def test_lines_that_are_no_events_are_left_out(whole: bytes) -> None:
    files = contents(whole)
    count = len(files["metrics.jsonl"].splitlines())
    files["metrics.jsonl"] += b'{"event":"step"}\n\xff\xfe\n{"event":"finished","reason":3}\n'
    assert len(runs.bring_back(zipped(files)).events()) == count


def test_a_test_of_other_classes_is_left_out(whole: bytes) -> None:
    files = contents(whole)
    lines = [json.loads(line) for line in files["metrics.jsonl"].splitlines()]
    for size in (1, 30):
        changed = [line | {"confusion": [[1] * size] * size} if "confusion" in line else line for line in lines]
        files["metrics.jsonl"] = b"\n".join(json.dumps(line).encode() for line in changed) + b"\n"
        run = runs.bring_back(zipped(files))
        assert len(run.events()) < len(lines)
        page = opened(app_at("pages/learn/training_lab/page.py"), lab__id=run.id)
        assert not page.exception, page.exception


def test_the_lab_takes_it_in_and_shows_it(whole: bytes) -> None:
    page = opened(app_at("pages/learn/training_lab/page.py"))
    page.file_uploader[0].set_value(("net.zip", whole, "application/zip")).run()
    assert not page.exception, page.exception
    assert page.selectbox(key="lab.run").value == runs.list()[0].id
    assert any("is here as" in one.value for one in page.success)
