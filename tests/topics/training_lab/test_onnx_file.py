"""A network as ONNX says what the network says, for any number of images; what cannot be written says why."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz import checkpoints
from cnnviz.topics.training_lab import bundle, onnx_file
from tests.support import ROOT

RUN = "digits-lenet5-d2a25f8f"


class Branches(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.flatten(1) if x.sum() > 0 else -x.flatten(1)


class Draws(nn.Module):
    """It says something else each time, so no file can be compared with it."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.dropout(x.flatten(1), 0.5, training=True)


def test_the_zip_s_file_runs_without_torch_and_says_what_the_network_says() -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    archive = zipfile.ZipFile(io.BytesIO(bundle.of(RUN, onnx=True)))
    written = archive.read(f"{RUN}/network.onnx")
    assert not re.findall(rb"[/\\]cnnviz[/\\]|site-packages|" + re.escape(str(ROOT)).encode(), written)
    session = onnxruntime.InferenceSession(written)
    assert "onnxruntime" in archive.read(f"{RUN}/README.md").decode()
    spec, model = checkpoints.spec(RUN), checkpoints.load(RUN)
    for count in (1, 3, 64):
        images = torch.randn(count, *spec.input_shape, generator=torch.Generator().manual_seed(count))
        (scores,) = session.run(["scores"], {"images": images.numpy()})
        with torch.no_grad():
            np.testing.assert_allclose(scores, model(images).numpy(), rtol=1e-4, atol=1e-4)
    said = session.get_modelmeta().custom_metadata_map
    assert json.loads(said["classes"]) == list(spec.classes)


@pytest.mark.parametrize(("model", "why"), [(Branches(), "depends on the image"), (Draws(), "something else")])
def test_what_cannot_be_written_says_why(model: nn.Module, why: str) -> None:
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    with pytest.raises(onnx_file.OnnxError, match=why) as said:
        onnx_file.of(model, (1, 4, 4))
    assert "\n" not in str(said.value)


def test_without_the_extra_its_name_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_file, "able", lambda: False)
    with pytest.raises(onnx_file.OnnxExtraMissing, match=r"cnnviz\[onnx\]"):
        onnx_file.of_run(RUN)
    archive = zipfile.ZipFile(io.BytesIO(bundle.of(RUN, onnx=True)))
    assert f"{RUN}/network.onnx" not in archive.namelist()
    assert "There is no `network.onnx`" in archive.read(f"{RUN}/README.md").decode()


def test_a_process_that_fails_says_its_last_line_without_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_file, "able", lambda: True)
    lines = "Traceback\nOSError: [Errno 28] No space left on device: '/srv/tmp/network.onnx'"
    failed = subprocess.CompletedProcess([], 1, stdout="", stderr=lines)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(onnx_file.OnnxError) as said:
        onnx_file.of_run(RUN)
    assert str(said.value) == "OSError: [Errno 28] No space left on device: 'network.onnx'"


def test_of_many_who_ask_one_process_writes_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_file, "able", lambda: True)
    begun, most = threading.Semaphore(1), []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        most.append(begun.acquire(blocking=False))
        Path(command[-1]).write_bytes(b"x")
        os.sched_yield()
        begun.release()
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    with ThreadPoolExecutor(8) as people:
        assert list(people.map(onnx_file.of_run, [RUN] * 40)) == [b"x"] * 40
    assert all(most)
