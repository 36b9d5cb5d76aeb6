"""Whose is what: two visitors and a teacher over one server; runs, the queue, data sets, uploaded weights, caches."""

from __future__ import annotations

import dataclasses
import io
import sys
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cnnviz import checkpoints, datasets, experiments, limits, models, networks, run_files, runs, visitors
from cnnviz.checkpoints import uploads
from cnnviz.datasets import image_folder, removed
from cnnviz.experiments import worker as experiment_worker
from cnnviz.records import TrainConfig
from cnnviz.runs import quotas, supervision
from cnnviz.runs.supervision import Supervisor
from cnnviz.visitors import EVERYBODY, Visitor
from pages.shared.training import allowance
from tests.support.clock import Clock
from tests.support.waiting import until

ANNA, BEN = (Visitor(visitors.id_of(name)) for name in ("anna's key", "ben's key"))
TEACHER = Visitor(visitors.id_of("the teacher's browser"), teacher=True)
LONG = TrainConfig("digits", "fc2layer", epochs=100_000)
SHORT = dataclasses.replace(LONG, epochs=2)


@pytest.fixture(autouse=True)
def folder(own_runs: None, boss: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(supervision, "COMMAND", (sys.executable, "-m", "tests.stand_in_worker"))
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    return checkpoints.runs_folder()


@pytest.fixture
def as_anna() -> Iterator[None]:
    with visitors.acting_as(ANNA):
        yield


def started_by(visitor: Visitor, config: TrainConfig, *, again: bool = False) -> runs.Run:
    with visitors.acting_as(visitor):
        return runs.start(config, again=again)


def seen_by(visitor: Visitor) -> set[str]:
    with visitors.acting_as(visitor):
        return {run.id for run in runs.list()}


def a_zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for label in ("cat", "dog"):
            for number in range(3):
                image = io.BytesIO()
                Image.fromarray(np.full((8, 8, 3), 40 * number, np.uint8)).save(image, "PNG")
                archive.writestr(f"{label}/{number}.png", image.getvalue())
    return file.getvalue()


# --------------------------------------------------------------------------------------------- who asks
def test_alone_nothing_is_anybodys(folder: Path) -> None:
    run = runs.start(SHORT)
    assert visitors.owner_of(run.path) == ""
    assert not (run.path / visitors.MARK).exists()
    assert visitors.current() == EVERYBODY


@pytest.mark.parametrize(
    ("variable", "address", "login", "wanted"),
    [
        ("", "127.0.0.1", False, False),
        ("", "localhost", False, False),
        ("", "0.0.0.0", False, True),
        ("", None, False, True),
        ("", "127.0.0.1", True, True),
        ("1", "127.0.0.1", False, True),
        ("0", "0.0.0.0", True, False),
        ("yes", "127.0.0.1", False, False),
    ],
)
def test_which_mode(
    variable: str, address: str | None, login: bool, wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(visitors.SHARED, variable)
    assert visitors.shared(address, login=login) is wanted


@given(st.text(), st.text())
def test_an_id_tells_keys_apart_and_does_not_show_them(one: str, other: str) -> None:
    try:
        first, second = visitors.id_of(one), visitors.id_of(other)
    except UnicodeEncodeError:
        return
    assert visitors.ID.fullmatch(first)
    assert (first == second) == (one == other)
    assert len(one) < 4 or one not in first


def test_the_teachers_key(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not visitors.is_teachers("")
    monkeypatch.setenv(visitors.TEACHER, "short")
    assert not visitors.is_teachers("short")
    monkeypatch.setenv(visitors.TEACHER, "Größe 12345")
    assert visitors.is_teachers("Größe 12345")
    assert not visitors.is_teachers("Größe 12346")


def test_who_asked_for_a_download_is_who_it_is_made_for() -> None:
    """Streamlit makes it in a thread that belongs to no session."""
    with visitors.acting_as(ANNA):
        made = visitors.on_behalf(visitors.current)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(made).result() == ANNA
    assert visitors.current() == EVERYBODY


@pytest.mark.parametrize("owner", ["", visitors.id_of("anna"), "f" * 16])
def test_nobody_may_see_nothing(owner: str) -> None:
    assert not visitors.NOBODY.may(owner)
    assert visitors.NOBODY.limited


@pytest.mark.parametrize("content", [b"", b"x" * 16, b"../../etc/passwd", b"\xff" * 64, b"0" * 15, b"0" * 17])
def test_a_damaged_mark_is_nobodys(content: bytes, tmp_path: Path) -> None:
    (tmp_path / visitors.MARK).write_bytes(content)
    assert visitors.owner_of(tmp_path) == ""
    (tmp_path / visitors.MARK).unlink()
    (tmp_path / visitors.MARK).mkdir()
    assert visitors.owner_of(tmp_path) == ""


# --------------------------------------------------------------------------------------------- runs
def test_each_sees_and_stops_their_own(folder: Path) -> None:
    hers, his = started_by(ANNA, LONG), started_by(BEN, dataclasses.replace(LONG, seed=1))
    assert (seen_by(ANNA), seen_by(BEN)) == ({hers.id}, {his.id})
    assert seen_by(TEACHER) == seen_by(EVERYBODY) == {hers.id, his.id}
    with visitors.acting_as(BEN):
        assert runs.find(hers.id) is None
        with pytest.raises(KeyError) as refused:
            runs.get(hers.id)
        assert hers.id not in str(refused.value).partition(";")[2]  # it is not among the close ones
        for change in (runs.delete, runs.resume):
            with pytest.raises(KeyError):
                change(hers.id)
    with visitors.acting_as(TEACHER):
        runs.get(hers.id).stop()
    assert until(lambda: not hers.status().alive)
    with visitors.acting_as(TEACHER):
        runs.delete(hers.id)
    with visitors.acting_as(BEN):
        assert runs.deleted() == []
        assert runs.empty_trash() == 0
        with pytest.raises(KeyError):
            runs.restore(hers.id)
    with visitors.acting_as(ANNA):
        assert runs.deleted() == [hers.id]
        assert runs.restore(hers.id).id == hers.id


def test_the_same_settings_of_two_visitors_are_two_runs() -> None:
    hers, his = started_by(ANNA, LONG), started_by(BEN, LONG)
    assert hers.path != his.path
    assert started_by(ANNA, LONG) == hers
    assert started_by(BEN, LONG) == his
    assert started_by(TEACHER, LONG) not in (hers, his)


def test_shipped_runs_are_everybodys() -> None:
    shipped = next(item.run_id for item in checkpoints.available() if item.shipped)
    for visitor in (ANNA, BEN, TEACHER):
        with visitors.acting_as(visitor):
            assert runs.get(shipped).shipped
            networks.refuse_others(networks.run_choice(shipped))


def test_what_cannot_be_read_is_named_to_its_owner(folder: Path) -> None:
    run = started_by(ANNA, SHORT)
    assert until(lambda: not run.status().alive)
    (run.path / run_files.CONFIG).write_text("{")
    for visitor, wanted in ((ANNA, {run.id}), (BEN, set()), (TEACHER, {run.id})):
        with visitors.acting_as(visitor):
            assert set(runs.unreadable()) == wanted


def test_visitors_take_turns(boss: Supervisor) -> None:
    first = started_by(ANNA, LONG)
    assert until(lambda: first.status().step > 0)
    hers = [started_by(ANNA, dataclasses.replace(SHORT, seed=seed)) for seed in (1, 2)]
    his = started_by(BEN, SHORT)
    assert [boss.place(run.path) for run in (*hers, his)] == [2, 3, 1]
    first.stop()
    assert until(lambda: not any(run.status().alive for run in (*hers, his)))
    begun = [run.path.joinpath(run_files.METRICS).stat().st_mtime_ns for run in (his, *hers)]
    assert begun == sorted(begun)


# --------------------------------------------------------------------------------------------- quotas
def test_runs_at_once(boss: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_VISITOR_WAITING", "2")
    for seed in range(2):
        started_by(ANNA, dataclasses.replace(LONG, seed=seed))
    with pytest.raises(runs.RunError, match="2 runs of yours wait or train"):
        started_by(ANNA, dataclasses.replace(LONG, seed=2))
    assert len(seen_by(ANNA)) == 2
    assert started_by(BEN, LONG).status().alive
    for seed in range(3, 6):
        started_by(TEACHER, dataclasses.replace(LONG, seed=seed))


def test_runs_kept(monkeypatch: pytest.MonkeyPatch, as_anna: None) -> None:
    monkeypatch.setenv("CNNVIZ_VISITOR_RUNS", "2")
    made = [runs.start(dataclasses.replace(SHORT, seed=seed)) for seed in range(2)]
    assert until(lambda: not any(run.status().alive for run in made))
    runs.delete(made[0].id)
    with pytest.raises(runs.RunError, match="2 runs of yours are kept, the trash included"):
        runs.start(dataclasses.replace(SHORT, seed=2))
    runs.empty_trash()
    assert runs.start(dataclasses.replace(SHORT, seed=2))


def test_disk(monkeypatch: pytest.MonkeyPatch, as_anna: None) -> None:
    run = runs.start(SHORT)
    assert until(lambda: not run.status().alive)
    (run.path / "large").write_bytes(bytes(2_000_000))
    assert quotas.used(runs.supervisor()).disk_mb > 2
    monkeypatch.setenv("CNNVIZ_VISITOR_DISK_MB", "1")
    with pytest.raises(runs.RunError, match=r"take 2 MB, and a visitor has 1 here"):
        runs.start(dataclasses.replace(SHORT, seed=1))


def test_results_of_experiments_take_disk_of_whose_they_are(monkeypatch: pytest.MonkeyPatch, as_anna: None) -> None:
    before = {who: quotas.used(runs.supervisor(), who).disk_mb for who in (ANNA, BEN, TEACHER)}
    for who in (ANNA, TEACHER):
        with visitors.acting_as(who):
            folder = experiments.own_folder(experiments.names()[0])
        folder.mkdir(parents=True)
        (folder / "results.jsonl").write_bytes(bytes(2_000_000))
    after = {who: quotas.used(runs.supervisor(), who).disk_mb - before[who] for who in before}
    assert after == {ANNA: 2.0, BEN: 0.0, TEACHER: 2.0}
    monkeypatch.setenv("CNNVIZ_VISITOR_DISK_MB", "1")
    with pytest.raises(runs.RunError, match="your runs, experiments, data sets and weights take 2 MB"):
        experiment_worker.start(experiment_worker.ExperimentRequest(experiments.names()[0]))


def test_the_sidebar_says_every_quota_that_holds_for_one_visitor(
    monkeypatch: pytest.MonkeyPatch, as_anna: None, tmp_path: Path
) -> None:
    quota = [limit for limit in limits.TABLE if limit.variable.startswith("CNNVIZ_VISITOR_")]
    assert len(quota) >= 5
    for number, limit in enumerate(quota):
        monkeypatch.setenv(limit.variable, str(731 + number))
    uploads.keep(checkpoints.save(models.build("fc2layer"), tmp_path / "w.safetensors").read_bytes(), "fc2layer")
    said = " ".join(allowance.lines(quotas.used(runs.supervisor())))
    assert [limit.name for number, limit in enumerate(quota) if str(731 + number) not in said] == []
    assert "1 of 735 files of weights" in said


def test_seconds(monkeypatch: pytest.MonkeyPatch, boss: Supervisor) -> None:
    clock = Clock().of(monkeypatch, "cnnviz.runs.supervision", "cnnviz.runs.workers")
    monkeypatch.setattr(clock, "sleep", time.sleep)  # the supervisor's thread looks as often as ever
    monkeypatch.setenv("CNNVIZ_VISITOR_SECONDS", "1")
    with pytest.raises(runs.RunError, match="takes 20 seconds, and one of a visitor has 1"):
        started_by(ANNA, dataclasses.replace(LONG, seconds=20.0))
    hers, theirs = started_by(ANNA, LONG), started_by(TEACHER, dataclasses.replace(LONG, seed=1))
    assert until(lambda: hers.status().step > 0)
    clock.forward(0.9)
    with boss._lock:
        boss._look()
    assert hers.status().state == "running"
    clock.forward(0.1 + supervision.PATIENCE + 1e-6)  # its own clock would have ended it before
    assert until(lambda: not hers.status().alive)
    assert hers.status().state == "stopped"
    assert until(lambda: theirs.status().step > 0)
    clock.forward(10**6)
    with boss._lock:
        boss._look()
    assert theirs.status().state == "running"  # a teacher's goes on
    assert not run_files.stop_asked(theirs.path)


def test_experiments_count_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_VISITOR_WAITING", "1")
    started_by(ANNA, LONG)
    asked = experiment_worker.ExperimentRequest(name=experiments.names()[0], small=True, seeds=(0,))
    with visitors.acting_as(ANNA), pytest.raises(runs.RunError, match="1 runs of yours"):
        experiment_worker.start(asked)
    with visitors.acting_as(BEN):
        experiment_worker.start(asked)
        assert experiment_worker.status(asked.name).alive
    with visitors.acting_as(ANNA):
        assert experiment_worker.status(asked.name).state == ""


# --------------------------------------------------------------------------------------------- data sets and weights
def test_data_sets() -> None:
    root = datasets.root()
    with visitors.acting_as(ANNA):
        datasets.from_zip(a_zip(), "hers")
    datasets.from_zip(a_zip(), "everybodys")
    listed = {ANNA: {"hers", "everybodys"}, BEN: {"everybodys"}, TEACHER: {"hers", "everybodys"}}
    for visitor, wanted in listed.items():
        with visitors.acting_as(visitor):
            assert {name.removeprefix(image_folder.PREFIX) for name in image_folder.names(root)} == wanted
    with visitors.acting_as(BEN):
        for refused in (datasets.load, datasets.info, lambda name: image_folder.remove(name, root)):
            with pytest.raises(datasets.DatasetError, match="hers"):
                refused("folder:hers")
        with pytest.raises(datasets.DatasetError, match="only a teacher"):
            image_folder.remove("folder:everybodys", root)
        with pytest.raises(checkpoints.CheckpointError):
            networks.refuse_others("layers:folder:hers/flatten, linear 0")
        assert datasets.status("folder:hers").available is False
    with visitors.acting_as(ANNA):
        assert len(datasets.load("folder:hers")) > 0
        before = quotas.used(runs.supervisor()).disk_mb
        image_folder.remove("folder:hers", root)
        assert quotas.used(runs.supervisor()).disk_mb == before > 0  # what lies in the trash takes room, too
        assert removed.names(root) == ["hers"]
    with visitors.acting_as(BEN):
        assert removed.names(root) == []
        removed.empty(root)
        with pytest.raises(datasets.DatasetError, match="no data set 'hers'"):
            removed.restore("hers", root)
    with visitors.acting_as(ANNA):
        removed.restore("hers", root)
        assert image_folder.names(root)
        image_folder.remove("folder:hers", root)
    with visitors.acting_as(TEACHER):
        image_folder.remove("folder:everybodys", root)


def test_uploaded_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CNNVIZ_VISITOR_NETWORKS", "2")

    def weights(seed: int) -> bytes:
        return checkpoints.save(models.build("fc2layer", seed=seed), tmp_path / f"{seed}.safetensors").read_bytes()

    with visitors.acting_as(ANNA):
        hers = uploads.keep(weights(1), "fc2layer")
    with visitors.acting_as(BEN):
        his = [uploads.keep(weights(seed), "fc2layer") for seed in (2, 3, 4)]
        assert [uploads.seen(kept) for kept in his].count(True) == 2  # his push out his own
        with pytest.raises(checkpoints.CheckpointError):
            uploads.open_upload(hers)
        with pytest.raises(checkpoints.CheckpointError):
            networks.refuse_others(networks.UPLOAD + hers)
    for visitor in (ANNA, TEACHER, EVERYBODY):
        with visitors.acting_as(visitor):
            assert uploads.open_upload(hers).network == "fc2layer"
            networks.refuse_others(networks.UPLOAD + hers)
    assert quotas.used(runs.supervisor(), ANNA).disk_mb > 0.02


def test_uploads_stay_within_a_visitors_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first, second = (
        checkpoints.save(models.build("fc2layer", seed=seed), tmp_path / f"{seed}.safetensors").read_bytes()
        for seed in (1, 2)
    )
    assert runs.room() is None  # nobody in particular asks
    with visitors.acting_as(TEACHER):
        assert runs.room() is None
    monkeypatch.setenv("CNNVIZ_VISITOR_DISK_MB", str(1.5 * len(first) / 1e6))
    with visitors.acting_as(ANNA):
        kept = uploads.keep(first, "fc2layer", room=runs.room())
        assert uploads.keep(first, "fc2layer", room=runs.room()) == kept  # it takes its own place
        with pytest.raises(checkpoints.CheckpointError, match="left of a visitor's disk"):
            uploads.keep(second, "fc2layer", room=runs.room())
        monkeypatch.setenv("CNNVIZ_VISITOR_DISK_MB", str(len(first) / 1e6))
        with pytest.raises(datasets.DatasetError, match="more than is left"):
            datasets.from_zip(a_zip(), "pets", room=runs.room())
        assert uploads.seen(kept)
        monkeypatch.setenv("CNNVIZ_VISITOR_NETWORKS", "1")
        uploads.keep(second, "fc2layer", room=runs.room())  # the old one makes room
        assert not uploads.seen(kept)
    with visitors.acting_as(BEN):
        uploads.keep(first, "fc2layer", room=runs.room())


def test_limits_that_a_variable_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in limits.TABLE:
        if limit.variable:
            for text, wanted in (("7", 7), ("", limit.usual), ("many", limit.usual), ("-3", 0), ("٣", limit.usual)):
                monkeypatch.setenv(limit.variable, text)
                assert limit.value == wanted, (limit, text)
            monkeypatch.delenv(limit.variable)
