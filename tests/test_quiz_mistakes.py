"""Every wrong answer of every kind is what its named mistake gives, computed another way than the question does."""

from __future__ import annotations

import ast
import itertools
import math
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from cnnviz import quiz
from cnnviz.quiz import question
from tests import drawn_questions
from tests.support import ROOT

State = dict[str, Any]
Reference = Callable[[State, str], dict[str, Any]]
STATES = 40  # drawn for each kind


def _numbers(words: str) -> list[float]:
    """All numbers of a text, in order."""
    found = re.findall(r"[−-]?\d[\d,]*(?:\.\d+)?(?:e[−-]?\d+)?", words.replace("−", "-"))
    return [float(one.replace(",", "")) for one in found]


# ------------------------------------------------------------------------------------------------ sizes, by torch
def _positions(size: int, kernel: int, stride: int, dilation: int = 1, *, whole: bool = True) -> int:
    """How many places a window has, by trying them; not whole: the last may stick out."""
    starts = list(range(0, size, stride))
    reach = dilation * (kernel - 1) + 1
    fitting = [start for start in starts if start + reach <= size]
    return len(fitting) + (not whole and bool(fitting) and fitting[-1] + reach < size)


def _output_size(state: State, words: str) -> dict[str, Any]:
    name, _, _, _, new = words.partition("Change the ")[2].split()[:5]
    axis = {**state, name: int(new)}
    size, kernel, stride, dilation = axis["size"], axis["kernel"], axis["stride"], axis["dilation"]
    right = size + 2 * axis["padding"]
    return {
        "rounded up": _positions(right, kernel, stride, dilation, whole=False),
        "padding once": _positions(size + axis["padding"], kernel, stride, dilation),
        "padding forgotten": _positions(size, kernel, stride, dilation),
        "dilation forgotten": _positions(right, kernel, stride),
        "stride forgotten": _positions(right, kernel, 1, dilation),
        "one forgotten": _positions(right, kernel, stride, dilation) - 1,
        "only divided": math.floor(size / stride),
    }


