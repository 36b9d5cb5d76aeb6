"""A block as boxes and lines with the recorded maps in them: pointed at, walked through, opened; no rerun.

`.stage` has `data-painted` = the digest, `data-open` = the key of the box that is opened, `data-time` = the step.
"""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.blocks import component_captions
from cnnviz.topics.blocks.diagram_figures import BlockDiagramPacket
from pages.shared.components import pack, source

_component = st.components.v2.component(
    "cnnviz_block_diagram", **source(__file__, words=component_captions.BLOCK_DIAGRAM)
)


def block_diagram(data: BlockDiagramPacket, *, note: str, key: str) -> None:
    """Draws `topics.blocks.diagram_figures.diagram`. note: where the weights come from."""
    _component(key=key, data=pack({"key": key, "note": note, **data["meta"]}, **data["blobs"]), height="content")
