"""One rule for each kind of operation: from what its arguments' cells see, what its own cells see.

A rule is found by the operation's name, as torch.nn.functional and torch have it; a module's by the class of torch.nn
that it derives from. Rules read every argument; one that a rule does not know raises `NotUnderstood`, and nothing is
said about the field then. Windows: `maps` (and `windows`, one axis at a time); what reads many elements at once:
`statistics`; patches and sums by letters: `patches`; element by element and side by side: `meetings`; what only moves
elements: `rearranging`; where rows and columns share an axis: `loose`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from torch import nn

from cnnviz.anatomy.rules import maps, meetings, patches, statistics
from cnnviz.anatomy.rules.arguments import its_own
from cnnviz.anatomy.states import NotUnderstood, RuleCall, State, State_

One = Callable[[RuleCall, State, str], State_]
Many = Callable[[RuleCall, Sequence[State], str], State_]

_OF_ONE: dict[str, One] = {
    name: rule
    for names, rule in (
        ("conv1d conv2d conv3d", maps.convolution),
        ("conv_transpose1d conv_transpose2d conv_transpose3d", maps.transposed_convolution),
        ("max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d", maps.pooling),
        ("max_pool1d_with_indices max_pool2d_with_indices lp_pool1d lp_pool2d lp_pool3d", maps.pooling),
        ("adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d", maps.adaptive_pooling),
        ("adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d", maps.adaptive_pooling),
        ("pad", maps.padding),
        ("interpolate upsample", maps.upsampling),
        ("mean sum prod amax amin nanmean nansum logsumexp argmax argmin median all any", statistics.reduction),
        ("std var std_mean var_mean", statistics.reduction),
        ("norm vector_norm linalg_vector_norm linalg_norm", statistics.norm),
        ("sort topk", statistics.along),
        ("cumsum cumprod logcumsumexp", statistics.running),
        ("softmax log_softmax softmin", statistics.softmax),
        ("normalize", statistics.normalize),
        ("linear", statistics.linear),
        ("batch_norm", statistics.batch_norm),
        ("instance_norm", statistics.instance_norm),
        ("group_norm", statistics.group_norm),
        ("layer_norm rms_norm", statistics.layer_norm),
        ("local_response_norm", statistics.local_response_norm),
    )
    for name in names.split()
}
_ELEMENTWISE = """
    relu relu6 elu selu celu leaky_relu rrelu gelu silu mish hardswish hardsigmoid hardtanh sigmoid logsigmoid
    tanh softplus softsign softshrink hardshrink tanhshrink threshold clamp clamp_min clamp_max clip swish
    identity expit logit
    dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout stochastic_depth
    add radd sub rsub subtract mul rmul multiply div truediv rtruediv true_divide divide floor_divide floordiv remainder
    fmod mod pow rpow float_power square sqrt rsqrt exp exp2 expm1 log log2 log10 log1p neg negative pos positive abs
    absolute sign sgn reciprocal sin cos tan asin acos atan sinh cosh asinh acosh atanh atan2 arctan2 erf erfc erfinv
    maximum minimum fmax fmin lerp addcmul addcdiv hypot logaddexp logaddexp2 copysign heaviside xlogy
    eq ne lt le gt ge equal_to isnan isinf isfinite logical_and logical_or logical_xor logical_not
    bitwise_and bitwise_or bitwise_not and or xor invert not round floor ceil trunc frac nan_to_num sinc i0
    digamma lgamma
    contiguous clone detach alias float double half bfloat16 int long bool type cpu cuda requires_grad_ real data
    deg2rad rad2deg
"""
_VIEWS = """
    view reshape permute transpose squeeze unsqueeze chunk split tensor_split getitem movedim moveaxis swapaxes swapdims
    unflatten unbind narrow select flatten expand broadcast_to repeat tile repeat_interleave roll flip fliplr flipud
    rot90 pixel_shuffle pixel_unshuffle channel_shuffle native_channel_shuffle index_select t ravel hsplit vsplit dsplit
    split_with_sizes diagonal view_as_real adjoint getattr
