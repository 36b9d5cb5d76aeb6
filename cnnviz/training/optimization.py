"""What a training run needs besides data: network, optimiser, learning-rate schedule, loss, precision."""

from __future__ import annotations

import functools
import math
import os
import shutil
from collections.abc import Callable, Mapping

import torch
import torch.nn.functional as F
from torch import nn

from cnnviz import checkpoints, datasets, devices, models
from cnnviz.configs import ConfigError
from cnnviz.records import TrainConfig
from cnnviz.records.training import PUBLISHED
from cnnviz.training import blocked, frozen, simd_kernels, transfer, unfolded
from cnnviz.training.evaluation import Examination, autocast

ONECYCLE_RISE, ONECYCLE_START = 0.3, 1 / 25  # Smith and Topin 2018, https://arxiv.org/abs/1708.07120
WIDE = 64  # channels from which bfloat16 pays on a CPU that multiplies it in hardware: see `precision`
FUSED = ("cpu", "cuda", "mps")  # devices on which torch updates all parameters in one kernel

Criterion = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def network(config: TrainConfig) -> nn.Module:
    """The network with its seeded random weights, or with those of the run that `config.start` names."""
    info = datasets.info(config.dataset)
    classes = len(info.classes)
    model = models.build(
        config.model, seed=config.seed, input_shape=info.shape, classes=classes, **dict(config.options)
    )
    if config.start is not None:
        try:
            _begin_from(model, _source(config).state_dict(), frozen.head(model, classes) if config.transfers else "")
        except checkpoints.CheckpointError as error:
            raise ConfigError(f"start is {config.start!r}: {error}") from error
        except RuntimeError as error:
            raise ConfigError(
                f"start is {config.start!r}, whose weights do not fit {config.model} on {config.dataset}: "
                "choose a run of the same network and the same number of classes"
            ) from error
    return model


def _source(config: TrainConfig) -> nn.Module:
    """The network whose weights are the start. Raises ConfigError, checkpoints.CheckpointError."""
    assert config.start is not None
    if config.start != PUBLISHED:
        return checkpoints.load(config.start)
    source, provenance = models.pretrained(config.model)
    if provenance.kind == "random":
        raise ConfigError(f"start is published: {provenance.detail}")
    return source


def _begin_from(model: nn.Module, weights: Mapping[str, torch.Tensor], head: str) -> None:
    """Takes the weights over; the layer `head` stays as it is where its shape differs. Raises RuntimeError."""
    own = model.state_dict()
    kept = {
        name: own[name]
        for name, one in weights.items()
        if head and name.startswith(f"{head}.") and name in own and own[name].shape != one.shape
    }
    model.load_state_dict({**weights, **kept})


def optimizer(config: TrainConfig, model: nn.Module, device: torch.device) -> torch.optim.Optimizer:
    """SGD, Adam or AdamW as the config has it, fused where torch can."""
    fused = device.type in FUSED
    parameters = transfer.groups(config, model)
    if config.optimizer == "sgd":
        return torch.optim.SGD(
            parameters, lr=config.lr, momentum=config.momentum, weight_decay=config.weight_decay, fused=fused
        )
    kind = torch.optim.Adam if config.optimizer == "adam" else torch.optim.AdamW
    return kind(parameters, lr=config.lr, weight_decay=config.weight_decay, fused=fused)


def scheduled(schedule: str, progress: float, *, warmup: float = 0.0) -> float:
    """The factor on the learning rate when `progress` in [0, 1] of the run is over.

    cosine: (1 + cos π p)/2. onecycle: a straight line from 1/25 to 1 at p = 0.3, then the same cosine down to 0.
    warmup: a straight line from 1/25 to 1 at p = warmup, then the schedule over the rest.
    """
    if warmup:
        if progress < warmup:
            return ONECYCLE_START + (1 - ONECYCLE_START) * progress / warmup
        progress = (progress - warmup) / (1 - warmup)
    if schedule == "constant":
        return 1.0
    if schedule == "onecycle":
        if progress < ONECYCLE_RISE:
            return ONECYCLE_START + (1 - ONECYCLE_START) * progress / ONECYCLE_RISE
        progress = (progress - ONECYCLE_RISE) / (1 - ONECYCLE_RISE)
    return 0.5 * (1 + math.cos(math.pi * progress))


