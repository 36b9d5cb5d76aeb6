"""Ten images, plain and permuted: how many pixels move, in squares of what size, one order or many."""

from __future__ import annotations

import streamlit as st

from cnnviz.measurements import permuted_pixels
from cnnviz.topics.permuted_pixels import captions, questions
from pages.learn.permuted_pixels import cache, snippets
from pages.shared import predict

BLOCKS = (1, 2, 4, 7, 14)


@st.fragment
def show() -> None:
    """The images under the order that is chosen."""
    seed, share, block, fresh = _chosen()
    which = st.segmented_control(
        "Below", list(captions.BELOW), format_func=captions.BELOW.__getitem__, default="permuted", required=True,
        key="permuted.below",        persist_state="session",
    )  # fmt: skip
    pair(seed, share, block, fresh, which=which or "permuted")
    found = cache.ten(seed, share, block, fresh)
    st.caption(
        f"{captions.order(found.orders[0], len(found.orders))} {captions.restored(found)} {captions.source(found)}"
    )
    predict.ask("The images", questions.neighbours(found, BLOCKS))
    snippets.pictures(seed, share, block, fresh=fresh)


def pair(seed: int, share: float, block: int, fresh: bool, *, which: str) -> None:
    """The ten as they are, beside the ten as they became."""
    left, right = st.columns(2, gap="medium")
    for column, one, caption in ((left, "pictures", captions.AS_THEY_ARE), (right, which, captions.BELOW[which])):
        png = cache.sheet(seed, share, block, fresh, which=one)
        column.image(png, output_format="PNG", caption=caption, width="stretch")


def _chosen() -> tuple[int, float, int, bool]:
    left, middle, right, last = st.columns([3, 3, 2, 3], gap="medium", vertical_alignment="bottom")
    share = left.slider(captions.SHARE, 0, 100, 100, 5, key="permuted.share", bind="query-params")
    block = middle.select_slider(captions.BLOCK, BLOCKS, value=1, key="permuted.block", bind="query-params")
    seed = right.number_input("Seed", 0, 9999, permuted_pixels.SEED, key="permuted.seed", persist_state="session")
    fresh = last.toggle(captions.FRESH, key="permuted.fresh", bind="query-params")
    return int(seed), share / 100, int(block), bool(fresh)
