"""The process in which a pickle of tensors is opened: `python -I unpickling.py IN OUT LARGEST SECONDS [WANTED]`.

WANTED: a JSON file, {a network's tensor: how many numbers it has}, to choose among several state dicts by.

Imports nothing of cnnviz, so that it starts with torch alone. Prints one JSON object: {"said": […]} or {"error": "…"}.
"""

from __future__ import annotations

import json
import os
import sys
from collections import OrderedDict
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
# Libraries and kinds that only describe a training in a checkpoint: arguments, paths, dates, logs, settings.
DESCRIBING = (
    "argparse.Namespace", "types.SimpleNamespace", "collections.", "pathlib.", "datetime.", "numpy.random.",
    "omegaconf.", "ml_collections.", "easydict.", "addict.", "yacs.", "lightning.", "lightning_fabric.",
    "pytorch_lightning.", "lightning_utilities.", "torchmetrics.", "mmengine.", "mmcv.",
    "transformers.training_args.", "transformers.trainer_utils.", "torch.torch_version.",
)  # fmt: skip
DEPTH = 4
SPARE = 1 << 29  # bytes of address space beside what the tensors take: four times the file, and this


class Refused(Exception):
    """Why the file is not taken, and what to do, where converting it at home would not help."""

    def __init__(self, why: str, remedy: str = "") -> None:
        super().__init__(why)
        self.remedy = remedy


class Described:
    """Stands for an object that only describes a training: it takes whatever it is given and does nothing with it."""

    def __new__(cls, *_args: Any, **_settings: Any) -> Described:
        """One more of them, whatever the file would have built."""
        return super().__new__(cls)

    def __setstate__(self, _state: Any) -> None:
        """Forget it."""


class Mapped:
    """The same for what is a dictionary in its library: its contents are kept."""

    def __new__(cls, *_args: Any, **_settings: Any) -> OrderedDict[Any, Any]:  # type: ignore[misc]
        """A plain dictionary, whatever the file would have built."""
        return OrderedDict()


def _listed(*_args: Any) -> list[Any]:
    return []


def _stand_in(name: str) -> Any:
    if name == "collections.deque":
        return _listed
    return Mapped if name.lower().endswith("dict") else Described


def _allowed(source: str) -> list[Any]:
    """What is let through beside tensors and plain containers: numpy's numbers, and stand-ins for descriptions."""
    import numpy as np
    import torch

    kinds = [kind for kind in vars(np.dtypes).values() if isinstance(kind, type)]
    scalar, rebuild = np.float64(0).__reduce__()[0], np.zeros(0).__reduce__()[0]
    plain = (list, dict, tuple, set, int, float, str, bool)
    found: list[Any] = [np.ndarray, np.dtype, *kinds, *plain]
    for package in ("numpy._core", "numpy.core"):  # before numpy 2, and since
        found += [(scalar, f"{package}.multiarray.scalar"), (rebuild, f"{package}.multiarray._reconstruct")]
    try:
        strange = torch.serialization.get_unsafe_globals_in_checkpoint(source)
    except Exception:  # no zip, or damaged: torch.load says what is wrong with it
        return found
    return found + [(_stand_in(name), name) for name in strange if name.startswith(DESCRIBING)]


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
    """Every mapping from text to at least one tensor or array, outermost first."""
    if not isinstance(value, Mapping) or len(path) > DEPTH:
        return
    tensors = {key: _tensor(item) for key, item in value.items() if isinstance(key, str) and _is_numbers(item)}
    if tensors:
        yield path, tensors
    for key, item in value.items():
        if isinstance(key, str):
            yield from _dicts(item, (*path, key))


def _is_numbers(value: Any) -> bool:
    import numpy as np
    import torch

    return isinstance(value, torch.Tensor) or (isinstance(value, np.ndarray) and value.dtype.kind in "biuf")


def _tensor(value: Any) -> Any:
    import torch

    if isinstance(value, torch.Tensor):
        return value
    return torch.from_numpy(value.astype(value.dtype.newbyteorder("=")))


def _rank(found: tuple[tuple[str, ...], dict[str, Any]], wanted: Mapping[str, int]) -> tuple[int, int, int]:
    """Which comes first: with the most of the network's own tensors; where such a thing usually lies; the largest."""
    path, tensors = found
    place = PLACES.index(path[-1]) if path and path[-1] in PLACES else len(PLACES) if path else -1
    known = sum(_is_wanted(name, tensor.numel(), wanted) for name, tensor in tensors.items())
    return (-known, place, -len(tensors)) if known else (0, -len(tensors), place)


