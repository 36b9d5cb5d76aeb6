"""How fast cnnviz trains beside the loop of the course, and what watching it costs.

    python -m benchmarks.training             all four networks, then Start and Stop, about three minutes
    python -m benchmarks.training cnn net     only these

Three processes a network take turns in short windows on the same machine: `course` is the loop as a tutorial writes
it (DataLoader, PIL images, torchvision's transforms, two loader workers where the course has them), `bare` a loop
over the same tensors as ours with nothing watching, `ours` the training of the app with its events, probes, snapshots
and files. `--watched` adds a fourth, which somebody looks into: another process keeps asking, reads each look and packs
it for the browser, as the app does; with `--processor` by the processor time of each, for a busy machine. A ratio is
the median of the windows' ratios. MNIST and CIFAR-10 are used where CNNVIZ_DATA has them, else digits and shapes, whose
images have the same sizes. Run it on a quiet machine: with one busy neighbour on two cores, threads that wait
spinning (the default on Linux, and so the course's) cost a side most of its speed.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import io
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from cnnviz import datasets, devices, models, runs, training
from cnnviz.records import Epoch, Finished, Started, Step, TrainConfig
from cnnviz.run_files import control_files
from cnnviz.training import augmentation, evaluation, optimization, recording, watching

WINDOWS, SECONDS = 11, 0.7
TARGETS = {"fc2layer": 9.0, "cnn": 3.0, "net": 6.5, "vgg_cifar": 2.0}
WATCHING = 1.05
SIDES = ("course", "bare", "ours")
WATCHED = 0.85  # of the unwatched one's images a second, at least
WORKERS = 2  # that load the course's colour images
Rates = Iterator[int]  # images of one step after the other


def config_of(model: str) -> TrainConfig:
    """As the course trains it, as long as a run that ships, watched as closely as the app can."""
    colour = model in ("net", "vgg_cifar")
    wanted, always = ("cifar10", "shapes") if colour else ("mnist", "digits")
    config = TrainConfig(
        wanted if datasets.status(wanted).available else always,
        model,
        epochs=10,
        momentum=0.5,
        snapshots=12,
        probes=("gradient_norms", "weight_norms"),
    )
    if model == "net":
        return dataclasses.replace(config, optimizer="adam", lr=0.001)
    if model == "vgg_cifar":
        config = dataclasses.replace(config, augmentation=("crop", "flip"), precision="auto")
        return dataclasses.replace(config, optimizer="adam", lr=0.001, batch_size=128)
    return config


# --------------------------------------------------------------------------------------------- the course's loop
class Pictures(Dataset[tuple[torch.Tensor, int]]):
    """What torchvision's own data sets do: a PIL image for every index, transformed."""

    def __init__(self, config: TrainConfig) -> None:
        data, info = datasets.load(config.dataset), datasets.info(config.dataset)
        self.images, self.labels = data.images.permute(0, 2, 3, 1).numpy(), data.labels
        steps = [transforms.ToTensor(), transforms.Normalize(info.mean, info.std)]
        if config.augmentation:
            steps = [transforms.RandomCrop(info.shape[1], padding=4), transforms.RandomHorizontalFlip(), *steps]
        self.transform = transforms.Compose(steps)

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        return self.transform(Image.fromarray(self.images[index].squeeze())), int(self.labels[index])


def course(config: TrainConfig, model: nn.Module | None = None) -> Rates:
    """As written in a tutorial: no layout, no fused optimiser, no allocator, no precision. model: what to train."""
    model = (model or network(config)).train()
    colour = datasets.info(config.dataset).shape[0] == 3
    loader = DataLoader(
        Pictures(config), batch_size=config.batch_size, shuffle=True, num_workers=WORKERS if colour else 0
    )
    optimizer: torch.optim.Optimizer
    if config.optimizer == "sgd":
        optimizer = torch.optim.SGD(model.parameters(), lr=config.lr, momentum=config.momentum)
    else:
        optimizer = torch.optim.Adam(model.parameters(), lr=config.lr)
    loss_of = F.nll_loss if config.model in ("fc2layer", "cnn") else nn.CrossEntropyLoss()
    while True:
        for number, (pictures, labels) in enumerate(loader):
            optimizer.zero_grad()
            loss = loss_of(model(pictures), labels)
            loss.backward()
            optimizer.step()
            if number % 100 == 0:
                loss.item()
            yield len(labels)


