"""Drawn states for questions about trials, kernels, networks and pixels side by side, with what right and mistaken
answers to them are, by torch, numpy and counting: kind → (a state, what each name gives); "" is the right answer."""

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

from cnnviz.topics.attribution import measures

State = dict[str, Any]
Reference = Callable[[State, str], dict[str, Any]]
NOBODY = "that cannot be told yet"


def numbers(words: str) -> list[float]:
    """All numbers of a text, in order."""
    found = re.findall(r"[−-]?\d[\d,]*(?:\.\d+)?(?:e[−-]?\d+)?", words.replace("−", "-"))
    return [float(one.replace(",", "")) for one in found]


def _tenths(chance: random.Random, count: int, low: int = -90, high: int = 90) -> list[float]:
    return [(chance.randint(low, high) or 5) / 10 for _ in range(count)]


# ------------------------------------------------------------------------------------------------ trials of maps
def _constant_share(state: State, words: str) -> dict[str, Any]:
    whole = np.ones((1000, 1))
    mask = np.arange(1000)[:, None] < round(1000 * state["covered"])
    return {
        "": measures.energy(whole, mask), "nothing there": measures.energy(-whole, mask), "half": 0.5,
        "the rest": measures.energy(whole, ~mask),
    }  # fmt: skip


def _trial(chance: random.Random) -> State:
    names = ("Grad-CAM", "Gradient", "LRP", "Edges")
    results = [(name, chance.randint(10, 90) / 100, chance.randint(1, 25) / 100) for name in names]
    return {"measure": "Energy", "less": chance.random() < 0.5, "images": 20, "results": results}


def _clear_winner(state: State, words: str) -> dict[str, Any]:
    named = sorted((one for one in state["results"] if f"{one[0]} 0." in words), key=lambda one: one[1])
    best, other = named if state["less"] else named[::-1]
    (low, high) = sorted((one[1] - one[2], one[1] + one[2]) for one in named)
    apart = low[1] < high[0]
    return {
        "": best[0] if apart else NOBODY, "turned around": other[0], "overlap seen": NOBODY, "mean alone": best[0],
    }  # fmt: skip


def _interval_of_more(state: State, words: str) -> dict[str, Any]:
    asked = next(one for one in state["counts"] if f"over {one:,} images that" in words)
    deviation = state["half"] / 1.96 * math.sqrt(state["images"])  # of one image

    def half(images: float) -> float:
        return 1.96 * deviation / math.sqrt(images)

    return {
        "": half(asked), "divided by n": state["half"] / asked * state["images"], "as before": half(state["images"]),
        "turned around": half(state["images"] ** 2 / asked),
    }  # fmt: skip


def _told(chance: random.Random) -> State:
    shares = [one / 1000 for one in chance.sample(range(5, 995), 4)]
    return {**dict(zip(("right", "without", "misled", "twin"), shares, strict=True)), "classes": chance.randint(3, 12)}


def _misled_answers(state: State, words: str) -> dict[str, Any]:
    return {
        "": state["misled"], "patch ignored": state["right"], "as without": state["without"],
        "the twin's": state["twin"], "guessed": np.full(state["classes"], 1.0).mean() / state["classes"],
    }  # fmt: skip


def _cell(chance: random.Random) -> State:
    parts = [(name, *_tenths(chance, 2, 1, 40)) for name in ("orange", "blue", "green")]
    return {"cells": [(3, 1, 2, _tenths(chance, 1, 1, 90)[0], parts)]}


def _rebuilt_cell(state: State, words: str) -> dict[str, Any]:
    [(_, _, _, value, parts)] = state["cells"]
    w, h = (torch.tensor([one[at] for one in parts], dtype=torch.float64) for at in (1, 2))
    return {
        "": (w[None] @ h[:, None]).item(), "strongest alone": (w * h).max().item(),
        "weights forgotten": (torch.ones_like(w) @ h).item(), "mean": (w * h).mean().item(), "the layer's own": value,
    }  # fmt: skip


