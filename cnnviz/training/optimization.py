"""What a training run is made of besides its data: network, optimiser, schedule, loss, precision, chance, company."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Sequence

import torch
import torch.nn.functional as F
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from cnnviz import checkpoints, datasets, devices, models
from cnnviz.records import TrainConfig
from cnnviz.training import blocked, lanes, unfolded
from cnnviz.training.configs import ConfigError
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
            model.load_state_dict(checkpoints.load(config.start).state_dict())
        except checkpoints.CheckpointError as error:
            raise ConfigError(f"start is {config.start!r}: {error}") from error
        except RuntimeError as error:
            raise ConfigError(
                f"start is {config.start!r}, whose weights do not fit {config.model} on {config.dataset}: "
                "choose a run of the same network and the same number of classes"
            ) from error
    return model


def optimizer(config: TrainConfig, model: nn.Module, device: torch.device) -> torch.optim.Optimizer:
    """SGD, Adam or AdamW as the config has it, fused where torch can."""
    fused = device.type in FUSED
    parameters = [item for item in model.parameters() if item.requires_grad]
    if config.optimizer == "sgd":
        return torch.optim.SGD(
            parameters, lr=config.lr, momentum=config.momentum, weight_decay=config.weight_decay, fused=fused
        )
    kind = torch.optim.Adam if config.optimizer == "adam" else torch.optim.AdamW
    return kind(parameters, lr=config.lr, weight_decay=config.weight_decay, fused=fused)


def scheduled(schedule: str, progress: float) -> float:
    """The factor on the learning rate when `progress` in [0, 1] of the run is over.

    cosine: (1 + cos π p)/2. onecycle: a straight line from 1/25 to 1 at p = 0.3, then the same cosine down to 0.
    """
    if schedule == "constant":
        return 1.0
    if schedule == "onecycle":
        if progress < ONECYCLE_RISE:
            return ONECYCLE_START + (1 - ONECYCLE_START) * progress / ONECYCLE_RISE
        progress = (progress - ONECYCLE_RISE) / (1 - ONECYCLE_RISE)
    return 0.5 * (1 + math.cos(math.pi * progress))


def criterion(model: nn.Module, test: Examination) -> Criterion:
    """Cross-entropy of logits; of a network that ends in log-softmax, the negative log-likelihood.

    Both are the same function: log-softmax of log-probabilities gives them back, so taking the shorter way where the
    outputs of two test pictures are log-probabilities (their exponentials sum to 1) only saves time.
    """
    sums = test.outputs(model, 2).logsumexp(1)
    return F.nll_loss if len(sums) and float(sums.abs().max()) < 1e-3 else F.cross_entropy


def narrow(
    model: nn.Module, device: torch.device, shape: tuple[int, int, int]
) -> Callable[[torch.Tensor], torch.Tensor] | None:
    """A faster way forward for networks of few channels on a CPU, where there is one (`lanes`, else `blocked`)."""
    if device.type != "cpu" or _wide(model):
        return None
    return lanes.forward(model, shape) or blocked.forward(model, shape)


def wide(model: nn.Module, device: torch.device, shape: tuple[int, int, int]) -> nn.Module:
    """The same network, by a faster way through its small, wide maps on a CPU where there is one (`unfolded`)."""
    return (unfolded.network(model, shape) if device.type == "cpu" else None) or model


def forward(model: nn.Module, device: torch.device, precision: str) -> Callable[[torch.Tensor], torch.Tensor]:
    """The network's answers as float32, [B, classes]; with autocast around it where `precision` is "bfloat16"."""
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


class Due:
    """Moments of a run, as progress in [0, 1]: `count` of them at (i/count)^power, each reported once.

    >>> due = Due(2, power=2.0)
    >>> [due.at(progress) for progress in (0.0, 0.1, 0.3, 0.4, 1.0)]
    [True, False, True, False, False]
    """

    def __init__(self, count: int, *, power: float) -> None:
        self._moments = [(index / count) ** power for index in range(count)]
        self._next = 0

    def reached(self, progress: float) -> bool:
        return self._next < len(self._moments) and progress >= self._moments[self._next]

    def at(self, progress: float) -> bool:
        """Whether one is due; it then counts as done, together with others that were passed meanwhile."""
        due = self.reached(progress)
        while self.reached(progress):
            self._next += 1
        return due


class Course:
    """How much of a run is over, in [0, 1], by its steps; how many are left may be planned anew on the way.

    >>> course = Course(10)
    >>> course.plan(5, 6)  # half is over, and one step is left
    >>> course.at(5), course.at(6)
    (0.5, 1.0)
    """

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self._since, self._over = 0, 0.0

    def at(self, step: int) -> float:
        return self._over + (1 - self._over) * (step - self._since) / max(self.steps - self._since, 1)

    def plan(self, step: int, steps: int) -> None:
        """After so many steps: there will be `steps` in all."""
        if steps != self.steps:
            self._since, self._over, self.steps = step, self.at(step), steps


class Chance:
    """A run's own stream of random numbers (dropout), whatever its reader draws between two events."""

    def __init__(self, seed: int, device: torch.device) -> None:
        self._cpu = torch.Generator().manual_seed(seed).get_state()
        self._device = device
        self._cuda = torch.Generator(device).manual_seed(seed).get_state() if device.type == "cuda" else None

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """torch's global generators are the run's; on CUDA also: only deterministic convolutions."""
        with torch.random.fork_rng(devices=[] if self._cuda is None else [self._device]):
            torch.set_rng_state(self._cpu)
            if self._cuda is None:
                yield
            else:
                torch.cuda.set_rng_state(self._cuda, self._device)
                with torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True):
                    yield
                self._cuda = torch.cuda.get_rng_state(self._device)
            self._cpu = torch.get_rng_state()


class Team:
    """The processes that train together under torchrun; one process alone is a team of one."""

    def __init__(self) -> None:
        together = distributed.is_available() and distributed.is_initialized()
        self.rank = distributed.get_rank() if together else 0
        self.size = distributed.get_world_size() if together else 1

    def wrap(self, model: nn.Module, device: torch.device) -> nn.Module:
        """The same network, its gradients averaged over the team after every backward pass."""
        if self.size == 1:
            return model
        return DistributedDataParallel(model, device_ids=[device] if device.type == "cuda" else None)

    def of_rank_0(self, values: Sequence[float], device: torch.device) -> list[float]:
        """What rank 0 said; everyone must ask at the same time."""
        said = torch.tensor(values, dtype=torch.float64, device=device)
        distributed.broadcast(said, src=0)
        return said.tolist()
