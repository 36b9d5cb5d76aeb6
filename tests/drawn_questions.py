"""Drawn states for the questions of single parts, and what right and mistaken answers to them are, by torch and the
engine: kind → (a state, what each name gives); "" is the right answer."""

from __future__ import annotations

import itertools
import math
import random
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from tests import drawn_comparisons

State = dict[str, Any]
Reference = Callable[[State, str], dict[str, Any]]
FLAT = {"relu": torch.relu, "leaky_relu": functional.leaky_relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh}
SPOKEN = {"ReLU": "relu", "Leaky": "leaky_relu", "The": "sigmoid", "tanh": "tanh"}  # a question's first word


def _some(chance: random.Random, count: int) -> list[float]:
    return [chance.randint(-90, 90) / 10 for _ in range(count)]


def _grid(chance: random.Random, rows: int, columns: int) -> list[list[float]]:
    return [_some(chance, columns) for _ in range(rows)]


def _tensor(values: Any) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def _place(words: str) -> tuple[int, int]:
    found = re.search(r"row (\d+), column (\d+)\?", words)
    assert found is not None
    return int(found[1]), int(found[2])


def _after(words: str, before: str) -> float:
    """The number that stands behind these words."""
    return float(words.partition(before)[2].split()[0].rstrip("?,.:").replace("−", "-").replace(",", ""))


# ------------------------------------------------------------------------------------------------ pooling
def _restored(chance: random.Random) -> State:
    kind = chance.choice(("max", "average"))
    way = chance.choice(("switches", "nearest")) if kind == "max" else "nearest"
    return {"windows": [_grid(chance, 2, 2)], "kind": kind, "way": way}


def _restored_cell(state: State, words: str) -> dict[str, Any]:
    x = _tensor(state["windows"][0])[None]
    cell = _after(words, "stands where ")
    largest, switch = functional.max_pool2d(x, 2, return_indices=True)
    mean = functional.avg_pool2d(x, 2)
    at = int((x.flatten() == cell).nonzero()[0])
    back = functional.max_unpool2d(largest, switch, 2).flatten()[at].item()
    kept = largest if state["kind"] == "max" else mean
    copied = functional.interpolate(kept[None], scale_factor=2.0).flatten()[at].item()
    return {
        "": back if state["way"] == "switches" else copied,
        "nothing lost": cell,
        "largest copied": functional.interpolate(largest[None], scale_factor=2.0).flatten()[at].item(),
        "mean copied": functional.interpolate(mean[None], scale_factor=2.0).flatten()[at].item(),
        "shared out": kept.item() / 4,
    }


def _kept_numbers(state: State, words: str) -> dict[str, Any]:
    rows, columns, side = state["rows"], state["columns"], state["side"]
    x = torch.zeros(1, rows, columns)
    left = functional.max_pool2d(x, side).numel()
    return {
        "": left,
        "one direction": x.numel() // side,
        "stride forgotten": functional.max_pool2d(x, side, 1).numel(),
        "one row": functional.max_pool2d(x, side).shape[1],
        "one a window lost": x.numel() - left,
    }


def _upsampled(chance: random.Random) -> State:
    values = _grid(chance, 3, 3)
    if chance.random() < 0.5:
        scale = chance.choice((2, 3))
        return {"values": values, "way": "nearest", "size": (3 * scale, 3 * scale)}
    size = (chance.randint(4, 7), chance.randint(4, 7))
    return {"values": values, "way": "bilinear", "size": size, "align_corners": chance.random() < 0.5}