def _numbers_of_parts(state: State, words: str) -> dict[str, Any]:
    k = state["parts"]
    w, h = np.zeros((state["channels"], k)), np.zeros((k, state["cells"]))
    return {
        "": w.size + h.size, "maps alone": h.size, "weights alone": w.size, "a layer each": (w @ h).size * k,
        "one part": w[:, 0].size + h[0].size,
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------ pixels that move
def _neighbours_left(state: State, words: str) -> dict[str, Any]:
    side, block = state["side"], state["blocks"][0]
    square = [[(row // block, column // block) for column in range(side)] for row in range(side)]
    together = sum(one == other for row in square for one, other in itertools.pairwise(row))
    squares = {one for row in square for one in row}
    return {
        "": together, "all pairs": sum(len(list(itertools.pairwise(row))) for row in square), "no pair": 0,
        "pixels for pairs": sum(map(len, square)), "one row": together // block, "squares": len(squares),
    }  # fmt: skip


def _reordered_sum(state: State, words: str) -> dict[str, Any]:
    w, x = (torch.tensor(state[name], dtype=torch.float64) for name in ("weights", "values"))
    layer = nn.Linear(3, 1, bias=False, dtype=torch.float64)

    def said(pixels: torch.Tensor, weights: torch.Tensor) -> float:
        with torch.no_grad():
            layer.weight.copy_(weights[None])
            return layer(pixels).item()

    moved = x.roll(1)
    along = "move along" in words
    return {
        "": said(moved, w.roll(1)) if along else said(moved, w), "weights left": said(moved, w),
        "weights moved along": said(moved, w.roll(1)), "weights forgotten": said(x, torch.ones(3)),
        "moved the other way": said(x.roll(-1), w),
    }  # fmt: skip


def _flipped_place(state: State, words: str) -> dict[str, Any]:
    rows, columns = state["rows"], state["columns"]
    row, column = (int(one) for one in numbers(words)[-2:])
    x = torch.zeros(1, 1, rows, columns)
    x[..., row, column] = 1

    def place(values: torch.Tensor) -> tuple[int, ...]:
        return tuple(values[0, 0].nonzero()[0].tolist())

    right = place(torch.fliplr(x[0, 0])[None, None])
    return {
        "": right, "counted from 1": (right[0], right[1] + 1), "upside down": place(x.flip(2)),
        "turned": place(x.rot90(2, (2, 3))), "transposed": place(x.transpose(2, 3)),
    }  # fmt: skip


def _places_within(state: State, words: str) -> dict[str, Any]:
    reach = int(_after(words, "at most "))
    steps = range(-reach, reach + 1)
    every = list(itertools.product(steps, steps))
    return {
        "": len(every), "middle forgotten": sum(0 not in one for one in every),
        "one side": sum(min(one) >= 0 for one in every), "straight only": sum(0 in one for one in every),
        "its own left out": sum(one != (0, 0) for one in every),
    }  # fmt: skip


def _kept_by_order(state: State, words: str) -> dict[str, Any]:
    lit = np.arange(state["pixels"]) < state["bright"]
    by_chance = sum(np.roll(lit, by) @ lit.astype(float) for by in range(len(lit))) / len(lit)  # every place once
    return {
        "": by_chance if "neither" in words else lit.sum(), "all of them": lit.sum(), "none": 0.0,
        "half": lit.sum() / 2, "spread out": lit.size, "those that stay": by_chance, "turned around": (~lit).sum(),
    }  # fmt: skip


def _after(words: str, before: str) -> float:
    return float(words.partition(before)[2].split()[0].rstrip("?,.:").replace("−", "-").replace(",", ""))


# ------------------------------------------------------------------------------------------------ layers and kernels
def _joined_norm(state: State, words: str) -> dict[str, Any]:
    [(_, carried, added)] = state["blocks"]
    x, f = (torch.tensor(one, dtype=torch.float64) for one in ([carried, 0.0], [0.0, added]))
    along = torch.tensor([added, 0.0], dtype=torch.float64)
    return {
        "": (x + f).norm().item(), "lengths added": (x + along).norm().item(),
        "lengths subtracted": (x - along).norm().item(), "root forgotten": ((x + f) @ (x + f)).item(),
        "shortcut alone": x.norm().item(),
    }  # fmt: skip


def _flat_answer(state: State, words: str) -> dict[str, Any]:
    [(_, positive, negative)] = state["kernels"]
    level = _after(words, "an image that is ")
    kernel = torch.tensor([[[[positive / 2, negative], [positive / 2, 0.0]]]], dtype=torch.float64)

    def answer(weights: torch.Tensor, value: float = level) -> float:
        image = torch.full((1, 1, 4, 4), value, dtype=torch.float64)
        return nn.functional.conv2d(image, weights)[0, 0, 1, 1].item()

    return {
        "": answer(kernel), "signs forgotten": answer(kernel.abs()), "level forgotten": answer(kernel, 1.0),
        "nothing changes": answer(kernel - kernel.mean()), "positive alone": answer(kernel.clamp(min=0)),
    }  # fmt: skip


def _kernel_cosine(state: State, words: str) -> dict[str, Any]:
    [(_, first, second, product)] = state["pairs"]
    one = torch.tensor([first, 0.0], dtype=torch.float64)
    other = torch.tensor([product / first, math.sqrt(second**2 - (product / first) ** 2)], dtype=torch.float64)
    cosine = nn.functional.cosine_similarity(one, other, dim=0).item()
    return {
        "": cosine, "not divided": (one @ other).item(), "lengths added": cosine / (1 / first + 1 / second),
        "one length": cosine * first / second, "turned around": 1 / cosine,
    }  # fmt: skip


def _pair(chance: random.Random) -> State:
    first, second = _tenths(chance, 2, 10, 40)
    product = round(first * second * chance.uniform(-0.95, 0.95), 1) or 0.5
    return {"pairs": [("kernels 3 and 7", first, second, product)]}


def _normalised_pixel(state: State, words: str) -> dict[str, Any]:
    [(_, mean, deviation)] = state["channels"]
    byte = _after(words, "for a byte of ")

    def seen(value: float, middle: float, spread: float) -> float:
        x, mean_of, variance = (torch.tensor([one], dtype=torch.float64) for one in (value, middle, spread**2))
        return nn.functional.batch_norm(x[None], mean_of, variance, eps=0.0).item()

    return {
        "": seen(byte / 255, mean, deviation), "mean left in": seen(byte / 255, 0.0, deviation),
        "deviation forgotten": seen(byte / 255, mean, 1.0), "not scaled": seen(byte, mean, deviation),
        "variance": seen(byte / 255, mean, deviation**2),
    }  # fmt: skip


def _partial_parameters(state: State, words: str) -> dict[str, Any]:
    side = state.get("side", 5)
    layers = [nn.Conv2d(reads, 1, side) for reads in state["reads"]]  # one a map
    weights = sum(one.weight.numel() for one in layers)
    whole = nn.Conv2d(state["inputs"], len(layers), side)
    return {
        "": sum(item.numel() for one in layers for item in one.parameters()),
        "all joined": sum(item.numel() for item in whole.parameters()), "bias forgotten": weights,
        "a bias a kernel": weights + sum(one.in_channels for one in layers),
        "one kernel a map": sum(item.numel() for item in nn.Conv2d(1, len(layers), side).parameters()),
    }  # fmt: skip


def _layer_numbers(state: State, words: str) -> dict[str, Any]:
    [(_, shape)] = state["layers"]
    maps, image = torch.zeros(shape), torch.zeros(state["image"])
    return {
        "": maps.numel(), "one map": maps[0].numel(), "channels alone": len(maps), "the image's": image.numel(),
        "colours counted": len(image) * maps.numel(), "sides added": maps[:, 0].numel() + maps[:, :, 0].numel(),
    }  # fmt: skip


def _regained_cell(state: State, words: str) -> dict[str, Any]:
    [(_, whole, without)] = state["cells"]
    gain = numbers(words)[-1]
    layer = nn.Linear(2, 1, dtype=torch.float64)  # the channel, and all the others

    def said(channel: float, others: float) -> float:
        with torch.no_grad():
            layer.weight.copy_(torch.tensor([[whole - without, without]], dtype=torch.float64))
            layer.bias.zero_()
            return layer(torch.tensor([channel, others], dtype=torch.float64)).item()

    return {
        "": said(gain, 1), "cell scaled": said(gain, gain), "channel alone": said(gain, 0),
        "added once more": said(1 + gain, 1), "as before": said(1, 1),
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------ networks compared
def _rated(chance: random.Random) -> State:
    return {
        "networks": [
            (f"net {at}", chance.randint(550, 850) / 10, chance.randint(1, 160) * 10**8)
            for at in range(chance.randint(4, 8))
        ]
    }  # fmt: skip


def _beaten_in_both(state: State, words: str) -> dict[str, Any]:
    shown = [one for one in state["networks"] if f"{one[0]}, " in words]
    rated = {one[0]: one for one in shown}
    better = {name: [o for o in shown if o[1] > one[1] and o[2] < one[2]] for name, one in rated.items()}
    [beaten] = [name for name, found in better.items() if found]
    left = [one for one in shown if one[0] != beaten]
    weakest, dearest = min(left, key=lambda one: one[1])[0], max(left, key=lambda one: one[2])[0]
    middle = [one[0] for one in left if one[0] not in (weakest, dearest)]
    return {"": beaten, "least accurate": weakest, "dearest": dearest, "in between": middle[0] if middle else None}


def _worked(chance: random.Random) -> State:
    return {"networks": [(name, chance.randint(1, 90) * 10**5, chance.randint(1, 900) * 10**6) for name in ("A", "B")]}


def _work_per_weight(state: State, words: str) -> dict[str, Any]:
    (asked,), (other,) = (
        [one for one in state["networks"] if words.startswith(one[0]) == wanted] for wanted in (True, False)
    )
    return {
        "": asked[2] / asked[1], "once": 1.0, "turned around": asked[1] / asked[2],
        "difference": (asked[2] - asked[1]) / 1e6, f"of {other[0]}": other[2] / other[1],
    }  # fmt: skip


def _line(chance: random.Random) -> State:
    line = [chance.randint(1, 400) * 10**5 for _ in range(6)]
    steps = [(f"step {at}", *pair) for at, pair in enumerate(itertools.pairwise(line))]
    return {"of": chance.choice(("parameters", "multiply-adds")), "steps": steps}


def _largest_saving(state: State, words: str) -> dict[str, Any]:
    by_difference = sorted(state["steps"], key=lambda one: one[2] - one[1])
    falling = [one for one in state["steps"] if one[2] < one[1]]
    by_factor = sorted(falling, key=lambda one: one[2] / one[1])
    return {
        "": by_difference[0][0], "largest factor": by_factor[0][0],
        **{f"less: {one[0]}": one[0] for one in by_difference[1:]},
    }  # fmt: skip


KINDS: dict[str, tuple[Callable[[random.Random], State], Reference]] = {
    "constant_share": (
        lambda chance: {"place": "the objects cover", "covered": chance.randint(10, 900) / 1000}, _constant_share
    ),
    "clear_winner": (_trial, _clear_winner),
    "interval_of_more": (
        lambda chance: {
            "method": "Grad-CAM", "half": chance.randint(1, 99) / 100, "images": chance.choice((20, 60, 200)),
            "counts": [20, 60, 200],
        },
        _interval_of_more,
    ),
    "misled_answers": (_told, _misled_answers),
    "rebuilt_cell": (_cell, _rebuilt_cell),
    "numbers_of_parts": (
        lambda chance: {
            "channels": chance.randint(4, 512), "cells": chance.randint(4, 900), "parts": chance.randint(2, 7)
        },
        _numbers_of_parts,
    ),
    "neighbours_left": (lambda chance: {"side": 28, "blocks": [chance.choice((1, 2, 4, 7, 14))]}, _neighbours_left),
    "reordered_sum": (
        lambda chance: {"weights": _tenths(chance, 3), "values": _tenths(chance, 3, 1, 10)}, _reordered_sum
    ),
    "flipped_place": (
        lambda chance: {"rows": chance.randint(8, 64), "columns": chance.randint(8, 64)}, _flipped_place
    ),
    "places_within": (lambda chance: {"reach": chance.randint(3, 9)}, _places_within),
    "kept_by_order": (lambda chance: {"pixels": 784, "bright": chance.randint(40, 700)}, _kept_by_order),
    "joined_norm": (lambda chance: {"blocks": [("block 3", *_tenths(chance, 2, 1, 90))]}, _joined_norm),
    "flat_answer": (
        lambda chance: {"kernels": [("kernel 3", _tenths(chance, 1, 1, 60)[0], -_tenths(chance, 1, 1, 60)[0])]},
        _flat_answer,
    ),
    "kernel_cosine": (_pair, _kernel_cosine),
    "normalised_pixel": (
        lambda chance: {"channels": [("red channel", chance.randint(10, 60) / 100, chance.randint(10, 40) / 100)]},
        _normalised_pixel,
    ),
    "partial_parameters": (
        lambda chance: {
            "layer": "C3", "inputs": 6, "reads": [chance.randint(1, 6) for _ in range(chance.randint(4, 20))]
        },
        _partial_parameters,
    ),
    "layer_numbers": (
        lambda chance: {
            "layers": [("conv2", (chance.randint(4, 64), chance.randint(2, 30), chance.randint(2, 30)))],
            "image": (chance.choice((1, 3)), 32, 32),
        },
        _layer_numbers,
    ),
    "regained_cell": (
        lambda chance: {
            "layer": "conv2", "channel": "channel 3 of conv1", "gains": [chance.choice((0.5, 2.0, 3.0))],
            "cells": [("row 1, column 2 of channel 0", *_tenths(chance, 2))],
        },
        _regained_cell,
    ),
    "beaten_in_both": (_rated, _beaten_in_both),
    "work_per_weight": (_worked, _work_per_weight),
    "largest_saving": (_line, _largest_saving),
}  # fmt: skip
