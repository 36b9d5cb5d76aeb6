"""How a shortcut meets a smaller map, and a network that starts as its shortcuts alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cnnviz.experiments.degradation import trained
from cnnviz.records.experiments import Cell, Experiment, Results, Verdict

PLACE = 51
KINDS: dict[str, tuple[tuple[str, Any], ...]] = {
    "padding": (),
    "1×1 convolution": (("shortcut", "projection"),),
    "padding, identity at the start": (("identity_start", True),),
}


def verdict(results: Results) -> Verdict:
    """What came out."""
    raise NotImplementedError


EXPERIMENT = Experiment(
    name="shortcuts",
    title="Shortcuts that change size",
    question="Does it matter how a shortcut meets a smaller map, or how the branches start?",
    cells=tuple(Cell(said, replace(trained("resnet20"), options=options)) for said, options in KINDS.items()),
    expect=verdict,
    seeds=3,
    probes=("residual_to_input",),
    small={"dataset": "digits", "epochs": 1, "examples": 256},
    cut="ResNet-20 on 10,000 of CIFAR-10's 50,000 pictures, two passes over them; three seeds.",
)
