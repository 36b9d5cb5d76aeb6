"""What moves the open unit: its gradient by the pixels, or by an earlier layer's maps, chosen here and in the link."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.figures import maps
from cnnviz.records import Activations, Unit
from cnnviz.topics.explore import captions
from pages.look.explore import cache
from pages.shared import url_state
from pages.shared.cache import Look
from pages.shared.components.mosaic import mosaic
from pages.shared.view import View

KEY = "explore.pull"
NOTHING = ""


def show(view: View, seen: Look, unit: Unit) -> None:
    """The list of what lies before the unit, and the maps of what is chosen with the unit's gradient beside them."""
    before = earlier(seen.recording, unit.key)
    if not before:
        return
    now = url_state.get("back") if url_state.get("back") in before else NOTHING
    st.session_state[KEY] = now
    st.selectbox(
        captions.BACK_TO, [NOTHING, *before], key=KEY, format_func=captions.back_to, help=captions.BACK_TO_HELP,
        on_change=_taken,
    )  # fmt: skip
    if not now:
        return
    layer = seen.recording[now]
    place = (unit.channel, unit.row, unit.column)[: seen.recording[unit.key].values.ndim]
    slopes = cache.pull(view, unit=unit.key, place=place, layer=now)
    st.caption(captions.moved_by(shares(slopes), is_input=layer.kind == "input"))
    mosaic(
        maps.mosaic_data(
            layer, gradient=slopes, gradient_of=captions.unit_name(unit.key, place), network_limit=seen.limit,
            field=cache.fields(view.choice).get(now), picture=seen.picture,
        ),
        key="explore.pulled",
    )  # fmt: skip


def _taken() -> None:
    url_state.change(back=st.session_state[KEY])


def earlier(recording: Activations, key: str) -> list[str]:
    """The layers with maps or cells that a layer depends on, in the order in which they ran."""
    found, waiting = set(), list(recording[key].inputs)
    while waiting:
        one = waiting.pop()
        if one in recording and one not in found:
            found.add(one)
            waiting += recording[one].inputs
    return [one for one in recording.keys if one in found and not np.iscomplexobj(recording[one].values)]


def shares(slopes: np.ndarray) -> list[tuple[int, float]]:
    """(channel, its share of the squared gradient), the largest first; none where the gradient is zero everywhere."""
    sizes = np.square(slopes.astype(np.float64)).reshape(len(slopes), -1).sum(axis=1)
    total = float(sizes.sum())
    order = np.argsort(-sizes, kind="stable")
    return [(int(channel), float(sizes[channel]) / total) for channel in order if sizes[channel] > 0] if total else []
