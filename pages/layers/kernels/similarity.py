"""Kernels that are nearly the same, and kernels that do nothing: by their norm, and on the image at hand."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.kernels import analysis, captions, figures
from pages.layers.kernels import cache
from pages.layers.kernels.components.kernel_pairs import kernel_pairs
from pages.layers.kernels.selection import KernelSelection
from pages.shared.charts import chart, theme


def show(here: KernelSelection) -> None:
    """Kernels that are nearly the same, and those that do nothing."""
    _duplicates(here)
    _dead(here)


def _duplicates(here: KernelSelection) -> None:
    st.subheader(captions.DUPLICATES)
    size = here.bank.weights[0].size
    if len(here.bank.weights) < 2 or size < 2:
        st.info(
            captions.NO_SHAPE,
            icon=":material/info:",
        )
        return
    st.caption(captions.cosine(size))
    kernel_pairs(cache.pairs(here.choice, here.module), key="kernels.pairs")


def _dead(here: KernelSelection) -> None:
    st.subheader(captions.DEAD_HEADING)
    dead, silent, norms = here.dead(), here.silent(), here.analysis.norms
    st.markdown(captions.dead_by_norm(dead, norms, share=analysis.DEAD))
    st.markdown(captions.silent(silent, here.answer.key))
    chart(figures.norms(norms, dead, silent, theme=theme()), key="kernels.norms")
