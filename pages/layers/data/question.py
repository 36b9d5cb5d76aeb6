"""The question at the end of every section: how many steps an epoch has."""

from __future__ import annotations

import streamlit as st

from pages.layers.data import cache
from pages.shared import predict


def ask(name: str) -> None:
    """Of this data set, with the batches that were chosen."""
    batch = int(st.session_state.get("data.batch_size", 64))
    predict.ask("Data and batches", ("epoch_steps", {"images": len(cache.split(name)), "batch": batch}))
