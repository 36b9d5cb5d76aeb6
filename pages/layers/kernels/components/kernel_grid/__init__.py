"""Kernels drawn from their numbers: hovered, sorted, scaled, paged, and scrubbed over a run, all in the browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from cnnviz.topics.kernels import component_captions
from cnnviz.topics.kernels.packets import KernelGridPacket
from pages.shared import messages
from pages.shared.components import pack, selection, source

_component = st.components.v2.component("cnnviz_kernel_grid", **source(__file__, words=component_captions.KERNEL_GRID))


@dataclass(frozen=True)
class PickedKernel:
    """kernel: its number as the tiles say it. at: when, in ms."""

    kernel: int
    at: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.kernel <= messages.MOST:
            raise ValueError(f"a kernel is 0 to {messages.MOST}")


def kernel_grid(
    packet: KernelGridPacket,
    *,
    key: str,
    view: str = "kernels",
    selected: int | None = None,
    on_pick: Callable[[], None] | None = None,
    wants: Mapping[str, str] | None = None,
) -> None:
    """Draws a packet of `topics.kernels.figures`.

    view: "kernels", "inputs" (of one kernel), "frequency" (with the plane of frequencies) or "training" (frames).
    wants: name -> words of what can be shown once Python sends it.
    Of `messages.heard` the "pick" is a `PickedKernel`, and the "want" the name that was chosen last.
    """
    own = messages.heard(key, "pick", PickedKernel)
    wanted = {} if selected is None else {"kernel": selected}
    chosen = selection(key, wanted, {"kernel": own.kernel} if own else {}, at=own.at if own else 0)
    header = {"key": key, "view": view, "meta": packet["meta"], "wants": dict(wants or {}), **chosen}
    _component(
        key=key,
        data=pack(header, **packet["blobs"]),
        on_pick_change=on_pick or (lambda: None),
        on_want_change=lambda: None,
        height="content",
    )