# --------------------------------------------------------------------------------------------- ours, bare and watched
def bare(config: TrainConfig) -> Rates:
    """The same tensors, network, optimiser and precision as ours; nothing is said."""
    devices.tune_allocator()
    device = devices.torch_device()
    info, data = datasets.info(config.dataset), datasets.load(config.dataset)
    model = network(config).to(device)
    precision = optimization.precision(config, model, device)
    shortcut = optimization.narrow(model.train(), device, info.shape) if precision == "float32" else None
    channels_last = shortcut is None and evaluation.prefers_channels_last(model, device)
    if channels_last:
        model.to(memory_format=torch.channels_last)
    forward = shortcut or optimization.forward(optimization.wide(model, device, info.shape), device, precision)
    batches = augmentation.Batches(
        data.images, data.labels, batch_size=config.batch_size, seed=config.seed, channels_last=channels_last,
        normalise=augmentation.Normalisation.of(info.mean, info.std, device=device), augmentation=config.augmentation,
    )  # fmt: skip
    optimizer = optimization.optimizer(config, model.train(), device)
    loss_of = F.nll_loss if config.model in ("fc2layer", "cnn") else F.cross_entropy
    while True:
        for pictures, labels in batches.epoch():
            optimizer.zero_grad(set_to_none=True)
            loss_of(forward(pictures), labels).backward()
            optimizer.step()
            yield len(labels)


def ours(config: TrainConfig, *, watched: bool = False) -> Rates:
    """What a worker does, in a directory that is thrown away. Time on test images is not counted: −1 says so."""
    with tempfile.TemporaryDirectory() as name, _looked_into(name, config) if watched else contextlib.nullcontext():
        while True:
            recorder, keeper = recording.Recorder(Path(name)), recording.Keeper(Path(name), 1 << 40, rolling=False)
            recorder.begin(config)
            stop, steering = control_files.StopAsked(Path(name)), control_files.SteeringAsked(Path(name), config)
            started: Started | None = None
            onlooker = watching.Watcher(Path(name))
            for event in training.train(config, stop=stop, steering=steering, on_snapshot=keeper, onlooker=onlooker):
                started = event if isinstance(event, Started) else started
                if isinstance(event, Epoch | Finished | Started):
                    yield -1
                recorder.add(event)
                if isinstance(event, Step) and started is not None:
                    yield config.batch_size
            yield -1


def watched(config: TrainConfig) -> Rates:
    """The same with somebody looking into it."""
    return ours(config, watched=True)


@contextlib.contextmanager
def _looked_into(folder: str, config: TrainConfig) -> Iterator[None]:
    """Another process that watches the run in this folder until the block ends."""
    command = [sys.executable, "-m", "benchmarks.training", "--look", folder, "--side", "watched", config.model]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()  # it has imported everything
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def look(folder: Path, config: TrainConfig) -> None:
    """What the lab's page does twice a second, until it is ended or its side is gone."""
    from cnnviz.run_files import watching as files
    from cnnviz.topics.training_lab import inside_packets
    from pages.shared.components import pack

    info = datasets.info(config.dataset)
    print("ready", flush=True)
    curves = {name: np.arange(400.0) for name in ("step", "loss", "epoch_step", "test_accuracy")}
    parent = os.getppid()
    while os.getppid() == parent:  # a side that is ended by a signal does not come back to end its watcher
        found = files.last(folder, files.watch(folder, np.zeros(info.shape, np.float32)))
        if found is not None:
            packet = inside_packets.packet([found], curves, info.classes, live=True)
            pack({"meta": packet["meta"]}, **packet["blobs"])
        time.sleep(files.EVERY)


