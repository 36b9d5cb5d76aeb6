"""Kernels on your image: the classic ones, typed over, beside the image; and what removes noise."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from cnnviz.operations import OperationError, classic_kernels
from cnnviz.topics.convolution import captions, figures, filter_captions, filter_figures, filtering, questions
from cnnviz.topics.convolution.filter_records import Denoising, Filtered, FilterResult
from cnnviz.topics.convolution.proofs import against_torch
from pages.layers.convolution import cache, persistent_table
from pages.layers.convolution.components.filter_lens import filter_lens
from pages.shared import charts, downloads, image_picker, number_table, predict, proof_badge
from pages.shared.source_box import source_box

FIRST = "sobel_top"  # kernel, of the sizes that have it
LONGEST = 240  # pixels of the image's long side
TILE = 132  # pixels on the page
SMALL = 160  # of the noisy image's, for nine filters and the medians among them
AMOUNTS = {"gaussian": (0.02, 0.5, 0.1), "salt": (0.01, 0.5, 0.1)}  # least, most, first
SNIPPET = """import numpy as np
import torch
from torch.nn import functional

from cnnviz import samples
from cnnviz.operations import classic_kernels
from cnnviz.topics.convolution import pixel_values as picture_numbers

x = torch.from_numpy(picture_numbers.whole(samples.read("{name}"), {longest}, grey={grey}))
kernel = torch.tensor({kernel}, dtype=torch.float64) / {divisor!r}
channels, (high, wide) = len(x), kernel.shape
around = ((wide - 1) // 2, wide // 2, (high - 1) // 2, high // 2)
padded = functional.pad(x[None], around, mode="replicate")
y = functional.conv2d(padded, kernel.expand(channels, 1, high, wide), groups=channels)[0]
print(y.shape, y.min().item(), y.max().item())"""


@st.fragment
def show() -> None:
    """Kernel, result and the numbers beside it; then noise and the filters against it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picture = image_picker.popover()
        size = int(st.slider("Kernel size", 1, 7, 3, key="convolution.filter_size", bind="query-params", width=150))
        name = _name(size)
        normalise = st.toggle(
            "Normalise", key="convolution.normalise", bind="query-params",
            help=filter_captions.NORMALISE,
        )  # fmt: skip
        colour = st.toggle(
            "In colour", key="convolution.filter_colour", bind="query-params",
            help=filter_captions.IN_COLOUR,
        )  # fmt: skip
    problem = st.empty()
    left, right = st.columns([3, 1.15], gap="medium")
    with right:
        kernel = persistent_table.editor(
            filter_captions.KERNEL_TABLE, classic_kernels.kernel(name, size), key="convolution.filter"
        )
    x = cache.whole(picture.digest, LONGEST, not colour, _picture=picture.image)
    try:
        found = filtering.apply(x, kernel, normalise=normalise)
        st.session_state["convolution.filtered"] = found
    except OperationError as error:
        problem.error(captions.last_result(str(error)), icon=":material/error:")
        found = st.session_state.get("convolution.filtered") or filtering.apply(x, kernel)
    with left:
        filter_lens(filter_figures.lens_data(found), key="convolution.lens")
    with right:
        _beside(found)
    predict.ask("Kernels on your image", *questions.on_image(found.convolution))
    _denoising(picture, found, grey=not colour)
    _source(found, picture, grey=not colour)


def _name(size: int) -> str:
    """The classic kernel that the table begins with; one that this size does not have gives way to the usual one."""
    names, key = classic_kernels.names(size), "convolution.classic"
    if key in st.session_state and st.session_state[key] not in names:
        del st.session_state[key]
    usual = names.index(FIRST) if FIRST in names else 0  # which the link leaves out
    return st.selectbox(
        "Begin with", names, usual, format_func=classic_kernels.title, key=key, bind="query-params", width=210
    )


def _beside(found: Filtered) -> None:
    st.markdown(f"{filter_captions.brightness(found)} {filter_captions.clipped(found)}".rstrip())
    proof_badge.badges(against_torch(found.convolution))
    st.code(figures.torch_line(found.convolution), language="python", wrap_lines=True)
    downloads.downloads(
        [("Result", "filtered.png", "image/png", lambda: filter_figures.result_png(found, theme=charts.theme()))],
        key="convolution.filters",
    )


def _denoising(picture: image_picker.Picture, filtered: Filtered, *, grey: bool) -> None:
    st.subheader(filter_captions.NOISE_HEADING)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            "Noise", list(filtering.NOISES), format_func=filtering.NOISES.__getitem__, default="gaussian",
            required=True, key="convolution.noise", bind="query-params",
        ) or "gaussian"  # fmt: skip
        least, most, first = AMOUNTS[kind]
        label = filter_captions.STANDARD_DEVIATION if kind == "gaussian" else filter_captions.SHARE_OF_PIXELS
        amount = st.slider(
            label, least, most, first, 0.01, key=f"convolution.amount_{kind}", bind="query-params", width=220
        )
        seed = st.number_input("Seed", 0, 999, key="convolution.noise_seed", bind="query-params", width=110)
    noise = (kind, float(amount), int(seed))
    found = cache.denoised(picture.digest, SMALL, grey, noise, _picture=picture.image)
    st.markdown(filter_captions.verdict(found))
    _pictures(found, filtering.by_kernel(found, filtered.convolution.weights[0, 0]))


def _pictures(found: Denoising, own: FilterResult) -> None:
    """The clean, the noisy, what one's own kernel makes of it and the best, and all of them in numbers."""
    left, right = st.columns([3, 1.15], gap="medium")
    shown = [(filter_captions.CLEAN, found.clean)]
    filtered = filter_figures.best_and_median(found)
    shown += [(filter_captions.restored(item), item.values) for item in (found.noisy, *filtered, own)]
    with left, st.container(horizontal=True, gap="small"):  # all of them in one line of a laptop
        for label, values in shown:
            st.image(filter_figures.picture_png(values), caption=label, width=TILE, output_format="PNG")
    with right:
        rows = [{"Filter": item.name, "PSNR, dB": round(item.psnr, 1)} for item in (*found.restored, found.noisy, own)]
        one_place = {"PSNR, dB": st.column_config.NumberColumn(format="%.1f")}
        number_table.draw(pd.DataFrame(rows), height=charts.table_height(len(rows), 420), columns=one_place)
        st.caption(filter_captions.PSNR)


def _source(found: Filtered, picture: image_picker.Picture, *, grey: bool) -> None:
    snippet = SNIPPET.format(
        name=picture.name or "chelsea", longest=LONGEST, grey=grey, kernel=found.typed.tolist(), divisor=found.divisor
    )
    source_box(snippet, made_by=(filtering.apply, filtering.divisor, filtering.noisy, filtering.median, filtering.psnr))
