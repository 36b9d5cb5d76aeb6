"""The numbers behind the page on activation functions, as CSV text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from cnnviz.topics.activations.records import Counter, Deaths, Facts, MapEffects, NeuronDescent, Softmax, Swapped


def facts(found: Sequence[Facts]) -> str:
    """One line a function."""
    head = ("function", "parameter", "low", "high", "f(0)", "slope at 0", "largest slope", "at x", "mean for N(0, 1)")
    rows = ((f.name, f.p, f.low, f.high, f.at_zero, f.slope_at_zero, f.steepest, f.steepest_at, f.mean) for f in found)
    return _csv(head, rows)


def softmax(results: Sequence[Softmax], labels: Sequence[str]) -> str:
    """One line a class, the probability at each temperature in a column."""
    head = ("class", "logit", *(f"p at T = {one.temperature:g}" for one in results))
    rows = (
        (label, results[0].logits[place], *(one.probabilities[place] for one in results))
        for place, label in enumerate(labels)
    )
    return _csv(head, rows)


def effects(found: MapEffects) -> str:
    """One line a function."""
    head = ("function", "zeros", "saturated", "mean", "std", "dead channels", "channels")
    rows = ((e.name, e.zeros, e.saturated, e.mean, e.std, int(e.dead.sum()), len(e.dead)) for e in found.effects)
    return _csv(head, rows)


def counters(found: Sequence[Counter]) -> str:
    """One line an activation layer."""
    head = ("layer", "function", "zeros", "saturated", "dead channels", "channels")
    return _csv(head, ((c.key, c.name, c.zeros, c.saturated, c.dead, c.channels) for c in found))


def swapped(found: Swapped) -> str:
    """One line a layer from the swap on: how far it moved, relative to its size."""
    return _csv(("layer", "relative change"), zip(found.keys, found.change, strict=True))


def descents(found: Sequence[NeuronDescent]) -> str:
    """One line a step of each path; the last has no gradient."""
    head = ("inputs", "step", "w1", "w2", "loss", "gradient 1", "gradient 2")
    rows = (
        (one.name, step, *one.path[step], one.losses[step], *(one.gradients[step] if step < one.steps else ("", "")))
        for one in found
        for step in range(one.steps + 1)
    )
    return _csv(head, rows)


def deaths(found: Deaths) -> str:
    """One line a learning rate and function: who is active at the end, the loss, the gradient, the step of death."""
    head = ("function", "learning rate", "active", "loss", "gradient", "dead from step")
    rows = (
        (one.name, rate, one.active[place, -1], one.losses[place, -1], one.gradient[place, -1], int(one.dead_at[place]))
        for one in (found.relu, found.leaky)
        for place, rate in enumerate(one.rates)
    )
    return _csv(head, rows)


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(head)
    for row in rows:
        writer.writerow([f"{value:.10g}" if isinstance(value, float) else value for value in row])
    return target.getvalue()