def _output_states(chance: random.Random) -> State:
    return {
        "size": chance.randint(12, 60), "kernel": chance.randint(1, 5), "stride": chance.randint(1, 3),
        "padding": chance.randint(0, 2), "dilation": chance.randint(1, 2),
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------ costs, by torch
def _layer_state(chance: random.Random) -> State:
    groups = chance.choice((1, 2, 3))
    side = chance.randint(1, 5)
    out = chance.randint(3, 12)
    return {
        "inputs": groups * chance.randint(1, 5), "outputs": groups * chance.randint(1, 5), "kernel": (side, side),
        "groups": groups, "bias": chance.random() < 0.6, "cells": out**2, "cells_in": (out + side - 1) ** 2,
    }  # fmt: skip


def _convolution(state: State, **other: Any) -> nn.Conv2d:
    asked = {**state, **other}
    return nn.Conv2d(
        asked["inputs"], asked["outputs"], asked["kernel"], groups=asked["groups"], bias=asked["bias"]
    )  # fmt: skip


def _learned(layer: nn.Module) -> int:
    return sum(one.numel() for one in layer.parameters())


def _parameters(state: State, words: str) -> dict[str, Any]:
    layer, inputs, outputs = _convolution(state), state["inputs"], state["outputs"]
    # one slice a kernel: as if every channel that comes out read a single channel
    single = nn.Conv2d(1, outputs, state["kernel"], bias=state["bias"])
    return {
        "bias forgotten": _learned(_convolution(state, bias=False)),
        "groups forgotten": _learned(_convolution(state, groups=1)),
        "input channels forgotten": _learned(single),
        "one bias for all": layer.weight.numel() + 1,
        "channels swapped": _learned(_convolution(state, inputs=outputs, outputs=inputs)),
        "weights not shared": layer.weight.numel() * state["cells"] + (outputs if state["bias"] else 0),
        "bias invented": _learned(_convolution(state, bias=True)),
    }


def _macs(state: State, words: str) -> dict[str, Any]:
    layer = _convolution(state)
    side = math.isqrt(state["cells_in"])
    out = layer(torch.zeros(1, state["inputs"], side, side))
    assert out[0, 0].numel() == state["cells"]
    products = out.numel() * layer.weight[0].numel()  # each cell that comes out multiplies one kernel
    return {
        "positions forgotten": layer.weight.numel(),
        "input cells": layer.weight.numel() * side * side,
        "input channels forgotten": out.numel() * layer.weight[0, 0].numel(),
        "counted twice": products + products,
    }


# ------------------------------------------------------------------------------------------------ fields, by going back
def _seen(layers: list[tuple[int, int, int]]) -> int:
    """From the first to the last pixel that cell 0 of the last layer reads, going back layer by layer."""
    cells = {0}
    for kernel, stride, dilation in reversed(layers):
        cells = {cell * stride + dilation * at for cell in cells for at in range(kernel)}
    return max(cells) - min(cells) + 1


def _stacked_field(state: State, words: str) -> dict[str, Any]:
    deep = int(_numbers(words)[0])
    kernel, stride, dilation = state["kernel"], state["stride"], state["dilation"]
    early = [(1, stride, 1), *[(kernel, stride, dilation)] * (deep - 1), (kernel, 1, dilation)]
    return {
        "strides forgotten": _seen([(kernel, 1, dilation)] * deep),
        "own stride": _seen(early),  # each layer's stride before its own kernel
        "dilation forgotten": _seen([(kernel, stride, 1)] * deep),
        "kernels added": len(list(itertools.chain(*[range(kernel)] * deep))),
        "last kernel only": kernel,
    }


def _field_on_top(state: State, words: str) -> dict[str, Any]:
    kernel = int(words.partition("further. A ")[2].split()[0])
    starts = [state["step"] * at for at in range(kernel)]
    return {
        "stride forgotten": len({at + pixel for at in range(kernel) for pixel in range(state["size"])}),
        "multiplied": sum(state["size"] for _ in starts),
        "kernel times step": state["size"] + sum(state["step"] for _ in starts),
        "own kernel only": len(starts),
    }


# ------------------------------------------------------------------------------------------------ cells
def _pooled_window(state: State, words: str) -> dict[str, Any]:
    rows = words.partition("[")[2].partition("]")[0].split("/")
    window = torch.tensor([_numbers(row) for row in rows], dtype=torch.float64)[None]
    side = tuple(window.shape[1:])
    return {
        "mean instead of maximum": functional.avg_pool2d(window, side).item(),
        "maximum instead of mean": functional.max_pool2d(window, side).item(),
        "sum": functional.avg_pool2d(window, side, divisor_override=1).item(),
        "first cell": window[0, 0, 0].item(),
        "smallest": -functional.max_pool2d(-window, side).item(),
    }


TORCH: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "relu": torch.relu, "leaky_relu": functional.leaky_relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh,
}  # fmt: skip


def _activation_value(state: State, words: str) -> dict[str, Any]:
    x = torch.tensor(_numbers(words)[0], dtype=torch.float64)
    others = {f"{name} instead": function(x).item() for name, function in TORCH.items()}
    return {"sign dropped": torch.sqrt(x * x).item(), "left as it is": nn.Identity()(x).item(), **others}


def _activation_slope(state: State, words: str) -> dict[str, Any]:
    at = next(value for value in state["values"] if question.plain(value) in words.partition("applied to ")[2])
    value = TORCH[state["function"]](torch.tensor(at, dtype=torch.float64)).item()
    return {"value for slope": value, "all of it": 1.0, "nothing": 0.0, "input": at}