def _upsampled_cell(state: State, words: str) -> dict[str, Any]:
    x, at, size = _tensor(state["values"])[None, None], _place(words), state["size"]
    corners = state.get("align_corners", False)

    def enlarged(mode: str, **more: bool) -> float:
        return functional.interpolate(x, size=size, mode=mode, **more)[0, 0][at].item()

    zeros = functional.max_unpool2d(*_corners(x, size)) if state["way"] == "nearest" else x
    plain, other = enlarged("bilinear", align_corners=corners), enlarged("bilinear", align_corners=not corners)
    return {
        "": enlarged("nearest") if state["way"] == "nearest" else plain,
        "zeros between": zeros[0, 0][at].item() if state["way"] == "nearest" else math.nan,
        "mixed": enlarged("bilinear", align_corners=False),
        "laid side by side": x.repeat(1, 1, 3, 3)[0, 0][at].item(),
        "nearest instead": enlarged("nearest"),
        "other corners": other,
        "plain mean": _four(x, at, size, corners),
    }


def _corners(x: torch.Tensor, size: tuple[int, int]) -> tuple[torch.Tensor, torch.Tensor, int]:
    """Each cell at the first place of its square."""
    step = size[0] // x.shape[2]
    rows = torch.arange(x.shape[2])[:, None] * step * size[1] + torch.arange(x.shape[3])[None] * step
    return x, rows[None, None], step


def _four(x: torch.Tensor, at: tuple[int, int], size: tuple[int, int], corners: bool) -> float:
    """The mean of the four cells that torch's bilinear gradient reaches, or would at a whole place."""
    height, width = x.shape[2:]
    read = []
    for place, side, whole in ((at[0], height, size[0]), (at[1], width, size[1])):
        line = torch.arange(side, dtype=torch.float64)[None, None, :, None].expand(1, 1, side, 2)
        found = functional.interpolate(line, size=(whole, 2), mode="bilinear", align_corners=corners)[0, 0, place, 0]
        read.append(min(math.floor(found.item() + 1e-9), side - 2))
    return x[0, 0, read[0] : read[0] + 2, read[1] : read[1] + 2].mean().item()


def _transposed(chance: random.Random) -> State:
    stride = chance.randint(1, 3)
    kernel = chance.randint(2, 5)
    return {
        "size": chance.randint(3, 9), "kernel": kernel, "stride": stride,
        "padding": chance.randint(0, 1), "output_padding": chance.randint(0, stride - 1),
    }  # fmt: skip


def _transposed_size(state: State, words: str) -> dict[str, Any]:
    size, kernel, stride, padding = (state[name] for name in ("size", "kernel", "stride", "padding"))

    def made(cells: int, cut: int, extra: int) -> int:
        layer = nn.ConvTranspose1d(1, 1, kernel, stride, cut, output_padding=extra)
        return layer(torch.zeros(1, 1, cells)).shape[-1]

    right = made(size, padding, state["output_padding"])
    return {
        "": right,
        "not transposed": nn.Conv1d(1, 1, kernel, stride, padding)(torch.zeros(1, 1, size)).shape[-1]
        if size + 2 * padding >= kernel
        else math.nan,
        "padding added": made(size, 0, state["output_padding"]) + 2 * padding,
        "only multiplied": functional.interpolate(torch.zeros(1, 1, size), scale_factor=float(stride)).shape[-1],
        "overlap forgotten": nn.ConvTranspose1d(1, 1, kernel, kernel)(torch.zeros(1, 1, size)).shape[-1],
        "one stride more": made(size + 1, padding, state["output_padding"]),
    }


def _shuffled_pixel(state: State, words: str) -> dict[str, Any]:
    x, at = _tensor(state["channels"]), _place(words)
    first, second, third, fourth = x
    return {
        "": functional.pixel_shuffle(x[None], 2)[0, 0][at].item(),
        "rows and columns swapped": functional.pixel_shuffle(x[[0, 2, 1, 3]][None], 2)[0, 0][at].item(),
        "laid side by side": torch.cat([torch.cat([first, second], 1), torch.cat([third, fourth], 1)])[at].item(),
        "one after the other": x.reshape(4, 4)[at].item(),
        "mean of the channels": functional.interpolate(x.mean(0)[None, None], scale_factor=2.0)[0, 0][at].item(),
    }


