"""The degradation experiment's networks as tables, and what their blocks add to one image at the start."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from cnnviz.figures import looks
from cnnviz.topics.degradation.records import DepthPlan, StartNorms


# --------------------------------------------------------------------------------------------- plans
def plan_table(plans: Sequence[tuple[str, DepthPlan]]) -> list[dict[str, str | int]]:
    """A row a network: what it is made of. plans: (what it is called, plan)."""
    return [
        {"network": said, "layers with weights": plan.layers, "additions": plan.additions,
         "parameters": f"{plan.parameters:,}", "of them in shortcuts": f"{plan.shortcut_parameters:,}",
         "multiply-adds": f"{plan.macs:,}"}
        for said, plan in plans
    ]  # fmt: skip


def stage_table(one: DepthPlan, other: DepthPlan) -> list[dict[str, str]]:
    """A row a stage of two networks that differ in depth alone."""
    return [
        {"stage": name, "maps after it": " × ".join(map(str, shape)), f"convolutions, {one.layers} layers": str(few),
         f"{other.layers} layers": str(many), f"parameters, {one.layers}": f"{small:,}",
         f"parameters, {other.layers}": f"{large:,}"}
        for (name, shape, few, small, _), (_, _, many, large, _) in zip(one.stages, other.stages, strict=True)
    ]  # fmt: skip


# --------------------------------------------------------------------------------------------- one image
def start_chart(found: StartNorms, *, theme: str | None = None, height: int = 340) -> go.Figure:
    """‖x‖ and ‖F(x)‖ of every block, side by side."""
    chart = go.Figure()
    for name, values, colour in (
        ("‖x‖, on the shortcut", found.x, 0),
        ("‖F(x)‖, added by the branch", found.branch, 1),
    ):
        chart.add_trace(go.Bar(
            x=list(found.blocks), y=values, name=name, marker={"color": looks.SERIES[colour], "opacity": 0.8},
            hovertemplate=f"%{{x}}: {name} %{{y:.4g}}<extra></extra>",
        ))  # fmt: skip
    looks.apply(chart, theme, height=height)
    chart.update_layout(barmode="group")
    chart.update_xaxes(title_text="block")
    chart.update_yaxes(title_text="Euclidean norm", rangemode="tozero")
    return chart
