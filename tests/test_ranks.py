"""Several processes train what one does: gradients and metrics weighted by each one's share of a batch."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import distributed

from cnnviz import run_files, runs, training
from cnnviz.records import Steering, TrainConfig
from cnnviz.training import optimization, process_group, worker
from cnnviz.training.resumption import ResumeError, ResumeState
from tests.ranks import trained
from tests.test_runs import ROOT, until

BASE = TrainConfig("digits", "lenet5", epochs=1, examples=97, lr=0.05, momentum=0.5)
STEERED = dataclasses.replace(BASE, batch_size=12, epochs=3)  # rank 0 alone is asked, after its third step
SIZES = (2, 31, 97, 200)  # fewer than processes, not divisible, all at once, more than there are
NORMALISED = dataclasses.replace(
    BASE, model="sequence", sync_batch_norm=True, momentum=0.0,
    options=(("layers", (("conv", 4, 5, 3, 0, 1, 1), ("batch_norm",), ("relu",), ("flatten",), ("linear", 0))),),
)  # fmt: skip
WHOLE = pytest.param((1, 2, 5, 16, 48, 96), True, marks=pytest.mark.exhaustive)


def normalised(size: int, *, whole: bool) -> TrainConfig:
    """A whole epoch, or at most twelve whole batches and an image more.

    A norm over two images makes a rounding of float32 larger at each step: of eight seeds, one process with one thread
    and the same with two were up to 2.7e-5 apart after an epoch. Float64 is compared over whole epochs, to 1e-12.
    """
    return dataclasses.replace(NORMALISED, batch_size=size, examples=97 if whole else min(97, 12 * size + 1))


@pytest.mark.parametrize(("sizes", "whole"), [(SIZES, False), WHOLE], ids=["each kind", "whole epochs"])
@pytest.mark.parametrize("ranks", [3])
def test_every_batch_size_gives_what_one_process_gives(
    ranks: int, sizes: tuple[int, ...], whole: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configs = [dataclasses.replace(BASE, batch_size=size) for size in sizes]
    configs.append(dataclasses.replace(BASE, batch_size=30, augmentation=("crop", "flip"), model="fc2layer"))
    configs += [normalised(size, whole=whole) for size in sizes if size > 1]
    exact = [normalised(size, whole=True) for size in sizes if size > 1]
    said = [json.dumps({"config": one.to_json(), "changes": {}}) for one in configs]
    said += [json.dumps({"config": one.to_json(), "changes": {}, "double": True}) for one in exact]
    changed = json.dumps({"config": STEERED.to_json(), "changes": {3: {"lr": 0.01, "batch_size": 20}}})
    done = subprocess.run(
        [sys.executable, "-m", "tests.ranks", str(ranks), str(tmp_path / "found"), *said, changed],
        cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}, capture_output=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    found = safetensors.torch.load_file(tmp_path / "found")
    monkeypatch.setattr(optimization, "narrow", lambda *given: None)  # torch's kernels on both sides
    ((step, lr, size),) = found[f"{len(said)}.steered"].tolist()
    assert (lr, size) == (0.01, 20)
    changes = {int(step): Steering(lr=0.01, batch_size=20)}
    for number, config in enumerate([*configs, *exact, STEERED]):
        double = len(configs) <= number < len(said)
        for name, wanted in trained(config, changes if config is STEERED else None, double=double).items():
            other = found[f"{number}.{name}"]
            assert other.shape == wanted.shape, (config.batch_size, name)
            if wanted.numel():
                most = 1e-12 if double and wanted.dtype == torch.float64 else 1e-6
                apart = float((other - wanted).abs().max() / wanted.abs().max().clamp_min(1))
                assert apart < most, (config.batch_size, name, apart)  # NaN is not


def test_a_run_that_is_cut_off_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    """Also with dropout, whose numbers are each process's own, and with means that batch normalisation keeps."""
    configs = [
        dataclasses.replace(BASE, batch_size=4, momentum=0.9, epochs=2, augmentation=("crop", "flip")),
        dataclasses.replace(BASE, batch_size=5, model="fc2layer", optimizer="adam", options=(("dropout", 0.3),)),
        dataclasses.replace(NORMALISED, batch_size=6, sync_batch_norm=False, schedule="cosine"),
        dataclasses.replace(NORMALISED, batch_size=7),
    ]
    said = [json.dumps({"config": one.to_json(), "changes": {}, "cut": cut}) for cut in (0, 1) for one in configs]
    done = subprocess.run(
        [sys.executable, "-m", "tests.ranks", "2", str(tmp_path / "found"), *said],
        cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}, capture_output=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    found = safetensors.torch.load_file(tmp_path / "found")
    for number in range(len(configs)):
        assert ResumeState.load(tmp_path / f"found.{number + len(configs)}.state").values["step"] < 20, "in its middle"
        names = [name.removeprefix(f"{number}.") for name in found if name.startswith(f"{number}.")]
        assert "losses" in names
        for name in names:
            whole, other = (found[f"{each}.{name}"] for each in (number, number + len(configs)))
            assert whole.shape == other.shape, (number, name)
            if whole.numel():
                worst = float((other - whole).abs().max() / whole.abs().max().clamp_min(1))
                assert worst < 1e-6, (number, name, worst)


