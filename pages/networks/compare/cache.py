"""What the page has counted, kept for everyone: keys are plain values."""

from __future__ import annotations

import streamlit as st

from cnnviz.measurements import architectures
from cnnviz.records.architectures import Architecture
from cnnviz.topics.compare import model_selection, pairs
from cnnviz.topics.compare import published as comparison
from cnnviz.topics.compare.published import published
from cnnviz.topics.compare.records import CostLimits, Pair, Shortlist

__all__ = ["answer", "beside", "network", "published"]


@st.cache_resource(max_entries=64, show_spinner=False)
def answer(limits: CostLimits, recipe: str, by: str) -> Shortlist:
    """Which networks keep these limits."""
    return model_selection.choose(comparison.published(recipe), limits, by=by)


@st.cache_resource(max_entries=16, show_spinner="Counting every operation …")
def beside(first: str, second: str) -> tuple[Pair, ...]:
    """Two networks block by block; raises what `measurements.architectures.opened` raises, which is not cached."""
    return pairs.aligned(pairs.parts(first), pairs.parts(second))


@st.cache_resource(max_entries=16, show_spinner=False)
def network(choice: str) -> Architecture:
    """A network's totals, counted without weights."""
    return architectures.survey(choice)
