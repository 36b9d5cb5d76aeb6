"""The door to every classifier of torchvision, with its published weights where they are cached or can be downloaded.

What a network expects (image size, crop, interpolation, mean, std) is what the transforms of its default weights
say; counts and class names come from the same weights' meta data. torchvision is imported when a network is asked for.
"""

from __future__ import annotations

import functools
import hashlib
import pickle
import re
import warnings
import zipfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from cnnviz.models.entries import REGISTRY, Entry, ModelError, Shape, at_least, seeded
from cnnviz.models.torchvision_families import NAMES, family, title
from cnnviz.plain_text import said_by
from cnnviz.records import Provenance, Spec

CACHE = "hub/checkpoints of torch's cache (TORCH_HOME, usually ~/.cache/torch)"
HASH = re.compile(r"-([0-9a-f]{8,})\.")
# Constructor arguments that the published weights need. GoogLeNet and Inception v3 change the normalisation inside.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "googlenet": {"transform_input": True, "aux_logits": False, "init_weights": True},
    "inception_v3": {"transform_input": True, "aux_logits": True, "init_weights": True},
}
# Where a network is built for one size of image: the argument that says which.
SIZED = {"vit_": "image_size", "maxvit_": "input_size"}
DENSE = re.compile(r"(.*denselayer\d+\.(?:norm|relu|conv))\.([12]\.(?:weight|bias|running_mean|running_var))")


def build(name: str, input_shape: Shape, classes: int, **options: Any) -> nn.Module:
    """torchvision's own builder, without weights. options: its constructor's arguments. Raises ModelError."""
    if input_shape[0] != 3:
        raise ModelError(f"{name} was asked for {input_shape[0]} channels; torchvision's networks take 3 (RGB)")
    import torchvision

    at_least(name, input_shape, min(weights(name).meta.get("min_size", (1, 1))) if not _sized(name) else 1)
    arguments = {**ARGUMENTS.get(name, {}), **_sized(name, input_shape), "num_classes": classes, **options}
    try:
        return torchvision.models.get_model(name, weights=None, **arguments)
    except (TypeError, ValueError, RuntimeError, AssertionError, ZeroDivisionError) as error:
        if "meta" in str(error):  # RegNet draws its first weights in a way that this device cannot: not the caller's
            raise
        raise ModelError(f"torchvision cannot build {name} for {input_shape} with {options}: {error}") from error


def _sized(name: str, shape: Shape = (3, 224, 224)) -> dict[str, Any]:
    for start, argument in SIZED.items():
        if name.startswith(start):
            if argument == "image_size" and shape[1] != shape[2]:
                raise ModelError(f"{name} was asked for {shape[1]}×{shape[2]}; it takes square images")
            return {argument: shape[1] if argument == "image_size" else shape[1:]}
    return {}


def weights(name: str) -> Any:
    """torchvision's record of a network's default weights: url, transforms, meta."""
    import torchvision

    return torchvision.models.get_model_weights(name).DEFAULT


def spec(name: str) -> Spec:
    """Its input shape, classes, paper and published counts."""
    published = weights(name)
    meta, transforms = published.meta, published.transforms()
    side, resized = transforms.crop_size[0], transforms.resize_size[0]
    known = family(name)[1]
    return Spec(
        name=name,
        title=title(name),
        input_shape=(3, side, side),
        mean=tuple(transforms.mean),
        std=tuple(transforms.std),
        classes=tuple(meta["categories"]),
        year=known.year or None,
        paper=known.paper,
        link=known.link,
        idea=known.idea,
        family="torchvision",
        crop=side / resized,
        interpolation=transforms.interpolation.value,
        parameters=meta["num_params"],
        macs=round(meta["_ops"] * 1e9),
        weights="download",
        notes=("multiply-adds as published: rounded to the million", *((known.note,) if known.note else ())),
    )


def pretrained(name: str, download: bool) -> tuple[nn.Module, Provenance]:
    """The network with torchvision's default weights. Raises ModelError: not here, or not the published file."""
    published = weights(name)
    file = _cached(name, published, download)
    try:
        # mapped, so that the weights are in memory once, not in the file's tensors and in the network's
        state = torch.load(file, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(file))
        model = _filled(name, state, published)
    except pickle.UnpicklingError as error:  # its own words advise to read the file unsafely
        raise ModelError(f"{file.name} holds more than tensors; it is not read, because that could run code") from error
    except (RuntimeError, KeyError, ValueError, OSError, EOFError) as error:
        raise ModelError(f"{file.name} does not fit torchvision's {name}: {_first(error)}") from error
    metrics = published.meta.get("_metrics", {}).get("ImageNet-1K", {})
    accuracy = f"{metrics['acc@1']} % of ImageNet's validation images right, as published" if metrics else ""
    label = f"ImageNet weights (torchvision {name}, {published.name})"
    return model, Provenance("pretrained", label, accuracy)


def _cached(name: str, published: Any, download: bool) -> Path:
    """The published file in torch.hub's cache, its hash checked; fetched first where `download` says so."""
    file = Path(torch.hub.get_dir()) / "checkpoints" / Path(published.url).name
    host = published.url.split("/")[2]
    if not file.is_file() and not download:
        size = published.meta.get("_file_size", 0)
        raise ModelError(
            f"torchvision's weights of {name} ({size:.0f} MB) are not on this machine; a download from {host} would "
            f"fetch them, or put {file.name} into {CACHE}"
        )
    if not file.is_file():
        try:
            published.get_state_dict(progress=False, check_hash=True, map_location="cpu", weights_only=True)
        except (OSError, RuntimeError, ValueError) as error:  # URLError and timeouts are OSErrors
            raise ModelError(f"{file.name} could not be downloaded from {host}: {_first(error)}") from error
    wanted = HASH.search(file.name)
    with file.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if wanted and not found.startswith(wanted[1]):
        raise ModelError(
            f"{file.name} in {CACHE} is damaged or another file (its hash begins with {found[:8]}); "
            f"remove it, and download it again"
        )
    return file


def _filled(name: str, state: dict[str, Tensor], published: Any) -> nn.Module:
    shape = spec(name).input_shape
    options = {"init_weights": False} if name in ARGUMENTS else {}  # saves seconds: all are overwritten
    if name == "googlenet":
        options["aux_logits"] = True  # its file holds the heads that run in training only
    with seeded(0), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that heads are untrained, which are removed here
        model = build(name, shape, len(published.meta["categories"]), **options)
    if name.startswith("densenet"):  # names that torch no longer allows
        state = {_renamed(key): value for key, value in state.items()}
    model.load_state_dict(state)
    if name == "googlenet":
        for head, absent in (("aux_logits", False), ("aux1", None), ("aux2", None)):
            setattr(model, head, absent)
    return model


def _renamed(key: str) -> str:
    match = DENSE.fullmatch(key)
    return match[1] + match[2] if match else key


def _first(error: Exception) -> str:
    return (said_by(error).strip().splitlines() or [type(error).__name__])[0][:200]


def _register() -> None:
    """Every classifier, without importing torchvision: a menu needs only names and titles."""
    for index, name in enumerate(NAMES):
        entry = Entry(
            name,
            title(name),
            family(name)[1].heading,
            functools.cache(functools.partial(spec, name)),
            functools.partial(build, name),
            functools.partial(pretrained, name),
            rank=(1000 + index,),
        )
        REGISTRY.add(name, entry)


_register()
