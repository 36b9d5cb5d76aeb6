"""A trained network to take away: one zip that opens anywhere, and that other people's tools can read.

    weights.safetensors   README.md (a model card as Hugging Face expects it)   config.json   history.csv
    network.py   predict.py   preprocessing.json (size, mean, deviation, classes, the order of the pixels)
    run.json   metrics.jsonl (what `runs.importing` takes it in again by)   network.onnx (if asked for, `onnx_file`)

`python predict.py picture.png` needs PyTorch, safetensors, numpy and Pillow. Card: M. Mitchell et al.: Model Cards for
Model Reporting, 2019, https://arxiv.org/abs/1810.03993
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import safetensors.torch
from torch import nn

from cnnviz import checkpoints, runs
from cnnviz.records import Array, Spec
from cnnviz.runs import importing
from cnnviz.topics.training_lab import file_names, model_card, network_source, onnx_file
from cnnviz.topics.training_lab.predict_script import SCRIPT
from cnnviz.training import augmentation

STEPS = ("step", "loss", "accuracy", "lr", "seconds")
EPOCHS = ("epoch", "epoch_step", "train_loss", "train_accuracy", "test_loss", "test_accuracy")


def of(run_id: str, *, onnx: bool = False) -> bytes:
    """The zip of a run with weights: its last ones, or its last snapshot.

    onnx: with an ONNX file, which takes some seconds. A network of which no script or no such file can be written goes
    without, and its card says why. Raises
    checkpoints.CheckpointError: there are no weights.
    """
    run, spec = runs.find(run_id), checkpoints.spec(run_id)
    if run is None:
        raise checkpoints.CheckpointError(f"there is no run {run_id}")
    model = checkpoints.load(run_id)
    said = preprocessing(run, spec)
    card = checkpoints.read_card(run.path)
    scripts, problem = _scripts(run_id, model, spec)
    exported, missing = _exported(run_id) if onnx else ({}, "")
    files: dict[str, str | bytes] = {
        "README.md": model_card.of(run_id, card, said, problem=problem, onnx=bool(exported), no_onnx=missing),
        **scripts,
        **exported,
        "preprocessing.json": json.dumps(said, ensure_ascii=False, indent=1) + "\n",
        "run.json": importing.card_of(run, card),
        "metrics.jsonl": importing.metrics_of(run),
        "config.json": json.dumps(run.config.to_json(), ensure_ascii=False, indent=1) + "\n",
        "history.csv": history(run.history()),
        "weights.safetensors": safetensors.torch.save(
            {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
        ),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            method = (
                zipfile.ZIP_STORED if name == "weights.safetensors" else zipfile.ZIP_DEFLATED
            )  # weights stay as large
            archive.writestr(f"{file_names.of(run_id)}/{name}", content, method)
    return target.getvalue()


def _scripts(run_id: str, model: nn.Module, spec: Spec) -> tuple[dict[str, str], str]:
    """network.py and predict.py, or none of them and the reason."""
    try:
        source = network_source.of(model, spec.input_shape)
    except network_source.SourceError as error:
        return {}, str(error)
    said = f'"""The trained network of the run {run_id}, its layers by name and the calls of its forward pass."""'
    return {"network.py": f"{said}\n\n{source}", "predict.py": SCRIPT}, ""


def _exported(run_id: str) -> tuple[dict[str, bytes], str]:
    """network.onnx, or none and the reason."""
    try:
        return {"network.onnx": onnx_file.of_run(run_id)}, ""
    except onnx_file.OnnxError as error:
        return {}, str(error)


def preprocessing(run: runs.Run, spec: Spec) -> dict[str, Any]:
    """What is done to an image before this network sees it. permutation: new pixel i is old pixel permutation[i]."""
    config, (channels, rows, columns) = run.config, spec.input_shape
    order = None
    if config.permutation is not None and not config.permutation_fresh:
        share, block = config.permutation_share, config.permutation_block
        order = augmentation.pixel_order(config.permutation, rows, columns, share=share, block=block).tolist()
    return {
        "channels": channels, "rows": rows, "columns": columns, "interpolation": spec.interpolation,
        "mean": list(spec.mean), "std": list(spec.std), "classes": list(spec.classes), "digit": spec.digit,
        "permutation": order,
    }  # fmt: skip


def history(curves: Mapping[str, Array]) -> str:
    """CSV: a line a recorded step, and a line an epoch with what was tested after it."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(["kind", *STEPS, *EPOCHS])
    for row in np.stack([curves[name] for name in STEPS], axis=1) if len(curves["step"]) else ():
        writer.writerow(["step", *(f"{value:.6g}" for value in row), *[""] * len(EPOCHS)])
    for row in np.stack([curves[name] for name in EPOCHS], axis=1) if len(curves["epoch"]) else ():
        writer.writerow(["epoch", *[""] * len(STEPS), *(f"{value:.6g}" for value in row)])
    return target.getvalue()
