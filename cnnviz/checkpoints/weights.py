"""A network's weights on disk: safetensors, written in one step, and compared with the network before they are read.

Format: https://huggingface.co/docs/safetensors (8 bytes of header length, a JSON header, the numbers). A pickle (.pt,
.pth) is never opened here: `pickles` makes it a safetensors file, in a process of its own. What is done to make a file
fit (`fitting`) is said, and weights that are not finite numbers are refused.
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

from cnnviz.checkpoints import fitting, folding, pickles, strangers
from cnnviz.checkpoints.errors import CheckpointError as CheckpointError
from cnnviz.checkpoints.fitting import Fit
from cnnviz.plain_text import said_by

LARGEST_FILE = 1_000_000_000
LARGEST_HEADER = 10_000_000
LONGEST_AXIS = 1 << 62
SHOWN = 4
STATISTICS = ("running_mean", "running_var")
PLAIN = {"format": "pt"}  # what a file's header says besides names and shapes


def save(model: nn.Module, path: Path, half: bool = False) -> Path:
    """Writes the network's weights; a reader sees the old file or the new one, never half of one.

    half: float32 goes to disk as float16, which halves the file; a tensor with a number that float16 cannot hold
    stays float32. Tied weights are written under each of their names. Returns the path. Raises OSError.
    """
    return save_tensors({name: _on_disk(tensor, half) for name, tensor in model.state_dict().items()}, path)


def save_tensors(
    tensors: Mapping[str, Tensor], path: Path, *, metadata: Mapping[str, str] = PLAIN, durable: bool = False
) -> Path:
    """The same for tensors by name, each contiguous and on the CPU and none a part of another.

    metadata: of the file's header. durable: on the disk when this returns. Returns the path. Raises OSError.
    """
    with replacing(path, durable=durable) as temporary:
        try:
            safetensors.torch.save_file(dict(tensors), temporary, metadata=dict(metadata))
        except SafetensorError as error:  # its own kind of error, also for a full disk
            full = f"os error {errno.ENOSPC}" in str(error)
            raise OSError(
                errno.ENOSPC if full else errno.EIO, os.strerror(errno.ENOSPC) if full else str(error)
            ) from error
    return path


def read_weights(path: Path, model: nn.Module, *, exact: bool = False) -> tuple[str, ...]:
    """Puts the file's weights into the network, all of them or, on an error, none. Says what was done to make them fit.

    exact: a head with another number of classes does not fit; otherwise the network gets that head.
    Raises CheckpointError: no weights, too large, not this network's names, shapes or types, or not finite.
    """
    start, size = _start(path)
    if pickles.is_pickle(start):
        return load_into(model, path.read_bytes(), name=path.name, exact=exact)
    found = _fitting(_header(start, size, path.name), model, path.name, exact)
    try:
        tensors = safetensors.torch.load_file(path, device="cpu")
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path.name} is damaged ({said_by(error)}); write it again") from error
    _put(tensors, model, found, path.name)
    return found.said


def check_weights(path: Path, model: nn.Module, *, exact: bool = False) -> tuple[str, ...]:
    """Compares the file's header with the network, which may lie on meta. Raises and says as `read_weights` does."""
    start, size = _start(path)
    if pickles.is_pickle(start):
        data, _ = readable(path.read_bytes(), path.name, model)
        return _fitting(header_of(data, path.name), model, path.name, exact).said
    return _fitting(_header(start, size, path.name), model, path.name, exact).said


def classes_of(path: Path, model: nn.Module) -> int | None:
    """How many classes the file's head has, where that is another number than the network's. Raises as the above."""
    start, size = _start(path)
    return _fitting(_header(start, size, path.name), model, path.name, False).classes


def load_into(model: nn.Module, data: bytes | Path, *, name: str = "the file", exact: bool = False) -> tuple[str, ...]:
    """The same for bytes that a user uploaded. name: how errors call them."""
    if isinstance(data, Path):
        return read_weights(data, model, exact=exact)
    data, said = readable(data, name, model)
    found = _fitting(header_of(data, name), model, name, exact)
    _put(_tensors(data, name), model, found, name)
    return (*said, *found.said)


