"""Small kernels stacked: the same field with fewer parameters and more activations."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from cnnviz.topics.convolution import sharing_captions, sharing_figures, stacks
from pages.layers.convolution import cache
from pages.shared import charts, downloads, number_table, predict, proof_badge
from pages.shared.source_box import source_box

SNIPPET = """from cnnviz import anatomy
from cnnviz.topics.convolution import stacks

for name, kernels in stacks.COMPARED[{width}].items():
    stack = stacks.build(kernels, {channels})
    totals = anatomy.totals(stack, ({channels}, {size}, {size}))
    print(name, anatomy.inspect(stack, ({channels}, {size}, {size}))[-1].receptive_field.size, totals)"""


@st.fragment
def show() -> None:
    """One large kernel against stacks of small ones: the field, the parameters, the MACs, the paths."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        width = st.segmented_control(
            "Field", (5, 7), default=5, required=True, key="convolution.field", bind="query-params",
            format_func=lambda side: f"{side} × {side}",
        ) or 5  # fmt: skip
        channels = int(
            st.slider("Channels", 1, 512, 64, key="convolution.stack_channels", bind="query-params", width=220)
        )
        size = int(
            st.slider("Rows and columns", 8, 224, 56, key="convolution.stack_size", bind="query-params", width=220)
        )
    found = cache.stacks(int(width), channels, size)
    st.markdown(sharing_captions.stack(found))
    counts = {name: st.column_config.NumberColumn(format="localized") for name in ("Parameters", "Multiply-adds")}
    number_table.draw(pd.DataFrame(sharing_figures.stack_table(found)), columns=counts)
    st.markdown(sharing_captions.PATHS)
    most = max(float(item.paths.max()) for item in found)
    with st.container(horizontal=True, gap="medium"):
        for item in found:
            st.image(
                sharing_figures.paths_png(item, most=most, look=charts.theme()), output_format="PNG",
                caption=item.name,
            )  # fmt: skip
    proof_badge.badges(stacks.fields_agree(found))
    stack = {"kernel": 3, "stride": 1, "dilation": 1, "depth": int(width) // 2}
    layer = {"inputs": channels, "outputs": channels, "kernel": (3, 3), "bias": False, "cells": size * size}
    predict.ask("Small kernels stacked", ("stacked_field", stack), ("parameters", layer))
    downloads.downloads(
        [
            (
                "Table",
                "stacks.csv",
                "text/csv",
                lambda: pd.DataFrame(sharing_figures.stack_table(found)).to_csv(index=False),
            )
        ],
        key="convolution.stacks",
    )
    source_box(
        SNIPPET.format(width=width, channels=channels, size=size),
        made_by=(stacks.build, stacks.measure, stacks.compare),
    )
