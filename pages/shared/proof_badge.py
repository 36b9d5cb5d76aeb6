"""The badge under a result: what was computed a second way, and the largest difference between the two."""

from __future__ import annotations

import streamlit as st

from cnnviz.records.proofs import Proof


def badges(*proofs: Proof) -> None:
    """One line a proof: ✔ or ✘, the claim, the difference, and the tolerance where it is exceeded."""
    for proof in proofs:
        mark = ":green[:material/check_circle:]" if proof.holds else ":red[:material/error:]"
        beyond = "" if proof.holds else f", beyond the {proof.tolerance:.0e} that rounding explains"
        st.markdown(f"{mark} {proof.claim}: largest difference **{proof.difference:.1e}**{beyond}")
