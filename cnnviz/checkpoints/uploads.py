"""A file of weights that somebody uploaded: compared name by name, kept under its digest, opened like any network.

safetensors is read; a .pt or .pth is made one first (`pickles`). Kept are each visitor's last files, in
$CNNVIZ_RUNS/uploads (where the app is shared, in a folder of the visitor's there); a file is found by looking its name
up in that folder's listing and is never used as a path.
"""

from __future__ import annotations

import hashlib
import math
import re
from pathlib import Path
from typing import NamedTuple

from torch import nn

from cnnviz import footprint, limits, models, visitors
from cnnviz.checkpoints import fitting, folding, runs_folder, weights
from cnnviz.checkpoints.weights import CheckpointError, header_of, load_into, replacing
from cnnviz.records.own_model import Compared, NamedTensor

LARGEST_UPLOAD = limits.WEIGHTS_MB << 20
UPLOADS = "uploads"
NAME = re.compile(r"[\w.+-]{1,120}\.[0-9a-f]{16}\.safetensors")
TRIED, LIKELY = 8, 0.9  # networks of about the file's size that are compared; the share of tensors that names one


class Upload(NamedTuple):
    """network: its name. classes: of the file's head where that is not the network's own, else None."""

    network: str
    model: nn.Module
    said: tuple[str, ...]
    classes: int | None


def readable(data: bytes, name: str = "the file", model: nn.Module | None = None) -> tuple[bytes, tuple[str, ...]]:
    """(a safetensors file, what was done): the bytes as they are, or the tensors of a .pt or .pth.

    model: the network that they are for, where a pickle has several networks' tensors; it may lie on the meta device.
    Raises CheckpointError: too large, or a pickle that holds more than tensors and plain containers.
    """
    if len(data) > LARGEST_UPLOAD:
        raise CheckpointError(f"{name} has {len(data):,} bytes; up to {LARGEST_UPLOAD:,} are read")
    return weights.readable(data, name, model)


def compared(data: bytes, model: nn.Module, *, name: str = "the file") -> tuple[NamedTensor, ...]:
    """Every name of the network in its order, then those that only the file has, each with what is wrong with it.

    model: may lie on the meta device. Raises CheckpointError: too large, no weights, or a pickle that is not opened.
    """
    return examined(data, model, name=name).rows


def examined(data: bytes, model: nn.Module, *, name: str = "the file") -> Compared:
    """The same, and what has to be done to make the file fit; weights that fit and are not finite are refused here."""
    data, said = readable(data, name, model)
    found = fitting.fit(header_of(data, name), model)
    if found.fits:
        weights.refuse_unfinished(data, model, found, name)
    return Compared(found.rows, (*said, *found.said))


def closest(data: bytes, *, name: str = "the file") -> str:
    """The listed network that nine tenths of whose tensors the file fills, the fullest first; "" where none is.

    Only networks with about as many parameters as the file has numbers are built (on the meta device) and compared.
    """
    header, _ = folding.folded(header_of(readable(data, name)[0], name))
    numbers = sum(math.prod(entry.get("shape") or ()) for entry in header.values())
    if not numbers:
        return ""
    known = {one: models.spec(one).parameters or 0 for one in models.names()}
    near = sorted((one for one in known if known[one]), key=lambda one: abs(math.log(known[one] / numbers)))[:TRIED]
    shares = {one: fitting.fit(header, models.shadow(one)).share for one in near}
    best = max(shares, key=lambda one: shares[one], default="")
    return best if best and shares[best] >= LIKELY else ""


def keep(data: bytes, name: str, *, room: int | None = None) -> str:
    """The uploaded weights, checked as a whole and kept for this network: the text under which they are found.

    room: bytes that more may take on disk. Raises CheckpointError where they do not fit the network or the disk,
    KeyError where there is no such network, footprint.TooLarge where there is too little memory.
    """
    with footprint.admitted(name):
        data, _ = readable(data, model=models.shadow(name))
        load_into(models.build(name), data, name="the file")
    folder = _folder()
    file = folder / f"{name.replace('/', '+')}.{hashlib.sha256(data).hexdigest()[:16]}.safetensors"
    mine = [path for path in _files().values() if path.parent == folder and path != file]
    most = max(0, int(limits.networks_of_visitor.value) - 1)  # beside this one
    gone = sorted(mine, key=lambda path: -path.stat().st_mtime)[most:]
    freed = sum(path.stat().st_size for path in [*gone, *([file] if file.exists() else [])])
    if room is not None and len(data) > room + freed:
        raise CheckpointError(
            f"these weights take {len(data) / 1e6:,.0f} MB, and {max(0, room + freed) / 1e6:,.0f} MB are left of a "
            "visitor's disk here: delete some runs, empty the trash, or remove a data set"
        )
    with replacing(file) as temporary:
        temporary.write_bytes(data)
    for old in gone:
        old.unlink(missing_ok=True)
    return file.name.removesuffix(".safetensors")


def open_upload(kept: str) -> Upload:
    """The network with these weights, and what was done to make them fit. Raises CheckpointError, KeyError."""
    files = _files()
    if f"{kept}.safetensors" not in files:
        raise CheckpointError(f"the uploaded weights {kept[:80]!r} are no longer kept; upload them again")
    name = kept.rpartition(".")[0].replace("+", "/")
    file, model = files[f"{kept}.safetensors"], models.build(name)
    classes = weights.classes_of(file, model)
    return Upload(name, model, load_into(model, file), classes)


def _folder() -> Path:
    return runs_folder() / UPLOADS / visitors.current().id


def count() -> int:
    """How many files of weights are kept that whoever asks may open."""
    return len(_files())


def seen(kept: str) -> bool:
    """Whether whoever asks has uploaded weights of this name."""
    return f"{kept}.safetensors" in _files()


def _files() -> dict[str, Path]:
    """Name → file, of those that whoever asks may open: their own, and a teacher everybody's."""
    asking, top = visitors.current(), runs_folder() / UPLOADS
    every = asking.teacher or not asking.id
    folders = [*_folders(top), top, _folder()] if every else [_folder()]
    files = (path for folder in folders if folder.is_dir() for path in folder.iterdir())
    return {path.name: path for path in files if path.is_file() and NAME.fullmatch(path.name)}


def _folders(top: Path) -> list[Path]:
    return [path for path in top.iterdir() if visitors.ID.fullmatch(path.name)] if top.is_dir() else []
