"""Files that are no weights of PyTorch, or weights in another wrapping: what each is, and what would be read."""

from __future__ import annotations

import io
import re
import zipfile

TORCHSCRIPT = (
    'python -c "import torch, safetensors.torch as s; '
    "d = torch.jit.load('FILE', map_location='cpu').state_dict(); "
    "s.save_file({k: v.detach().clone().contiguous() for k, v in d.items()}, 'weights.safetensors')\""
)
EXPORTED = (
    "python -c \"import torch, safetensors.torch as s; d = torch.export.load('FILE').state_dict; "
    "s.save_file({k: v.detach().clone().contiguous() for k, v in d.items()}, 'weights.safetensors')\""
)
ONLY_TORCH = "only weights of PyTorch fit these networks, as safetensors, .pt or .pth"
UNPACK = "unpack it and bring the file inside"
AGAIN = "download the file itself once more"
MARKS = (
    (b"\x89HDF", f"is an HDF5 file, as Keras writes its weights (.h5); {ONLY_TORCH}"),
    (b"GGUF", f"is a GGUF file of a language model; {ONLY_TORCH}"),
    (b"\x93NUMPY", "is a single array of numpy (.npy) without a name; save a state dict instead"),
    (b"version https://git-lfs", f"is Git LFS's note of where the file lies, not the file; {AGAIN}"),
    (b"\x1f\x8b", f"is packed by gzip; {UNPACK}"),
    (b"BZh", f"is packed by bzip2; {UNPACK}"),
    (b"\xfd7zXZ", f"is packed by xz; {UNPACK}"),
    (b"7z\xbc\xaf", f"is a 7z archive; {UNPACK}"),
    (b"Rar!", f"is a RAR archive; {UNPACK}"),
)
TAR_AT, TAR = 257, b"ustar"
# A pickle that torch.save wrote before it wrote zips begins with this number of its own.
PICKLE, OF_TORCH = b"\x80", b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19"
NOT_TORCHS = (
    "is a pickle that torch.save did not write (pickle.dump, joblib), and is not opened here; where you trust it, open "
    "it at home as it was written, and save its arrays: torch.save({name: torch.as_tensor(array), …}, 'weights.pt')"
)
GRAPH = re.compile(rb"\x08[\x01-\x1f](?:[\x12\x1a\x22\x3a]|B)")  # ONNX's first fields: its version, its producer
WEIGHTS = (".pt", ".pth", ".ckpt", ".bin", ".safetensors", ".h5")


def what(start: bytes) -> str:
    """What a file that begins so is, and the remedy, to follow its name; "" where nothing is known of it.

    start: as many of its first bytes as are at hand; none: the file is empty.
    """
    if not start:
        return "is empty (0 bytes) and not a safetensors file: save or download it once more"
    known = next((said for mark, said in MARKS if start.startswith(mark)), "")
    if known or start[TAR_AT : TAR_AT + len(TAR)] == TAR:
        return known or f"is a tar archive; {UNPACK}"
    text = start[:400].lstrip().lower()
    if text.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        return f"is a web page, as a download that failed leaves it; {AGAIN}"
    if text.startswith((b"{", b"[")):
        return _of_json(start)
    return f"is a graph of ONNX or TensorFlow; {ONLY_TORCH}" if GRAPH.match(start) else ""


def _of_json(start: bytes) -> str:
    if b'"weight_map"' in start or b".safetensors" in start:
        return (
            "is the list of the pieces that a large file was cut into, without a number in it; bring the weights in "
            "one file, as save_file of safetensors writes them"
        )
    return "is a text file (JSON), not weights; bring the .safetensors, .pt or .pth file that lies beside it"


def of_python(data: bytes) -> str:
    """What a pickle is that is not torch's, as `what`; "" for all else."""
    return NOT_TORCHS if data[:1] == PICKLE and OF_TORCH not in data[:32] else ""


def inside(data: bytes) -> str:
    """What a zip is that holds no state dict, as `what`; "" where it may hold one, as torch.save writes it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError):
        return "is a pickle (.pt, .pth) that was cut off or damaged; save or download it once more"
    last = {name.rpartition("/")[2] for name in names}
    if "constants.pkl" in last and any("/code/" in name for name in names):
        return f"is TorchScript, a program with its weights, not run here. This line takes them out: {TORCHSCRIPT}"
    if "archive_format" in last or "serialized_state_dict.pt" in last:
        return f"is a program of torch.export with its weights. This line takes them out: {EXPORTED}"
    if "data.pkl" in last:
        return ""
    if names and all(name.endswith(".npy") for name in names):
        return "holds arrays of numpy (.npz); save them as a state dict of tensors instead"
    if "config.json" in last and any(name.endswith((".h5", ".keras")) for name in last):
        return f"is a model of Keras; {ONLY_TORCH}"
    if any(name.lower().endswith(WEIGHTS) for name in last):
        return f"is a zip with a file of weights in it; {UNPACK} (one that was taken away here: Training lab)"
    return f"is a zip without weights of PyTorch; {ONLY_TORCH}"
