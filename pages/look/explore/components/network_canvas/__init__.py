"""The whole network on one canvas. Hover, keys, opening and folding are answered in the browser; a click comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from cnnviz.topics.explore import component_captions
from cnnviz.topics.explore.canvas import Canvas
from cnnviz.topics.explore.way_captions import WAY
from pages.shared import messages, url_state
from pages.shared.components import asked_for, pack, selection, source
from pages.shared.messages import Place

_component = st.components.v2.component(
    "cnnviz_network_canvas", **source(__file__, words=component_captions.NETWORK_CANVAS)
)


@dataclass(frozen=True)
class ShownSide:
    """Which of two is seen. at: when it was switched to, in ms."""

    what: str = "first"
    at: int = 0

    def __post_init__(self) -> None:
        if self.what not in url_state.SHOWN:
            raise ValueError(f"one of {', '.join(url_state.SHOWN)}")


def network_canvas(
    canvas: Canvas,
    *,
    selected: Mapping[str, Any] | None = None,
    key: str,
    on_pick: Callable[[], None] | None = None,
    shown: str = "first",
    on_shown: Callable[[], None] | None = None,
    caption: str = "",
) -> None:
    """Draws it. selected: {"layer", "channel"} to frame. on_pick: called before the rerun of a click on a tile, the
    "pick" of `messages.heard`: a `Place`.

    shown: of a canvas of two, "first", "second" or "difference"; on_shown: called when somebody wants another, which is
    then the "shown" of `messages.heard`, a `ShownSide`.
    caption: what stands below the canvas where it is saved as an image.
    """
    own, sent = messages.heard(key, "pick", Place), messages.heard(key, "shown", ShownSide) or ShownSide()
    # as `selected`: what was switched in the browser is known there
    of = selection(f"{key}.shown", {"what": shown}, {"what": sent.what}, at=sent.at)
    chosen = selection(key, _chosen(selected), _chosen(vars(own) if own else None), at=own.at if own else 0)
    rest = asked_for(canvas.folded, place=key, digest=canvas.layout["digest"])
    header = {"key": key, "caption": caption, "rest": rest, "shown": of, "way": WAY, **chosen}
    _component(
        key=key,
        data=pack(header, {"layout": canvas.layout_text}, atlas=canvas.atlas, folded=b"" if rest else canvas.folded),
        on_pick_change=on_pick or (lambda: None),
        on_shown_change=on_shown or (lambda: None),
        on_painted_change=lambda: None,  # a rerun, once a window: see `pages.look.explore.detail`
        height="content",
    )


def _chosen(pick: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"layer": pick["layer"], "channel": pick["channel"]} if pick else {}
