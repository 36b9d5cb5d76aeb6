"""The network of a part, out of those that are built of its blocks, and the image at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from cnnviz import checkpoints, networks
from cnnviz.figures import run_names
from pages.shared import ending, image_picker, misfit, selection
from pages.shared.open_network import network_of
from pages.shared.selection import Selection


@dataclass(frozen=True)
class Seats:
    """Where the list of blocks and the drawing belong, above what is said of the weights and of the block."""

    block: Any
    drawing: Any


def network_and_picture(part: str, listed: Mapping[str, str]) -> tuple[Selection, Seats]:
    """The picker over `listed` (title → choice), the image, and both together; stops where it cannot be opened."""
    left, middle, right = st.columns([2, 2, 1], gap="medium", vertical_alignment="bottom")
    with left:
        title = st.selectbox("Network", list(listed), key=f"blocks.{part}.network", bind="query-params")
    seats = Seats(middle.container(), st.container())
    notice = st.empty()  # always there, so that a notice moves nothing below it to another place in the page's tree
    choice = listed.get(title or "", next(iter(listed.values())))
    opened = network_of(choice, place=notice)
    if opened is None:
        ending.end()
    with right:
        picture = image_picker.popover(opened.spec)
    misfit.show(opened.spec, picture)
    return selection.of(choice), seats


def runs_of(*models: str) -> dict[str, str]:
    """Name → choice of the trained runs of these networks."""
    found = [item for item in checkpoints.available() if item.config.model in models]
    names = run_names.told_apart([(item.title, item.config) for item in found])
    return {name: networks.run_choice(item.run_id) for name, item in zip(names, found, strict=True)}


def block_picker(part: str, at: Selection, seats: Seats, words: Mapping[str, str], *, first: str = "") -> str:
    """The block that is opened. words: key → what the list says."""
    keys = list(words)
    chosen: Any = seats.block.selectbox(
        "Block", keys, format_func=dict(words).__getitem__, key=f"blocks.{part}.block.{at.choice}",
        index=keys.index(first) if first in keys else 0, persist_state="session",
    )  # fmt: skip
    return str(chosen)
