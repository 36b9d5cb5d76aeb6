"""An unmistakable notice over a network that was never trained, with the way to get its published weights."""

from __future__ import annotations

import streamlit as st

from cnnviz import failures, footprint, models, networks
from cnnviz.plain_text import escaped
from pages.shared.view import forget


def show(opened: networks.Network) -> None:
    """Nothing for trained weights; the warning, and a button where there are weights to be fetched, for random ones."""
    if opened.provenance.kind != "random":
        return
    with st.container(border=True):
        label, detail = (_sentence(text) for text in (opened.provenance.label, opened.provenance.detail))
        st.warning(f"**{escaped(label)}** {escaped(detail)}", icon=":material/casino:")
        if opened.spec.weights == "download" and st.button(
            "Download the weights", key="weights.download", icon=":material/download:"
        ):
            _fetch(opened.choice)


def _sentence(text: str) -> str:
    """With a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _fetch(choice: str) -> None:
    with st.spinner("Downloading the published weights …", show_time=True):
        try:
            with footprint.admitted(choice):
                pass  # nothing is held for a download, which others would wait for
        except models.ModelError as error:
            st.error(escaped(error), icon=":material/memory:")
            return
        _, provenance = models.pretrained(choice, download=True)
    if provenance.kind == "random":
        failures.note("weights were not downloaded", provenance.detail, remedy="Their file may be put there by hand.")
        st.error(escaped(provenance.detail), icon=":material/cloud_off:")
        return
    forget()
    st.rerun()