def _moved_maps(state: State, words: str) -> dict[str, Any]:
    [(_, cell)] = state["layers"]
    shift = int(_after(words, "slides by "))
    image = torch.zeros(1, 1, 20 * cell)
    image[..., 0] = 1.0
    rolled = functional.max_pool1d(image.roll(shift, -1), cell)
    return {"": int(rolled.argmax()), "pixels for cells": shift, "ignored": 0, "multiplied": shift * cell}


# ------------------------------------------------------------------------------------------------ activations
def _tempered(chance: random.Random) -> State:
    larger = chance.randint(20, 60) / 10
    return {
        "first": "a", "second": "b", "logits": (larger, larger - chance.randint(1, 30) / 10),
        "temperatures": [chance.choice((0.25, 0.5, 2.0, 4.0))],
    }  # fmt: skip


def _tempered_odds(state: State, words: str) -> dict[str, Any]:
    logits, [temperature] = _tensor(state["logits"]), state["temperatures"]

    def odds(scaled: torch.Tensor) -> float:
        first, second = torch.softmax(scaled, 0)
        return (first / second).item()

    return {
        "": odds(logits / temperature),
        "temperature forgotten": odds(logits),
        "multiplied": odds(logits * temperature),
        "divided after": odds(logits) / temperature,
        "without e": math.log(odds(logits / temperature)),
    }


def _flat_cells(state: State, words: str) -> dict[str, Any]:
    x = _tensor(state["values"]).requires_grad_()
    value = FLAT[SPOKEN[words.split()[0]]](x)
    [slope] = torch.autograd.grad(value.sum(), x)
    quiet = int((slope.abs() < state["threshold"]).sum())
    return {
        "": quiet,
        "value for slope": int((value.abs() < state["threshold"]).sum()),
        "negative ones": int((x < 0).sum()),
        "turned around": int((slope.abs() >= state["threshold"]).sum()),
        "none": 0,
    }


def _swap(chance: random.Random) -> State:
    layers = chance.randint(4, 60)
    return {
        "layer": "relu1", "function": "tanh", "layers": layers, "unchanged": chance.randint(0, layers - 1),
        "swapped": chance.randint(1, 3),
    }  # fmt: skip


def _unchanged_layers(state: State, words: str) -> dict[str, Any]:
    same = [True] * state["unchanged"] + [False] * (state["layers"] - state["unchanged"])
    return {
        "": same.count(True),
        "only where it was put in": len(same) - state["swapped"],
        "all change": 0,
        "those behind it": same.count(False),
        "itself counted": same.count(True) + 1,
        "none changes": len(same),
    }


def _directions(chance: random.Random) -> State:
    steps = chance.randint(20, 100)
    return {
        "steps": steps, "sigmoid": chance.randint(0, steps), "tanh": chance.randint(0, steps),
        "batch": chance.choice((1, 4)),
    }  # fmt: skip


def _same_direction(state: State, words: str) -> dict[str, Any]:
    asked, other = ("sigmoid", "tanh") if "out of a sigmoid" in words else ("tanh", "sigmoid")
    return {
        "": state[asked], "the other inputs": state[other], "half of them": round(state["steps"] / 2),
        "turned around": state["steps"] - state[asked], "always": state["steps"],
    }  # fmt: skip


def _killing(chance: random.Random) -> State:
    rates = [float(f"{one:.3g}") for one in np.geomspace(0.005, 1.0, 33)]
    return {
        "digits": (8, 3), "rates": rates, "kills": chance.randint(20, 400) / 1000,
        "diverges": chance.randint(20, 900) / 1000,
    }  # fmt: skip


