"""The arguments of an operation by name, from a module's attributes or a call's arguments."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from cnnviz.anatomy.states import NotUnderstood, RuleCall

_POOL = "input kernel_size stride padding dilation ceil_mode return_indices"
_MEAN_POOL = "input kernel_size stride padding ceil_mode count_include_pad divisor_override"
_REDUCTION = "input dim keepdim dtype out"
_SIGNATURES = {
    name: tuple(words.split())
    for names, words in (
        ("conv1d conv2d conv3d", "input weight bias stride padding dilation groups"),
        (
            "conv_transpose1d conv_transpose2d conv_transpose3d",
            "input weight bias stride padding output_padding groups dilation",
        ),
        ("max_pool1d max_pool2d max_pool3d", _POOL),
        ("max_pool1d_with_indices max_pool2d_with_indices max_pool3d_with_indices", _POOL),
        ("avg_pool1d avg_pool2d avg_pool3d", _MEAN_POOL),
        ("lp_pool1d lp_pool2d lp_pool3d", "input norm_type kernel_size stride ceil_mode"),
        ("adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d", "input output_size"),
        ("adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d", "input output_size return_indices"),
        (
            "interpolate upsample",
            "input size scale_factor mode align_corners recompute_scale_factor antialias",
        ),
        ("pad", "input pad mode value"),
        ("unfold", "input kernel_size dilation padding stride"),
        ("fold", "input output_size kernel_size dilation padding stride"),
        ("batch_norm", "input running_mean running_var weight bias training momentum eps"),
        ("instance_norm", "input running_mean running_var weight bias use_input_stats momentum eps"),
        ("layer_norm", "input normalized_shape weight bias eps cudnn_enable"),
        ("rms_norm", "input normalized_shape weight eps"),
        ("group_norm", "input num_groups weight bias eps cudnn_enabled"),
        ("local_response_norm", "input size alpha beta k"),
        ("normalize", "input p dim eps out"),
        ("softmax log_softmax softmin", "input dim _stacklevel dtype"),
        ("glu", "input dim"),
        ("linear", "input weight bias"),
        ("mean sum prod amax amin nanmean nansum", _REDUCTION),
        ("max min median logsumexp argmax argmin all any", _REDUCTION),
        ("std var std_mean var_mean", "input dim unbiased keepdim correction out"),
        ("norm", "input p dim keepdim out dtype"),
        ("vector_norm linalg_vector_norm linalg_norm", "input ord dim keepdim out dtype"),
        ("cumsum cumprod logcumsumexp", "input dim dtype out"),
        ("sort", "input dim descending stable out"),
        ("topk", "input k dim largest sorted out"),
        (
            "scaled_dot_product_attention",
            "query key value attn_mask dropout_p is_causal scale enable_gqa",
        ),
    )
    for name in names.split()
}
_NORM = ("input", "weight", "bias", "running_mean", "running_var")
_TORCHS_OWN = {  # which torch and its operators give in another order than torch.nn.functional
    "batch_norm": (*_NORM, "training", "momentum", "eps", "cudnn_enabled"),
    "instance_norm": (*_NORM, "use_input_stats", "momentum", "eps", "cudnn_enabled"),
}
_TRUSTED = ("torch", "torchvision", "timm")


def named(call: RuleCall, name: str) -> dict[str, Any]:
    """Every argument by its name. name: the operation's, as torch.nn.functional has it."""
    names = _SIGNATURES[name]
    if call.module is not None:
        extra = set(call.kwargs) - {"input", "output_size"}
        if len(call.args) > 1 or extra:
            raise NotUnderstood(f"{call.name} was given more than its input")
        known = vars(call.module)  # plain attributes: weights and running statistics are no arguments
        return {"input": call.input, **{key: known[key] for key in names if key in known}}
    if name in _TORCHS_OWN and getattr(call.function, "__module__", "") != "torch.nn.functional":
        names = _TORCHS_OWN[name]
    kwargs = {{"axis": "dim", "self": "input"}.get(key, key): value for key, value in call.kwargs.items()}
    unknown = set(kwargs) - set(names)
    if unknown or len(call.args) > len(names):
        raise NotUnderstood(f"{call.name} was given arguments that no rule covers ({', '.join(sorted(unknown))})")
    found = {**dict(zip(names, call.args, strict=False)), **kwargs}
    for key, value in found.items():
        if key not in _TENSORS and isinstance(value, torch.Tensor):
            raise NotUnderstood(f"{call.name}: {key} is a tensor")
    return found


_TENSORS = frozenset(
    [
        "input",
        "weight",
        "bias",
        "running_mean",
        "running_var",
        "query",
        "key",
        "value",
        "attn_mask",
        "mask",
        "other",
        "out",
    ]
)


def its_own(module: nn.Module) -> str:
    """Why a module may compute something else than its type says; "" if it does not."""
    name = type(module).__name__
    forward = type(module).forward
    if "forward" in vars(module) or getattr(forward, "__module__", "").partition(".")[0] not in _TRUSTED:
        return f"{name} has a forward of its own"
    hooks = [*module._forward_hooks.values(), *module._forward_pre_hooks.values()]
    if any(not type(hook).__module__.startswith("torch.nn.utils") for hook in hooks):
        return f"{name} has hooks, which may change what it reads or returns"
    return ""


def each(value: Any, count: int) -> tuple[int, ...]:
    """(3, 3) for 3: one number for each of `count` axes."""
    if isinstance(value, bool) or not isinstance(value, (int, tuple, list)):
        raise NotUnderstood(f"an argument is {type(value).__name__}, not a number known beforehand")
    values = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    values = values * count if len(values) == 1 else values
    if len(values) != count or not all(isinstance(one, int) for one in values):
        raise NotUnderstood(f"{value!r} for {count} axes")
    return values
