"""A network's weights on disk: safetensors only, written in one step, and compared name by name before they are read.

Format: https://huggingface.co/docs/safetensors (8 bytes of header length, a JSON header, the numbers). A pickle is
recognised and refused: reading one runs whatever code is in it.
"""

from __future__ import annotations

import errno
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor, nn

LARGEST_FILE = 1_000_000_000
LARGEST_HEADER = 10_000_000
# How floats may lie on disk: all three are read as the network's own type (float32).
FLOATS = ("F32", "F16", "BF16")
DTYPES = {
    torch.float32: "F32", torch.float64: "F64", torch.float16: "F16", torch.bfloat16: "BF16", torch.bool: "BOOL",
    torch.int64: "I64", torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8",
}  # fmt: skip
SHOWN = 4


class CheckpointError(ValueError):
    """Weights or a run that cannot be read: what was asked, what was found, what would work."""


def save(model: nn.Module, path: Path, half: bool = False) -> Path:
    """Writes the network's weights; a reader sees the old file or the new one, never half of one.

    half: float32 goes to disk as float16, which halves the file; a tensor with a number that float16 cannot hold
    stays float32. Tied weights are written under each of their names. Returns the path. Raises OSError.
    """
    tensors = {name: _on_disk(tensor, half) for name, tensor in model.state_dict().items()}
    with replacing(path) as temporary:
        try:
            safetensors.torch.save_file(tensors, temporary, metadata={"format": "pt"})
        except SafetensorError as error:  # its own kind of error, also for a full disk
            full = f"os error {errno.ENOSPC}" in str(error)
            raise OSError(
                errno.ENOSPC if full else errno.EIO, os.strerror(errno.ENOSPC) if full else str(error)
            ) from error
    return path


def read_weights(path: Path, model: nn.Module) -> None:
    """Puts the file's weights into the network, all of them or, on an error, none.

    Raises CheckpointError: not safetensors, too large, or not this network's names, shapes or types.
    """
    check_weights(path, model)
    try:
        tensors = safetensors.torch.load_file(path, device="cpu")
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path.name} is damaged ({error}); write it again") from error
    _put(tensors, model)


def check_weights(path: Path, model: nn.Module) -> None:
    """Compares the file's header with the network, which may lie on the meta device. Raises as `read_weights` does."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(8)
            start += file.read(min(int.from_bytes(start, "little"), LARGEST_HEADER))
    except OSError as error:
        raise CheckpointError(f"{path.name} cannot be read: {error.strerror or error}") from error
    _compare(_header(start, size, path.name), model, path.name)


def load_into(model: nn.Module, data: bytes | Path, *, name: str = "the file") -> None:
    """The same for bytes that a user uploaded. name: how errors call them."""
    if isinstance(data, Path):
        return read_weights(data, model)
    _compare(_header(data, len(data), name), model, name)
    try:
        tensors = safetensors.torch.load(data)
    except SafetensorError as error:
        raise CheckpointError(f"{name} is damaged ({error}); write it again") from error
    return _put(tensors, model)


def header_of(data: bytes, name: str) -> dict[str, Any]:
    """{tensor name: {"dtype", "shape", "data_offsets"}} of a whole file's bytes. Raises as `read_weights` does."""
    return _header(data, len(data), name)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file beside `path` that takes its place when the block ends well, and vanishes when it does not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)  # mkstemp's 0600 would hide a run from a lab that another user serves
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _on_disk(tensor: Tensor, half: bool) -> Tensor:
    plain = tensor.detach().to("cpu", copy=True, memory_format=torch.contiguous_format)
    if half and plain.dtype == torch.float32:
        small = plain.half()
        return small if bool(torch.isfinite(small).all()) else plain
    return plain


def _header(start: bytes, size: int, name: str) -> dict[str, Any]:
    """The JSON header: {tensor name: {"dtype", "shape", "data_offsets"}}. `start`: the first bytes of the file."""
    if size > LARGEST_FILE:
        raise CheckpointError(f"{name} has {size:,} bytes; up to {LARGEST_FILE:,} are read")
    if start[:2] == b"PK" or start[:1] == b"\x80":
        raise CheckpointError(
            f"{name} is a pickle (.pt, .pth), which could run code when it is read; "
            f"write the state dict again with safetensors.torch.save_file"
        )
    length = int.from_bytes(start[:8], "little")
    if len(start) < 8 or not 2 <= length <= size - 8:
        raise CheckpointError(f"{name} is not a safetensors file, or was cut off: its {size:,} bytes hold no header")
    if length > LARGEST_HEADER:
        raise CheckpointError(f"{name} has a header of {length:,} bytes; up to {LARGEST_HEADER:,} are read")
    try:
        header = json.loads(start[8 : 8 + length])
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{name} is not a safetensors file: its header is not JSON") from error
    entries = header.values() if isinstance(header, dict) else [None]
    if not all(isinstance(entry, dict) for entry in entries):
        raise CheckpointError(f"{name} is not a safetensors file: its header does not describe tensors")
    header.pop("__metadata__", None)
    return header


def _compare(header: Mapping[str, Any], model: nn.Module, name: str) -> None:
    """Raises CheckpointError that lists the first missing, unexpected, mis-shaped and mis-typed names."""
    wanted = model.state_dict()
    troubles = [
        ("missing", [key for key in wanted if key not in header]),
        ("unexpected", [key for key in header if key not in wanted]),
        ("of another shape", [said for key in wanted if key in header and (said := _shape(key, wanted, header))]),
        ("of another type", [said for key in wanted if key in header and (said := _type(key, wanted, header))]),
    ]
    told = "; ".join(f"{what}: {_some(names)}" for what, names in troubles if names)
    if told:
        network = type(model).__name__
        raise CheckpointError(
            f"{name} ({len(header)} tensors) does not fit {network} ({len(wanted)} tensors): {told}. "
            f"Choose the network that these weights were saved from"
        )


def _shape(key: str, wanted: Mapping[str, Tensor], header: Mapping[str, Any]) -> str:
    found, right = header[key].get("shape"), list(wanted[key].shape)
    return "" if found == right else f"{key} {found} instead of {right}"


def _type(key: str, wanted: Mapping[str, Tensor], header: Mapping[str, Any]) -> str:
    found, right = header[key].get("dtype"), DTYPES.get(wanted[key].dtype, str(wanted[key].dtype))
    fits = found in FLOATS if right == "F32" else found == right
    return "" if fits else f"{key} {found} instead of {right}"


def _some(names: list[str]) -> str:
    short = ", ".join(str(name)[:120] for name in names[:SHOWN])
    return short + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")


def _put(tensors: Mapping[str, Tensor], model: nn.Module) -> None:
    wanted = model.state_dict()
    model.load_state_dict({name: tensor.to(wanted[name].dtype) for name, tensor in tensors.items()}, strict=True)