def refuse_unfinished(data: bytes, model: nn.Module, found: Fit, name: str) -> None:
    """Raises CheckpointError where a file that fits has numbers that are not finite; the network may lie on meta.

    Parameters and running statistics: other buffers may hold −∞ from the start, as masks of attention do.
    """
    wanted, tensors = model.state_dict(), folding.put_together(_tensors(data, name), found.folds)
    learnt = {key for key in wanted if key.endswith(STATISTICS)} | {key for key, _ in model.named_parameters()}
    state = {key: tensors[file].to(wanted[key].dtype) for key, file in found.names.items() if key in learnt}
    _refuse_unfinished(state, wanted, name)


def _tensors(data: bytes, name: str) -> dict[str, Tensor]:
    try:
        return safetensors.torch.load(data)
    except SafetensorError as error:
        raise CheckpointError(f"{name} is damaged ({error}); write it again") from error


def readable(data: bytes, name: str, model: nn.Module | None = None) -> tuple[bytes, tuple[str, ...]]:
    """(a safetensors file, what was done): the bytes as they are, or a pickle's tensors. Raises CheckpointError.

    model: whose tensors are taken where a pickle has several networks' (a teacher and its student, a running average).
    """
    _refuse_large(len(data), name)
    if not pickles.is_pickle(data[:9]):
        return data, ()
    wanted = {} if model is None else {key: value.numel() for key, value in model.state_dict().items()}
    opened = pickles.to_safetensors(data, name, largest=LARGEST_FILE, wanted=wanted)
    return opened.data, opened.said


def header_of(data: bytes, name: str) -> dict[str, Any]:
    """{tensor name: {"dtype", "shape", "data_offsets"}} of a whole file's bytes. Raises as `read_weights` does."""
    return _header(data, len(data), name)


@contextmanager
def replacing(path: Path, *, durable: bool = False) -> Iterator[Path]:
    """A temporary file beside `path` that takes its place when the block ends well, and vanishes when it does not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        if durable:
            settle(temporary)
        temporary.chmod(0o644)  # mkstemp's 0600 would hide a run from a lab that another user serves
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def settle(path: Path) -> None:
    """Waits until the file is on the disk. Raises OSError."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _on_disk(tensor: Tensor, half: bool) -> Tensor:
    plain = tensor.detach().to("cpu", copy=True, memory_format=torch.contiguous_format)
    if half and plain.dtype == torch.float32:
        small = plain.half()
        return small if bool(torch.isfinite(small).all()) else plain
    return plain