def _killing_rate(state: State, words: str) -> dict[str, Any]:
    low, high = min(state["rates"]), max(state["rates"])
    return {
        "": state["kills"], "divergence": state["diverges"], "all of them": low, "only the largest": high,
        "halfway": float(np.mean([low, high])),
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------ batch normalisation
def _running_mean(state: State, words: str) -> dict[str, Any]:
    [(kept, batch)] = state["steps"]

    def after(momentum: float) -> float:
        layer = nn.BatchNorm1d(1, momentum=momentum, dtype=torch.float64)
        assert layer.running_mean is not None
        layer.running_mean.fill_(kept)
        layer(_tensor([[batch - 1], [batch + 1]]))
        return layer.running_mean.item()

    share = state["momentum"]
    return {
        "": after(share), "momentum turned around": after(1 - share), "replaced": after(1.0), "plain mean": after(0.5),
        "left as it is": after(0.0),
    }  # fmt: skip


def _eval(chance: random.Random) -> State:
    numbers = _some(chance, 4)
    return {"channels": [("3", numbers[0], chance.randint(2, 60) / 10, *numbers[1:])], "eps": 1e-5}


def _eval_mean(state: State, words: str) -> dict[str, Any]:
    [(_, mean, variance, gamma, beta, here)] = state["channels"]
    x = _tensor([[here - 2], [here + 2]])

    def behind(**other: float) -> float:
        held = {"mean": mean, "variance": variance, "gamma": gamma, "beta": beta, **other}
        with torch.no_grad():
            found = functional.batch_norm(
                x, _tensor([held["mean"]]), _tensor([held["variance"]]), _tensor([held["gamma"]]),
                _tensor([held["beta"]]), held.get("training", 0) > 0, eps=state["eps"],
            )  # fmt: skip
        return found.mean().item()

    return {
        "": behind(),
        "train mode": behind(training=1),
        "divided by the variance": behind(variance=(variance + state["eps"]) ** 2 - state["eps"]),
        "mean left in": behind(mean=0.0),
        "scale and shift forgotten": behind(gamma=1.0, beta=0.0),
    }


def _folded_bias(state: State, words: str) -> dict[str, Any]:
    [(bias, mean, scale, beta)] = state["channels"]

    def at_zero(convolution: float, kept: float, added: float) -> float:
        """What both layers make of an empty image: a variance of 1 / scale² and γ = ±1 give that scale."""
        x = torch.full((1, 1), convolution, dtype=torch.float64)
        gamma = _tensor([math.copysign(1.0, scale)])
        found = functional.batch_norm(x, _tensor([kept]), _tensor([scale**-2]), gamma, _tensor([added]), eps=0.0)
        return found.item()

    return {
        "": at_zero(bias, mean, beta), "mean forgotten": at_zero(bias, 0.0, beta), "β alone": beta,
        "not scaled": bias - mean + beta, "β scaled, too": at_zero(bias + beta, mean, 0.0),
        "mean added": at_zero(bias, -mean, beta),
    }  # fmt: skip


def _relatives(chance: random.Random) -> State:
    return {"images": chance.randint(2, 9), "channels": 2 * chance.randint(1, 6), "groups": 2}


def _norm_means(state: State, words: str) -> dict[str, Any]:
    x = torch.zeros(state["images"], state["channels"], 2, 3)
    taken = {
        "batch": x.mean((0, 2, 3)).numel(), "layer": x.mean((1, 2, 3)).numel(), "instance": x.mean((2, 3)).numel(),
        "group": x.view(len(x), state["groups"], -1).mean(2).numel(),
    }  # fmt: skip
    asked = words.split()[0].lower()
    return {"": taken[asked], **{f"{name} instead": number for name, number in taken.items()}, "one for all": 1}


def _curvature_ratio(state: State, words: str) -> dict[str, Any]:
    features = torch.diag(_tensor([state["first"], state["second"]]).sqrt()) * 2**0.5  # whose mean squares these are
    weights = torch.zeros(2, dtype=torch.float64)
    bent = torch.autograd.functional.hessian(lambda w: ((features @ w - 1) ** 2).mean(), weights)
    along = (bent[1, 1] / bent[0, 0]).item()
    return {
        "": along, "root taken": along**0.5, "alike": 1.0, "turned around": (bent[0, 0] / bent[1, 1]).item(),
        "squared again": along**2,
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------ dropout
def _mean_of_masks(state: State, words: str) -> dict[str, Any]:
    [x], p, [masks] = state["values"], state["p"], state["counts"]
    cases = [(x / (1 - p), 1 - p), (0.0, p)]  # what one mask gives, and how often

    def off(values: list[tuple[float, float]]) -> float:
        return math.sqrt(sum(share * (value - x) ** 2 for value, share in values))

    one = off(cases)
    together = math.sqrt(one**2 / masks)  # variances of independent masks add up
    return {"": together, "divided by n": one / masks, "one mask": one, "variance": together**2, "exact": 0.0}


def _zeros_after_dropout(state: State, words: str) -> dict[str, Any]:
    zeros, [p] = state["zeros"], state["probabilities"]
    cases = list(itertools.product(((True, zeros), (False, 1 - zeros)), ((True, p), (False, 1 - p))))
    both = [(before, dropped, one * other) for (before, one), (dropped, other) in cases]
    return {
        "": sum(share for before, dropped, share in both if before or dropped),
        "added": zeros + p, "p alone": p, "as before": zeros,
        "multiplied": sum(share for before, dropped, share in both if before and dropped),
    }  # fmt: skip


def _answer_of_masks(state: State, words: str) -> dict[str, Any]:
    shares = _tensor(state["shares"])
    return {
        "": shares.mean().item(), "without a mask": state["plain_share"], "surest mask": shares.max().item(),
        "multiplied": shares.prod().item(), "middle": shares.quantile(0.5).item(),
    }  # fmt: skip


def _kept_by_both(state: State, words: str) -> dict[str, Any]:
    units, [p] = state["units"], state["probabilities"]
    cases = [(one, other) for one in (True, False) for other in (True, False)]
    share = {case: math.prod(1 - p if kept else p for kept in case) for case in cases}
    return {
        "": units * share[True, True],
        "by one mask": units * (share[True, True] + share[True, False]),
        "taken off twice": units - 2 * units * p,
        "dropped by both": units * share[False, False],
        "by either": units * (1 - share[False, False]),
    }


# ------------------------------------------------------------------------------------------------ gradients
def _step_ratio(state: State, words: str) -> dict[str, Any]:
    first, last, rate = state["first"], state["last"], state["rate"]

    def moved(norm: float, step: float = rate) -> float:
        held = nn.Parameter(torch.zeros(1, dtype=torch.float64))
        held.grad = _tensor([norm])
        torch.optim.SGD([held], lr=step).step()
        return held.abs().item()

    return {
        "": moved(last) / moved(first), "equally far": 1.0, "rate counted": moved(last) / moved(first, 1.0),
        "turned around": moved(first) / moved(last), "difference": last - first,
    }  # fmt: skip


def _network(chance: random.Random) -> State:
    layers = [(f"conv{at}", chance.randint(1, 99) / 10, chance.randint(1, 99) / 10) for at in range(6)]
    return {"target": "cat", "layers": layers}


def _pulled_most(state: State, words: str) -> dict[str, Any]:
    by_pull = sorted(state["layers"], key=lambda one: one[1])
    less = [one for one in state["layers"] if one[1] < 0.95 * by_pull[-1][1]]
    return {
        "": by_pull[-1][0], "last layer": state["layers"][-1][0], "first layer": state["layers"][0][0],
        "largest weights": sorted(less, key=lambda one: -one[2])[0][0], "smallest gradient": by_pull[0][0],
    }  # fmt: skip


def _attribution_sum(state: State, words: str) -> dict[str, Any]:
    score, baseline = state["score"], state["baseline"]
    weight = _tensor([2.0, -1.0])  # a linear score: its gradient times the way is its map
    image = _tensor([score / 2, 0.0])
    start = _tensor([0.0, -baseline])
    return {
        "": (weight * (image - start)).sum().item(), "baseline forgotten": (weight @ image).item(),
        "baseline added": (weight @ (image + start)).item(), "turned around": (weight * (start - image)).sum().item(),
        "nothing": 0.0,
    }  # fmt: skip


KINDS: dict[str, tuple[Callable[[random.Random], State], Reference]] = {
    "restored_cell": (_restored, _restored_cell),
    "kept_numbers": (
        lambda chance: {
            "rows": chance.randint(8, 40), "columns": chance.randint(8, 40), "side": chance.choice((2, 3, 4, 8))
        },
        _kept_numbers,
    ),
    "upsampled_cell": (_upsampled, _upsampled_cell),
    "transposed_size": (_transposed, _transposed_size),
    "shuffled_pixel": (lambda chance: {"channels": [_grid(chance, 2, 2) for _ in range(4)]}, _shuffled_pixel),
    "moved_maps": (lambda chance: {"layers": [("conv2", chance.randint(2, 9))]}, _moved_maps),
    "tempered_odds": (_tempered, _tempered_odds),
    "flat_cells": (
        lambda chance: {"values": _some(chance, 8), "threshold": chance.choice((0.005, 0.05, 0.1, 0.25))}, _flat_cells
    ),
    "unchanged_layers": (_swap, _unchanged_layers),
    "same_direction": (_directions, _same_direction),
    "killing_rate": (_killing, _killing_rate),
    "running_mean": (
        lambda chance: {
            "steps": [(chance.randint(-90, 0) / 10, chance.randint(1, 90) / 10)],
            "momentum": chance.choice((0.01, 0.1, 0.3)),
        },
        _running_mean,
    ),
    "eval_mean": (_eval, _eval_mean),
    "folded_bias": (
        lambda chance: {"channels": [(*_some(chance, 2), _some(chance, 1)[0] or 0.5, _some(chance, 1)[0])]},
        _folded_bias,
    ),
    "norm_means": (_relatives, _norm_means),
    "curvature_ratio": (
        lambda chance: {"first": chance.randint(1, 9) / 10, "second": chance.randint(20, 900) / 10}, _curvature_ratio
    ),
    "mean_of_masks": (
        lambda chance: {
            "values": [_some(chance, 1)[0] or 2.0], "p": chance.randint(1, 9) / 10,
            "counts": [chance.choice((10, 100, 1000))],
        },
        _mean_of_masks,
    ),
    "zeros_after_dropout": (
        lambda chance: {
            "layer": "relu1", "zeros": chance.randint(50, 950) / 1000, "probabilities": [chance.randint(1, 9) / 10]
        },
        _zeros_after_dropout,
    ),
    "answer_of_masks": (
        lambda chance: {
            "label": "cat", "shares": [chance.randint(10, 990) / 1000 for _ in range(4)],
            "plain_share": chance.randint(10, 990) / 1000,
        },
        _answer_of_masks,
    ),
    "kept_by_both": (
        lambda chance: {"units": chance.randint(8, 400), "probabilities": [chance.randint(1, 9) / 10]}, _kept_by_both
    ),
    "step_ratio": (
        lambda chance: {
            "first": chance.randint(1, 99) / 100, "last": chance.randint(10, 99) / 10,
            "rate": chance.choice((0.03, 0.1)),
        },
        _step_ratio,
    ),
    "pulled_most": (_network, _pulled_most),
    "attribution_sum": (
        lambda chance: {"target": "cat", "score": _some(chance, 1)[0] or 3.0, "baseline": _some(chance, 1)[0] or 0.5},
        _attribution_sum,
    ),
    **drawn_comparisons.KINDS,
}  # fmt: skip
