"""What a module or a function is called in the field: its kind (records.KINDS) and one line such as
"Conv2d 7×7, 3 → 64, stride 2, padding 3"."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from torch import nn
from torch.nn.modules.conv import _ConvNd, _ConvTransposeNd

_KIND_OF_FILE = {
    "batchnorm": "normalization",
    "instancenorm": "normalization",
    "normalization": "normalization",
    "pooling": "pooling",
    "dropout": "dropout",
    "padding": "padding",
    "upsampling": "upsampling",
    "pixelshuffle": "reshape",
    "channelshuffle": "reshape",
    "activation": "activation",
}
_KIND_OF_TYPE: tuple[tuple[type, str], ...] = (
    (_ConvTransposeNd, "transposed_convolution"),
    (_ConvNd, "convolution"),
    (nn.Linear, "linear"),
    (nn.Identity, "identity"),
    (nn.Flatten, "flatten"),
    (nn.Unflatten, "reshape"),
    (nn.MultiheadAttention, "attention"),
    (nn.Softmax, "softmax"),
    (nn.LogSoftmax, "softmax"),
    (nn.Softmax2d, "softmax"),
    (nn.Softmin, "softmax"),
)
_KIND_OF_NAME = {"StochasticDepth": "dropout"}  # torchvision's; it calls nothing in eval mode
KIND_OF_FUNCTION = {
    name: kind
    for kind, names in {
        "convolution": "conv1d conv2d conv3d",
        "transposed_convolution": "conv_transpose1d conv_transpose2d conv_transpose3d",
        "linear": "linear",
        "normalization": "batch_norm layer_norm group_norm instance_norm local_response_norm rms_norm normalize",
        "activation": "relu relu6 elu selu celu leaky_relu prelu rrelu glu gelu silu mish hardswish hardsigmoid "
        "hardtanh sigmoid logsigmoid tanh softplus softsign softshrink hardshrink tanhshrink threshold clamp "
        "clamp_min clamp_max clip swish",
        "pooling": "mean amax",
        "dropout": "dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout stochastic_depth",
        "addition": "add radd sub rsub",
        "multiplication": "mul rmul div truediv true_divide multiply",
        "concatenation": "cat concat concatenate stack",
        "flatten": "flatten",
        "reshape": "view reshape permute transpose squeeze unsqueeze chunk split tensor_split getitem movedim swapaxes "
        "unflatten unbind expand repeat roll pixel_shuffle channel_shuffle narrow select index_select unfold",
        "softmax": "softmax log_softmax softmin",
        "attention": "scaled_dot_product_attention multi_head_attention_forward shifted_window_attention",
        "padding": "pad",
        "upsampling": "interpolate upsample grid_sample",
        "identity": "contiguous detach clone to float double half type",
    }.items()
    for name in names.split()
}


REDUCTIONS = frozenset({"mean", "amax"})


def module_kind(module: nn.Module) -> str:
    """The kind of a module by its type; "other" if it is none of torch.nn's or a subclass of one."""
    return _kind_of(type(module))  # type: ignore[arg-type]


@functools.lru_cache(maxsize=4096)
def _kind_of(kind_of_module: type) -> str:
    for type_, kind in _KIND_OF_TYPE:
        if issubclass(kind_of_module, type_):
            return kind
    for base in kind_of_module.__mro__:
        package, _, file = base.__module__.rpartition(".")
        if package == "torch.nn.modules" and file in _KIND_OF_FILE:
            return _KIND_OF_FILE[file]
    return _KIND_OF_NAME.get(kind_of_module.__name__, "other")


def function_kind(name: str) -> str:
    """The kind of a function or method by its name."""
    return "pooling" if "pool" in name else KIND_OF_FUNCTION.get(name, "other")


def module_operation(module: nn.Module) -> str:
    """One line that says what a module computes, with the numbers that a drawing of it would carry."""
    words = _words_for(type(module))  # type: ignore[arg-type]
    name = type(module).__name__
    return name if words is None else f"{name} {words(module)}".strip()


@functools.lru_cache(maxsize=4096)
def _words_for(kind_of_module: type) -> Callable[[Any], str] | None:
    return next((words for types, words in _WORDS if issubclass(kind_of_module, types)), None)


def function_operation(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """A function's name and its plain arguments: "max_pool2d 2×2", "add", "flatten"."""
    kind = function_kind(name)
    plain = [value for value in args[1:] if isinstance(value, (int, float, tuple, list))]
    if kind == "pooling":
        size: Any = plain[0] if plain else kwargs.get("kernel_size", kwargs.get("output_size"))
        if size is None or (name in REDUCTIONS and not plain):
            return name
        return (
            f"{name} → {by(size)}"
            if "adaptive" in name
            else f"{name} {by(size) if name not in REDUCTIONS else ''}".strip()
        )
    if kind in ("addition", "multiplication") and plain and not isinstance(plain[0], (tuple, list)):
        return f"{name} {plain[0]:g}"
    return name


def by(size: Any, count: int = 2) -> str:
    """ "3×3" for 3 or (3, 3)."""
    sizes = tuple(size) if isinstance(size, (tuple, list)) else (size,) * count
    return "×".join("·" if value is None else str(value) for value in sizes)


def _same(size: Any) -> Any:
    """3 for (3, 3): said once."""
    return size[0] if isinstance(size, tuple) and len(set(size)) == 1 else size


def _convolution(module: _ConvNd) -> str:
    words = [f"{by(module.kernel_size)}, {module.in_channels} → {module.out_channels}"]
    for label, value, usual in (
        ("stride", module.stride, 1),
        ("padding", module.padding, 0),
        ("dilation", module.dilation, 1),
        ("groups", module.groups, 1),
    ):
        if _same(value) != usual:
            words.append(f"{label} {value if isinstance(value, str) else by(_same(value), 1)}")
    if module.padding_mode != "zeros":
        words.append(f"{module.padding_mode} padding")
    return ", ".join(words)


def _pooling(module: Any) -> str:
    words = [by(module.kernel_size)]
    if module.stride is not None and by(module.stride) != by(module.kernel_size):
        words.append(f"stride {by(_same(module.stride), 1)}")
    if getattr(module, "padding", 0) not in (0, (0, 0)):
        words.append(f"padding {by(_same(module.padding), 1)}")
    if getattr(module, "ceil_mode", False):
        words.append("rounded up")
    return ", ".join(words)


_ADAPTIVE = (nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d)
_WORDS: tuple[tuple[tuple[type, ...], Callable[[Any], str]], ...] = (
    ((_ConvNd,), _convolution),
    ((nn.Linear,), lambda module: f"{module.in_features} → {module.out_features}"),
    (_ADAPTIVE, lambda module: f"→ {by(module.output_size)}"),
    ((nn.MaxPool1d, nn.MaxPool2d, nn.AvgPool1d, nn.AvgPool2d), _pooling),
    ((nn.BatchNorm1d, nn.BatchNorm2d, nn.InstanceNorm2d), lambda module: f"{module.num_features} channels"),
    ((nn.GroupNorm,), lambda module: f"{module.num_channels} channels in {module.num_groups} groups"),
    ((nn.LayerNorm,), lambda module: f"over {by(module.normalized_shape)}"),
    ((nn.Dropout, nn.Dropout2d), lambda module: f"p = {module.p:g}"),
    ((nn.LeakyReLU,), lambda module: f"slope {module.negative_slope:g}"),
    ((nn.MultiheadAttention,), lambda module: f"{module.num_heads} heads of {module.head_dim}"),
)
