"""Ten pictures and their permuted selves: how many pixels move, in squares of what size, one order or many."""

from __future__ import annotations

import streamlit as st

from cnnviz.measurements import permuted_pixels as measured
from cnnviz.topics.permuted_pixels import figures
from pages.learn.permuted_pixels import cache, snippets

BLOCKS = (1, 2, 4, 7, 14)
BELOW = {"permuted": "permuted", "restored": "put back by the inverse"}


@st.fragment
def show() -> None:
    """The pictures under the order that is chosen."""
    seed, share, block, fresh = _chosen()
    which = st.segmented_control(
        "Below", list(BELOW), format_func=BELOW.__getitem__, default="permuted", required=True, key="permuted.below",
        persist_state="session",
    )  # fmt: skip
    pair(seed, share, block, fresh, which=which or "permuted")
    found = cache.ten(seed, share, block, fresh)
    st.caption(
        f"{figures.order_words(found.orders[0], len(found.orders))} {figures.restored_words(found)} "
        f"Test pictures: {found.source}."
    )
    snippets.pictures(seed, share, block, fresh=fresh)


def pair(seed: int, share: float, block: int, fresh: bool, *, which: str) -> None:
    """The ten as they are, beside the ten as they became."""
    left, right = st.columns(2, gap="medium")
    for column, one, caption in ((left, "pictures", "as they are"), (right, which, BELOW[which])):
        png = cache.sheet(seed, share, block, fresh, which=one)
        column.image(png, output_format="PNG", caption=caption, width="stretch")


def _chosen() -> tuple[int, float, int, bool]:
    left, middle, right, last = st.columns([3, 3, 2, 3], gap="medium", vertical_alignment="bottom")
    share = left.slider("Pixels that move (%)", 0, 100, 100, 5, key="permuted.share", bind="query-params")
    block = middle.select_slider(
        "Squares that move as wholes (pixels a side)", BLOCKS, value=1, key="permuted.block", bind="query-params"
    )
    seed = right.number_input("Seed", 0, 9999, measured.SEED, key="permuted.seed", persist_state="session")
    fresh = last.toggle("A new permutation for each picture", key="permuted.fresh", bind="query-params")
    return int(seed), share / 100, int(block), bool(fresh)
