"""The window that a convolution or a pooling layer moves over its input, read from a module or a call's arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import nn
from torch.nn.modules.conv import _ConvNd, _ConvTransposeNd

Pair = tuple[int, int]
_POOLS = (nn.MaxPool2d, nn.AvgPool2d, nn.LPPool2d)
_ARGUMENTS = {
    "conv2d": ("input", "weight", "bias", "stride", "padding", "dilation", "groups"),
    "max_pool2d": ("input", "kernel_size", "stride", "padding", "dilation", "ceil_mode"),
    "avg_pool2d": (
        *("input", "kernel_size", "stride", "padding", "ceil_mode"),
        *("count_include_pad", "divisor_override"),
    ),
    "pad": ("input", "pad", "mode", "value"),
    "adaptive_avg_pool2d": ("input", "output_size"),
    "adaptive_max_pool2d": ("input", "output_size"),
}


@dataclass(frozen=True)
class Window:
    """Rows first, columns second. padding: before the first row and column. mode: what the padding holds."""

    kernel: Pair
    stride: Pair
    padding: Pair
    dilation: Pair
    mode: str = "zeros"

    def origin(self, row: int, column: int) -> Pair:
        """The input cell under the window's top-left tap, negative inside the padding."""
        return row * self.stride[0] - self.padding[0], column * self.stride[1] - self.padding[1]

    def wraps(self) -> str:
        """Why border cells see more than their window's interval, or "" if they do not."""
        if self.mode == "circular" and any(self.padding):
            return "circular padding sees the opposite border"
        reach = [(kernel - 1) * dilation for kernel, dilation in zip(self.kernel, self.dilation, strict=True)]
        if self.mode != "zeros" and any(2 * pad > far for pad, far in zip(self.padding, reach, strict=True)):
            return f"{self.mode} padding of more than half a window"
        return ""


def of(
    module: nn.Module | None, name: str, args: Sequence[Any], kwargs: dict[str, Any], size: Sequence[int] | None = None
) -> Window | None:
    """The window of a convolution or of a pooling layer; None if it has none (adaptive) or it cannot be read.

    size: (H, W) of the input, for layers that pad as much as their input needs; read from args[0] if it is a tensor.
    """
    if size is None and args and hasattr(args[0], "shape"):
        size = tuple(args[0].shape[-2:])
    if module is not None:
        return _of_module(module, size)
    values = arguments(name, args, kwargs)
    if name == "conv2d" and hasattr(values.get("weight"), "shape"):
        kernel: Any = tuple(values["weight"].shape[2:])
    else:
        kernel = values.get("kernel_size")
    if name not in ("conv2d", "max_pool2d", "avg_pool2d") or not _plain(kernel):
        return None
    usual = 1 if name == "conv2d" else kernel
    parts = (values.get("stride") or usual, values.get("padding", 0), values.get("dilation", 1))
    return _window(kernel, *parts) if all(map(_plain, parts)) else None


def arguments(name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """A call's arguments by name."""
    return {**dict(zip(_ARGUMENTS.get(name, ()), args, strict=False)), **kwargs}


def adaptive(size: Sequence[int], result: Sequence[int]) -> Window | None:
    """The even windows that adaptive pooling uses where the output's size divides the input's."""
    if any(length % cells for length, cells in zip(size, result, strict=True)):
        return None
    kernel = (size[0] // result[0], size[1] // result[1])
    return Window(kernel, kernel, (0, 0), (1, 1))


def padding(module: nn.Module | None, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Pair, str] | None:
    """((top, left), mode) of a padding layer or function; None if it pads other axes or cannot be read."""
    if module is not None:
        amounts: Any = getattr(module, "padding", None)
        mode = type(module).__name__.removesuffix("Pad2d").lower().replace("ation", "ate")
    else:
        values = arguments("pad", args, kwargs)
        amounts, mode = values.get("pad"), values.get("mode", "constant")
    mode = {"zero": "constant", "reflection": "reflect", "reflecte": "reflect"}.get(mode, mode)
    amounts = (amounts,) * 4 if isinstance(amounts, int) else amounts
    if not isinstance(amounts, (tuple, list)) or not all(isinstance(value, int) for value in amounts):
        return None
    if any(amounts[6:]) or (any(amounts[4:]) and mode != "constant"):  # empty channels beside the others move nothing
        return None
    return (amounts[2] if len(amounts) > 2 else 0, amounts[0]), mode


def _of_module(module: nn.Module, size: Sequence[int] | None) -> Window | None:
    grows = type(module).__name__.endswith("Same")  # timm's, after TensorFlow: as much padding as the input needs
    if isinstance(module, _ConvNd) and not isinstance(module, _ConvTransposeNd) and len(module.kernel_size) == 2:
        amount: Any = "dynamic" if grows else module.padding
        return _window(module.kernel_size, module.stride, amount, module.dilation, module.padding_mode, size)
    if not isinstance(module, _POOLS):
        return None
    amount = "dynamic" if grows else getattr(module, "padding", 0)
    return _window(
        module.kernel_size, module.stride or module.kernel_size, amount, getattr(module, "dilation", 1), size=size
    )


def _window(
    kernel: Any, stride: Any, amount: Any, dilation: Any, mode: str = "zeros", size: Sequence[int] | None = None
) -> Window | None:
    kernel, stride, dilation = pair(kernel), pair(stride), pair(dilation)
    if amount == "dynamic":
        if size is None:
            return None
        spans = zip(size, kernel, stride, dilation, strict=True)
        amount = tuple(max((-(-n // s) - 1) * s + d * (k - 1) + 1 - n, 0) // 2 for n, k, s, d in spans)
    elif amount == "same":
        amount = tuple(d * (k - 1) // 2 for k, d in zip(kernel, dilation, strict=True))
    elif amount == "valid":
        amount = 0
    return Window(kernel, stride, pair(amount), dilation, mode)


def pair(value: Any) -> Pair:
    """(3, 3) for 3."""
    values = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    return (int(values[0]), int(values[-1]))


def _plain(value: Any) -> bool:
    """Numbers, not symbols whose value is known only when the network runs."""
    parts = value if isinstance(value, (tuple, list)) else (value,)
    return all(isinstance(part, (int, str)) for part in parts)
