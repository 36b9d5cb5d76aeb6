"""Kernels that are nearly the same, and kernels that do nothing: by their norm, and on the picture at hand."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.topics.kernels import analysis, figures
from pages.layers.kernels import cache
from pages.layers.kernels.components.kernel_pairs import kernel_pairs
from pages.layers.kernels.selection import KernelSelection
from pages.shared.charts import chart, theme

NAMED = 24


def show(here: KernelSelection) -> None:
    _alike(here)
    _dead(here)


def _alike(here: KernelSelection) -> None:
    st.subheader("Near duplicates")
    size = here.bank.weights[0].size
    if len(here.bank.weights) < 2 or size < 2:
        st.info(
            "A single weight has no shape, so all of these are alike but for their size. Choose another layer.",
            icon=":material/info:",
        )
        return
    st.caption(
        f"The cosine between two kernels of {size:,} weights is 1 where they are the same but for their size, −1 where "
        "one is the other's negative. Move the threshold: the pairs beyond it are drawn, and counted beside what "
        "random directions would give."
    )
    kernel_pairs(cache.pairs(here.choice, here.module), key="kernels.pairs")


def _dead(here: KernelSelection) -> None:
    st.subheader("Dead ones")
    dead, silent, norms = here.dead(), here.silent(), here.analysis.norms
    bound = analysis.DEAD * float(np.median(norms))
    st.markdown(
        f"**By their norm:** {_counted(dead)} of {len(dead):,} kernels have at most {analysis.DEAD:.0%} of the "
        f"layer's median norm (that is {bound:.3g}){_which(dead)}"
    )
    after = here.answer
    where = "the layer's map" if after.key == here.layer.key else f"the map after {after.operation} (`{after.key}`)"
    st.markdown(
        f"**On this picture:** {_counted(silent)} of {len(silent):,} channels have the same value in every cell of "
        f"{where}{_which(silent)} Another picture may wake them."
    )
    chart(figures.norms(norms, dead, silent, theme=theme()), key="kernels.norms")


def _counted(flags: np.ndarray) -> str:
    return f"{int(flags.sum()):,}" if flags.any() else "none"


def _which(flags: np.ndarray) -> str:
    places = np.flatnonzero(flags)
    more = f" and {len(places) - NAMED:,} more" if len(places) > NAMED else ""
    return f": {', '.join(str(place) for place in places[:NAMED])}{more}." if len(places) else "."