def _normalised_cell(state: State, words: str) -> dict[str, Any]:
    values = np.asarray(state["values"])
    train = "in train mode" in words or "train mode make" in words
    text = words.rpartition("make of ")[2].rstrip("?")
    x = next(value for value in values if question.plain(value) == text)

    def made(*, training: bool, unbiased: bool = False) -> float:
        layer = nn.BatchNorm1d(1, eps=state["eps"], dtype=torch.float64).train(training)
        with torch.no_grad():
            layer.weight.fill_(state["gamma"]), layer.bias.fill_(state["beta"])
            layer.running_mean.fill_(values.mean() if unbiased else state["mean"])
            layer.running_var.fill_(values.var(ddof=1) if unbiased else state["variance"])
            place = int(np.flatnonzero(values == x)[0])
            return float(layer(torch.tensor(values)[:, None])[place, 0])

    mean, variance = (values.mean(), values.var()) if train else (state["mean"], state["variance"])
    spread = np.sqrt(variance + state["eps"])
    return {
        "eval instead of train": made(training=False),
        "train instead of eval": made(training=True),
        "divided by the variance": state["gamma"] * (x - mean) / spread / spread + state["beta"],
        "mean left in": state["gamma"] * x / spread + state["beta"],
        "n − 1": made(training=False, unbiased=True),
        "scale and shift forgotten": (x - mean) / spread,
    }


def _dropped_unit(state: State, words: str) -> dict[str, Any]:
    x, p = state["values"][0], state["p"]
    torch.manual_seed(0)
    passed = functional.dropout(torch.full((2000,), x, dtype=torch.float64), p)
    kept = functional.dropout(torch.full((2000,), x, dtype=torch.float64), 1 - p)  # p taken for the share that stays
    return {
        "scaled at the test": x - p * x,
        "train instead of eval": passed[passed != 0][0].item(),
        "not scaled": functional.dropout(torch.tensor(x), p, training=False).item(),
        "p is kept": kept[kept != 0][0].item(),
        "dropped": passed[passed == 0][0].item(),
    }


# ------------------------------------------------------------------------------------------------ the others
def _odds(state: State, words: str) -> dict[str, Any]:
    larger, smaller = state["logits"]
    pair = torch.tensor([larger, smaller], dtype=torch.float64)
    doubled = torch.softmax(pair * math.log(2), 0)
    return {
        "ratio of logits": np.divide(larger, smaller), "difference": -torch.diff(pair).item(),
        "power of two": (doubled[0] / doubled[1]).item(), "equal": math.exp(0),
    }  # fmt: skip


def _gradient_bound(state: State, words: str) -> dict[str, Any]:
    layers = int(words.partition("through ")[2].split()[0])
    x = torch.zeros((), dtype=torch.float64, requires_grad=True)
    value = torch.sigmoid(x)
    [slope] = torch.autograd.grad(value, x)
    return {
        "one layer": slope.item(), "divided": slope.item() / layers,
        "value for slope": math.prod([value.item()] * layers), "nothing lost": math.prod([1.0] * layers),
    }  # fmt: skip


def _epoch_steps(state: State, words: str) -> dict[str, Any]:
    size = int(words.partition("batches of ")[2].split(",")[0])
    batches = list(torch.arange(state["images"]).split(size))
    full = [one for one in batches if len(one) == size]
    passes = state["epochs"]
    return {
        "last batch forgotten": len(full) * passes, "every image": sum(len(one) for one in batches) * passes,
        "once an epoch": len([batches] * passes), "batch size": max(len(one) for one in batches),
    }  # fmt: skip


def _joined_channels(state: State, words: str) -> dict[str, Any]:
    maps = [torch.zeros(1, channels, 1, 1) for channels in state["branches"]]
    added = state["join"] == "added"
    multiplied = 1
    for one in maps:
        multiplied *= one.shape[1]
    return {
        "joined the other way": torch.cat(maps, 1).shape[1] if added else maps[0].shape[1],
        "largest branch": max(one.shape[1] for one in maps),
        "multiplied": multiplied,
        "branches counted": len(maps),
    }


def _which_map(state: State, words: str) -> dict[str, Any]:
    kernel, patch = (
        torch.tensor([_numbers(row) for row in text.split("]")[0].split("/")], dtype=torch.float64)[None, None]
        for text in words.split("[")[1:3]
    )

    def made(weights: torch.Tensor) -> np.ndarray:
        return functional.conv2d(patch, weights)[0, 0].numpy()

    return {
        "kernel turned": made(torch.rot90(kernel, 2, (2, 3))),
        "rows and columns swapped": made(kernel.mT),
        "sign turned": made(0 - kernel),
        "mean of products": made(kernel / kernel[0, 0].numel()),
    }


