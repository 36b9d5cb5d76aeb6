"""Experiments: what ships, what is computed from it, and runs that are stopped, killed and taken up again."""

from __future__ import annotations

import dataclasses
import math
import os
import re
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cnnviz import experiments, training
from cnnviz.experiments import permuted_pixels, results_files, running, words, worker
from cnnviz.records import Epoch, Finished, Started, Step, TrainConfig
from cnnviz.records.experiments import T95, CellResult, CellRun, Experiment, Results
from cnnviz.registry import Registry
from cnnviz.runs.supervision import Supervisor
from tests.support import ROOT
from tests.support.clock import Clock
from tests.support.exhaustive import sample
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("own_runs")

NAME = "permuted_pixels"


def shorten(monkeypatch: pytest.MonkeyPatch, name: str, **small: object) -> Experiment:
    """The experiment with a still smaller small version, for this test."""
    usual = experiments.get(name)
    short = dataclasses.replace(usual, small=dict(usual.small) | small)
    monkeypatch.setitem(experiments.EXPERIMENTS._members, name, short)
    return short


def made_up(cell: str, accuracy: float, *, seed: int = 0, config: TrainConfig | None = None) -> CellRun:
    config = config or experiments.get(NAME).grid()[0].config
    curves = {"step": np.array([1.0, 9.0]), "loss": np.array([2.3, math.nan]), "accuracy": np.array([0.1, 0.25])}
    epochs = {name: np.array([1.0]) for name in ("epoch", "step", "test_loss", "test_accuracy")}
    return CellRun(cell, dataclasses.replace(config, seed=seed), accuracy, 0.5, curves, epochs, 1.5, "cpu", {"a": "1"})


def results_of(name: str, accuracies: dict[str, list[float]], *, small: bool = False) -> Results:
    grid = experiments.get(name).grid(small=small)
    cells = tuple(
        CellResult(cell, tuple(made_up(cell.label, value, seed=i) for i, value in enumerate(accuracies[cell.label])))
        for cell in grid
    )
    return Results(name, grid[0].config.dataset, cells)


# ------------------------------------------------------------------------------------------------ the family
@pytest.mark.parametrize("name", experiments.names())
def test_an_experiment_is_whole(name: str) -> None:
    experiment = experiments.get(name)
    labels = [cell.label for cell in experiment.cells]
    assert len(set(labels)) == len(labels)
    assert set(experiment.published) <= set(labels)
    assert experiment.question.endswith("?")
    for cell in experiment.grid(small=True):
        training.check(cell.config)
        assert cell.config.probes == experiment.probes


def test_an_unknown_experiment_is_answered_with_close_ones() -> None:
    with pytest.raises(KeyError, match="permuted_pixels"):
        experiments.get("permutated_pixels")


@pytest.mark.parametrize("name", experiments.names())
def test_what_ships_is_complete_and_read_back(name: str) -> None:
    found = experiments.results(name)
    assert found.n >= experiments.get(name).seeds
    for result in found.cells:
        for run in result.runs:
            assert 0.05 < run.test_accuracy <= 1
            assert run.epochs["test_accuracy"][-1] == pytest.approx(run.test_accuracy, rel=1e-4)
            assert np.all(np.diff(run.curves["step"]) > 0)
            assert run.versions["torch"]
        if result.mean > 0.2:  # some cells stay at chance or diverge, which their verdict says
            assert result.curve("accuracy")[1][-20:].mean() > result.curve("accuracy")[1][:3].mean()
    assert experiments.get(name).expect(found).sentences


def test_the_shipped_means_fall_in_the_bands() -> None:
    """Lecture notes and reruns: FC 85-89, CNN 93-97, FC permuted within 3 of FC, CNN permuted 78-85 percent."""
    means = {one.cell.label: one.mean for one in experiments.results(NAME).cells}
    assert 0.85 <= means["FC"] <= 0.89
    assert 0.93 <= means["CNN"] <= 0.97
    assert abs(means["FC"] - means["FC, permuted"]) <= 0.03
    assert 0.78 <= means["CNN, permuted"] <= 0.85
    assert experiments.get(NAME).expect(experiments.results(NAME)).agrees


