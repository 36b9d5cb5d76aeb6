"""The badge under a result: how much of it was computed a second way, and the largest difference between the two."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures import captions
from cnnviz.records.proofs import Proof


def badges(*proofs: Proof) -> None:
    """One badge, "checked: 4 of 4", that opens to a line a proof; by itself where one of them does not hold."""
    if not proofs:
        return
    held = sum(proof.holds for proof in proofs)
    with st.expander(
        f"{_mark(held == len(proofs))} {captions.checked(held, len(proofs))}", expanded=held < len(proofs)
    ):
        for proof in proofs:
            st.markdown(f"{_mark(proof.holds)} {captions.proof(proof)}")


def _mark(holds: bool) -> str:
    return ":green[:material/check_circle:]" if holds else ":red[:material/error:]"