def _is_wanted(name: str, numbers: int, wanted: Mapping[str, int]) -> bool:
    """Whether the network has a tensor of this size under the name, or under its end: something may stand before it."""
    parts = name.split(".")
    return any(wanted.get(".".join(parts[at:])) == numbers for at in range(len(parts)))


def _plain(tensors: Mapping[str, Any], largest: int) -> dict[str, Any]:
    """Dense and contiguous; tied ones are written under each name. Refuses what is larger than it may be."""
    import torch

    whole = sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
    if whole > largest:
        said = f"its tensors take {whole:,} bytes, and up to {largest:,} are read"
        raise Refused(said, "Save the network's weights alone, or as float16, which takes half.")
    for name, tensor in tensors.items():
        if trouble := _unreadable(tensor):
            raise Refused(f"its tensor {name[:80]} {trouble[0]}", trouble[1])
    return {name: tensor.detach().clone(memory_format=torch.contiguous_format) for name, tensor in tensors.items()}


def _unreadable(tensor: Any) -> tuple[str, str] | None:
    """(what a tensor is, what to do), where it is no plain table of numbers."""
    import torch

    if tensor.is_meta:
        return "has no numbers (it was on the meta device)", "Load the network's weights before you save it."
    if tensor.is_quantized:
        return "is quantised", "Save the network as it was before it was converted."
    if tensor.layout != torch.strided:
        return "is sparse", "Save it dense: {name: value.to_dense() for name, value in model.state_dict().items()}."
    return None


def _nameless(opened: Any) -> Refused:
    what = (
        "one tensor without a name" if hasattr(opened, "numel") else f"no named tensors, but a {type(opened).__name__}"
    )
    if isinstance(opened, Mapping):
        has_state = {"state", "param_groups"} <= set(opened)
        what = "an optimizer's state, and no network's weights" if has_state else "no tensors whose names are text"
    return Refused(f"it holds {what}", "Save the network's own weights: torch.save(model.state_dict(), 'FILE').")


def convert(source: str, target: str, largest: int, wanted: Mapping[str, int] | None = None) -> list[str]:
    """Writes the file's state dict, of several the network's or the largest; says where it was.

    Raises Refused, and whatever torch raises.
    """
    import torch
    from safetensors.torch import save_file

    with torch.serialization.safe_globals(_allowed(source)):
        opened = torch.load(source, map_location="cpu", weights_only=True)
    path, tensors = min(_dicts(opened), key=lambda one: _rank(one, wanted or {}), default=((), {}))
    if not tensors:
        raise _nameless(opened)
    save_file(_plain(tensors, largest), target, metadata={"format": "pt"})
    said = ["opened with weights_only=True in a process of its own"]
    return [*said, f"its part `{'.'.join(path)}` taken"] if path else said


def main() -> int:
    """Read the pickle within its limits and write safetensors; the exit status says whether it could."""
    source, target, largest, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    wanted = {}
    if len(sys.argv) > 5:
        with open(sys.argv[5], encoding="utf-8") as file:
            wanted = json.load(file)
    import torch

    torch.set_num_threads(1)
    _limit(os.path.getsize(source), largest, seconds)
    try:
        answer: dict[str, Any] = {"said": convert(source, target, largest, wanted)}
    except MemoryError:
        answer = {"error": "it asks for more memory than its size explains"}
    except Refused as error:
        answer = {"error": str(error), "remedy": error.remedy}
    except Exception as error:  # torch and its unpickler raise what they like on a hostile file
        answer = {"error": _first_words(error)}
    print(json.dumps(answer))
    return 1 if "error" in answer else 0


def _first_words(error: Exception) -> str:
    """Torch's reason in a few words: its first line says how to open the file all the same, which is no advice here."""
    text = " ".join(str(error).split())
    for mark in ("Unsupported global: GLOBAL ", "Unsupported class ", "unsupported GLOBAL "):
        if mark in text:
            return f"it holds {text.partition(mark)[2].split()[0].strip('`.,')[:80]}, which is more than numbers"
    if "Unsupported operand" in text:
        return "it was written with another pickle_protocol than 2, torch.save's own"
    if "alloc" in text.lower():
        return "it asks for more memory than its size explains"
    return "it is damaged, or holds more than tensors and plain containers"


if __name__ == "__main__":
    sys.exit(main())