"""
_MANY: dict[str, Many] = {
    name: rule
    for names, rule in (
        (_ELEMENTWISE, meetings.elementwise),
        (_VIEWS, meetings.view),
        ("expand_as reshape_as view_as", meetings.view_as),
        ("type_as to", meetings.of_the_first),
        ("zeros_like ones_like empty_like full_like rand_like randn_like", meetings.nothing),
        ("new_zeros new_ones new_empty new_full new_tensor", meetings.nothing),
        ("where masked_fill", meetings.chosen),
        ("cat concat concatenate stack", meetings.concatenation),
        ("prelu", meetings.with_weights),
        ("unfold", patches.unfold),
        ("fold", patches.fold),
        ("einsum", patches.einsum),
        ("glu", meetings.glu),
        ("max min", statistics.extreme),
        ("matmul bmm mm", statistics.product),
        ("scaled_dot_product_attention", statistics.attention),
        ("multi_head_attention", statistics.multi_head),
        ("multi_head_attention_forward baddbmm addmm bilinear", meetings.everything_mixed),
        ("grid_sample grid_sampler grid_sampler_2d deform_conv2d roi_align roi_pool", meetings.by_values),
        ("gather take take_along_dim scatter scatter_add index_add masked_select", meetings.by_values),
    )
    for name in names.split()
}
_MODULES = {
    "Conv": "conv{}d", "ConvTranspose": "conv_transpose{}d", "MaxPool": "max_pool{}d", "AvgPool": "avg_pool{}d",
    "LPPool": "lp_pool{}d", "AdaptiveAvgPool": "adaptive_avg_pool{}d", "AdaptiveMaxPool": "adaptive_max_pool{}d",
    "ZeroPad": "pad", "ConstantPad": "pad", "ReflectionPad": "pad", "ReplicationPad": "pad", "CircularPad": "pad",
    "BatchNorm": "batch_norm", "SyncBatchNorm": "batch_norm", "InstanceNorm": "instance_norm",
    "GroupNorm": "group_norm", "LayerNorm": "layer_norm", "RMSNorm": "rms_norm",
    "LocalResponseNorm": "local_response_norm", "CrossMapLRN": "local_response_norm",
    "PReLU": "prelu", "Softmax": "softmax", "LogSoftmax": "log_softmax", "Softmin": "softmin", "Upsample": "upsample",
    "UpsamplingNearest": "upsample", "UpsamplingBilinear": "upsample", "Linear": "linear", "GLU": "glu",
    "MultiheadAttention": "multi_head_attention", "Flatten": "flatten", "Unflatten": "unflatten",
    "Unfold": "unfold", "Fold": "fold",
    "PixelShuffle": "pixel_shuffle", "PixelUnshuffle": "pixel_unshuffle", "ChannelShuffle": "channel_shuffle",
}  # fmt: skip
_ALL_ALIKE = (
    "ReLU ReLU6 ELU SELU CELU LeakyReLU RReLU GELU SiLU Mish Hardswish Hardsigmoid Hardtanh Sigmoid LogSigmoid "
    "Tanh Softplus Softsign Softshrink Hardshrink Tanhshrink Threshold Identity Dropout Dropout1d Dropout2d Dropout3d "
    "AlphaDropout FeatureAlphaDropout StochasticDepth"
)
_MODULES |= dict.fromkeys(_ALL_ALIKE.split(), "identity")
_UNDERSTOOD = ("torch.nn.modules", "torchvision.ops.stochastic_depth")  # whose classes do what their names say


def rule_of(call: RuleCall) -> tuple[str, One | Many, bool]:
    """(the operation's name, its rule, whether the rule is given one state only). Raises NotUnderstood."""
    name = call.name if call.module is None else module_name(call.module)
    if name in _OF_ONE:
        return name, _OF_ONE[name], True
    if name in _MANY:
        return name, _MANY[name], False
    raise NotUnderstood(f"no rule for {call.name} ({call.kind})")


def module_name(module: nn.Module) -> str:
    """The function that a module applies, by the class of torch.nn that it derives from. Raises NotUnderstood."""
    own = its_own(module)
    if own:
        raise NotUnderstood(own)
    kind: Any = type(module)
    found = _function_of(kind)
    if found is None:
        raise NotUnderstood(f"no rule for {type(module).__name__}")
    return found


@lru_cache(maxsize=512)
def _function_of(kind: type) -> str | None:
    for base in kind.__mro__:
        if base.__module__.startswith(_UNDERSTOOD):
            plain, count = re.match(r"(?:Lazy)?(.*?)(?:([123])d)?$", base.__name__).groups()  # type: ignore[union-attr]
            found = _MODULES.get(base.__name__) or _MODULES.get(plain)
            if found is not None:
                return found.format(count or 2)
    return None


__all__ = ["maps", "meetings", "module_name", "rule_of", "statistics"]
