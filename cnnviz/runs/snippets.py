"""Python that trains a run again."""

from __future__ import annotations

from collections.abc import Mapping

from cnnviz.records import Steering, TrainConfig


def of(config: TrainConfig, changes: Mapping[int, Steering]) -> str:
    """The script for a config. changes: steps taken → the values from then on, as `runs.Run.changes` has them."""
    arguments = ", ".join(f"{name}={_literal(value)}" for name, value in config.to_json(defaults=False).items())
    lines = [f"    {step}: {_steering_literal(steering)}," for step, steering in changes.items()]
    return (
        "from cnnviz import training\n"
        + ("from cnnviz.records import Steering\n" if changes else "")
        + f"\nconfig = training.TrainConfig({arguments})\n"
        + ("\n".join(["changes = {  # after so many steps", *lines, "}\n"]) if changes else "")
        + f"run = training.train(config{', steering=training.replay(changes)' if changes else ''})\n"
        "for event in run:\n"
        "    print(event)\n"
        "network = run.model\n"
    )


def _literal(value: object) -> str:
    """JSON's lists are a config's tuples."""
    if isinstance(value, list):
        return "(" + "".join(f"{_literal(item)}, " for item in value) + ")"
    return repr(value)


def _steering_literal(steering: Steering) -> str:
    return f"Steering({', '.join(f'{name}={value!r}' for name, value in steering.values.items())})"
