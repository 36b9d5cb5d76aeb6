"""A .pt or .pth file as safetensors, without running what may be in it.

Such a file is a pickle, a small program that builds objects. `torch.load(…, weights_only=True)` allows tensors and
plain containers only; to be safe from its own mistakes as well, it runs in a process of its own (`unpickling`) whose
memory, seconds and file size are bounded, with an empty environment.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cnnviz.checkpoints import strangers
from cnnviz.checkpoints.errors import CheckpointError
from cnnviz.plain_text import said_by

SECONDS = 120  # starting torch takes 2 to 4 of them
BUSY = "Reading takes a few: where this machine is busy, try once more later."
WORKER = Path(__file__).with_name("unpickling.py")
AT_HOME = (
    'python -c "import torch, safetensors.torch as s; '
    "m = torch.load('FILE', map_location='cpu', weights_only=False); "
    "m = next((m[k] for k in ('state_dict', 'model_state_dict', 'model', 'net', 'ema') if k in m), m) "
    "if isinstance(m, dict) else m; "
    "d = m.state_dict() if hasattr(m, 'state_dict') else m; "
    "s.save_file({k: v.detach().clone().contiguous() for k, v in d.items() if hasattr(v, 'detach')}, "
    "'weights.safetensors')\""
)


@dataclass(frozen=True)
class ConvertedPickle:
    """data: the tensors as a safetensors file. said: what was done, each a phrase."""

    data: bytes
    said: tuple[str, ...]


def is_pickle(start: bytes) -> bool:
    """By the first nine bytes. A safetensors file has its header's length there, and then a brace.

    A length may begin like a pickle (every 32nd does) or like a zip: the brace decides.
    """
    return start[8:9] != b"{" and (start[:2] == b"PK" or start[:1] == b"\x80")


def to_safetensors(data: bytes, name: str, *, largest: int, wanted: Mapping[str, int] | None = None) -> ConvertedPickle:
    """The state dict in a .pt or .pth file. largest: bytes that it may hold.

    wanted: {a network's tensor: how many numbers it has}, whose state dict is taken where the file has several.

    Raises CheckpointError: what is more than tensors and plain containers, too much, or too slow; with the line that
    converts it at home.
    """
    if known := strangers.inside(data) if data[:2] == b"PK" else strangers.of_python(data):
        raise CheckpointError(f"{name} {known}")
    try:
        return _converted(data, name, largest, wanted or {})
    except OSError as error:
        raise CheckpointError(
            f"{name} cannot be read just now ({said_by(error)}): the machine lacks room for temporary files or memory; "
            "try again later, or bring a safetensors file"
        ) from error


def _converted(data: bytes, name: str, largest: int, wanted: Mapping[str, int]) -> ConvertedPickle:
    with tempfile.TemporaryDirectory(prefix="cnnviz-weights-") as folder:
        source, target, names = (Path(folder) / name for name in ("in.pt", "out.safetensors", "wanted.json"))
        source.write_bytes(data)
        names.write_text(json.dumps(dict(wanted)), encoding="utf-8")
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(WORKER), str(source), str(target), str(largest), str(SECONDS), str(names)],
                capture_output=True, timeout=SECONDS, check=False, cwd=folder,
                env={"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise CheckpointError(_refused(name, f"it was not read within {SECONDS} seconds", BUSY)) from error
        answer = _answer(done.stdout)
        if done.returncode != 0 or "error" in answer or not target.is_file():
            why, remedy = (str(answer.get(key) or "") for key in ("error", "remedy"))
            raise CheckpointError(_refused(name, why or "the process that read it was ended", remedy))
        return ConvertedPickle(target.read_bytes(), tuple(str(one)[:300] for one in answer.get("said", ())))


def _answer(output: bytes) -> dict[str, list[str]]:
    try:
        values = json.loads(output[-20_000:])
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}


def _refused(name: str, why: str, remedy: str = "") -> str:
    remedy = remedy or f"Where you trust it, this line makes a file at home that is: {AT_HOME}"
    return f"{name} is a pickle (.pt, .pth) that is not opened here: {why}. {remedy}"
