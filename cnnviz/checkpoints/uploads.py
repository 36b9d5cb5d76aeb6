"""A file of weights that somebody uploaded: compared name by name, kept under its digest, opened like any network.

Only safetensors are read, never a pickle. Kept are the last `KEPT` files, in $CNNVIZ_RUNS/uploads; a file is found by
looking its name up in that folder's listing and is never used as a path.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import torch
from torch import nn

from cnnviz import models
from cnnviz.checkpoints import runs_folder
from cnnviz.checkpoints.weights import DTYPES, FLOATS, CheckpointError, header_of, load_into, replacing
from cnnviz.records.own_model import NamedTensor

LARGEST_UPLOAD = 600_000_000
KEPT = 8
NAME = re.compile(r"[\w.+-]{1,120}\.[0-9a-f]{16}\.safetensors")


def compared(data: bytes, model: nn.Module, *, name: str = "the file") -> tuple[NamedTensor, ...]:
    """Every name of the network in its order, then those that only the file has, each with what is wrong with it.

    model: may lie on the meta device. Raises CheckpointError: too large, a pickle, or no safetensors at all.
    """
    if len(data) > LARGEST_UPLOAD:
        raise CheckpointError(f"{name} has {len(data):,} bytes; up to {LARGEST_UPLOAD:,} are read")
    header = header_of(data, name)
    wanted = model.state_dict()
    found = [_one(key, tensor, header.get(key)) for key, tensor in wanted.items()]
    for key in header:
        if key not in wanted:
            shape = str(header[key].get("shape"))[:60]
            reason = "the network has no tensor of this name"
            found.append(NamedTensor(str(key)[:200], "unexpected", "", shape, reason))
    return tuple(found)


def _one(key: str, tensor: torch.Tensor, entry: dict[str, object] | None) -> NamedTensor:
    wanted = str(list(tensor.shape))
    if entry is None:
        return NamedTensor(key, "missing", wanted, "", "the file has no tensor of this name")
    shape, kind = entry.get("shape"), entry.get("dtype")
    right = DTYPES.get(tensor.dtype, str(tensor.dtype))
    if shape != list(tensor.shape):
        return NamedTensor(key, "wrong shape", wanted, str(shape)[:60], "the shapes differ")
    if not (kind in FLOATS if right == "F32" else kind == right):
        return NamedTensor(key, "wrong type", f"{wanted} {right}", str(kind)[:12], f"{right} is needed")
    return NamedTensor(key, "fits", wanted, wanted)


def keep(data: bytes, name: str) -> str:
    """The uploaded weights, checked as a whole and kept for this network: the text under which they are found.

    Raises CheckpointError where they do not fit, KeyError where there is no such network.
    """
    load_into(models.build(name), data, name="the file")
    folder = _folder()
    file = folder / f"{name.replace('/', '+')}.{hashlib.sha256(data).hexdigest()[:16]}.safetensors"
    with replacing(file) as temporary:
        temporary.write_bytes(data)
    for old in sorted(_files().values(), key=lambda path: -path.stat().st_mtime)[KEPT:]:
        old.unlink(missing_ok=True)
    return file.name.removesuffix(".safetensors")


def open_upload(kept: str) -> tuple[str, nn.Module]:
    """(the network's name, the network with these weights). Raises CheckpointError, KeyError."""
    files = _files()
    if f"{kept}.safetensors" not in files:
        raise CheckpointError(f"the uploaded weights {kept[:80]!r} are no longer kept; upload them again")
    name = kept.rpartition(".")[0].replace("+", "/")
    model = models.build(name)
    load_into(model, files[f"{kept}.safetensors"])
    return name, model


def _folder() -> Path:
    return runs_folder() / "uploads"


def _files() -> dict[str, Path]:
    folder = _folder()
    if not folder.is_dir():
        return {}
    return {path.name: path for path in folder.iterdir() if path.is_file() and NAME.fullmatch(path.name)}
