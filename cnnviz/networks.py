"""One door to any network that can be looked at, by one short text.

    "efficientnet_lite0"         published weights where there are some, else random ones that say so
    "timm/convnext_atto"         the same, for timm
    "run:mnist-lenet5-1a2b3c4d"  what a training run left; with "@1200" its snapshot after step 1200

The text is what a link carries, what a cache is keyed by, and what a picker returns.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

from cnnviz import checkpoints, models
from cnnviz.records import Provenance, Spec

RUN = "run:"


@dataclass(frozen=True, eq=False)
class Network:
    """A model in eval mode, what it expects, and where its weights come from."""

    choice: str
    model: nn.Module
    spec: Spec
    provenance: Provenance


def open_network(choice: str, *, download: bool = False) -> Network:
    """The network that `choice` names.

    Raises KeyError where there is none of that name (the message lists close ones), and
    checkpoints.CheckpointError where a run's weights cannot be read.
    """
    if choice.startswith(RUN):
        return _from_run(choice)
    model, provenance = models.pretrained(choice, download=download)
    return Network(choice, model, models.spec(choice), provenance)


def run_choice(run_id: str, step: int | None = None) -> str:
    """The text that names a run's network, or one of its snapshots."""
    return f"{RUN}{run_id}" + ("" if step is None else f"@{step}")


def split(choice: str) -> tuple[str, int | None]:
    """(run id, step or None) of a run's choice.

    >>> split("run:mnist-cnn-00000000@40")
    ('mnist-cnn-00000000', 40)
    """
    run_id, _, step = choice.removeprefix(RUN).partition("@")
    if step and not step.isdigit():
        raise KeyError(f"{choice!r} names a snapshot {step!r}; a snapshot is a step number, as in run:{run_id}@100")
    return run_id, int(step) if step else None


def _from_run(choice: str) -> Network:
    run_id, step = split(choice)
    model = checkpoints.load(run_id, step=step)
    return Network(choice, model, checkpoints.spec(run_id), checkpoints.provenance(run_id, step=step))
