"""Code that computes what the page on kernels shows, to be run as it stands."""

from __future__ import annotations

LAYER = """import numpy as np
from cnnviz import networks
from cnnviz.topics.kernels import analysis, network

opened = networks.open_network({choice!r})
weights = network.bank(opened.model, {module!r}, opened.spec).weights  # [outputs, inputs, rows, columns]
read = analysis.analyse(weights)
longest = int(read.norms.argmax())
print("longest:", longest, "norm", read.norms[longest], "cycles per pixel", read.frequencies[longest])
print("its direction:", read.angles[longest], "degrees; most like:", read.classics[longest], read.cosines[longest])
"""

RESPONSE = """import torch

kernel = torch.tensor([[1.0, 0.0, -1.0], [2.0, 0.0, -2.0], [1.0, 0.0, -1.0]])  # Sobel, left
response = torch.fft.fftshift(torch.fft.fft2(kernel, s=(33, 33)).abs())  # zero frequency in the middle
row, column = divmod(int(response.argmax()), 33)
peak = (abs(column - 16) / 33, abs(row - 16) / 33)  # cycles per pixel, across and down
"""

RUN = """from cnnviz.topics.kernels import network

history = network.history({run_id!r}, {module!r})
weights = history.weights  # [snapshots, outputs, inputs, rows, columns]
for step, change in zip(history.steps, history.changes.mean(axis=1)):
    print(step, change)  # how far the kernels are from where they began
"""


def for_layer(choice: str, module: str) -> tuple[str, ...]:
    """Code that reads the same numbers off that layer's kernels."""
    return LAYER.format(choice=choice, module=module), RESPONSE


def for_run(run_id: str, module: str) -> tuple[str, ...]:
    """Code that reads the same kernels at every snapshot of that run."""
    return (RUN.format(run_id=run_id, module=module),)
