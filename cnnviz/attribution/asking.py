"""What every method asks of a network: the target's value, its gradient by the image or by a layer, and both again
with some operations put in another's place.

The network is borrowed under its lock for each of these and comes back untouched. Nothing needs a hook or a trace
that was made before: operations are those that really ran (`tracing`), gradients come from `torch.autograd.grad`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import nn

from cnnviz import capture, devices, tracing
from cnnviz.attribution import first_pass, stops, twin
from cnnviz.attribution.errors import DoesNotFit, Stopped
from cnnviz.attribution.parts_kept import MethodParts
from cnnviz.attribution.together import Together, as_before
from cnnviz.records.attribution import Target
from cnnviz.registry import unknown
from cnnviz.tracing import backward

Progress = Callable[[float], bool | None]
Slots = dict[str, tracing.Slot]
_NO_REAL = "What is asked for is a number of another kind than a score (whole, true or false, complex)."
AtLayer = tuple[torch.Tensor, torch.Tensor, float]
_MANY = 4  # images, for which a twin is worth making


@dataclass(eq=False)
class AttributionRequest(Together):
    """A network, one image and a target.

    x: [1, C, H, W] as the network wants it. layer: for the methods that weigh a layer's cells. baseline: [1, C, H, W],
    what "nothing" looks like. seed: of whatever is drawn. settings: a method's own numbers by name; each has a default.
    progress: called with the share that is done; a true answer stops the method (`Stopped`). first: what another
    request saw of the same image in the same network, which must be as it was: then no pass is needed to begin with.
    recorded: what layers made of this image [C, h, w], by key, where that is known already. begun: what had finished of
    the method when it was ended (`parts_kept`); earlier: the seconds that those parts took.
    """

    model: nn.Module
    x: torch.Tensor
    target: Target
    layer: str = ""
    baseline: torch.Tensor | None = None
    seed: int = 0
    settings: dict[str, Any] = field(default_factory=dict)
    progress: Progress | None = None
    passes: int = 0
    first: first_pass.FirstPass | None = None
    recorded: Mapping[str, np.ndarray] = field(default_factory=dict)
    begun: MethodParts | None = None
    earlier: float = 0.0

    def __post_init__(self) -> None:
        devices.tune_allocator()
        self.x = capture.as_wanted(self.model, self.x)
        if self.x.dim() != 4 or self.x.shape[0] != 1:
            raise ValueError(f"attribution is of one image [1, C, H, W]; found {list(self.x.shape)}")
        given = torch.zeros_like(self.x) if self.baseline is None else capture.as_wanted(self.model, self.baseline)
        self.baseline = given.expand_as(self.x)
        if self.first is None:
            with torch.no_grad(), self.passed(self.x):
                self.first = first_pass.of(self.model, self._last_run, self._returned)
        seen = self.first
        self.nodes, self.shapes, self.labels, self.whole, self.end, self.returned = (
            seen.nodes, seen.shapes, seen.labels, seen.whole, seen.end, seen.returned
        )  # fmt: skip
        self._kept, self._largest, self._weights = seen.kept, seen.largest, seen.weights
        self.stop = self._stop()
        self.passes = 0
        self.maps: dict[str, AtLayer] = {}  # by layer, what `at_layer` gave (`cam`)
        self.blank: dict[str, float] = {}  # by layer, f with its maps all zero, where that was seen on the way

    def setting(self, name: str, default: Any) -> Any:
        """A method's own number, or its default."""
        return self.settings.get(name, default)

    def done(self, share: float) -> None:
        """Says how far a method is. Raises Stopped where the caller wants no more."""
        if self.progress is not None and self.progress(share):
            raise Stopped(f"stopped at {100 * share:.0f} %")

    @property
    def zero(self) -> torch.Tensor:
        """The baseline, [1, C, H, W]."""
        assert self.baseline is not None
        return self.baseline

    # -------------------------------------------------------------------------------------------- values
    def value(self) -> float:
        """f(x), the target's value for the image itself."""
        return float(self.values(self.x)[0])

    def values(self, batch: torch.Tensor, change: tracing.Change | None = None) -> torch.Tensor:
        """f of each image of a batch [N, C, H, W]: [N], without gradients."""
        if change is None and len(batch) > 1 and not self.are_apart:
            return torch.cat([self.at_once(one[None]) for one in batch])
        return self.at_once(batch, change)

    def at_once(self, batch: torch.Tensor, change: tracing.Change | None = None) -> torch.Tensor:
        """The same of images that go through the network together, whatever it makes of them."""
        if change is None and self.is_plain:
            self.passes += len(batch)
            with torch.no_grad(), self._lent(len(batch)) as (model, laid_out):
                return self.of_value(model(laid_out(batch))).clone()
        with torch.no_grad(), self.passed(batch, change) as slots:
            return self.of_target(slots).detach().clone()

    def gradient(self, batch: torch.Tensor, change: tracing.Change | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        """(f of each image [N], its gradient by each image [N, C, H, W])."""
        if change is None and len(batch) > 1 and not self.are_apart:
            values, found = zip(*(self.gradient(one[None]) for one in batch), strict=True)
            return torch.cat(values), torch.cat(found)

        def once() -> tuple[torch.Tensor, torch.Tensor]:
            x = batch.detach().clone().requires_grad_()
            if change is None and self.is_plain:
                with self._lent(len(batch)) as (model, laid_out):
                    values = self.of_value(model(laid_out(x)))
                    found = backward.gradients_by(values.sum(), (x,))[0] if values.requires_grad else None
                return values.detach(), torch.zeros_like(x) if found is None else found
            with self.passed(x, change) as slots:
                return self._pulled(slots, x, torch.zeros_like(x))

        self.passes += len(batch)
        return differentiating(once)

    @functools.cached_property
    def slope(self) -> tuple[torch.Tensor, torch.Tensor]:
        """(f of the image [1], its gradient by the image [1, C, H, W]), which several methods read."""
        return self.gradient(self.x)

    def at_layer(self, key: str) -> AtLayer:
        """(what the layer made of the image, the target's gradient by it), both [1, C, h, w], and f.

        Raises KeyError for a layer that did not run.
        """

        def once() -> AtLayer:
            with self.passed(self.x.clone().requires_grad_()) as slots:
                if key not in slots:
                    raise KeyError(unknown("layer before the target", key, slots))
                value = slots[key].value.detach().clone()
                values, found = self._pulled(slots, _place(slots[key]), torch.zeros_like(value))
                return value, found, float(values[0])

        self.passes += 1
        found: AtLayer = differentiating(once)
        return found

    @functools.cached_property
    def is_plain(self) -> bool:
        """Whether the target is read from what the network returns, to the last bit: then nothing need be watched."""
        if self.target.kind == "unit" or self.stop != self.returned:
            return False
        self.passes += 1
        with torch.no_grad(), self._lent(1) as (model, laid_out):
            found = model(laid_out(self.x))
        return isinstance(found, torch.Tensor) and torch.equal(found, self.end)

    @functools.cached_property
    def twin(self) -> twin.Twin | None:
        """The network made quicker for many plain passes; None where it cannot be copied, or takes images one by one.
        Call it with it borrowed."""
        if not self.are_apart:
            return None
        both = torch.cat((self.x, self.zero))
        self.passes += 2
        with torch.no_grad(), tracing.untouched(self.model):
            said = self.model(both.clone())
        return twin.of(self.model, self.nodes, both, said)

    @contextmanager
    def _lent(self, count: int) -> Iterator[tuple[nn.Module, Callable[[torch.Tensor], torch.Tensor]]]:
        """(the network, or its twin for many images, and how images are laid out for it), for a plain call in which no
        operation is watched; put back as it was."""
        with tracing.borrowed(self.model), as_before():
            made = self.twin if count >= _MANY else None
            model = self.model if made is None else made.model
            with tracing.untouched(model):
                yield model, torch.clone if made is None else made.laid_out

    def known_maps(self, key: str) -> torch.Tensor | None:
        """What a layer made of the image [1, C, h, w], if a recording or the first pass says it; not to be changed."""
        if (recorded := self.recorded.get(key)) is not None:
            return torch.tensor(recorded[None]).to(self.x)
        assert self.first is not None
        return self.first.last.get(key)

    def seen(self, made: torch.Tensor) -> torch.Tensor:
        """What the network goes on with, of what is put in the chosen layer's place [n, C, h, w]: all of it."""
        return made

    def _pulled(self, slots: Slots, source: Any, none: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(f of each image [N], the gradient of their sum by a tensor or a place in the graph; `none` without one)."""
        slot = slots[self.stop]
        if not slot.value.is_floating_point():
            raise DoesNotFit(_NO_REAL)
        place, leaf = _place(slot), slot.value.detach().requires_grad_()
        values = self.of_value(leaf)
        if source is None or place is None:
            return values.detach(), none
        (by_stop,) = torch.autograd.grad(values.sum(), leaf)
        (found,) = backward.gradients_by(place, (source,), by_stop)
        return values.detach(), none if found is None else found

    def of_target(self, slots: Slots) -> torch.Tensor:
        """The target out of what ran, one number an image: [N]."""
        return self.of_value(slots[self.stop].value)

    def of_value(self, value: torch.Tensor) -> torch.Tensor:
        """The target out of what its layer made [N, …], one number an image: [N]."""
        target = self.target
        if not value.is_floating_point():
            raise DoesNotFit(_NO_REAL)
        if self.shapes[self.stop][:1] != (1,):  # made of one image, and without a batch axis
            value = value[None]
        if target.kind == "unit" and value.dim() == 4:
            maps = value[:, target.index]
            return maps.mean((1, 2)) if target.row is None else maps[:, target.row, target.column or 0]
        scores = value.reshape(len(value), -1)
        if target.kind == "difference":
            return scores[:, target.index] - scores[:, target.other]
        return scores[:, target.index]

    @contextmanager
    def passed(self, batch: torch.Tensor, change: tracing.Change | None = None) -> Iterator[Slots]:
        """One pass of a batch as far as the target: key → what was made there. change: as in `tracing.Options`."""
        unviewed = torch.is_grad_enabled()  # else nobody asks for gradients, and a pass that only records is quicker
        options = tracing.Options(change=change, until=getattr(self, "stop", None), unviewed=unviewed)
        self.passes += len(batch)
        with tracing.borrowed(self.model), as_before():
            for copies in (False, True):
                with tracing.untouched(self.model) as belongings:
                    run = tracing.RecordedRun(self.model, belongings, replace(options, copies=copies))
                    self._returned: Any = None
                    with suppress(tracing.Reached):
                        self._returned = run(batch.clone())
                    if run.is_lost and not copies:
                        continue
                    self._last_run = tuple(run.steps)
                    yield {step.key: step.output for step in run.steps}
                    self._last_run, self._returned = (), None
                    return

    # -------------------------------------------------------------------------------------------- what ran
    def _stop(self) -> str:
        nodes, shapes = self.nodes, self.shapes
        if self.target.kind == "unit":
            if self.target.layer not in nodes:
                raise KeyError(unknown("layer", self.target.layer, nodes))
            key = self.target.layer
        else:
            key = self.returned
            if not key:
                raise DoesNotFit("What the network returns is not made from the image by calls that can be followed.")
            while stops.is_passed(nodes[key], shapes[key]):
                key = nodes[key].inputs[0]
        shape = shapes[key]
        shape = shape if shape[:1] == (1,) else (1, *shape)
        count = shape[1] if self.target.kind == "unit" and len(shape) > 1 else int(np.prod(shape[1:]))
        for index in (self.target.index, *((self.target.other,) if self.target.kind == "difference" else ())):
            if not 0 <= index < count:
                raise ValueError(f"there is no output {index} at {key}: it has {count}, 0 to {count - 1}")
        return key

    def before_target(self) -> list[str]:
        """Keys of what the target depends on, itself included, in the order in which they ran."""
        wanted = {self.stop}
        for key in reversed(self.nodes):
            if key in wanted:
                wanted |= set(self.nodes[key].inputs)
        return [key for key in self.nodes if key in wanted]

    def after(self, layer: str) -> list[str]:
        """Keys on the way from a layer to the target, without the layer."""
        reached = {layer}
        for key, node in self.nodes.items():
            if set(node.inputs) & reached:
                reached.add(key)
        return [key for key in self.before_target() if key in reached and key != layer]


def batches(count: int, size: int) -> Iterator[slice]:
    """Consecutive slices of `size` over 0 … count − 1, the last one as long as what is left."""
    return (slice(start, min(start + size, count)) for start in range(0, count, max(1, size)))


def numbers(value: torch.Tensor) -> np.ndarray:
    """A tensor as float64 of numpy's."""
    found: np.ndarray = value.detach().cpu().double().numpy()
    return found


def linear_after(asked: AttributionRequest, layer: str) -> bool:
    """Whether everything between a layer and the target adds and weighs, and nothing bends."""
    return all(adds(asked, key) for key in asked.after(layer))


def linear_from_image(asked: AttributionRequest) -> bool:
    """The same from the image on."""
    keys = asked.before_target()
    return any(asked.nodes[key].kind == "input" for key in keys) and all(
        asked.nodes[key].kind == "input" or adds(asked, key) for key in keys
    )


_ADDING = {
    "linear", "convolution", "transposed_convolution", "dropout", "addition", "concatenation", "flatten", "reshape",
    "padding", "upsampling", "identity",
}  # fmt: skip


def adds(asked: AttributionRequest, key: str) -> bool:
    """Whether an operation is affine in what it reads: it weighs, adds, moves and averages."""
    node, label = asked.nodes[key], asked.labels[key].lower()
    if node.kind == "pooling":
        return "avg" in label or label == "mean"
    return node.kind in _ADDING or (node.kind == "normalization" and "batch" in label)


def differentiating(once: Callable[[], Any]) -> Any:
    """What it returns, with gradients on. Raises DoesNotFit where the network has none."""
    try:
        return backward.differentiating(once)
    except backward.NoGradients as why:
        raise DoesNotFit(
            f"It asks for gradients, and PyTorch cannot differentiate one of the network's calls ({why}); "
            f"occlusion works."
        ) from why


def _place(slot: tracing.Slot) -> Any:
    """Where a value stands in the gradient's graph, though something wrote over it or it was copied; None outside."""
    if slot.kept is not None:
        return slot.edge
    return slot.tensor if slot.tensor is not None and slot.tensor.requires_grad else None


def stacked(parts: Sequence[torch.Tensor]) -> torch.Tensor:
    """Batches one after another."""
    return torch.cat(tuple(parts))
