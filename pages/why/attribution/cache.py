"""What the page has explained, kept: by view, target, layer and the method's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cnnviz import anatomy, attribution
from cnnviz.attribution import baselines
from cnnviz.records import Array, Field
from cnnviz.records.attribution import Attribution, Target
from pages.shared import cache
from pages.shared.view import View, by_view

Found = dict[str, Attribution | str]


GOES = (  # what is painted before the others are there: the very first maps, then most of them
    ("grad_cam",),
    ("grad_cam", "gradient", "input_gradient", "hires_cam", "layer_cam", "grad_cam_plus", "guided", "deconvolution"),
)


def quick(view: View, target: Target, layer: str, baseline: str) -> Iterator[Found]:
    """The maps of all methods of one or two passes, or why there is none: what is there after each of the goes.

    The last one has all of them; what is there already is kept.
    """
    held = _quick_of(view, target, layer, baseline)
    asked = None
    for some in (*GOES, quick_names()):
        for name in some:
            if name not in held:
                asked = asked or _asked(view, target, layer, baseline)
                held[name] = _answer(attribution.REGISTRY[name], asked)
        yield {name: held[name] for name in quick_names() if name in held}


def is_there(view: View, target: Target, layer: str, baseline: str) -> bool:
    """Whether all of them have been computed."""
    return len(_quick_of(view, target, layer, baseline)) == len(quick_names())


def quick_names() -> tuple[str, ...]:
    """The methods of one or two passes, in order."""
    return tuple(name for name in attribution.names() if not is_slow(name))


@by_view(max_entries=12)
def _quick_of(view: View, target: Target, layer: str, baseline: str) -> Found:
    """Where those are kept."""
    return {}


def _asked(
    view: View, target: Target, layer: str, baseline: str, progress: Callable[[float], bool] | None = None,
    begun: attribution.MethodParts | None = None,
) -> attribution.AttributionRequest:  # fmt: skip
    network, x = cache.network(view.choice), cache.look(view).prepared.tensor
    spec, held = network.spec, _first_of(view)
    low, high = baselines.ends(spec.mean, spec.std)
    asked = attribution.AttributionRequest(
        network.model, x, target, layer, baselines.of(baseline, x, spec.mean, spec.std),
        settings={"low": low, "high": high}, progress=progress, first=held[0] if held else None,
        begun=begun,
    )  # fmt: skip
    if asked.first is not None:
        held[:] = [asked.first]
    asked.layer = layer or attribution.last_maps(asked)
    if asked.layer in cache.look(view).recording:
        asked.recorded = {asked.layer: recorded(view, asked.layer)}
    return asked


@by_view(max_entries=12)
def _first_of(view: View) -> list[attribution.FirstPass]:
    """Where the first pass is kept: another class of the same image needs none."""
    return []


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
    view: View, target: Target, layer: str, baseline: str, method: str, progress: Callable[[float], bool]
) -> Attribution | str:
    """A method of many passes. progress: called with the share that is done; a true answer ends the work, by
    attribution.Stopped.

    What has finished is kept, as long as the network's weights are the same; of what was ended on its way the parts
    that had finished are, and it goes on from there.
    """
    held, begun = _slow_of(view, target, layer, baseline), _begun_of(view, target, layer, baseline)
    if method not in held:
        parts = begun.setdefault(method, attribution.MethodParts())
        held[method] = _answer(attribution.REGISTRY[method], _asked(view, target, layer, baseline, progress, parts))
        begun.pop(method, None)
    return held[method]


@by_view(max_entries=2)
def _begun_of(view: View, target: Target, layer: str, baseline: str) -> dict[str, attribution.MethodParts]:
    """Where the finished parts of those are that were ended on their way: of the last two questions, for memory."""
    return {}


def is_slow_there(view: View, target: Target, layer: str, baseline: str, method: str) -> bool:
    """Whether such a method has finished."""
    return method in _slow_of(view, target, layer, baseline)


@by_view(max_entries=12)
def _slow_of(view: View, target: Target, layer: str, baseline: str) -> Found:
    """Where what has finished is kept."""
    return {}


@by_view(max_entries=24)
def field(view: View, layer: str) -> Field | None:
    """What a cell of a layer sees; None for a layer that has none in the anatomy."""
    network = cache.network(view.choice)
    rows = anatomy.inspect(network.model, network.spec.input_shape)
    return next((row.receptive_field for row in rows if row.name == layer), None)


def recorded(view: View, layer: str) -> Array:
    """What a layer gave for the image: [C, H, W]."""
    values: Array = cache.look(view).recording[layer].values
    return values


def is_slow(name: str) -> bool:
    """Whether it takes many passes."""
    return attribution.REGISTRY[name].slow
