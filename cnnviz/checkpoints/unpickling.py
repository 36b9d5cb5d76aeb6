"""The process in which a pickle of tensors is opened: `python -I unpickling.py IN OUT LARGEST SECONDS`.

Imports nothing of cnnviz, so that it starts with torch alone. Prints one JSON object: {"said": […]} or {"error": "…"}.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any

PLACES = (
    "state_dict",
    "model_state_dict",
    "model",
    "net",
    "network",
    "weights",
    "params",
    "module",
    "ema",
    "model_ema",
)
DEPTH = 4
SPARE = 1 << 29  # bytes of address space beside what the tensors take: four times the file, and this


class Refused(Exception):
    """Why there are no weights to be had, in words."""


def _limit(size: int, largest: int, seconds: int) -> None:
    """Once torch is loaded, whose libraries alone take gigabytes of address space. size: of the file, in bytes."""
    if sys.platform == "win32":  # has no such limits: seconds are the parent's to watch
        return
    import resource

    limits = [(resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, largest + (1 << 24)), (resource.RLIMIT_CORE, 0)]
    if sys.platform == "linux":
        with open("/proc/self/statm", encoding="ascii") as file:
            now = int(file.read().split()[0]) * resource.getpagesize()
        limits.append((resource.RLIMIT_AS, now + 4 * size + SPARE))
    for kind, most in limits:
        _, hard = resource.getrlimit(kind)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


def _dicts(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every mapping from text to at least one tensor, outermost first."""
    import torch

    if not isinstance(value, Mapping) or len(path) > DEPTH:
        return
    tensors = {key: item for key, item in value.items() if isinstance(key, str) and isinstance(item, torch.Tensor)}
    if tensors:
        yield path, tensors
    for key, item in value.items():
        if isinstance(key, str):
            yield from _dicts(item, (*path, key))


def _rank(found: tuple[tuple[str, ...], dict[str, Any]]) -> tuple[int, int]:
    path, tensors = found
    place = PLACES.index(path[-1]) if path and path[-1] in PLACES else len(PLACES) if path else -1
    return -len(tensors), place


def _plain(tensors: Mapping[str, Any], largest: int) -> dict[str, Any]:
    """Dense and contiguous; tied ones are written under each name. Refuses what is larger than it may be."""
    import torch

    whole = sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
    if whole > largest:
        raise Refused(f"its tensors take {whole:,} bytes, and up to {largest:,} are read")
    for name, tensor in tensors.items():
        if tensor.layout != torch.strided or tensor.is_quantized or tensor.is_meta:
            raise Refused(f"its tensor {name[:80]} is sparse, quantised or without numbers")
    return {name: tensor.detach().clone(memory_format=torch.contiguous_format) for name, tensor in tensors.items()}


def convert(source: str, target: str, largest: int) -> list[str]:
    """Writes the largest state dict of the file; says where it was. Raises Refused, and whatever torch raises."""
    import torch
    from safetensors.torch import save_file

    opened = torch.load(source, map_location="cpu", weights_only=True)
    if isinstance(opened, torch.Tensor):
        raise Refused("it holds one tensor without a name")
    path, tensors = min(_dicts(opened), key=_rank, default=((), {}))
    if not tensors:
        raise Refused(f"it holds no named tensors, but a {type(opened).__name__}")
    save_file(_plain(tensors, largest), target, metadata={"format": "pt"})
    said = ["opened with weights_only=True in a process of its own"]
    return [*said, f"its part `{'.'.join(path)}` taken"] if path else said


def main() -> int:
    """Read the pickle within its limits and write safetensors; the exit status says whether it could."""
    source, target, largest, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    import torch

    torch.set_num_threads(1)
    _limit(os.path.getsize(source), largest, seconds)
    try:
        answer: dict[str, Any] = {"said": convert(source, target, largest)}
    except MemoryError:
        answer = {"error": "it asks for more memory than its size explains"}
    except Refused as error:
        answer = {"error": str(error)}
    except Exception as error:  # torch and its unpickler raise what they like on a hostile file
        answer = {"error": _first_words(error)}
    print(json.dumps(answer))
    return 1 if "error" in answer else 0


def _first_words(error: Exception) -> str:
    """Torch's reason in a few words: its first line says how to open the file all the same, which is no advice here."""
    text = " ".join(str(error).split())
    for mark in ("Unsupported global: GLOBAL ", "Unsupported class "):
        if mark in text:
            return f"it holds {text.partition(mark)[2].split()[0].strip('`.,')[:80]}, which is more than numbers"
    if "alloc" in text.lower():
        return "it asks for more memory than its size explains"
    return "it is damaged, or holds more than tensors and plain containers"


if __name__ == "__main__":
    sys.exit(main())