def _best_measured(state: State, words: str) -> dict[str, Any]:
    best = sorted(state["results"], key=lambda one: one[1])[-1][1]
    return {f"less: {name}": name for name, mean, _ in state["results"] if mean < best}


def _votes(chance: random.Random) -> State:
    names = ["pixels", *(f"layer {at}" for at in range(chance.randint(2, 7)))]
    return {"votes": [(name, chance.random(), 0.1 * chance.random()) for name in names]}


def _neighbours_vote(state: State, words: str) -> dict[str, Any]:
    best = sorted(state["votes"], key=lambda one: one[1])[-1]
    apart = [one for one in state["votes"] if one[1] + one[2] < best[1] - best[2]]
    return {f"less: {name}": name for name, *_ in apart}


def _record(chance: random.Random) -> State:
    images = chance.randint(20, 400)
    return {"channel": "channel 7 of conv2", "images": images, "reached": chance.randint(1, images)}


def _half_of_the_record(state: State, words: str) -> dict[str, Any]:
    images = int(_numbers(words.partition(" of ")[2].partition("highest, of ")[2])[0])
    return {"only those shown": 9, "half of the images": round(images / 2), "all": images, "one": 1}


def _measured_accuracy(state: State, words: str) -> dict[str, Any]:
    return {"chance": 0.1, **{f"of {name}": mean for name, mean, _ in state["results"] if f"“{name}”" not in words}}


def _least_cost(state: State, words: str) -> dict[str, Any]:
    least = min(cost for _, cost in state["costs"])
    return {f"more: {name}": name for name, cost in state["costs"] if cost > least}


# ------------------------------------------------------------------------------------------------ blocks, by torch
def _residual_cell(state: State, words: str) -> dict[str, Any]:
    [(x, branch)] = state["cells"]
    cell, made = torch.tensor(x, dtype=torch.float64), torch.tensor(branch, dtype=torch.float64)
    after = nn.ReLU() if state["rectified"] else nn.Identity()
    return {
        "ReLU forgotten": torch.add(cell, made).item(),
        "shortcut forgotten": after(made).item(),
        "cut before the sum": torch.add(torch.relu(cell), torch.relu(made)).item(),
        "multiplied": torch.mul(cell, made).item(),
        "mean": torch.stack([cell, made]).mean().item(),
    }


def _dense_reads(state: State, words: str) -> dict[str, Any]:
    layer = int(words.partition("does layer ")[2].split()[0])
    own = [torch.zeros(state["growth"], 1) for _ in range(layer)]
    start = torch.zeros(state["first"], 1)
    return {
        "own maps read": len(torch.cat([start, *own])),
        "block's input forgotten": len(torch.cat(own[:-1])),
        "last layer only": len(own[-1]),
        "added up": len(start),
    }


def _separable_weights(state: State, words: str) -> dict[str, Any]:
    inputs, outputs, side = state["inputs"], state["outputs"], state["side"]
    mixing = nn.Conv2d(inputs, outputs, 1, bias=False)
    depthwise = nn.Conv2d(inputs, inputs, side, groups=inputs, bias=False)
    return {
        "one plain convolution": _learned(nn.Conv2d(inputs, outputs, side, bias=False)),
        "depthwise reads all": _learned(nn.Sequential(nn.Conv2d(inputs, inputs, side, bias=False), mixing)),
        "depthwise only": _learned(depthwise),
        "mixing only": _learned(mixing),
    }


def _gated_cell(state: State, words: str) -> dict[str, Any]:
    [(x, gate)] = state["cells"]
    cell, open_by = torch.tensor(x, dtype=torch.float64), torch.tensor(gate, dtype=torch.float64)
    return {
        "added": torch.add(cell, open_by).item(),
        "open or shut": torch.where(open_by < 0.5, torch.zeros_like(cell), cell).item(),
        "taken away": torch.lerp(cell, torch.zeros_like(cell), open_by).item(),
        "gate alone": open_by.item(),
    }


