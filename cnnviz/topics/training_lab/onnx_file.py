"""A trained network as one ONNX file, for any number of images at a time, run in onnxruntime before anybody gets it.

The extra `cnnviz[onnx]` has what is needed: torch's exporter (https://docs.pytorch.org/docs/stable/onnx.html) writes
with onnxscript, onnxruntime reads it. Exporting loads torch's compiler, which is large and changes torch for every
thread; so a run's network is exported in a process of its own:

    python -m cnnviz.topics.training_lab.onnx_file RUN_ID FILE
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from cnnviz import checkpoints
from cnnviz.plain_text import without_folders

NEEDED = ("onnx", "onnxruntime", "onnxscript")
EXTRA = 'ONNX files need an extra: pip install "cnnviz[onnx]"'
IMAGES, SCORES = "images", "scores"  # the file's input and output
SIZES = (1, 2, 5)  # images at a time with which a file is tried
TOLERANCE = 1e-4  # of the largest output: both sides add in another order
PATIENCE = 300.0  # seconds
_ONE = threading.Lock()  # at a time: each loads torch once more
ROOT = Path(__file__).resolve().parents[3]


class OnnxError(Exception):
    """There is no ONNX file of this network; the message says why."""


class OnnxExtraMissing(OnnxError):
    """What writes or reads such files is not installed."""


def able() -> bool:
    """Whether the extra is installed; nothing of it is imported."""
    return all(importlib.util.find_spec(name) is not None for name in NEEDED)


def of_run(run_id: str) -> bytes:
    """The ONNX file of a run with weights, made in another process.

    Raises OnnxExtraMissing, checkpoints.CheckpointError (no weights), OnnxError: why it cannot be written.
    """
    checkpoints.find(run_id)  # whoever asks may see it
    if not able():
        raise OnnxExtraMissing(EXTRA)
    with tempfile.TemporaryDirectory() as name:
        target = Path(name, "network.onnx")
        command = [sys.executable, "-m", "cnnviz.topics.training_lab.onnx_file", run_id, str(target)]
        try:
            with _ONE:
                done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
        except subprocess.TimeoutExpired as error:
            raise OnnxError(f"it was not written within {PATIENCE:.0f} seconds") from error
        if done.returncode or not target.is_file():
            last = (done.stderr.strip().splitlines() or ["the process that writes it ended"])[-1]
            raise OnnxError(without_folders(last))
        return target.read_bytes()


def of(model: nn.Module, input_shape: tuple[int, ...], *, said: Mapping[str, Any] | None = None) -> bytes:
    """The file's bytes: `images` [N, C, H, W] float32, normalised -> `scores` [N, K], as the network gives them.

    model: in eval mode afterwards. input_shape: (C, H, W). said: what is written into the file beside it, as JSON.
    Raises OnnxExtraMissing, OnnxError: it cannot be exported, or what was exported computes something else.
    """
    if not able():
        raise OnnxExtraMissing(EXTRA)
    model = model.eval()
    drawn = torch.Generator().manual_seed(0)
    tried = [torch.randn(size, *input_shape, generator=drawn) for size in SIZES]
    data = _exported(model, tried[1], said or {})
    _prove(data, model, tried)
    return data


def _exported(model: nn.Module, images: torch.Tensor, said: Mapping[str, Any]) -> bytes:
    given: dict[str, Any] = {
        "input_names": [IMAGES], "output_names": [SCORES], "dynamo": True, "verbose": False,
        "dynamic_shapes": ({0: torch.export.Dim("N")},),
    }  # fmt: skip
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = torch.onnx.export(model, (images,), **given)
    except Exception as error:  # whatever a forward pass does that the exporter has no words for
        raise OnnxError(_why(error)) from error
    assert program is not None
    proto = program.model_proto
    for part in (proto.graph, *proto.functions):
        for node in part.node:  # where each was called, with the paths of this machine
            del node.metadata_props[:]
    for name, value in said.items():
        proto.metadata_props.add(key=name, value=json.dumps(value, ensure_ascii=False))
    data: bytes = proto.SerializeToString()
    return data


def _why(error: BaseException) -> str:
    """The first reason of a chain of errors, in a sentence."""
    while error.__cause__ is not None:
        error = error.__cause__
    if type(error).__name__ == "GuardOnDataDependentSymNode":
        return "what its forward pass does depends on the image, and an ONNX file holds one way alone"
    first = str(error).strip().splitlines()
    return f"torch's exporter cannot write it: {first[0][:200] if first else type(error).__name__}"


def _prove(data: bytes, model: nn.Module, tried: list[torch.Tensor]) -> None:
    """Runs the file for each number of images. Raises OnnxError where it says something else than the network."""
    import onnxruntime

    try:
        session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
        found = [session.run([SCORES], {IMAGES: images.numpy()})[0] for images in tried]
    except Exception as error:  # onnxruntime has a class of its own for each status
        raise OnnxError(f"onnxruntime cannot run what was written: {str(error).splitlines()[0][:200]}") from error
    for images, scores in zip(tried, found, strict=True):
        with torch.no_grad():
            wanted = model(images).numpy()
        near = TOLERANCE * max(1.0, float(np.abs(wanted).max()))
        if scores.shape != wanted.shape or not np.allclose(scores, wanted, rtol=0.0, atol=near):
            raise OnnxError(f"what was written computes something else than the network for {len(images)} images")


def main(run_id: str, target: str) -> int:
    """Writes the file of a run; 1 where it cannot, with the reason as the last line of stderr."""
    spec = checkpoints.spec(run_id)
    said = {
        "run": run_id, "classes": list(spec.classes), "mean": list(spec.mean), "std": list(spec.std),
        "reads": "images [N, C, H, W] float32, in [0, 1], minus mean, by std; gives scores: softmax makes shares",
    }  # fmt: skip
    try:
        Path(target).write_bytes(of(checkpoints.load(run_id), spec.input_shape, said=said))
    except OnnxError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