def network(config: TrainConfig) -> nn.Module:
    """A new one, as the config says."""
    info = datasets.info(config.dataset)
    return models.build(config.model, seed=0, input_shape=info.shape, classes=len(info.classes))


# --------------------------------------------------------------------------------------------- windows
def serve(side: str, config: TrainConfig) -> None:
    """One side's process: a line in, a window of training, its images a second out."""
    steps = {"course": course, "bare": bare, "ours": ours, "watched": watched}[side](config)
    _window(steps, 1.5)
    print("ready", flush=True)
    colour = datasets.info(config.dataset).shape[0] == 3
    for line in sys.stdin:
        for _ in range(2 * WORKERS + 1 if side == "course" and colour else 0):
            next(steps)  # its workers loaded these while another side had its turn: they would be counted as free
        print(*_window(steps, float(line)), flush=True)


def _window(steps: Rates, seconds: float) -> tuple[float, float]:
    """Images a second, and a second of processor time, over about so many seconds of training."""
    seen, spent, worked = 0, 0.0, 0.0
    clock, processor = time.perf_counter(), time.process_time()
    while spent < seconds:
        count = next(steps)
        now, used = time.perf_counter(), time.process_time()
        if count > 0:
            seen, spent, worked = seen + count, spent + now - clock, worked + used - processor
        clock, processor = now, used
    return seen / spent, seen / worked


# What a process that never imports cnnviz waits by: libgomp's own default.
SPINNING = {"GOMP_SPINCOUNT": "300000"}


