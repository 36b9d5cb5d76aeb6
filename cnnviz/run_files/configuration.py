"""config.json: the TrainConfig that was asked for."""

from __future__ import annotations

import json
from pathlib import Path

from cnnviz.records import TrainConfig
from cnnviz.run_files.json_files import read_json
from cnnviz.run_files.names import CONFIG


def read_config(folder: Path) -> TrainConfig:
    """Raises ValueError that names the file and what is wrong with it."""
    values = read_json(folder / CONFIG)
    if not values:
        raise ValueError(f"{folder.name}/{CONFIG} is missing or is not a JSON object; it holds the run's TrainConfig")
    try:
        return TrainConfig.from_json(values)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{folder.name}/{CONFIG}: {error}") from error


def write_config(folder: Path, config: TrainConfig) -> None:
    """Writes config.json."""
    text = json.dumps(config.to_json(), indent=1, ensure_ascii=False) + "\n"
    (folder / CONFIG).write_text(text, encoding="utf-8")
