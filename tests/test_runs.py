"""Real training processes: started, followed, stopped, killed, orphaned; and the run directory as a contract."""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz import checkpoints, run_files, runs, training
from cnnviz.configs import ConfigError
from cnnviz.records import Epoch, Finished, RunStatus, Started, Steering, Step, TrainConfig
from cnnviz.run_files import control_files
from cnnviz.runs.supervision import Supervisor
from cnnviz.training import recording, worker
from tests.support import ROOT, waiting
from tests.support.clock import Clock

SHORT = TrainConfig("digits", "fc2layer", epochs=2, lr=0.05, momentum=0.5)
LONG = dataclasses.replace(SHORT, model="lenet5", epochs=100_000, snapshots=3)


@pytest.fixture(autouse=True)
def folder(own_runs: Path) -> Path:
    return own_runs


def until(true: Callable[[], object]) -> None:
    """Waits for it."""
    assert waiting.until(true), "it did not come about"


def ended(run: runs.Run) -> bool:
    return not run.status().alive


def left_by(config: TrainConfig, folder: Path, **status: object) -> runs.Run:
    """A run directory as an earlier server left it."""
    path = folder / config.run_id
    path.mkdir(parents=True)
    run_files.write_config(path, config)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    owner = run_files.Owner.of(gone.pid)
    gone.wait()
    run_files.write_status(path, RunStatus(**status), owner=owner)  # type: ignore[arg-type]
    return runs.Run(path)


# --------------------------------------------------------------------------------------------- a whole life
def test_a_run_from_start_to_network(boss: Supervisor) -> None:
    config = dataclasses.replace(SHORT, snapshots=3, probes=("gradient_norms",))
    run = runs.start(config)
    assert run.status().alive
    assert runs.start(config) == run  # under way: the same one
    until(lambda: ended(run))
    status = run.status()
    assert (status.state, status.step, status.epoch) == ("finished", 46, 2), run.log()
    assert run.config == config
    assert run.title == "FC2Layer on digits"
    events = run.events()
    assert [type(event) for event in events].count(Epoch) == 2
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    assert run.events(after=3) == events[3:]
    history = run.history()
    assert history["step"].tolist() == list(range(1, 47))
    assert len(history["loss"]) == len(history["lr"]) == 46
    assert history["epoch_step"].tolist() == [23, 46]
    assert status.test_accuracy == pytest.approx(history["test_accuracy"][-1])
    assert run.snapshots() == (0, 6, 21)
    assert run.has_weights()
    found = checkpoints.find(run.id)
    assert found.test_accuracy == pytest.approx(status.test_accuracy)
    steps = [event for event in training.train(config) if isinstance(event, Step)]
    np.testing.assert_allclose(history["loss"], [step.loss for step in steps], rtol=1e-4)  # the library's own events
    trained, fresh = checkpoints.load(run.id), checkpoints.load(run.id, step=0)
    assert not torch.equal(trained.hidden1.weight, fresh.hidden1.weight)  # type: ignore[union-attr, arg-type]
    assert runs.list() == [run]
    again_at = run.modified()
    assert runs.start(config) == run  # finished: as it is
    assert run.modified() == again_at
    assert not list(run.path.glob(".*")), "no temporary files stay behind"


