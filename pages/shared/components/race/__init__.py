"""A race of training runs: all curves on one canvas, played, scrubbed and read off in the browser."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures.race import RacePacket
from pages.shared.components import captions, pack, source

_component = st.components.v2.component("cnnviz_race", **source(__file__, words=captions.RACE))


def race(header: RacePacket, *, key: str) -> None:
    """header: `cnnviz.figures.race.race`. While header["live"] says so, the view follows the front."""
    _component(key=key, data=pack({**header, "key": key}), height="content")