def _start(path: Path) -> tuple[bytes, int]:
    """(the first bytes of a file, its header among them, and the file's size)."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(8)
            return start + file.read(min(int.from_bytes(start, "little"), LARGEST_HEADER)), size
    except OSError as error:
        raise CheckpointError(f"{path.name} cannot be read: {error.strerror or error}") from error


def _refuse_large(size: int, name: str) -> None:
    if size > LARGEST_FILE:
        raise CheckpointError(f"{name} has {size:,} bytes; up to {LARGEST_FILE:,} are read")


def _header(start: bytes, size: int, name: str) -> dict[str, Any]:
    """The JSON header: {tensor name: {"dtype", "shape", "data_offsets"}}. `start`: the first bytes of the file."""
    _refuse_large(size, name)
    length = int.from_bytes(start[:8], "little")
    if start[8:9] != b"{" and (known := strangers.what(start)):
        raise CheckpointError(f"{name} {known}")
    if len(start) < 8 or not 2 <= length <= size - 8:
        raise CheckpointError(f"{name} is not a safetensors file, or was cut off: its {size:,} bytes hold no header")
    if length > LARGEST_HEADER:
        raise CheckpointError(f"{name} has a header of {length:,} bytes; up to {LARGEST_HEADER:,} are read")
    try:
        header = json.loads(start[8 : 8 + length])
        json.dumps(header, ensure_ascii=False).encode()  # half a character (a lone surrogate) no page could show
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{name} is not a safetensors file: its header is not JSON") from error
    described = isinstance(header, dict) and isinstance(header.pop("__metadata__", {}), dict)
    if not described or not all(map(_describes, header.values())):
        raise CheckpointError(f"{name} is not a safetensors file: its header does not describe tensors")
    return dict(header)


def _describes(entry: object) -> bool:
    """Whether a header's entry is a tensor's: a type, and the length of each axis."""
    if not isinstance(entry, dict):
        return False
    shape = entry.get("shape")
    return (
        isinstance(entry.get("dtype"), str)
        and isinstance(shape, list)
        and all(type(length) is int and 0 <= length <= LONGEST_AXIS for length in shape)
    )


def _fitting(header: Mapping[str, Any], model: nn.Module, name: str, exact: bool) -> Fit:
    """How the file fits. Raises CheckpointError that lists the first names that do not, both sides of each."""
    found = fitting.fit(header, model)
    told = [f"{what}: {_some(lines)}" for what, lines in _troubles(found) if lines]
    if exact and found.classes is not None:
        told.append(f"its head has {found.classes} classes")
    if told:
        network, wanted = type(model).__name__, len(model.state_dict())
        raise CheckpointError(
            f"{name} ({len(header)} tensors) does not fit {network} ({wanted} tensors): {'; '.join(told)}. "
            f"Choose the network that these weights were saved from"
        )
    return found


def _troubles(found: Fit) -> Iterator[tuple[str, list[str]]]:
    rows = found.rows
    missing = [row for row in rows if row.state == "missing"]
    yield "missing", [row.name + (f" (the file's {row.found} has its shape)" if row.found else "") for row in missing]
    yield "unexpected", [row.name for row in rows if row.state == "unexpected"]
    other = [row for row in rows if row.state == "wrong shape"]
    yield "of another shape", [f"{row.name} {row.found} instead of {row.wanted}" for row in other]
    kinds = [row for row in rows if row.state == "wrong type"]
    yield "of another type", [f"{row.name} {row.found} instead of {row.wanted.split()[-1]}" for row in kinds]


def _some(names: list[str]) -> str:
    short = ", ".join(str(name)[:120] for name in names[:SHOWN])
    return short + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")


def _put(tensors: Mapping[str, Tensor], model: nn.Module, found: Fit, name: str) -> None:
    wanted, tensors = model.state_dict(), folding.put_together(tensors, found.folds)
    state = {key: tensors[file].to(wanted[key].dtype) for key, file in found.names.items()}
    if found.classes is None:
        state = {key: tensor.reshape(wanted[key].shape) for key, tensor in state.items()}
    else:
        inside = {key for head in found.heads for key in (f"{head}.weight", f"{head}.bias")}
        state = {key: _shaped(tensor, wanted[key], key in inside) for key, tensor in state.items()}
    _refuse_unfinished(state, wanted, name)
    _refuse_torn_ties(state, model, name)
    fitting.widen(model, found)
    model.load_state_dict(state, strict=False)  # what is absent was said and allowed by name


def _shaped(tensor: Tensor, like: Tensor, head: bool) -> Tensor:
    return tensor.reshape((len(tensor), *like.shape[1:]) if head else like.shape)


def _refuse_unfinished(state: Mapping[str, Tensor], wanted: Mapping[str, Tensor], name: str) -> None:
    """Numbers that are not finite, where the network as it is built has only finite ones."""
    for key, tensor in state.items():
        if not tensor.is_floating_point() or bool(torch.isfinite(tensor).all()):
            continue
        if wanted[key].is_meta or tensor.shape != wanted[key].shape or bool(torch.isfinite(wanted[key]).all()):
            bad = int((~torch.isfinite(tensor)).sum())
            kind = "NaN" if bool(torch.isnan(tensor).any()) else "infinite"
            raise CheckpointError(
                f"{name} holds weights that are not finite: {key} has {bad:,} of {tensor.numel():,} numbers {kind}, as "
                f"a training that diverged leaves them; weights saved before that work"
            )


def _refuse_torn_ties(state: Mapping[str, Tensor], model: nn.Module, name: str) -> None:
    """One tensor of the network under two names, for which the file has different numbers."""
    first: dict[int, str] = {}
    for key, tensor in model.state_dict(keep_vars=True).items():
        other = first.setdefault(id(tensor), key)
        if other != key and key in state and other in state and not torch.equal(state[key], state[other]):
            raise CheckpointError(
                f"{name} has different numbers for {other} and {key}, which this network ties together"
            )