@pytest.mark.timed
def test_warm_worker_first_step_and_stop_in_time(boss: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first step shows within 1.5 s of Start, Stop within 0.5 s. Three tries: machines are shared."""
    monkeypatch.setenv("CNNVIZ_WARM", "1")
    starts, stops = [], []
    for seed in range(3):
        boss.warm()
        warm = boss._warm
        assert warm is not None
        until(lambda warm=warm: warm.ready)
        began = time.monotonic()
        run = runs.start(dataclasses.replace(LONG, seed=seed))
        until(lambda run=run: run.status().step > 0)
        starts.append(time.monotonic() - began)
        until(lambda run=run: run.status().step > 200)
        began = time.monotonic()
        run.stop()
        until(lambda run=run: ended(run))
        stops.append(time.monotonic() - began)
        assert run.status().state == "stopped", run.log()
        assert checkpoints.load(run.id) is not None
        if starts[-1] < 1.5 and stops[-1] < 0.5:
            return
    pytest.fail(f"first steps after {starts} s, stops after {stops} s")


SERVER = """
import sys, time
from cnnviz import runs
from cnnviz.records import TrainConfig
run = runs.start(TrainConfig.from_json({config}))
runs.supervisor().warm()
while not (run.status().step > 30 and len(run.snapshots()) > 0):
    time.sleep(0.02)
print(runs.supervisor()._busy[0].process.pid, flush=True)
time.sleep(600)
"""


def test_a_killed_server_leaves_no_orphan_and_the_next_one_finds_its_run(boss: Supervisor) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER.replace("{config}", repr(LONG.to_json()))], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert server.stdout is not None
    pid = int(server.stdout.readline())
    owner = run_files.Owner.of(pid)
    assert owner.lives()
    server.kill()
    server.wait()
    server.stdout.close()
    until(lambda: not owner.lives())
    (run,) = runs.list()
    assert run.config == LONG
    status = run.status()
    assert status.state == "interrupted"
    assert status.step > 0
    assert run.has_weights()
    model = checkpoints.load(run.id)
    assert all(bool(torch.isfinite(value).all()) for value in model.state_dict().values())


# --------------------------------------------------------------------------------------------- the directory
def test_a_pid_that_is_somebody_elses_by_now_owns_nothing(folder: Path) -> None:
    run = left_by(SHORT, folder, state="running", step=7)
    mine = run_files.Owner.of(os.getpid())
    assert mine.lives()
    assert not dataclasses.replace(mine, born="1").lives()
    run_files.write_status(run.path, RunStatus("running"), owner=dataclasses.replace(mine, born="1"))
    assert run.status().state == "interrupted"
    run_files.write_status(run.path, RunStatus("running"), owner=mine)
    assert run.status().state == "running"


def test_a_run_on_another_host_is_believed_while_it_speaks(folder: Path) -> None:
    run = left_by(SHORT, folder, state="running")
    elsewhere = run_files.Owner(1, "1", socket.gethostname() + "-other")
    run_files.write_status(run.path, RunStatus("running", step=5), owner=elsewhere)
    assert run.status().state == "running"
    values = json.loads((run.path / "status.json").read_text())
    (run.path / "status.json").write_text(json.dumps(values | {"written": time.time() - 1000}))
    assert run.status().state == "interrupted"


def test_delete_and_find(boss: Supervisor, folder: Path) -> None:
    run = left_by(SHORT, folder, state="failed")
    assert runs.find(run.id) == runs.get(run.id) == run
    runs.delete(run.id)
    assert runs.find(run.id) is None
    assert [path.name for path in folder.iterdir() if not path.name.startswith(".")] == []
    with pytest.raises(KeyError, match="no run named"):
        runs.get(run.id)


@pytest.mark.parametrize(
    "name", ["", "..", "../runs", "/etc", "a/b-00000000", ".hidden-00000000", "digits-cnn-0000000g"]
)
def test_a_run_id_is_never_a_path(name: str, folder: Path) -> None:
    folder.mkdir()
    assert runs.find(name) is None


def test_runs_come_newest_first_and_strange_folders_not_at_all(folder: Path) -> None:
    for seed in range(3):
        run = left_by(dataclasses.replace(SHORT, seed=seed), folder, state="finished")
        os.utime(run.path / "config.json", (1000 + seed, 1000 + seed))
    (folder / "notes").mkdir()
    (folder / "digits-cnn-00000000").mkdir()
    assert [run.config.seed for run in runs.list()] == [2, 1, 0]


def test_damaged_files_do_not_stop_the_listing(folder: Path) -> None:
    run = left_by(SHORT, folder, state="running")
    for name, text in (("status.json", "{"), ("metrics.jsonl", '{"event": "step"}\nrubbish\n[]\n{"event": "st')):
        (run.path / name).write_text(text)
    assert run.status().state == "interrupted"
    assert run.events() == []
    assert run.title == "FC2Layer on digits"
    (run.path / "config.json").write_text('{"dataset": "digits", "modell": 1}')
    assert run.title == run.id
    with pytest.raises(ValueError, match="modell"):
        _ = run.config


def test_a_torn_last_line_is_not_yet_there(folder: Path) -> None:
    run = left_by(SHORT, folder, state="running")
    lines = [run_files.line_of(Step(i, 1, 2.0 / i, 0.5, 0.1, i * 0.1, 100.0)) for i in range(1, 4)]
    (run.path / "metrics.jsonl").write_bytes(b"".join(lines)[:-9])
    assert [event.step for event in run.events() if isinstance(event, Step)] == [1, 2]
    with (run.path / "metrics.jsonl").open("ab") as file:
        file.write(lines[-1][-9:])
    assert len(run.events(after=2)) == 1


numbers = st.floats(-1e6, 1e6).map(lambda value: float(f"{value:.8g}"))


@settings(deadline=None)  # the first event of a kind looks up its types
@given(st.builds(Step, st.integers(1, 10**9), st.integers(1, 99), numbers, numbers, numbers, numbers, numbers,
                 st.dictionaries(st.text(max_size=5), st.dictionaries(st.text(max_size=5), numbers))))  # fmt: skip
def test_an_event_comes_back_from_its_line(step: Step) -> None:
    line = run_files.line_of(step)
    assert line.count(b"\n") == 1
    assert run_files.event_of(line) == step


@settings(deadline=None)
@given(st.floats(width=32), st.floats(width=32))
def test_a_state_keeps_every_bit_of_an_event(loss: float, value: float) -> None:
    step = Step(3, 1, loss, value, 0.1, value / 3, 1 / 3, {"norms": {"conv1": loss / 7}})
    back = run_files.event_of(run_files.line_of(step, exact=True))
    assert isinstance(back, Step)
    for name in ("loss", "accuracy", "lr", "seconds", "images_per_second"):
        kept, was = getattr(back, name), getattr(step, name)
        assert kept == was if math.isfinite(was) else math.isnan(kept)
    assert back.probes == step.probes or not math.isfinite(loss)


def test_other_events_come_back_too() -> None:
    for event in (
        Started("a-b-01234567", "cpu", "float32", 10, 2, 5, 5, 7, ("Ä", "b")),
        Epoch(1, 10, 0.5, 0.25, 0.5, 0.25, 1.5),
        Finished("stopped", 10, 1, 0.5, 0.25, ((1, 2), (3, 4)), 2.5, 640),
    ):
        assert run_files.event_of(run_files.line_of(event)) == event


def test_what_is_not_a_number_becomes_null_and_comes_back() -> None:
    line = run_files.line_of(Step(1, 1, math.nan, 0.5, 0.1, 1.0, math.inf))
    assert b"NaN" not in line
    back = run_files.event_of(line)
    assert isinstance(back, Step)
    assert math.isnan(back.loss)


def test_a_readers_status_is_always_whole(folder: Path) -> None:
    """Ten writers' worth of replacing under a reader."""
    run = left_by(SHORT, folder, state="running")
    me = run_files.Owner.of(os.getpid())
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER.format(path=str(run.path), owner=dataclasses.asdict(me))], cwd=ROOT
    )
    seen = set()
    while writer.poll() is None:
        status = run.status()
        assert status.state in ("interrupted", "running")
        seen.add(status.step)
    assert writer.returncode == 0
    assert run.status().step == 499