class Side:
    """A side's process, seen from the one that compares."""

    def __init__(self, side: str, model: str) -> None:
        command = [sys.executable, "-m", "benchmarks.training", "--side", side, model]
        environment = os.environ | SPINNING if side == "course" else os.environ
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        if self.process.stdout.readline().strip() != "ready":
            raise RuntimeError(f"the {side} loop of {model} did not start")

    def rate(self, seconds: float, *, processor: bool = False) -> float:
        """Images a second; processor: a second of this side's processor time, whatever else the machine does."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline().split()[processor])

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()


def compare(model: str) -> tuple[float, float]:
    """Prints the medians of one network; returns (ours over the course's, what watching costs: bare over ours)."""
    sides = {name: Side(name, model) for name in SIDES}
    seconds = 1.5 if model == "vgg_cifar" else SECONDS
    rates = {name: np.zeros(WINDOWS) for name in SIDES}
    for window, name in itertools.product(range(WINDOWS), SIDES):
        rates[name][window] = sides[name].rate(seconds)
    for side in sides.values():
        side.close()
    speed, cost = (
        float(np.median(ratio)) for ratio in (rates["ours"] / rates["course"], rates["bare"] / rates["ours"])
    )
    medians = " ".join(f"{np.median(rates[name]):>10,.0f}" for name in SIDES)
    said = "" if speed >= TARGETS[model] and cost <= WATCHING else "  (short of the aim)"
    print(
        f"{model:<10} {medians} {speed:>8.2f}× (aim {TARGETS[model]:.1f}×) {cost:>8.3f}× (aim {WATCHING}×){said}",
        flush=True,
    )
    return speed, cost


def cost_of_watching(model: str, *, processor: bool = False) -> float:
    """Prints the images a second of a watched run over those of an unwatched one, window by window; returns that."""
    both = {name: Side(name, model) for name in ("ours", "watched")}
    seconds = 3.0
    unit = "by processor time, " if processor else ""
    ratios = []
    for window in range(WINDOWS):
        order = ("ours", "watched") if window % 2 else ("watched", "ours")
        rates = {name: both[name].rate(seconds, processor=processor) for name in order}
        ratios.append(rates["watched"] / rates["ours"])
    for side in both.values():
        side.close()
    share = float(np.median(ratios))
    said = "" if share >= WATCHED else "  (short of the aim)"
    spread = f"{np.percentile(ratios, 25):.3f} to {np.percentile(ratios, 75):.3f}"
    print(f"{model:<10} watched/unwatched {share:.3f} ({unit}middle half {spread}; aim {WATCHED}){said}", flush=True)
    return share


# --------------------------------------------------------------------------------------------- Start and Stop
def start_and_stop(times: int = 5) -> None:
    """Prints how long a warmed worker takes to its first step and a run to stop, as its directory shows it."""
    with tempfile.TemporaryDirectory() as name:
        os.environ["CNNVIZ_RUNS"] = name
        both = [_start_and_stop(dataclasses.replace(config_of("cnn"), epochs=1000, seed=seed)) for seed in range(times)]
        runs.supervisor().close()
    first, stop = (statistics.median(column) for column in zip(*both, strict=True))
    print(f"Start to first step with a warmed worker: {first:.2f} s (aim 1.5 s); Stop: {stop:.2f} s (aim 0.5 s)")


def _start_and_stop(config: TrainConfig) -> tuple[float, float]:
    boss = runs.supervisor()
    boss.warm()
    _until(lambda: boss._warm is not None and boss._warm.ready)
    run = runs.start(config)
    first = _until(lambda: run.status().step > 0)
    time.sleep(0.5)
    run.stop()
    return first, _until(lambda: not run.status().alive)


def head_on_photos(count: int = 40, size: int = 128) -> float:
    """Prints the seconds from Start to the result of a last layer on so many photographs of two kinds; returns them."""
    from cnnviz import samples
    from cnnviz.training.presets import OF_YOURS

    with tempfile.TemporaryDirectory() as name:
        os.environ["CNNVIZ_RUNS"], os.environ["CNNVIZ_DATA"] = f"{name}/runs", f"{name}/data"
        rng, target = np.random.default_rng(0), io.BytesIO()
        Path(name, "data").mkdir()
        with zipfile.ZipFile(target, "w") as archive:
            for number in range(count):
                kind, photo = (("cats", "chelsea"), ("cups", "coffee"))[number % 2]
                picture, crop = samples.read(photo), io.BytesIO()
                left, top = (int(rng.integers(0, side // 3)) for side in picture.size)
                picture.crop((left, top, left + picture.width // 2, top + picture.height // 2)).save(crop, "PNG")
                archive.writestr(f"{kind}/{number}.png", crop.getvalue())
        own = datasets.from_zip(target.getvalue(), "photos", size=size).name
        boss = runs.supervisor()
        boss.warm()
        _until(lambda: boss._warm is not None and boss._warm.ready)
        began = time.perf_counter()
        run = runs.start(dataclasses.replace(OF_YOURS, dataset=own))
        _until(lambda: not run.status().alive)
        took, status = time.perf_counter() - began, run.status()
        boss.close()
    right = f"{status.test_accuracy:.0%}" if status.test_accuracy is not None else status.message
    print(f"a last layer on {count} photographs of {size} × {size}: {took:.1f} s (aim 10 s), {status.state}, {right}")
    return took


def _until(true: Callable[[], object]) -> float:
    began = time.perf_counter()
    while not true():
        time.sleep(0.005)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=list(TARGETS), help="; ".join(TARGETS))
    parser.add_argument("--watched", action="store_true", help="what it costs to look into a run")
    parser.add_argument(
        "--processor", action="store_true", help="with --watched: by processor time, for a busy machine"
    )
    parser.add_argument("--head", action="store_true", help="a last layer on forty photographs")
    parser.add_argument("--side", choices=(*SIDES, "watched"), help=argparse.SUPPRESS)
    parser.add_argument("--look", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.look:
        look(asked.look, config_of(asked.models[0]))
        return
    if asked.head:
        head_on_photos()
        return
    if asked.watched:
        for model in asked.models:
            cost_of_watching(model, processor=asked.processor)
        return
    if asked.side:
        serve(asked.side, config_of(asked.models[0]))
        return
    print(f"{devices.describe()}; {WINDOWS} windows each; images a second:")
    print(f"{'':<10} {'course':>10} {'bare':>10} {'ours':>10}    ours/course      bare/ours")
    for model in asked.models:
        compare(model)
    start_and_stop()


if __name__ == "__main__":
    main()