def lr_now(config: TrainConfig, progress: float, optimizer: torch.optim.Optimizer) -> float:
    """The learning rate when `progress` of the run is over; the optimiser has it then, too."""
    if config.schedule == "constant" and not config.warmup:
        return config.lr  # what the optimiser was made with, or was given by steering
    lr = config.lr * scheduled(config.schedule, progress, warmup=config.warmup)
    for group in optimizer.param_groups:
        group["lr"] = lr * group.get(transfer.SHARE, 1.0)
    return lr


def criterion(model: nn.Module, test: Examination, *, smoothing: float = 0.0) -> Criterion:
    """Cross-entropy of logits; of a network that ends in log-softmax, the negative log-likelihood.

    Both are the same function: log-softmax of log-probabilities gives them back, so taking the cheaper one where the
    outputs of two test images are log-probabilities (their exponentials sum to 1) only saves time.
    smoothing: TrainConfig.label_smoothing.
    """
    if smoothing:
        return functools.partial(F.cross_entropy, label_smoothing=smoothing)
    sums = test.outputs(model, 2).logsumexp(1)
    return F.nll_loss if len(sums) and float(sums.abs().max()) < 1e-3 else F.cross_entropy


def narrow(
    model: nn.Module, device: torch.device, shape: tuple[int, int, int]
) -> Callable[[torch.Tensor], torch.Tensor] | None:
    """A faster pass for narrow networks on a CPU, if there is one (`simd_kernels`, or else `blocked`)."""
    if device.type != "cpu" or _wide(model):
        return None
    return simd_kernels.forward(model, shape) or blocked.forward(model, shape)


def wide(model: nn.Module, device: torch.device, shape: tuple[int, int, int]) -> nn.Module:
    """The same network, with faster convolutions of small, wide maps on a CPU where they apply (`unfolded`)."""
    return (unfolded.network(model, shape) if device.type == "cpu" else None) or model


def compiled(model: nn.Module) -> nn.Module:
    """The same network, compiled at its first call by torch.compile (Ansel et al. 2024,
    https://doi.org/10.1145/3620665.3640366); its parameters stay the given one's. Raises ConfigError where there is no
    C++ compiler, without which that call would fail.
    """
    program = os.environ.get("CXX") or "g++"
    if not any(map(shutil.which, (program, "clang++", "cl"))):
        raise ConfigError(
            f"compiled needs a C++ compiler, and there is none ({program}): install one, or train as it is"
        )
    made: nn.Module = torch.compile(model)  # type: ignore[assignment]
    return made


def forward(model: nn.Module, device: torch.device, precision: str) -> Callable[[torch.Tensor], torch.Tensor]:
    """The network's outputs as float32, [B, classes]; with autocast around it where `precision` is "bfloat16"."""
    if precision == "float32":
        return model

    def mixed(pictures: torch.Tensor) -> torch.Tensor:
        with autocast(device, precision):
            outputs = model(pictures)
        return outputs.float()

    return mixed


def precision(config: TrainConfig, model: nn.Module, device: torch.device) -> str:
    """ "float32" or "bfloat16"; what "auto" means here follows from device and network alone, so a run is repeatable.

    CUDA: bfloat16 where the GPU multiplies it. CPU: where it does, and most of the network's convolution weights
    lie in layers of 64 or more channels: such nets train about 1.6 times as fast, narrow ones no faster.
    """
    if config.precision != "auto":
        return config.precision
    if device.type != devices.torch_device().type or not devices.fast_bfloat16():
        return "float32"
    return "bfloat16" if device.type == "cuda" or _wide(model) else "float32"


def _wide(model: nn.Module) -> bool:
    kernels = [module.weight for module in model.modules() if isinstance(module, nn.Conv2d)]
    wide = sum(kernel.numel() for kernel in kernels if min(kernel.shape[:2]) >= WIDE)
    return wide > 0.5 * sum(kernel.numel() for kernel in kernels)