WRITER = """
from pathlib import Path
from cnnviz import run_files
from cnnviz.records import RunStatus
for step in range(500):
    owner = run_files.Owner(**{owner})
    run_files.write_status(Path({path!r}), RunStatus("running", "x" * 500, step=step), owner=owner, durable=False)
"""


# --------------------------------------------------------------------------------------------- the worker by hand
def test_many_steps_make_few_lines_with_their_means(folder: Path) -> None:
    run = left_by(SHORT, folder, state="running")
    recorder = recording.Recorder(run.path)
    recorder.begin(SHORT)
    recorder.add(Started(SHORT.run_id, "cpu", "float32", 5000, 1, 100, 10, 7, ("a", "b")))
    for step in range(1, 5001):
        recorder.add(
            Step(step, 1, float(step), step % 2, 0.1, step / 1000, 64.0, {"p": {"a": 1.0}} if step == 7 else {})
        )
    recorder.add(Finished("completed", 5000, 1, 1.0, 0.5, ((5, 0), (5, 0)), 5.0, 320_000))
    steps = [event for event in run.events() if isinstance(event, Step)]
    assert 390 <= len(steps) <= 401
    assert steps[0].loss == 1
    for before, after in itertools.pairwise(steps):
        assert after.loss == pytest.approx(np.mean(range(before.step + 1, after.step + 1)))
    assert steps[-1].step == 5000
    assert sum(bool(step.probes) for step in steps) == 1


