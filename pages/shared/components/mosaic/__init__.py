"""All channels of a layer, drawn from their own numbers in the browser: sorted, scaled, paged and read off there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from cnnviz.figures.maps import MosaicPacket
from pages.shared import messages
from pages.shared.components import asked_for, captions, pack, selection, source
from pages.shared.messages import Place

_component = st.components.v2.component("cnnviz_mosaic", **source(__file__, words=captions.MOSAIC))


def mosaic(
    data: MosaicPacket,
    *,
    key: str,
    on_pick: Callable[[], None] | None = None,
    on_want: Callable[[], None] | None = None,
) -> None:
    """Draws `figures.maps.mosaic_data`. on_pick, on_want: called before the rerun.

    The cell clicked last is then the "pick" of `messages.heard`, a `Place`. Somebody who sorts by contribution while
    none were given wants them.
    """
    meta: dict[str, Any] = {**data["meta"]}
    wanted = _cell(data["meta"]["layer"], meta.pop("selected"))
    own = messages.heard(key, "pick", Place) or Place()
    chosen = selection(key, wanted, _cell(own.layer, vars(own)), at=own.at)
    header = {
        "key": key,
        "meta": meta,
        "whole": asked_for(data["whole"], place=key, digest=meta["digest"]),
        "slopes": asked_for(data["whole_gradient"], place=f"{key}.gradient", digest=meta["digest"]),
        **chosen,
    }
    _component(
        key=key,
        data=pack(header, values=data["values"], gradient=data["gradient"], picture=data["picture"]),
        on_pick_change=on_pick or (lambda: None),
        on_want_change=on_want or (lambda: None),
        height="content",
    )


def _cell(layer: str, place: Mapping[str, Any] | None) -> dict[str, Any]:
    """Layer, channel, row and column of a pick or a selection; {} for none."""
    if not place or place.get("channel") is None:
        return {}
    return {"layer": layer, "channel": place["channel"], "row": place.get("row"), "column": place.get("column")}
