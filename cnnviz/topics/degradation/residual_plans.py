"""The degradation experiment's networks: what they are made of, and what their blocks add at the start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.hooks import RemovableHandle

from cnnviz import anatomy, images, models
from cnnviz.models import cifar_resnet
from cnnviz.records import Row
from cnnviz.topics.degradation.records import DepthPlan, StartNorms

DEPTHS = tuple(cifar_resnet.PUBLISHED)
SHORTCUTS = tuple(cifar_resnet.SHORTCUTS)


def plan(name: str, **options: Any) -> DepthPlan:
    """Counted operation by operation on one image of the network's own size. Raises KeyError, models.ModelError."""
    spec, model = models.spec(name), models.build(name, **options)
    rows = anatomy.inspect(model, spec.input_shape, run=True)
    of_shortcuts = sum(parameter.numel() for path, parameter in model.named_parameters() if ".shortcut." in f".{path}.")
    stages = {
        stage: [row for row in rows if _stage(row) == stage] for stage in dict.fromkeys(map(_stage, rows)) if stage
    }
    return DepthPlan(
        title=spec.title,
        layers=sum(row.kind in ("convolution", "linear") and ".shortcut." not in row.name for row in rows),
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        shortcut_parameters=of_shortcuts,
        macs=sum(row.macs for row in rows),
        additions=sum(row.kind == "addition" for row in rows),
        stages=tuple(
            (stage, found[-1].output_shape, sum(row.kind == "convolution" for row in found),
             sum(row.parameters for row in found), sum(row.macs for row in found))
            for stage, found in stages.items()
        ),
    )  # fmt: skip


def _stage(row: Row) -> str:
    """ "stage2" of "stage2.0.conv1"; "start" before the stages, "end" after them, "" for what has no weights there."""
    first = row.name.partition(".")[0]
    if first in ("conv", "norm", "relu"):
        return "start"
    return "end" if first == "classifier" else first if first.startswith("stage") else ""


# --------------------------------------------------------------------------------------------- one image
def at_start(
    picture: Image.Image, *, depth: int, shortcut: str = "padding", identity_start: bool = False, seed: int = 0
) -> StartNorms:
    """The image through a residual network that was only drawn from a seed, never trained.

    Normalisation uses the image's own statistics, as training would those of a batch: the stored ones of an
    untrained network would normalise nothing. Raises KeyError, models.ModelError.
    """
    name = f"resnet{depth}"
    spec = models.spec(name)
    model = models.build(name, seed=seed, shortcut=shortcut, identity_start=identity_start).train()
    blocks = {path: block for path, block in model.named_modules() if isinstance(block, cifar_resnet.BasicBlock)}
    seen: dict[str, dict[str, torch.Tensor]] = {path: {} for path in blocks}
    hooks = [hook for path, block in blocks.items() for hook in _watch(block, seen[path])]
    try:
        with torch.no_grad():
            model(images.to_tensor(picture, spec))
    finally:
        for hook in hooks:
            hook.remove()
    norms = np.array([[float(torch.linalg.vector_norm(value.double())) for value in
                       (one["x"], one["branch"], one["x"] + one["branch"])] for one in seen.values()])  # fmt: skip
    return StartNorms(spec.title, tuple(blocks), *norms.T)


def _watch(block: cifar_resnet.BasicBlock, seen: dict[str, torch.Tensor]) -> list[RemovableHandle]:
    """Notes what the shortcut carries and what the branch adds; neither is changed in place afterwards."""

    def keep(name: str) -> Callable[[nn.Module, tuple[torch.Tensor, ...], torch.Tensor], None]:
        return lambda _, inputs, output: seen.__setitem__(name, output)

    hooks = [block.norm2.register_forward_hook(keep("branch"))]
    if block.shortcut is not None:
        return [*hooks, block.shortcut.register_forward_hook(keep("x"))]
    return [*hooks, block.register_forward_pre_hook(lambda _, inputs: seen.__setitem__("x", inputs[0]))]
