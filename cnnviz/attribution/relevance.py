"""How a score flows back through a network as relevance: the rules that the three LRP methods are made of.

Relevance R of a value x is written as x · m, and m takes the gradient's place in the backward pass, so that whatever
only moves values (views, concatenations, paddings, winners of a maximum, means) needs no rule of its own. A layer's
rule says what m becomes. An activation hands its relevance on as it is; batch normalisation counts with the convolution
before it as one layer. What biases, ε and units without a positive part keep is summed apart from the map.
Sources: S. Bach et al. (2015), https://doi.org/10.1371/journal.pone.0130140; G. Montavon et al. (2017),
https://doi.org/10.1016/j.patcog.2016.11.008; G. Montavon et al. (2019), https://doi.org/10.1007/978-3-030-28954-6_10
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
from torch import nn

from cnnviz import tracing
from cnnviz.attribution import laws, layer_weights
from cnnviz.attribution.asking import AttributionRequest, adds, batches
from cnnviz.attribution.bends import replaced
from cnnviz.attribution.entries import of_pixels
from cnnviz.attribution.errors import DoesNotFit
from cnnviz.attribution.layer_weights import Weighed
from cnnviz.records.attribution import Attribution

Rule = Literal["epsilon", "positive"]
_NUMBERS = 1 << 23  # of a dense layer's weights at a time
SHARE = 0.25  # ε as a share of a layer's root mean square
BIASES, EPSILON, NOTHING = "biases", "ε", "units without a positive part"
_WEIGHS = ("convolution", "transposed_convolution", "linear")
_PLACES = ("padding", "flatten", "reshape", "identity", "dropout")  # what only moves the image's numbers


@dataclass(frozen=True)
class Rules:
    """dense, maps: the rule of linear layers and of convolutions. box: whether the first layer's is z^B."""

    dense: Rule
    maps: Rule
    box: bool = False


def flown(asked: AttributionRequest, name: str, rules: Rules) -> Attribution:
    """One pass and one back under these rules; what is absorbed is summed at each layer, apart from the map.

    Among the settings: `epsilon`, and for z^B `low` and `high`, the least and the largest a number of the image can
    be, [C] in the network's own units; without them the image's own extremes, channel by channel.
    Raises DoesNotFit where an operation has no rule.
    """
    flow = _Flow(asked, rules)
    values, gradient = asked.gradient(asked.x, flow.change)
    product = gradient if flow.boxed else asked.x * gradient
    took = {name: float(sum(one.double() for one in some)) for name, some in flow.took.items() if some}
    value, total = float(values[0]), float(product.double().sum())
    kept = " and ".join(f"what {name} take ({lost:.4g})" for name, lost in took.items())
    claim = f"What reaches the image ({total:.4g}){' and ' if kept else ''}{kept} are together f(image)"
    law = laws.total(total + sum(took.values()), value, claim, share=0.0, dtype=asked.x.dtype)
    return replace(of_pixels(name, product, value), law=law, note=_note(value, total, took))


def _note(value: float, total: float, took: dict[str, float]) -> str:
    if not value:
        return "the score is zero, so there is nothing to share out"
    lost = ", ".join(f"{name} {100 * part / value:.1f} %" for name, part in took.items())
    return f"{100 * total / value:.1f} % of the score reaches the image" + (f"; {lost}" if lost else "")


