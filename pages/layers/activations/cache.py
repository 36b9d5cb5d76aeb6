"""What the page on activation functions keeps: keyed by plain values, the same for everybody."""

from __future__ import annotations

import streamlit as st

from cnnviz.operations import activation
from cnnviz.records.proofs import Proof
from cnnviz.topics.activations import dying_relu, figures, map_figures, maps, path_figures, proofs, swap
from cnnviz.topics.activations.facts import facts, samples
from cnnviz.topics.activations.figures import CurveDragPacket, CurveFunction, CurveParameter
from cnnviz.topics.activations.map_figures import ActivationMapPacket
from cnnviz.topics.activations.path_figures import DescentPairPacket, DyingNeuronPacket
from cnnviz.topics.activations.records import Counter, Deaths, Facts, MapEffects, NeuronDescent, Swapped
from cnnviz.topics.activations.zigzag import zigzag
from pages.shared import cache
from pages.shared.view import View, by_view

SHOWN = ("sigmoid", "tanh", "relu")


def titles() -> dict[str, str]:
    """Name → title, in the order of the family."""
    return {name: activation.family[name].title for name in activation.names()}


@st.cache_resource(max_entries=1, show_spinner=False)
def curves() -> CurveDragPacket:
    """What curve_drag draws: every function, the library's numbers to check it by."""
    functions = [_plain(name) for name in activation.names()]
    checks = {name: samples(name) for name in activation.names()}
    return figures.curves(functions, checks, chosen=SHOWN, x=1.5)


def _plain(name: str) -> CurveFunction:
    function = activation.family[name]
    known = function.parameter
    setting: CurveParameter | None = None if known is None else {
        "symbol": known.symbol, "word": known.word, "start": known.start, "low": known.low, "high": known.high,
    }  # fmt: skip
    return {"name": name, "title": function.title, "parameter": setting}


@st.cache_resource(max_entries=1, show_spinner=False)
def every_fact() -> tuple[Facts, ...]:
    """The facts about every function, in the order of the family."""
    return tuple(facts(name) for name in activation.names())


@st.cache_resource(max_entries=64, show_spinner=False)
def function_proofs(name: str) -> tuple[Proof, ...]:
    """One function and its slope against PyTorch and finite differences."""
    return proofs.function(name)


@by_view(max_entries=4)
def map_effects(view: View, key: str, threshold: float) -> MapEffects:
    """Every function on what feeds that layer. Raises ValueError where that was not recorded."""
    return maps.effects(cache.look(view).recording, key, threshold=threshold)


@by_view(max_entries=8)
def counters(view: View, threshold: float) -> tuple[Counter, ...]:
    """Zeros, saturated cells and dead channels of every activation layer."""
    return maps.counters(cache.look(view).recording, threshold=threshold)


def map_packet(found: MapEffects) -> ActivationMapPacket:
    """What activation_map draws."""
    return map_figures.map_effects(found, titles(), {name: activation.parameter(name) for name in activation.names()})


@by_view(max_entries=48)
def swapped(view: View, keys: tuple[str, ...], name: str) -> Swapped:
    """Raises activation_swap.SwapError where the network cannot be traced."""
    return swap.swap(cache.network(view.choice).model, cache.look(view).prepared.tensor, keys, name)


def swap_proof(view: View, key: str) -> tuple[Proof, ...]:
    """The network's own function put in by hand changes nothing; () where it is none of the family."""
    recording = cache.look(view).recording
    own = maps.own_function(recording[key].operation)
    if not own:
        return ()
    found, recorded = swapped(view, (key,), own), recording.logits
    claim = f"logits with {titles()[own]} put in by hand at {key}, where it is already, and those of the network"
    return (Proof(claim, float(abs(found.logits - recorded).max()), 1e-4 * max(1.0, float(abs(recorded).max()))),)


@st.cache_resource(max_entries=32, show_spinner=False)
def descents(rate: float, steps: int, batch: int, seed: int) -> tuple[NeuronDescent, NeuronDescent]:
    """The neuron fed by sigmoids and the one fed by tanhs. Raises OperationError where the weights run away."""
    one, other = (zigzag(name, rate=rate, steps=steps, batch=batch, seed=seed) for name in ("sigmoid", "tanh"))
    return one, other


def descent_packet(found: tuple[NeuronDescent, NeuronDescent]) -> DescentPairPacket:
    """What descent_pair draws."""
    return path_figures.descents(found, titles())


@st.cache_resource(max_entries=12, show_spinner=False)
def deaths(one: int, other: int, slope: float) -> Deaths:
    """Raises OperationError where both digits are the same."""
    return dying_relu.deaths(one, other, slope=slope)


@st.cache_resource(max_entries=12, show_spinner=False)
def death_packet(one: int, other: int, slope: float) -> DyingNeuronPacket:
    """What dying_neuron draws."""
    return path_figures.deaths(deaths(one, other, slope), titles())


@st.cache_resource(max_entries=12, show_spinner=False)
def death_proofs(one: int, other: int, slope: float) -> tuple[Proof, ...]:
    """Both trainings at the first rate that kills, or the last, again by autograd."""
    found = deaths(one, other, slope)
    place = death_packet(one, other, slope)["meta"]["start"]
    return tuple(proofs.dying(part, found.inputs, found.labels, place, slope) for part in (found.relu, found.leaky))
