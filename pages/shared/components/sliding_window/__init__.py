"""A window slides over numbers: input, weights and output linked, every product written out, step by step.

How to use it:

    from cnnviz.figures.windows import window_data
    from cnnviz.records.windows import SlidingWindow
    from pages.shared.components.sliding_window import sliding_window

    sliding_window(window_data(record), key="pooling.window")

`record` is a `SlidingWindow`: input [C, Hp, Wp] with its padding, output [O, Ho, Wo], and two tables of indices, rows
[Ho, kh] and columns [Wo, kw], which say what each output reads (−1: nothing). That is all that pooling needs, with its
`kind` ("max", "mean", "power", "sampled", "expected"), `groups` = number of channels and, if some cell wins, `winners`;
a convolution adds `weights` and `bias`. `Companion` grids (coverage, a gradient, …) stand beside the others.

In the browser, without a rerun: hover or tap an input cell, an output cell, a weight or a term and see the others;
a click pins, Escape frees; arrow keys move the output cell; play, pause, a scrubber, a speed; which output channel.
The element `.stage` has `data-painted` = the digest of what is drawn, `.terms` holds the arithmetic, `.said` the words.
"""

from __future__ import annotations

import streamlit as st

from cnnviz.figures.windows import SlidingWindowPacket
from pages.shared.components import captions, pack, source

_component = st.components.v2.component("cnnviz_sliding_window", **source(__file__, words=captions.WINDOW))


def sliding_window(data: SlidingWindowPacket, *, key: str) -> None:
    """Draws `cnnviz.figures.windows.window_data`. What is stepped to, pinned or playing stays in the browser."""
    _component(key=key, data=pack({"key": key, "meta": data["meta"]}, **data["blobs"]), height="content")
