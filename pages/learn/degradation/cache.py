"""The page's caches. Keys are plain values; nothing here reads the session."""

from __future__ import annotations

import streamlit as st
from PIL import Image

from cnnviz.experiments import degradation, shortcuts
from cnnviz.topics.degradation import residual_plans
from cnnviz.topics.degradation.records import DepthPlan, StartNorms


@st.cache_resource(show_spinner=False)
def plans() -> dict[str, DepthPlan]:
    """Every network of the first experiment, by what its cell is called."""
    return {said: residual_plans.plan(model) for said, model in degradation.NETWORKS.items()}


@st.cache_resource(show_spinner=False)
def shortcut_plans() -> dict[str, DepthPlan]:
    """Every network of the second, likewise."""
    return {said: residual_plans.plan("resnet20", **dict(options)) for said, options in shortcuts.KINDS.items()}


@st.cache_resource(max_entries=24, show_spinner=False)
def at_start(
    digest: str, _picture: Image.Image, *, depth: int, shortcut: str, identity_start: bool, seed: int
) -> StartNorms:
    """Each block's lengths in a network that was drawn from a seed."""
    return residual_plans.at_start(_picture, depth=depth, shortcut=shortcut, identity_start=identity_start, seed=seed)
