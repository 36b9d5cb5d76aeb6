"""Opening a network takes no more memory than was said of it before, with published weights as without."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT

# The weights are the network's own, saved as published ones are; a thread looks every 2 ms what lies in memory.
SCRIPT = """
import pathlib, re, sys, threading, time
import torch
from cnnviz import footprint, models
from cnnviz.models import torchvision_zoo
name, published = sys.argv[1], sys.argv[2] == "published"
if published:
    torchvision_zoo.HASH = re.compile("(no hash)")
    folder = pathlib.Path(torch.hub.get_dir(), "checkpoints")
    folder.mkdir(parents=True)
    torch.save(models.build(name).state_dict(), folder / torchvision_zoo.weights(name).url.rpartition("/")[2])
cost, most, done = footprint.of(name), [0], []
def resident():
    fields = dict(line.split(":") for line in open("/proc/self/status") if ":" in line)
    return int(fields["RssAnon"].split()[0]) * 1024
def look():
    while not done:
        most[0] = max(most[0], resident())
        time.sleep(0.002)
before = most[0] = resident()
watcher = threading.Thread(target=look)
watcher.start()
model, provenance = models.pretrained(name)
done.append(True)
watcher.join()
print(provenance.kind, most[0] - before, cost.weights, cost.needed)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not say what lies in memory")
@pytest.mark.parametrize("kind", ["published", "random"])
@pytest.mark.parametrize("name", ["alexnet", "resnet50"])
def test_opening_takes_what_was_said(name: str, kind: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, name, kind], cwd=ROOT, capture_output=True, text=True, check=True,
        env={"TORCH_HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "PATH": ""},
    )  # fmt: skip
    found, taken, weights, needed = done.stdout.split()
    assert found == {"published": "pretrained", "random": "random"}[kind]
    assert int(taken) <= int(needed)
    assert int(taken) <= 1.3 * int(weights), "the weights were in memory twice"