# ------------------------------------------------------------------------------------------------ numbers
def test_student_s_quantiles() -> None:
    assert np.allclose(T95, stats.t.ppf(0.975, np.arange(1, len(T95) + 1)), atol=6e-4)


def test_a_cell_s_mean_and_interval() -> None:
    values = [0.81, 0.84, 0.79, 0.86, 0.80]
    result = CellResult(experiments.get(NAME).cells[0], tuple(made_up("FC", value) for value in values))
    low, high = stats.t.interval(0.95, 4, loc=np.mean(values), scale=stats.sem(values))
    assert result.mean == pytest.approx((low + high) / 2)
    assert result.interval == pytest.approx((high - low) / 2, rel=1e-3)
    assert result.sd == pytest.approx(np.std(values, ddof=1))
    alone = CellResult(result.cell, result.runs[:1])
    assert math.isnan(alone.sd)
    assert math.isnan(alone.interval)


def test_a_thinned_curve_keeps_the_mean_and_the_end() -> None:
    steps = [Step(i, 1, 1 / i, i / 1000, 0.1, 0.0, 1.0) for i in range(1, 939)]
    thin = results_files.thinned(steps)
    ends = thin["step"].astype(int)
    sizes = np.diff([0, *ends])
    assert len(ends) <= results_files.POINTS
    assert ends[-1] == 938
    assert sizes[0] < sizes[-1]
    for name in ("loss", "accuracy"):
        whole = np.mean([getattr(step, name) for step in steps])
        assert (thin[name] * sizes).sum() / 938 == pytest.approx(whole)
    assert len(results_files.thinned(steps[:3])["step"]) == 3
    assert len(results_files.thinned([])["step"]) == 0


# ------------------------------------------------------------------------------------------------ verdicts
def test_the_verdict_follows_the_numbers() -> None:
    expect = experiments.get(NAME).expect
    course = {"FC": [0.87], "CNN": [0.95], "FC, permuted": [0.86], "CNN, permuted": [0.83]}
    agreed = expect(results_of(NAME, course))
    assert agreed.agrees
    assert "−1.0" in agreed.sentences[0]
    assert "−12.0" in agreed.sentences[0]
    for label, value, word in (
        ("CNN, permuted", 0.12, "near chance"),
        ("FC", 0.70, "outside 85 % to 89 %"),
        ("CNN", 0.80, "worse"),
    ):
        other = expect(results_of(NAME, course | {label: [value]}))
        assert not other.agrees
        assert "differs" in other.sentences[-1]
        assert word in " ".join(other.sentences)


def test_verdicts_over_a_grid_follow_the_numbers() -> None:
    strength = [cell.label for cell in experiments.get("permutation_strength").cells]
    falling = dict(zip(strength, [[0.86], [0.95], [0.86], [0.92], [0.85], [0.85], [0.86], [0.8], [0.86], [0.75]],
                       strict=True))  # fmt: skip
    verdict = experiments.get("permutation_strength").expect(results_of("permutation_strength", falling))
    assert verdict.agrees
    assert "between 25 % and 50 %: −7.0" in verdict.sentences[1]
    rising = falling | {strength[-1]: [0.99]}
    assert not experiments.get("permutation_strength").expect(results_of("permutation_strength", rising)).agrees
    blocks = [cell.label for cell in experiments.get("permutation_blocks").cells]
    back = dict(zip(blocks, [[0.86], [0.75], [0.86], [0.8], [0.86], [0.85], [0.85], [0.9], [0.86], [0.95]],
                    strict=True))  # fmt: skip
    verdict = experiments.get("permutation_blocks").expect(results_of("permutation_blocks", back))
    assert verdict.agrees
    assert "75 %" in verdict.sentences[1]
    fresh = {
        "FC, one for all": [0.86],
        "CNN, one for all": [0.7],
        "FC, new for each": [0.2],
        "CNN, new for each": [0.2],
    }
    expect = experiments.get("permutation_fresh").expect
    assert expect(results_of("permutation_fresh", fresh)).agrees
    assert not expect(results_of("permutation_fresh", fresh | {"CNN, new for each": [0.9]})).agrees


