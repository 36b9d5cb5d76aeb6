"""The setting of a convolution as widgets, every one in the link; and settings to begin with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from cnnviz.operations import classic_kernels
from cnnviz.topics.convolution import captions
from cnnviz.topics.convolution.examples import EXAMPLE
from cnnviz.topics.convolution.records import MODES, ConvolutionSetting, Pair

FIRST: dict[str, object] = {
    "rows": 5, "columns": 5, "kernel": 3, "kernel_columns": 3, "stride": 1, "stride_columns": 1, "padding": 0,
    "padding_columns": 0, "dilation": 1, "dilation_columns": 1, "extra": 0, "extra_columns": 0, "channels": 1,
    "outputs": 1, "groups": 1, "bias": 0.0, "mode": MODES[0], "same": False, "flipped": False, "transposed": False,
    "apart": False, "source": "Numbers", "name": EXAMPLE,
}  # fmt: skip
PRESETS: dict[str, dict[str, object]] = {
    "Worked example": {},
    "Same size": {"padding": 1},
    "Reflected border": {"padding": 1, "mode": "reflect"},
    "Stride 2": {"rows": 6, "columns": 6, "stride": 2},
    "Dilation 2": {"rows": 7, "columns": 7, "dilation": 2},
    "Even kernel": {"kernel": 2, "kernel_columns": 2, "same": True},
    "Rectangular": {
        "rows": 4, "columns": 7, "kernel": 1, "kernel_columns": 5, "padding_columns": 2, "stride_columns": 2,
        "apart": True,
    },
    "Several channels": {"channels": 3, "outputs": 2, "bias": 1.0},
    "Depthwise": {"channels": 3, "outputs": 3, "groups": 3},
    "Pointwise": {"channels": 3, "outputs": 2, "kernel": 1, "kernel_columns": 1},
    "Transposed": {"rows": 3, "columns": 3, "transposed": True, "stride": 2},
    "Flipped kernel": {"flipped": True},
}  # fmt: skip
KERNEL_SIZES, SIZES = (1, 7), (1, 12)


@dataclass(frozen=True)
class Controls:
    """What the widgets say, whether or not it fits together."""

    setting: ConvolutionSetting
    size: Pair
    kernel: Pair
    channels: int
    outputs: int
    bias: float | None


def presets() -> None:
    """Settings to begin with; each sets every widget."""
    st.pills(
        "Begin with", list(PRESETS), key="convolution.preset", on_change=_begin, persist_state="session",
        label_visibility="collapsed",
    )  # fmt: skip


def _begin() -> None:
    wanted = st.session_state.get("convolution.preset")
    if wanted in PRESETS:
        for name, value in {**FIRST, **PRESETS[wanted]}.items():
            st.session_state[f"convolution.{name}"] = value


def read(*, colours: int = 0) -> Controls:
    """The numbers, in two rows. colours: how many channels the image brings; 0 lets them be chosen."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        apart = bool(value("apart"))
        kernel = _pair("Kernel", "kernel", *KERNEL_SIZES, apart=apart)
        stride = _pair("Stride", "stride", 1, 5, apart=apart)
        same = bool(value("same")) and not value("transposed")
        padding = _pair("Padding", "padding", 0, 6, apart=apart, disabled=same)
        dilation = _pair("Dilation", "dilation", 1, 4, apart=apart)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        size = (0, 0) if colours else (_number("Input rows", "rows", *SIZES), _number("columns", "columns", *SIZES))
        channels = colours or _number("Input channels", "channels", 1, 4)
        outputs = _number("Output channels", "outputs", 1, 4)
        groups = _number("Groups", "groups", 1, 4)
        bias = _bias()
        mode = _choice("Padding with", "mode", MODES, disabled=bool(value("transposed")))
        transposed = bool(value("transposed"))
        extra = _pair("Output padding", "extra", 0, 3, apart=apart) if transposed else (0, 0)
    setting = ConvolutionSetting(
        stride, "same" if same else padding, dilation, groups, "zeros" if transposed else mode,
        bool(value("flipped")), transposed, extra,
    )  # fmt: skip
    return Controls(setting, size, kernel, channels, outputs, bias)


def kernel_name(kernel: Pair) -> str:
    """Which numbers the kernel begins with: the example's, or a classic one of that size."""
    names = (EXAMPLE, *(classic_kernels.names(kernel[0]) if kernel[0] == kernel[1] else ()))
    return _choice("Kernel's numbers", "name", names, format_func=_kernel_title)


def toggles() -> None:
    """The switches, drawn before the numbers that depend on them."""
    _toggle("Same size", "same", captions.SAME_SIZE, disabled=bool(value("transposed")))
    _toggle("Rectangular", "apart", captions.RECTANGULAR)
    _toggle("Transposed", "transposed", captions.TRANSPOSED)
    _toggle("Flipped", "flipped", captions.FLIPPED)


def value(name: str) -> object:
    """What a widget says, or will say when it is drawn."""
    return st.session_state.get(f"convolution.{name}", FIRST[name])


def _ready(name: str) -> str:
    """The widget's key, its first value set unless the session or the link has one."""
    key = f"convolution.{name}"
    if key not in st.session_state and key not in st.query_params:
        st.session_state[key] = FIRST[name]
    return key


def _own() -> None:
    """Somebody changed one thing: it is no longer the preset."""
    st.session_state["convolution.preset"] = None


def _number(label: str, name: str, low: int, high: int, *, disabled: bool = False) -> int:
    return int(
        st.number_input(
            label, low, high, key=_ready(name), bind="query-params", on_change=_own, width=96, disabled=disabled
        )
    )


def _pair(label: str, name: str, low: int, high: int, *, apart: bool, disabled: bool = False) -> Pair:
    first = _number(f"{label}, rows" if apart else label, name, low, high, disabled=disabled)
    return first, (_number("columns", f"{name}_columns", low, high, disabled=disabled) if apart else first)


def _bias() -> float | None:
    """The bias of every output channel; None where the field is empty: a layer without bias."""
    return st.number_input(
        "Bias", -100.0, 100.0, None, 0.5, key=_ready("bias"), bind="query-params", on_change=_own, width=96,
        placeholder="none", help=captions.BIAS,
    )  # fmt: skip


def _choice(
    label: str, name: str, options: tuple[str, ...], *, format_func: Callable[[str], str] = str, disabled: bool = False
) -> str:
    key = _ready(name)
    if st.session_state.get(key, options[0]) not in options:
        st.session_state[key] = options[0]
    return str(
        st.selectbox(
            label, options, key=key, format_func=format_func, on_change=_own, width=150, disabled=disabled,
            bind="query-params",
        )
    )  # fmt: skip


def _toggle(label: str, name: str, help_text: str, *, disabled: bool = False) -> None:
    st.toggle(label, key=_ready(name), bind="query-params", on_change=_own, help=help_text, disabled=disabled)


def _kernel_title(name: str) -> str:
    return "Whole numbers" if name == EXAMPLE else classic_kernels.title(name)
