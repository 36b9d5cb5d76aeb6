"""Charts that share one slider whose every frame is already in the browser, read off under the pointer."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures.scrub_charts import ScrubChartPacket
from pages.shared.components import captions, pack, source

_component = st.components.v2.component("cnnviz_scrub_chart", **source(__file__, words=captions.SCRUB_CHART))


def scrub_chart(data: ScrubChartPacket, *, key: str) -> None:
    """Draws a chart of frames, as `figures.scrub_charts.chart` makes one."""
    _component(key=key, data=pack(data), height="content")