@pytest.mark.parametrize("name", experiments.names())
def test_a_headline_has_at_most_fifteen_words(name: str) -> None:
    """Of what ships, and of results that came out otherwise; one sentence stands beside it, the others are folded."""
    random = np.random.default_rng(0)
    shipped = experiments.results(name)
    for found in (shipped, *(shuffled_results(shipped, random) for _ in range(40))):
        verdict = experiments.get(name).expect(found)
        assert 3 <= len(verdict.headline.split()) <= 15, verdict.headline
        assert verdict.headline[-1] == "."
        assert sorted((verdict.sentence, *verdict.folded)) == sorted(verdict.sentences)
        assert not re.search(r"\d%", " ".join((verdict.headline, *verdict.sentences)))


def shuffled_results(found: Results, random: np.random.Generator) -> Results:
    """The same cells with the accuracies of others: results that nobody expects."""
    accuracies = [run.test_accuracy for one in found.cells for run in one.runs]
    drawn = iter(random.permutation(accuracies))
    cells = [
        dataclasses.replace(one, runs=tuple(dataclasses.replace(run, test_accuracy=next(drawn)) for run in one.runs))
        for one in found.cells
    ]
    return dataclasses.replace(found, cells=tuple(cells))


@given(st.floats(0, 1), st.floats(0, 1))
def test_differences_add_up_as_they_are_printed(before: float, after: float) -> None:
    printed = [Decimal(f"{100 * value:.1f}") for value in (before, after)]
    change = words.changed(before, after).replace("−", "-").replace("±", "")
    assert Decimal(change) == printed[1] - printed[0]
    assert words.compared(after, before).startswith(
        "no better" if printed[0] == printed[1] else f"{abs(printed[1] - printed[0])} points"
    )


# ------------------------------------------------------------------------------------------------ files
def test_lines_come_back_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "results.jsonl"
    config = TrainConfig("mnist", "cnn", lr=0.0123456789, permutation=0, permutation_share=0.123456789)
    run = dataclasses.replace(made_up("CNN", 0.9577, config=config), probes=({"step": 1, "norms": {"a": 0.5}},))
    results_files.append(path, run)
    (back,) = results_files.read(path)
    assert back.config == run.config
    assert (back.cell, back.test_accuracy, back.seconds, back.device) == ("CNN", 0.9577, 1.5, "cpu")
    assert back.probes == run.probes
    for name, values in run.curves.items():
        assert np.array_equal(back.curves[name], values, equal_nan=True)