def test_a_shipped_run_leaves_exactly_what_ships(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(checkpoints, "SHIPPED", tmp_path)
    config = dataclasses.replace(SHORT, model="cnn", snapshots=2, epochs=1)
    path = tmp_path / config.run_id
    path.mkdir()
    run_files.write_config(path, config)
    assert worker.work(path, half=True)
    names = {item.relative_to(path).as_posix() for item in path.rglob("*") if item.is_file()}
    snapshots = {"snapshots/step_000000.safetensors", "snapshots/step_000006.safetensors"}
    assert names == {"config.json", "metrics.jsonl", "run.json", "weights.safetensors"} | snapshots
    assert runs.Run(path).status().state == "finished"
    assert runs.Run(path).status().step == 23
    full = (path / "snapshots/step_000000.safetensors").stat().st_size
    assert (path / "weights.safetensors").stat().st_size < 0.7 * full


def test_an_unplanned_snapshot_goes_when_the_weights_come(folder: Path) -> None:
    path = folder / SHORT.run_id
    path.mkdir(parents=True)
    run_files.write_config(path, SHORT)
    assert worker.work(path)
    assert runs.Run(path).snapshots() == ()
    assert runs.Run(path).has_weights()


def test_budgets_hold_in_the_worker(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_MAX_SNAPSHOT_MB", "0.01")
    path = folder / LONG.run_id
    path.mkdir(parents=True)
    run_files.write_config(path, LONG)
    assert worker.work(path)
    run = runs.Run(path)
    assert run.status().state == "finished"
    assert "CNNVIZ_MAX" in run.status().message
    assert run.snapshots() == (0,)  # one snapshot of 0.25 MB was one too many
    assert run.status().step == 0


def test_an_exception_shows_failed_with_its_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_MAX_SECONDS", "soon")
    path = folder / SHORT.run_id
    path.mkdir(parents=True)
    run_files.write_config(path, SHORT)
    assert not worker.work(path)
    status = runs.Run(path).status()
    assert status.state == "failed"
    assert status.message == "CNNVIZ_MAX_SECONDS is 'soon'; it must be a number above 0"


def test_a_missing_config_is_said(folder: Path) -> None:
    path = folder / SHORT.run_id
    path.mkdir(parents=True)
    assert not worker.work(path)
    assert "config.json is missing" in runs.Run(path).status().message


def test_the_snippet_trains_the_run_again(folder: Path) -> None:
    config = dataclasses.replace(SHORT, epochs=1, augmentation=("crop",), options=(("hidden", 4),))
    names: dict[str, object] = {}
    text = left_by(config, folder, state="finished").snippet().replace("    print(event)", "    last = event")
    exec(text, names)
    assert names["config"] == config
    assert isinstance(names["last"], Finished)


# --------------------------------------------------------------------------------------------- steering
def test_a_run_is_held_stepped_changed_and_let_go(boss: Supervisor) -> None:
    """From outside, through its directory; held, its network can be opened as it is; its snippet makes it again."""
    config = dataclasses.replace(LONG, epochs=3, batch_size=16)
    run = runs.start(config)
    with pytest.raises(ConfigError, match="lr is -1"):
        run.steer(lr=-1.0)
    run.pause()
    until(lambda: run.status().state == "paused")
    held = run.status()
    assert held.alive
    assert held.step in run.snapshots() or held.step == 0
    assert waiting.stays(lambda: run.status().step == held.step)
    for _ in range(3):
        target = run.advance()
        until(lambda: run.status().state == "paused" and run.status().step == target)  # noqa: B023
        assert checkpoints.load(run.id, step=target)
    assert run.status().step == held.step + 3
    assert set(run.snapshots()) >= {held.step + step for step in range(1, 4)}
    run.steer(lr=0.2, batch_size=40)
    until(lambda: run.changes())
    run.resume()
    until(lambda: ended(run))
    assert run.status().state == "finished", run.log()
    assert run.changes() == {held.step + 3: Steering(lr=0.2, batch_size=40)}
    assert checkpoints.read_card(run.path).steered == 1
    assert not (run.path / run_files.STEERING).exists()
    assert runs.start(config) == run, "it stays, although its values were changed on the way"
    with pytest.raises(runs.RunError, match="not under way"):
        run.pause()

    names: dict[str, object] = {}
    exec(run.snippet().replace("    print(event)", "    last = event"), names)
    again, last = names["last"], run.events()[-1]
    assert isinstance(again, Finished)
    assert isinstance(last, Finished)
    assert (again.step, again.confusion) == (last.step, last.confusion)


def test_a_held_run_stops_at_once(boss: Supervisor) -> None:
    run = runs.start(LONG)
    run.pause()
    until(lambda: run.status().state == "paused")
    run.stop()
    until(lambda: ended(run))
    assert run.status().state == "stopped"


def test_a_damaged_wish_is_passed_over_and_said(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock().of(monkeypatch, "cnnviz.run_files.control_files")
    path = folder / SHORT.run_id
    path.mkdir(parents=True)
    (path / run_files.STEERING).write_text('{"lr": "fast"')
    asked = control_files.SteeringAsked(path, SHORT)
    assert asked(0) == Steering()
    assert "ignored: " in capsys.readouterr().out
    run_files.write_steering(path, Steering(lr=-3.0))
    clock.forward(control_files.LOOK_EVERY)
    assert asked(1) == Steering()
    assert "lr is -3.0" in capsys.readouterr().out
    (path / run_files.STEERING).write_text("[]")
    assert runs.Run(path).steering() == Steering()
    run_files.write_steering(path, Steering(lr=0.3))
    clock.forward(control_files.LOOK_EVERY)
    assert asked(2) == Steering(lr=0.3)


@pytest.mark.slow
def test_two_processes_train_one_network(folder: Path) -> None:
    """torchrun, gloo: the gradients' mean over two halves of each batch is the whole batch's, so the losses agree."""
    config = dataclasses.replace(SHORT, model="lenet5", batch_size=48, examples=960, lr=0.01)
    alone, together = folder / "alone" / config.run_id, folder / "together" / config.run_id
    for path in (alone, together):
        path.mkdir(parents=True)
        run_files.write_config(path, config)
    assert worker.work(alone)
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    done = subprocess.run(
        [*command, "-m", "cnnviz.training", str(together)],
        cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}, capture_output=True, timeout=waiting.PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    one, two = (runs.Run(path).history() for path in (alone, together))
    assert one["step"].tolist() == two["step"].tolist()
    np.testing.assert_allclose(one["test_loss"], two["test_loss"], rtol=1e-3)
    shutil.rmtree(folder)
