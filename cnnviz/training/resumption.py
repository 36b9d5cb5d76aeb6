"""Everything that the rest of a run depends on, as tensors and plain values, and as one safetensors file.

Weights and buffers, optimiser, learning-rate schedule, random states, the epoch's permutation and the position in it,
steering and clocks. What a run is built from anyway (data, network, layout) follows from its config.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import safetensors
import torch
from torch import Tensor, nn

from cnnviz import checkpoints

FORMAT = "cnnviz resume state 1"


class ResumeError(ValueError):
    """A state from which a run cannot go on: what was found, and what would work."""


@dataclass(frozen=True, eq=False)
class ResumeState:
    """tensors: by part and name, "model.conv1.weight". values: plain, by part. extra: of whoever keeps the file."""

    tensors: Mapping[str, Tensor]
    values: Mapping[str, Any]
    extra: Mapping[str, Any] = field(default_factory=dict)

    def part(self, name: str) -> dict[str, Tensor]:
        """The tensors of one part, by their names there."""
        start = f"{name}."
        return {key.removeprefix(start): one for key, one in self.tensors.items() if key.startswith(start)}

    def plain(self) -> ResumeState:
        """The same with every tensor on the CPU, one number after the other in memory, and apart from the others. What
        is so already is not copied: it changes with the run."""
        seen: set[int] = set()
        return dataclasses.replace(self, tensors={name: _apart(one, seen) for name, one in self.tensors.items()})

    def save(self, path: Path, *, durable: bool = True) -> None:
        """Replaces the file in one step; the old one stays where this fails. Raises OSError.

        durable: survives a power cut, too, for the price of waiting for the disk.
        """
        metadata = {"format": FORMAT, "values": json.dumps(self.values), "extra": json.dumps(self.extra)}
        checkpoints.save_tensors(self.plain().tensors, path, metadata=metadata, durable=durable)

    @classmethod
    def load(cls, path: Path) -> ResumeState:
        """Raises ResumeError for a file that is missing, damaged or of another kind."""
        try:
            with safetensors.safe_open(path, "pt") as file:
                metadata = file.metadata() or {}
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
            if metadata.get("format") != FORMAT:
                raise ResumeError(f"{path.name} is not a state of this version; start the run anew")
            return cls(tensors, json.loads(metadata["values"]), json.loads(metadata["extra"]))
        except ResumeError:
            raise
        except (OSError, KeyError, ValueError, RecursionError, safetensors.SafetensorError) as error:
            raise ResumeError(f"{path.name} cannot be read ({error}); start the run anew") from error


def _apart(tensor: Tensor, seen: set[int]) -> Tensor:
    plain = tensor.detach().to("cpu").contiguous()
    storage = plain.untyped_storage()
    if plain.numel() and (storage.data_ptr() in seen or storage.nbytes() != plain.nbytes):
        plain = plain.clone()
    seen.add(plain.untyped_storage().data_ptr())
    return plain


def of_optimizer(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """ "<parameter>.<name>" → what the optimiser keeps for it: velocities, moments, steps taken."""
    found: dict[str, Tensor] = {}
    for place, parameter in enumerate(_parameters(optimizer)):
        for name, value in optimizer.state.get(parameter, {}).items():
            if value is not None:
                found[f"{place}.{name}"] = torch.as_tensor(value)
    return found


def put_into_optimizer(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """The inverse: every state lies in memory as its parameter does, so that fused updates see what they saw."""
    parameters = _parameters(optimizer)
    for key, value in tensors.items():
        place, _, name = key.partition(".")
        parameter = parameters[int(place)]
        like = torch.empty_like(parameter) if value.shape == parameter.shape else torch.empty_like(value)
        kept = like.to(value.dtype).copy_(value)
        if value.ndim == 0 and not optimizer.param_groups[0].get("fused"):
            kept = kept.cpu()
        optimizer.state[parameter][name] = kept


def put_into_model(model: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Parameters and buffers in place: whoever holds them, holds the restored ones. Raises ResumeError."""
    own = dict(model.state_dict())
    if own.keys() != tensors.keys() or any(own[name].shape != one.shape for name, one in tensors.items()):
        raise ResumeError("the state is of another network; start the run anew")
    with torch.no_grad():
        for name, one in tensors.items():
            own[name].copy_(one)


def _parameters(optimizer: torch.optim.Optimizer) -> list[Tensor]:
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]