class _Flow:
    """What happens at each operation, by its key."""

    def __init__(self, asked: AttributionRequest, rules: Rules) -> None:
        self.asked, self.rules, self.nodes = asked, rules, asked.nodes
        self.took: dict[str, list[torch.Tensor]] = {BIASES: [], EPSILON: [], NOTHING: []}
        self.share = asked.setting("epsilon", SHARE)
        self.wanted = set(asked.before_target())
        self.modules = _modules(asked)
        _fits(asked, self.modules)
        self.readers: dict[str, list[str]] = {}
        for key in asked.before_target():
            for read in self.nodes[key].inputs:
                self.readers.setdefault(read, []).append(key)
        self.norm_of = {
            key: after[0] for key, after in self.readers.items()
            if self.nodes[key].kind in _WEIGHS and [self.nodes[one].kind for one in after] == ["normalization"]
        }  # fmt: skip
        self.boxed = self._first() if rules.box else {}
        self.weighed = {key: self._weights(key) for key in self.wanted if self._is_split(key)}
        self.handed: dict[str, torch.Tensor] = {}  # a convolution's relevance, as the norm behind it had it

    # ------------------------------------------------------------------------------------------------ the way
    def change(self, key: str, run: Callable[[], Any], args: tuple[Any, ...]) -> Any:
        """The operation as ever, and its own rule in the backward pass."""
        kind = self.nodes[key].kind if key in self.wanted else ""
        if kind == "activation":
            x = args[0].clone()
            with torch.no_grad():
                made = run().clone()
            return replaced(x, made, _proportional)
        if key in self.weighed:
            return self._shared(key, run, args[0])
        if kind == "normalization" and self.nodes[key].inputs[0] in self.weighed:
            return self._with_the_layer_before(self.nodes[key].inputs[0], run())
        if kind == "addition" and "positive" in (self.rules.maps, self.rules.dense):
            return self._added(key, run, args)
        made = _apart(run(), args)
        if kind in (*_WEIGHS, "normalization", "addition"):
            return self._stabilised(key, kind, made, args)
        return made

    def _stabilised(self, key: str, kind: str, made: torch.Tensor, args: tuple[Any, ...]) -> Any:
        """The ε rule: m = R / (z + ε sign z)."""
        offset = self._offset(key, args) if kind != "addition" else None
        epsilon = 0.0 if key in self.norm_of else self.share * float(made.detach().square().mean().sqrt())

        def back(gradient: torch.Tensor, z: torch.Tensor, made: torch.Tensor) -> torch.Tensor:
            below = z + torch.where(z >= 0, epsilon, -epsilon)
            kept = gradient * torch.where(below == 0, 1, z / torch.where(below == 0, 1, below))
            if epsilon:
                self.took[EPSILON].append(((gradient - kept) * z).sum())
            if offset is not None:
                self.took[BIASES].append((kept * offset).sum())
            return kept

        return replaced(made, made, back)

    def _shared(self, key: str, run: Callable[[], Any], x: torch.Tensor) -> Any:
        """A layer whose relevance is shared out among products above zero, or by z^B."""
        with torch.no_grad():
            made = run()

        def back(gradient: torch.Tensor, x: torch.Tensor, made: torch.Tensor) -> torch.Tensor:
            relevance = self.handed.pop(key) if key in self.norm_of else gradient * made
            layer = self.weighed[key]
            if key in self.boxed:
                return self._box(layer, x, relevance, self.boxed[key])
            return self._positive(layer, x, relevance)

        return replaced(x, made, back)

    def _with_the_layer_before(self, layer: str, made: torch.Tensor) -> Any:
        def back(gradient: torch.Tensor, _: torch.Tensor, made: torch.Tensor) -> torch.Tensor:
            self.handed[layer] = gradient * made
            return gradient

        return replaced(made, made, back)

    def _added(self, key: str, run: Callable[[], Any], args: tuple[Any, ...]) -> Any:
        """Two values that are added share relevance by their parts above zero; anything else goes by ε."""
        two = [one.clone() for one in args if isinstance(one, torch.Tensor)]
        if len(two) != 2 or two[0].shape != two[1].shape:
            return self._stabilised(key, "addition", _apart(run(), args), args)
        with torch.no_grad():
            made = run().clone()
            plain = torch.equal(made, two[0] + two[1])
        if not plain:
            raise DoesNotFit(f"It has no rule for {self.asked.labels[key]} at {key}; integrated gradients work.")

        def back(gradient: torch.Tensor, x: torch.Tensor, made: torch.Tensor) -> torch.Tensor:
            return self._parts(gradient * made, x.clamp_min(0).sum(0)) * (x > 0)

        return replaced(torch.stack(two), made, back)

    # ------------------------------------------------------------------------------------------------ the rules
    def _positive(self, layer: Weighed, x: torch.Tensor, relevance: torch.Tensor) -> torch.Tensor:
        """α1β0: m_i = Σ_j w_ij R_j / z⁺_j over the products x_i w_ij above zero; z⁺ with the bias above zero.

        A dense layer's outputs go some at a time: the weights above zero of VGG-16's first one would be 0.4 GB.
        """
        if layer.weight.dim() != 2:
            return self._positive_at_once(layer, x, relevance)
        found = torch.zeros_like(x)
        for part in batches(len(layer.weight), max(1, _NUMBERS // layer.weight.shape[1])):
            some = Weighed(layer.apply, layer.weight[part], layer.bias[..., part])
            found += self._positive_at_once(some, x, relevance[..., part])
        return found

    def _positive_at_once(self, layer: Weighed, x: torch.Tensor, relevance: torch.Tensor) -> torch.Tensor:
        with torch.enable_grad():
            above, under = (one.detach().requires_grad_() for one in (x.clamp_min(0), x.clamp_max(0)))
            z = layer.apply(above, layer.weight.clamp_min(0))
            if bool((x < 0).any()):
                z = z + layer.apply(under, layer.weight.clamp_max(0))
        bias = layer.bias.clamp_min(0)
        share = self._parts(relevance, z.detach() + bias)
        self.took[BIASES].append((share * bias).sum())
        high, low = torch.autograd.grad(z, (above, under), share, allow_unused=True)
        return high if low is None else torch.where(x > 0, high, low)

    def _box(
        self, layer: Weighed, x: torch.Tensor, relevance: torch.Tensor, ends: tuple[torch.Tensor, torch.Tensor]
    ) -> torch.Tensor:
        """z^B, which gives relevance itself: Σ_j (x_i w_ij − l_i w⁺_ij − h_i w⁻_ij) R_j / (the sum of these)."""
        with torch.enable_grad():
            three = [one.detach().clone().requires_grad_() for one in (x, *ends)]
            weights = (layer.weight, -layer.weight.clamp_min(0), -layer.weight.clamp_max(0))
            z: Any = sum(layer.apply(one, weight) for one, weight in zip(three, weights, strict=True))
        gradients = torch.autograd.grad(z, three, self._parts(relevance, z.detach()))
        found: torch.Tensor = sum(one.detach() * m for one, m in zip(three, gradients, strict=True))  # type: ignore[assignment]
        return found

    def _parts(self, relevance: torch.Tensor, below: torch.Tensor) -> torch.Tensor:
        """R / z where z is above zero; what stands elsewhere has nowhere to go and is counted."""
        there = below > torch.finfo(below.dtype).tiny ** 0.75
        self.took[NOTHING].append(torch.where(there, 0, relevance).sum())
        return torch.where(there, relevance / torch.where(there, below, 1), 0)

    # ------------------------------------------------------------------------------------------------ the layers
    def _is_split(self, key: str) -> bool:
        kind = self.nodes[key].kind
        if kind not in _WEIGHS:
            return False
        return key in self.boxed or (self.rules.dense if kind == "linear" else self.rules.maps) == "positive"

    def _weights(self, key: str) -> Weighed:
        layer = layer_weights.of(self.modules.get(key), key, self.asked.labels[key])
        if key not in self.norm_of:
            return layer
        merged = layer_weights.merged(layer, self.modules.get(self.norm_of[key]))
        if merged is None:
            del self.norm_of[key]
            return layer
        return merged

    def _first(self) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
        """Layer → (l, h) as they reach it, of those that read the image; empty where something else reads it, too."""
        waiting, found = [key for key in self.nodes if self.nodes[key].kind == "input"], []
        while waiting:
            for reader in self.readers.get(key := waiting.pop(), []):
                kind = self.nodes[reader].kind
                if kind in _PLACES:
                    waiting.append(reader)
                elif kind in _WEIGHS:
                    found.append((reader, key))
                else:
                    return {}
        return {reader: self._ends(key) for reader, key in found}

    def _ends(self, key: str) -> tuple[torch.Tensor, torch.Tensor]:
        x, ends = self.asked.x, []
        for name, extreme, wider in (("low", torch.amin, torch.minimum), ("high", torch.amax, torch.maximum)):
            given = self.asked.setting(name, None)
            end = extreme(x, (0, 2, 3)) if given is None else torch.as_tensor(given).to(x)
            end = wider(end.view(1, -1, 1, 1).expand_as(x), x).contiguous()
            if self.nodes[key].kind != "input":
                with tracing.borrowed(self.asked.model), torch.no_grad():
                    reached = tracing.until(self.asked.model, end, key)
                assert reached is not None
                end = reached
            ends.append(end)
        return ends[0], ends[1]

    def _offset(self, key: str, args: tuple[Any, ...]) -> torch.Tensor | None:
        """What the operation makes of zeros: its biases."""
        module = self.modules.get(key)
        with torch.no_grad():
            if module is not None and isinstance(args[0], torch.Tensor):
                return module.forward(torch.zeros_like(args[0]))
        bias = args[2] if len(args) > 2 and isinstance(args[2], torch.Tensor) else None
        return bias.view(-1, *[1] * (args[0].dim() - 2)) if bias is not None else None


def _modules(asked: AttributionRequest) -> dict[str, nn.Module]:
    """Key → the module that ran there; functions have none, whatever module calls them."""
    named = dict(asked.model.named_modules())
    found = {key: named.get(node.module) for key, node in asked.nodes.items()}
    return {key: one for key, one in found.items() if one is not None and type(one).__name__ == asked.labels[key]}


def _apart(made: Any, args: tuple[Any, ...]) -> Any:
    """What an operation made, in memory of its own: where it wrote over an operand, it is going to be written over."""
    return made.clone() if any(made is one for one in args) else made


def _proportional(gradient: torch.Tensor, x: torch.Tensor, made: torch.Tensor) -> torch.Tensor:
    """An activation hands its relevance on as it is: in gradients, output over input."""
    return gradient * torch.where(x == 0, 0, made / torch.where(x == 0, 1, x))


def _fits(asked: AttributionRequest, modules: dict[str, nn.Module]) -> None:
    for key in asked.before_target():
        node, label = asked.nodes[key], asked.labels[key].lower()
        winner = node.kind == "pooling" and "max" in label
        bends = node.kind == "activation" and ("relu" in label or label in ("tanh", "silu", "gelu", "hardswish"))
        if label == "prelu" or (node.kind != "input" and not bends and not winner and not adds(asked, key)):
            raise DoesNotFit(f"It has no rule for {asked.labels[key]} at {key}; integrated gradients work.")
        if node.kind == "normalization" and key not in modules:
            raise DoesNotFit(f"Its biases at {key} cannot be read, so nothing could be checked.")
