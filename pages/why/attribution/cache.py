"""What the page has explained, kept: by view, target, layer and the method's name."""

from __future__ import annotations

from collections.abc import Callable

from cnnviz import attribution
from cnnviz.attribution import baselines
from cnnviz.records import Array
from cnnviz.records.attribution import Attribution, Target
from pages.shared import cache
from pages.shared.view import View, by_view

Found = dict[str, Attribution | str]


@by_view(max_entries=12, show_spinner="The quick methods explain the answer …", show_time=True)
def quick(view: View, target: Target, layer: str, baseline: str) -> Found:
    """All methods of one or two passes: a map, or why there is none."""
    asked = _asked(view, target, layer, baseline)
    return {name: _answer(attribution.REGISTRY[name], asked) for name in attribution.names() if not is_slow(name)}


def _asked(
    view: View, target: Target, layer: str, baseline: str, progress: Callable[[float], None] | None = None
) -> attribution.AttributionRequest:
    network, x = cache.network(view.choice), cache.look(view).prepared.tensor
    spec = network.spec
    low, high = baselines.ends(spec.mean, spec.std)
    asked = attribution.AttributionRequest(
        network.model, x, target, layer, baselines.of(baseline, x, spec.mean, spec.std),
        settings={"low": low, "high": high}, progress=progress,
    )  # fmt: skip
    asked.layer = layer or attribution.last_maps(asked)
    return asked


def _answer(method: attribution.Method, asked: attribution.AttributionRequest) -> Attribution | str:
    try:
        return method(asked)
    except attribution.DoesNotFit as why:
        return str(why)


@by_view(max_entries=64)
def costs(view: View, target: Target, layer: str) -> dict[str, float]:
    """Slow method → images that go through the network."""
    asked = _asked(view, target, layer, baselines.NAMES[0])
    return {name: attribution.REGISTRY[name].cost(asked) for name in attribution.names() if is_slow(name)}


def slow(
    view: View, target: Target, layer: str, baseline: str, method: str, progress: Callable[[float], None]
) -> Attribution | str:
    """A method of many passes. progress: called with the share that is done; what it raises ends the work.

    What was stopped is not kept; what has finished is, as long as the network's weights are the same.
    """
    held = _slow_of(view, target, layer, baseline)
    if method not in held:
        held[method] = _answer(attribution.REGISTRY[method], _asked(view, target, layer, baseline, progress))
    return held[method]


@by_view(max_entries=12)
def _slow_of(view: View, target: Target, layer: str, baseline: str) -> Found:
    """Where what has finished is kept."""
    return {}


def recorded(view: View, layer: str) -> Array:
    """What a layer gave for the image: [C, H, W]."""
    values: Array = cache.look(view).recording[layer].values
    return values


def is_slow(name: str) -> bool:
    """Whether it takes many passes."""
    return attribution.REGISTRY[name].slow