def _shuffled_place(state: State, words: str) -> dict[str, Any]:
    channels, groups = state["channels"], state["groups"]
    place = int(words.partition("at place ")[2].split()[0])
    order = torch.arange(channels).view(groups, -1).T.flatten()
    return {
        "way back": int(order.argsort()[place]),
        "nothing moved": int(torch.arange(channels)[place]),
        "rolled": int(torch.arange(channels).roll(-channels // groups)[place]),
        "turned around": int(torch.arange(channels).flip(0)[place]),
    }


def _descended_weight(state: State, words: str) -> dict[str, Any]:
    [(weight, gradient)] = state["weights"]

    def stepped(start: float, slope: float, rate: float) -> float:
        held = nn.Parameter(torch.tensor(start, dtype=torch.float64))
        held.grad = torch.tensor(slope, dtype=torch.float64)
        torch.optim.SGD([held], lr=rate).step()
        return held.item()

    return {
        "uphill": stepped(weight, -gradient, state["rate"]),
        "rate forgotten": stepped(weight, gradient, 1.0),
        "step alone": stepped(0.0, gradient, state["rate"]),
        "sign alone": stepped(weight, math.copysign(1, gradient), state["rate"]),
    }


def _some(chance: random.Random, count: int) -> list[float]:
    return [chance.randint(-90, 90) / 10 for _ in range(count)]


def _results(chance: random.Random) -> list[tuple[str, float, float]]:
    return [(f"net {at}", chance.randint(10, 99) / 100, 0.001) for at in range(3)]


KINDS: dict[str, tuple[Callable[[random.Random], State], Reference]] = {
    "output_size": (_output_states, _output_size),
    "parameters": (lambda chance: {k: v for k, v in _layer_state(chance).items() if k != "cells_in"}, _parameters),
    "macs": (_layer_state, _macs),
    "stacked_field": (
        lambda chance: {
            "kernel": chance.randint(2, 5), "stride": chance.randint(1, 3), "dilation": chance.randint(1, 3),
            "depth": chance.randint(1, 3),
        },
        _stacked_field,
    ),
    "field_on_top": (
        lambda chance: {"layer": "conv", "size": chance.randint(3, 40), "step": chance.randint(1, 8)}, _field_on_top
    ),
    "pooled_window": (
        lambda chance: {
            "values": [_some(chance, 4) for _ in range(4)], "kernel": (2, 2), "kind": chance.choice(("max", "average"))
        },
        _pooled_window,
    ),
    "activation_value": (
        lambda chance: {"function": chance.choice(sorted(TORCH)), "values": _some(chance, 1)}, _activation_value
    ),
    "activation_slope": (
        lambda chance: {"function": chance.choice(sorted(TORCH)), "values": [_some(chance, 1)[0] or 1.5]},
        _activation_slope,
    ),
    "gradient_bound": (lambda chance: {"depth": chance.randint(2, 9)}, _gradient_bound),
    "normalised_cell": (
        lambda chance: {
            "values": _some(chance, 5), "gamma": 1.5, "beta": -0.5, "mean": chance.randint(-3, 3),
            "variance": chance.randint(1, 6), "eps": 1e-5,
        },
        _normalised_cell,
    ),
    "dropped_unit": (
        lambda chance: {"values": [value or 2.0 for value in _some(chance, 1)], "p": chance.randint(1, 9) / 10},
        _dropped_unit,
    ),
    "odds": (
        lambda chance: {
            "first": "7", "second": "2",
            "logits": (5 + chance.randint(1, 40) / 10, chance.randint(-9, 45) / 10 or 1.0),
        },
        _odds,
    ),
    "epoch_steps": (
        lambda chance: {"images": chance.randint(130, 4000), "batch": 64, "epochs": chance.randint(1, 4)}, _epoch_steps
    ),
    "joined_channels": (
        lambda chance: (
            {"branches": (chance.randint(2, 64),) * chance.randint(2, 4), "join": "added"}
            if chance.random() < 0.5
            else {"branches": tuple(chance.randint(2, 64) for _ in range(chance.randint(2, 4))), "join": "concatenated"}
        ),
        _joined_channels,
    ),
    "which_map": (
        lambda chance: {
            "values": [[chance.randint(0, 9) for _ in range(5)] for _ in range(5)],
            "kernel": [[chance.randint(-2, 2) for _ in range(3)] for _ in range(3)],
        },
        _which_map,
    ),
    "best_measured": (lambda chance: {"question": "Which?", "results": _results(chance)}, _best_measured),
    "measured_accuracy": (lambda chance: {"question": "Which?", "results": _results(chance)}, _measured_accuracy),
    "neighbours_vote": (_votes, _neighbours_vote),
    "half_of_the_record": (_record, _half_of_the_record),
    "residual_cell": (
        lambda chance: {"cells": [tuple(_some(chance, 2))], "rectified": chance.random() < 0.7}, _residual_cell
    ),
    "dense_reads": (
        lambda chance: {
            "first": chance.randint(2, 64), "growth": chance.randint(2, 48), "layers": chance.randint(3, 12)
        },
        _dense_reads,
    ),
    "separable_weights": (
        lambda chance: {
            "inputs": chance.randint(2, 32), "outputs": chance.randint(2, 32), "side": chance.choice((1, 3, 5))
        },
        _separable_weights,
    ),
    "gated_cell": (
        lambda chance: {"cells": [(_some(chance, 1)[0] or 2.0, chance.randint(1, 9) / 10)]}, _gated_cell
    ),
    "shuffled_place": (
        lambda chance: {"channels": chance.randint(2, 6) * (groups := chance.randint(2, 4)), "groups": groups},
        _shuffled_place,
    ),
    "descended_weight": (
        lambda chance: {
            "weights": [(_some(chance, 1)[0], _some(chance, 1)[0] or 3.0)], "rate": chance.choice((0.01, 0.1, 0.5))
        },
        _descended_weight,
    ),
    "least_cost": (
        lambda chance: {"of": "parameters", "costs": [(f"net {at}", chance.randint(1, 10**6)) for at in range(4)]},
        _least_cost,
    ),
    **drawn_questions.KINDS,
}  # fmt: skip


def asked(kind: str) -> Iterator[tuple[State, quiz.Question]]:
    """Questions of a kind about drawn states, with all the mistakes that can be made."""
    make, _ = KINDS[kind]
    for seed in range(STATES):
        state = make(random.Random(f"{kind} {seed}"))
        found = quiz.ask(kind, seed, **state)
        if found is not None:
            yield state, found


def named() -> tuple[set[str], set[str]]:
    """The names of mistakes that stand in the source whole, and the parts of those that are put together there."""
    whole, parts = set(), set()
    for path in (ROOT / "cnnviz" / "quiz").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Mistake":
                name = node.args[0]
                if isinstance(name, ast.Constant):
                    whole.add(str(name.value))
                elif isinstance(name, ast.JoinedStr):
                    parts |= {str(part.value) for part in name.values if isinstance(part, ast.Constant)}
    return whole, parts


@pytest.fixture(autouse=True)
def every_mistake_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A question shows three of them; here all of them are held."""
    monkeypatch.setattr(question, "MOST", 99)


def test_every_kind_has_a_reference() -> None:
    assert set(KINDS) == set(quiz.KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_each_wrong_answer_is_what_its_mistake_gives(kind: str) -> None:
    held = 0
    for state, found in asked(kind):
        reference = KINDS[kind][1](state, found.words)
        for option in found.wrong:
            assert option.mistake in reference, option
            other = reference[option.mistake]
            if isinstance(other, str):
                assert option.value == other
            else:
                np.testing.assert_allclose(option.value, other, rtol=1e-6, atol=1e-9, err_msg=f"{option} {state}")
            held += 1
    assert held >= STATES


def test_no_mistake_that_stands_in_the_source_was_left_untried() -> None:
    seen = {option.mistake for kind in KINDS for _, found in asked(kind) for option in found.wrong}
    whole, parts = named()
    assert whole - seen == set()
    assert {part for part in parts if not any(part in one for one in seen)} == set()