@pytest.mark.parametrize("torn", [b'{"cell": "CNN", "conf', b"\x00\x00\x00", b"[]\n", b'{"cell": 3}\n'])
def test_a_torn_line_costs_nothing_else(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "results.jsonl"
    results_files.append(path, made_up("FC", 0.8))
    with path.open("ab") as file:
        file.write(torn)
    assert [run.cell for run in results_files.read(path)] == ["FC"]
    results_files.append(path, made_up("FC", 0.9, seed=1))
    assert [run.test_accuracy for run in results_files.read(path)] == [0.8, 0.9]


def test_lines_of_an_older_grid_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / results_files.RESULTS
    cell = experiments.get(NAME).cells[0]
    older = dataclasses.replace(cell.config, lr=0.5)
    results_files.append(path, made_up(cell.label, 0.3, config=older))
    results_files.append(path, made_up(cell.label, 0.9, config=cell.config))
    results_files.append(path, made_up(cell.label, 0.1, config=cell.config))
    assert experiments.results(NAME, folder=tmp_path)[cell.label].accuracies.tolist() == [0.9]
    with pytest.raises(KeyError, match="FC, permuted"):
        experiments.results(NAME, folder=tmp_path)["LeNet"]


def test_probes_are_kept_along_the_way() -> None:
    config = TrainConfig("digits", "cnn", probes=("gradient_norms",))
    steps = [Step(i, 1, 1.0, 0.5, 0.1, 0.0, 1.0, {"gradient_norms": {"conv1": i / 10}}) for i in range(1, 200)]
    events = [
        Started("id", "cpu", "float32", 199, 1, 100, 10, 5, ("a",)), *steps,
        Epoch(1, 199, 1.0, 0.5, 1.0, 0.5, 1.0), Finished("completed", 199, 1, 1.0, 0.5, ((1,),), 1.0, 100),
    ]  # fmt: skip
    kept = results_files.summary("CNN", config, events, versions={})
    assert len(kept.probes) == results_files.PROBED
    assert kept.probes[0] == {"step": 1, "gradient_norms": {"conv1": 0.1}}
    assert kept.probes[-1]["step"] == 199
    with pytest.raises(ValueError, match="no end"):
        results_files.summary("CNN", config, events[:-1], versions={})


# ------------------------------------------------------------------------------------------------ runs
@pytest.mark.parametrize(
    "name", sample(experiments.names(), set(experiments.names()) - {"degradation", "shortcuts", "vanishing_deep"})
)
def test_a_small_version_is_regenerated_and_judged(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shorten(monkeypatch, name, **({"epochs": 6} if name == NAME else {"epochs": 1, "examples": 128}))
    asked = running.ExperimentRequest(name, (0,), small=True)
    kept = [moment.run for moment in running.run(asked, tmp_path) if moment.run is not None]
    found = experiments.results(name, small=True, folder=tmp_path)
    assert found.dataset == "digits"
    assert [run.cell for run in kept] == [cell.label for cell in experiments.get(name).cells]
    assert [one.mean for one in found.cells] == pytest.approx([run.test_accuracy for run in kept], rel=1e-4)
    verdict = experiments.get(name).expect(found)
    numbers = [result.mean for result in found.cells]
    changes = {f"{abs(words.apart(one, other)):.1%}"[:-1] for one in numbers for other in numbers}
    said = set(re.findall(r"\d+\.\d", verdict.sentences[0]))
    assert said
    assert said <= changes | {f"{number:.1%}"[:-1] for number in numbers}
    again = list(running.run(asked, tmp_path))
    assert not again, "nothing was missing any more"


def test_the_time_box_and_stop_keep_only_whole_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shorten(monkeypatch, NAME, epochs=400)
    with monkeypatch.context() as patch:
        Clock(tick=0.01).of(patch, "cnnviz.experiments.running")
        moments = list(running.run(running.ExperimentRequest(NAME, small=True, seconds=0.7), tmp_path))
    assert moments
    assert not [moment.run for moment in moments if moment.run]
    shorten(monkeypatch, NAME, epochs=1)
    moments = running.run(running.ExperimentRequest(NAME, small=True), tmp_path)
    first = next(moment for moment in moments if moment.run is not None)
    stopped = list(running.run(running.ExperimentRequest(NAME, small=True), tmp_path, stop=lambda: True))
    assert stopped == []
    rest = [
        moment
        for moment in running.run(running.ExperimentRequest(NAME, small=True), tmp_path)
        if moment.run is not None
    ]
    assert [moment.cell.label for moment in (first, *rest)] == [cell.label for cell in experiments.get(NAME).cells]
    assert (rest[0].done, rest[0].count) == (1, 3)


def test_a_killed_command_keeps_its_cells_and_the_next_one_does_the_rest(tmp_path: Path) -> None:
    """SIGKILL after the first cell; started again, only the other three run; then nothing is left."""
    path = Path(os.environ["CNNVIZ_RUNS"]) / "experiments" / NAME / results_files.RESULTS
    command = [sys.executable, "-c", SHORT, NAME, "--small", "--seeds", "1"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert line.startswith("1/4  FC, seed 0")
    kept = [run.cell for run in results_files.read(path)]
    assert kept[0] == "FC"
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    trained = [line for line in done.stdout.splitlines() if "/" in line[:3]]
    assert len(trained) == 4 - len(kept)
    assert not any("FC, seed 0" in line for line in trained)
    assert len(results_files.read(path)) == 4


SHORT = """
import dataclasses, os, sys
from cnnviz import experiments
from cnnviz.experiments import running
one = experiments.get("permuted_pixels")
experiments.EXPERIMENTS._members[one.name] = dataclasses.replace(one, small=dict(one.small) | {"epochs": 2})
code = running.main()
sys.stdout.flush()
os._exit(code)
"""


def test_the_example_in_the_guide_is_an_experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code block of CONTRIBUTING.md, run as one file of the family: it trains, and its verdict is computed."""
    guide = (ROOT / "CONTRIBUTING.md").read_text().partition("## Add an experiment")[2]
    (tmp_path / "fc_or_cnn.py").write_text(guide.partition("```python\n")[2].partition("```")[0])
    monkeypatch.setattr(experiments, "__path__", [str(tmp_path)])
    monkeypatch.setattr(experiments, "EXPERIMENTS", Registry("experiment"))
    monkeypatch.setattr(experiments, "__name__", "guide")
    monkeypatch.setitem(sys.modules, "guide", experiments)
    experiments._discover()
    assert experiments.names() == ("fc_or_cnn",)
    shorten(monkeypatch, "fc_or_cnn", epochs=2)
    assert (
        len([one for one in running.run(running.ExperimentRequest("fc_or_cnn", small=True), tmp_path) if one.run]) == 2
    )
    verdict = experiments.get("fc_or_cnn").expect(experiments.results("fc_or_cnn", small=True, folder=tmp_path))
    assert re.search(r"\d+\.\d points (better|worse) than FC", verdict.headline)


# ------------------------------------------------------------------------------------------------ from the page
def test_a_worker_runs_it_stops_when_asked_and_goes_on(boss: Supervisor) -> None:
    """Stopped in the middle of the second cell: the first is there, and starting again does only the other three."""
    assert worker.status(NAME).state == ""
    asked = running.ExperimentRequest(NAME, (0,), small=True)
    worker.start(asked)
    assert worker.asked_for(NAME) == asked
    assert until(lambda: experiments.own_results(NAME, small=True).cells[0].n == 1 and worker.live(NAME)[0] == "CNN")
    assert len(worker.live(NAME)[1]["accuracy"])
    worker.stop(NAME)
    assert until(lambda: not worker.status(NAME).alive)
    status = worker.status(NAME)
    assert status.state == "stopped"
    assert "of 4 cells are left" in status.message
    before = experiments.own_results(NAME, small=True)
    assert before.cells[0].n == 1
    assert before.n == 0
    first = before.cells[0].runs[0]
    worker.start(asked)
    assert until(lambda: not worker.status(NAME).alive)
    assert worker.status(NAME).state == "finished", worker.status(NAME)
    after = experiments.own_results(NAME, small=True)
    assert after.n == 1
    assert after.cells[0].runs[0].seconds == first.seconds, "the first cell was not trained again"


def test_a_damaged_request_fails_with_a_word(tmp_path: Path) -> None:
    folder = experiments.own_folder(NAME)
    folder.mkdir(parents=True)
    (folder / worker.ASKED).write_text("{")
    assert not worker.work(folder)
    assert "does not say which experiment" in worker.status(NAME).message


def test_grid_labels_say_what_the_config_does() -> None:
    labels = {cell.label: cell.config for cell in permuted_pixels.cells()}
    assert {label: (one.model, one.permutation) for label, one in labels.items()} == {
        "FC": ("fc2layer", None), "CNN": ("cnn", None), "FC, permuted": ("fc2layer", 0), "CNN, permuted": ("cnn", 0),
    }  # fmt: skip
    assert all((one.epochs, one.batch_size, one.lr, one.momentum) == (1, 64, 0.01, 0.5) for one in labels.values())
