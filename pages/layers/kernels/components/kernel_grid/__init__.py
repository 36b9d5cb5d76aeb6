"""Kernels drawn from their numbers: hovered, sorted, scaled, paged, and scrubbed over a run, all in the browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from cnnviz.topics.kernels import component_captions
from cnnviz.topics.kernels.packets import KernelGridPacket
from pages.shared.components import pack, selection, source

_component = st.components.v2.component("cnnviz_kernel_grid", **source(__file__, words=component_captions.KERNEL_GRID))


def kernel_grid(
    packet: KernelGridPacket,
    *,
    key: str,
    view: str = "kernels",
    selected: int | None = None,
    on_pick: Callable[[], None] | None = None,
    wants: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Draws a packet of `topics.kernels.figures`; returns {"pick": {"kernel", "at"} or None, "want": name or None}.

    view: "kernels", "inputs" (of one kernel), "frequency" (with the plane of frequencies) or "training" (frames).
    wants: name -> words of what can be shown once Python sends it; who chooses one sets "want" to its name.
    """
    own = (st.session_state.get(key) or {}).get("pick") or {}
    wanted = {} if selected is None else {"kernel": selected}
    chosen = selection(key, wanted, {"kernel": own["kernel"]} if own else {}, at=own.get("at", 0))
    header = {"key": key, "view": view, "meta": packet["meta"], "wants": dict(wants or {}), **chosen}
    result = _component(
        key=key,
        data=pack(header, **packet["blobs"]),
        on_pick_change=on_pick or (lambda: None),
        on_want_change=lambda: None,
        height="content",
    )
    return {"pick": result.pick, "want": result.want}
