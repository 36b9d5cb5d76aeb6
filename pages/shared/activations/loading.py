"""What the page on activation functions keeps: keyed by plain values, the same for everybody."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cnnviz.figures import activation_functions as figures
from cnnviz.operations import activation
from cnnviz.operations.activation_facts import facts, samples
from cnnviz.proofs import activations as proofs
from cnnviz.records.activation_functions import Facts
from cnnviz.records.proofs import Proof

SHOWN = ("sigmoid", "tanh", "relu")


def titles() -> dict[str, str]:
    """Name → title, in the order of the family."""
    return {name: activation.family[name].title for name in activation.names()}


@st.cache_resource(max_entries=1, show_spinner=False)
def curves() -> dict[str, Any]:
    """What curve_drag draws: every function, the library's numbers to check it by."""
    functions = [_plain(name) for name in activation.names()]
    checks = {name: samples(name) for name in activation.names()}
    return figures.curves(functions, checks, chosen=SHOWN, x=1.5)


def _plain(name: str) -> dict[str, Any]:
    function = activation.family[name]
    known = function.parameter
    setting = known and {"symbol": known.symbol, "word": known.word, "start": known.start,
                         "low": known.low, "high": known.high}  # fmt: skip
    return {"name": name, "title": function.title, "parameter": setting}


@st.cache_resource(max_entries=1, show_spinner=False)
def every_fact() -> tuple[Facts, ...]:
    return tuple(facts(name) for name in activation.names())


@st.cache_resource(max_entries=64, show_spinner=False)
def function_proofs(name: str) -> tuple[Proof, ...]:
    return proofs.function(name)