@pytest.mark.exhaustive
def test_torchrun_once_more_goes_on(tmp_path: Path) -> None:
    """Stopped in its middle by a file in its directory; another number of processes refuses it and leaves its state."""
    config = TrainConfig("digits", "fc2layer", epochs=6, batch_size=48, examples=960, lr=0.05, momentum=0.9)
    whole, cut = (runs.Run(tmp_path / name / config.run_id) for name in ("whole", "cut"))
    for run in (whole, cut):
        run.path.mkdir(parents=True)
        run_files.write_config(run.path, config)
    first = torchrun(cut)
    until(lambda: cut.status().step > 8 or first.poll() is not None)
    run_files.ask_to_stop(cut.path)
    assert first.wait() == 0
    assert (cut.status().state, cut.resumable) == ("stopped", True)
    assert cut.status().step < 120
    assert not worker.work(cut.path)
    assert cut.status().message.startswith("2 processes trained this run, and one process cannot go on with it")
    assert [torchrun(run).wait() for run in (cut, whole)] == [0, 0]
    one, other = cut.history(), whole.history()
    for name in ("step", "loss", "test_loss"):
        np.testing.assert_allclose(one[name], other[name], rtol=1e-6)


def torchrun(run: runs.Run) -> subprocess.Popen[bytes]:
    """Two processes that train this run."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    command += ["-m", "cnnviz.training", str(run.path)]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"})


def test_another_number_of_processes_is_a_sentence(tmp_path: Path) -> None:
    states: list[ResumeState] = []
    run = training.train(BASE, device="cpu", on_pause_point=lambda run: states.append(run.state()))
    list(run)
    state = dataclasses.replace(states[0], values={**states[0].values, "processes": 3})
    with pytest.raises(ResumeError, match=r"3 processes trained this run, and one process cannot .*nproc-per-node=3"):
        training.train(BASE, device="cpu", resume=state)


@pytest.mark.parametrize(
    "said", ["[../gloo/transport/tcp/pair.cc:547] Connection closed by peer [127.0.0.1]:1", "Connection reset by peer"]
)
def test_a_process_that_is_gone_is_said_in_a_sentence(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distributed, "is_initialized", lambda: True)
    monkeypatch.setattr(distributed, "get_world_size", lambda: 2)
    lost = process_group.explained(RuntimeError(said))
    assert str(lost).startswith("another of the 2 processes that train this run ended")
    own = RuntimeError("not enough memory")
    assert process_group.explained(own) is own
