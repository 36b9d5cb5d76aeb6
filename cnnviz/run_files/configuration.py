"""config.json: the TrainConfig that was asked for."""

from __future__ import annotations

from pathlib import Path

from cnnviz.records import TrainConfig
from cnnviz.run_files.json_files import load_json, write_json
from cnnviz.run_files.names import CONFIG


def read_config(folder: Path) -> TrainConfig:
    """Raises ValueError that names the file and what is wrong with it."""
    try:
        return TrainConfig.from_json(load_json(folder / CONFIG))
    except FileNotFoundError as error:
        raise ValueError(f"{folder.name}/{CONFIG} is missing; it holds the run's TrainConfig") from error
    except ValueError as error:
        raise ValueError(f"{folder.name}/{CONFIG}: {error}") from error


def write_config(folder: Path, config: TrainConfig) -> None:
    """Replaces config.json in one step. Raises OSError."""
    write_json(folder / CONFIG, config.to_json(), indent=1)
