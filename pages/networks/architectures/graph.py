"""The network's graph: folded to what fits a screen, opened block by block in the browser."""

from __future__ import annotations

import streamlit as st

from cnnviz import graphs
from cnnviz.figures import graphs as figures
from cnnviz.figures.graphs import NetworkGraphPacket
from cnnviz.measurements import architectures
from cnnviz.plain_text import escaped
from cnnviz.records.architectures import LayerTimes
from cnnviz.records.graphs import Graph
from cnnviz.topics.architectures import captions
from pages.networks.architectures import layer_times, question
from pages.networks.architectures.cache import Shape
from pages.networks.architectures.components.network_graph import network_graph
from pages.networks.architectures.controls import ArchitectureSelection
from pages.shared.source_box import source_box

SNIPPET = """from cnnviz import graphs
from cnnviz.measurements import architectures

model, spec = architectures.opened({choice!r}, {shape})
graph = graphs.of(model, {shape})
for index in graph.roots:
    box = graph.items[index]
    print(box.name, box.operation, box.shape, box.parameters, box.macs, f"×{{box.count}}")
"""


@st.cache_resource(max_entries=16, show_spinner="Tracing every operation …")
def folded(choice: str, shape: Shape) -> Graph:
    """The graph of the network on images of that shape; raises what `measurements.architectures.opened` raises."""
    model, _spec = architectures.opened(choice, shape)
    light = all(parameter.device.type != "meta" for parameter in model.parameters())
    return graphs.of(model, shape, run=light)


@st.cache_resource(max_entries=16, show_spinner=False)
def packet(choice: str, shape: Shape, _title: str) -> NetworkGraphPacket:
    """The folded graph for the browser."""
    return figures.network_data(folded(choice, shape), title=_title)


def _of_boxes(graph: Graph, here: ArchitectureSelection, times: LayerTimes) -> list[float]:
    names = [row.name for row in here.network.rows]
    return figures.milliseconds(graph, dict(zip(names, times.medians, strict=True)))


@st.fragment
def show(here: ArchitectureSelection) -> None:
    """The graph of the network that is chosen."""
    graph = folded(here.choice, here.shape)
    st.markdown(figures.words(graph, escaped(here.network.spec.title)))
    times = layer_times.on_request(here)
    taken = _of_boxes(graph, here, times) if times else ()
    network_graph(
        packet(here.choice, here.shape, here.network.spec.title), milliseconds=taken, key="architectures.graph"
    )
    if times:
        st.caption(captions.measured(times))
    question.ask(here)
    source_box(SNIPPET.format(choice=here.choice, shape=here.shape), made_by=(graphs.of,))
