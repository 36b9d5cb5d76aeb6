"""A run directory that is damaged in any way harms nothing: whatever is asked answers, or says in one sentence why not.

python -m tests.test_damaged_runs 5000      the law at length, from seed 0
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from cnnviz import checkpoints, run_files, runs
from cnnviz.configs import ConfigError
from cnnviz.figures import curves
from cnnviz.records import RunStatus, Steering, TrainConfig
from cnnviz.run_files.status import STATES
from cnnviz.runs import supervision
from cnnviz.runs.supervision import Supervisor
from cnnviz.training import worker
from pages.shared.training import panel

CONFIG = TrainConfig("digits", "fc2layer", epochs=1, snapshots=2, lr=0.05)
FILES = (
    "config.json", "status.json", "metrics.jsonl", "steering.json", "CANCEL", "run.json", "weights.safetensors",
    "snapshots", "snapshots/step_000000.safetensors", "worker.log",
)  # fmt: skip
STRANGE = (
    '"text"', "null", "true", "-1", "1.5", "1e999", "Infinity", "-Infinity", "NaN", "[]", "{}", "[[[1]]]", '"\\ud800"',
    "9" * 400, '{"a": {"b": [1, {"c": null}]}}', "[" * 3000 + "]" * 3000, '"' + "x" * 5000 + '"', "0", '""', '"1"',
)  # fmt: skip


def made(folder: Path) -> Path:
    """A finished run with all its files."""
    path = folder / CONFIG.run_id
    path.mkdir(parents=True)
    run_files.write_config(path, CONFIG)
    assert worker.work(path)
    run_files.write_steering(path, Steering(lr=0.1))
    (path / "worker.log").write_text("nothing to say\n")
    return path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("whole"))


# --------------------------------------------------------------------------------------------- the damage
def damage(path: Path, draw: random.Random) -> str:
    """Spoils one file of the run; says how."""
    file = path / draw.choice(FILES)
    if not file.parent.is_dir() or (os.path.lexists(file) and not (file.is_dir() or file.is_file())):
        return f"{file.name}: spoilt already"
    if not file.exists():
        file.write_text("{}")
    ways: list[Callable[[Path, random.Random], None]] = [replaced, gone]
    if file.is_file():
        ways += [cut, flipped]
        if file.suffix in (".json", ".jsonl"):
            ways += [ill_typed] * 6
    way = draw.choice(ways)
    way(file, draw)
    return f"{file.name}: {way.__name__}"


def gone(file: Path, draw: random.Random) -> None:
    shutil.rmtree(file) if file.is_dir() else file.unlink()


def replaced(file: Path, draw: random.Random) -> None:
    """By something that is not a file."""
    gone(file, draw)
    kind = draw.choice(["directory", "full", "loop", "dangling", "pipe", "device", "empty"])
    if kind in ("directory", "full"):
        file.mkdir()
        if kind == "full":
            (file / "something").write_text("here")
    elif kind in ("loop", "dangling", "device"):
        file.symlink_to({"loop": file.name, "dangling": "nowhere", "device": "/dev/zero"}[kind])
    elif kind == "pipe":
        os.mkfifo(file)
    else:
        file.touch()


def cut(file: Path, draw: random.Random) -> None:
    data = file.read_bytes()
    file.write_bytes(data[: draw.randrange(len(data) + 1)])


def flipped(file: Path, draw: random.Random) -> None:
    data = bytearray(file.read_bytes())
    for _ in range(draw.randint(1, 20) if data else 0):
        data[draw.randrange(len(data))] = draw.randrange(256)
    file.write_bytes(bytes(data))


def ill_typed(file: Path, draw: random.Random) -> None:
    """A value somewhere in its JSON is another one."""
    text = file.read_text(errors="replace")
    lines = text.splitlines() if file.suffix == ".jsonl" else [text]
    place = draw.randrange(len(lines)) if lines else 0
    try:
        values = json.loads(lines[place])
    except (ValueError, IndexError, RecursionError):
        values = {}
    mark = "a mark that is nowhere else"
    lines[place : place + 1] = [json.dumps(marked(values, mark, draw)).replace(f'"{mark}"', draw.choice(STRANGE))]
    file.write_text("\n".join(lines) + "\n")


def marked(value: Any, mark: str, draw: random.Random) -> Any:
    """The same, with one value or name in it replaced by the mark."""
    if isinstance(value, dict) and value and draw.random() < 0.95:
        name = draw.choice(list(value))
        if draw.random() < 0.1:
            return {(f"{key}s" if key == name else key): one for key, one in value.items()}
        return value | {name: marked(value[name], mark, draw)}
    if isinstance(value, list) and value and draw.random() < 0.7:
        place = draw.randrange(len(value))
        return [marked(one, mark, draw) if i == place else one for i, one in enumerate(value)]
    return mark


# --------------------------------------------------------------------------------------------- what must answer
def answers(run: runs.Run, healthy: runs.Run) -> None:
    """Asks everything that a page asks; only the documented exceptions may come."""
    assert healthy in runs.list()
    assert {one.id for one in runs.list()}.isdisjoint(runs.unreadable())
    status = run.status()
    assert status.state in STATES
    encodable(panel.words(status), run.title, run.log(), *runs.unreadable().values())
    history = run.history()
    assert len({len(history[name]) for name in ("step", "loss", "accuracy")}) == 1
    assert isinstance(run.events(), list)
    encodable(curves.words(curves.history(run.events())))
    assert all(step >= 0 for step in run.snapshots())
    assert isinstance(run.steering(), Steering)
    if runs.find(run.id) is not None:
        assert 0 <= panel.progress(run.config, status) <= 1
        encodable(run.snippet())
    for ask in (lambda: run.steer(lr=0.2), run.pause, run.stop):
        try:
            ask()
        except (runs.RunError, ConfigError) as error:
            encodable(str(error))
    opened(run.id)


def opened(run_id: str) -> None:
    """The network of a run, or why it cannot be opened."""
    encodable(*(one.reason for one in checkpoints.torn()))
    assert all(one.run_id for one in checkpoints.available())
    try:
        model = checkpoints.load(run_id)
    except checkpoints.CheckpointError as error:
        encodable(str(error))
    else:
        assert isinstance(model, torch.nn.Module)


def encodable(*texts: str) -> None:
    """A browser gets UTF-8."""
    for text in texts:
        text.encode()


def law(whole: Path, seed: int, folder: Path, number: int) -> None:
    draw = random.Random(f"{seed} {number}")
    shutil.rmtree(folder, ignore_errors=True)
    path = folder / CONFIG.run_id
    healthy = folder / f"{CONFIG.run_id}-2"
    for target in (path, healthy):
        shutil.copytree(whole, target)
    if draw.random() < 0.5:
        owner = run_files.Owner.of(os.getpid())
        run_files.write_status(path, RunStatus("running", step=3, steps=9, loss=1.0, accuracy=0.5), owner=owner)
    said = [damage(path, draw) for _ in range(draw.choice([1, 1, 1, 2, 3]))]
    try:
        answers(runs.Run(path), runs.Run(healthy))
    except Exception as error:
        raise AssertionError(f"seed {seed}, number {number}: {said}") from error


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    one = Supervisor()
    monkeypatch.setattr(supervision, "CURRENT", [one])
    yield tmp_path / "runs"
    one.close()


@pytest.mark.parametrize("part", range(3))
def test_whatever_is_damaged_everything_answers(whole: Path, folder: Path, part: int) -> None:
    for number in range(70):
        law(whole, part, folder, number)


def test_a_directory_that_cannot_be_read_is_left_alone_and_named(whole: Path, folder: Path) -> None:
    path = shutil.copytree(whole, folder / CONFIG.run_id)
    (path / "config.json").write_text('{"dataset": "digits", "model": "fc2layer", "epochs": "many"}')
    before = sorted(path.rglob("*"))
    assert runs.list() == []
    assert runs.find(path.name) is None
    assert "config.json: epochs is 'many'; it must be a whole number" in runs.unreadable()[path.name]
    assert sorted(path.rglob("*")) == before
    again = runs.start(CONFIG)
    assert again.id == f"{CONFIG.run_id}-2"
    runs.delete(path.name)
    assert runs.deleted() == [path.name]


def main(count: int, tell: Callable[[str], None] = print) -> int:
    """For how many the law does not hold, each told at once; a line for each hundred."""
    warnings.simplefilter("ignore")
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        os.environ["CNNVIZ_RUNS"] = f"{name}/runs"
        whole = made(Path(name, "whole"))
        for number in range(count):
            try:
                law(whole, 0, Path(name, "runs"), number)
            except AssertionError as error:
                wrong += 1
                tell(f"{error}: {type(error.__cause__).__name__}: {str(error.__cause__)[:300]}")
            if (number + 1) % 100 == 0:
                tell(f"{number + 1} of {count} damaged: {wrong} went wrong")
    print(f"{count} damaged run directories: {f'{wrong} went wrong' if wrong else 'everything answered'}")
    return wrong


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000) > 0)
