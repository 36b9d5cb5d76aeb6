"""A run is called by its network and data, and by what tells it from others of that name: never by its id."""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from cnnviz import checkpoints
from cnnviz.figures import run_names
from cnnviz.records import TrainConfig

SETTINGS = st.builds(
    TrainConfig, dataset=st.just("mnist"), model=st.just("cnn"), lr=st.sampled_from([0.1, 0.01]),
    seed=st.integers(0, 2), optimizer=st.sampled_from(["sgd", "adam"]), snapshots=st.sampled_from([0, 12]),
)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(["CNN on MNIST", "LeNet-5 on MNIST"]), SETTINGS), max_size=6))
def test_every_run_has_a_name_of_its_own_that_begins_with_its_title(runs: list[tuple[str, TrainConfig]]) -> None:
    names = run_names.told_apart(runs)
    assert len(set(names)) == len(runs)
    assert all(name.startswith(title) for name, (title, _) in zip(names, runs, strict=True))


def test_a_run_alone_is_called_by_its_title_and_two_by_what_was_changed() -> None:
    config = TrainConfig(dataset="mnist", model="cnn")
    assert run_names.told_apart([("CNN on MNIST", config)]) == ["CNN on MNIST"]
    changed = dataclasses.replace(config, lr=0.1)
    assert run_names.told_apart([("CNN", config), ("CNN", changed), ("CNN", changed)]) == [
        "CNN · learning rate 0.01", "CNN · learning rate 0.1 · take 1", "CNN · learning rate 0.1 · take 2",
    ]  # fmt: skip


def test_what_ships_is_told_apart_without_ids() -> None:
    shipped = [one for one in checkpoints.available() if one.shipped]
    names = run_names.told_apart([(one.title, one.config) for one in shipped])
    assert not [name for name, one in zip(names, shipped, strict=True) if one.run_id[-8:] in name]
