"""A law: whatever a network does to its memory, every recorded value is what its call gave at that moment.

Programs are drawn: in-place methods, augmented assignments, slices that are assigned to, `out=`, views of views,
aliases, several outputs, other types, modules that write over their input and into what the network owns. Truth is the
same program run without a recorder, which clones every result as it comes. CNNVIZ_PROGRAMS=4000 draws as many.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from cnnviz import capture

COUNT = int(os.environ.get("CNNVIZ_PROGRAMS", "200"))
DICE = 1_000_000  # another program for the same random numbers, where the first would not run
PARTS = 20  # tests that share the programs
Pool = list[torch.Tensor]
Operation = Callable[["Program", torch.Tensor, torch.Tensor], Any]


def assigned(net: Program, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    a[..., 0] = 0.5
    return a


def augmented(net: Program, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    a += b
    return a


def scaled(net: Program, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    a *= 0.75
    return a


def counted(net: Program, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Writes into what the network owns and stores what it computed: both must be undone."""
    net.total.add_(1)  # type: ignore[operator]
    net.last = a
    net.seen.append(a)
    return a * net.total  # type: ignore[operator]


def kept(net: Program, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """A row whose value stands in a buffer, which gets its old number back."""
    return torch.sum(a, tuple(range(a.dim())), out=net.kept)  # type: ignore[call-overload, no-any-return]


OPERATIONS: dict[str, Operation] = {
    "relu": lambda net, a, b: torch.relu(a),
    "relu_": lambda net, a, b: a.relu_(),
    "F.relu in place": lambda net, a, b: F.relu(a, inplace=True),
    "torch.relu_": lambda net, a, b: torch.relu_(a),
    "add": lambda net, a, b: a + b,
    "one minus": lambda net, a, b: 1 - a,
    "+=": augmented,
    "*=": scaled,
    "mul_": lambda net, a, b: a.mul_(-1.5),
    "clamp_": lambda net, a, b: torch.clamp_(a, -0.5, 0.5),
    "a[..., 0] =": assigned,
    "out=": lambda net, a, b: torch.mul(a, 0.5, out=b),
    "copy_": lambda net, a, b: a.copy_(b),
    "zero_": lambda net, a, b: a.zero_(),
    "data": lambda net, a, b: a.data,
    "detach": lambda net, a, b: a.detach(),
    "flat view": lambda net, a, b: a.view(1, -1),
    "turned": lambda net, a, b: a.transpose(-1, -2),
    "slice": lambda net, a, b: a[..., 1:],
    "index": lambda net, a, b: a[:, 0],
    "chunk": lambda net, a, b: a.chunk(2, 1),
    "unbind": lambda net, a, b: a.unbind(-1),
    "cat": lambda net, a, b: torch.cat([a, b], 1),
    "stack": lambda net, a, b: torch.stack([a, b], 1),
    "five axes": lambda net, a, b: a.reshape(1, 2, -1, 2, 2),
    "windows": lambda net, a, b: a.reshape(4, -1),
    "mean": lambda net, a, b: a.mean(-1),
    "squeeze": lambda net, a, b: a.squeeze(),
    "sum": lambda net, a, b: a.sum(),
    "max": lambda net, a, b: tuple(a.max(dim=-1)),
    "topk": lambda net, a, b: tuple(a.topk(1, dim=-1)),
    "half": lambda net, a, b: a.half(),
    "double": lambda net, a, b: a.double(),
    "whole": lambda net, a, b: a.long(),
    "complex": lambda net, a, b: torch.complex(a, a),
    "conv": lambda net, a, b: net.conv(a),  # type: ignore[operator]
    "norm": lambda net, a, b: net.norm(a),  # type: ignore[operator]
    "batch statistics": lambda net, a, b: F.batch_norm(a, None, None, training=True),
    "module relu": lambda net, a, b: net.relu(a),  # type: ignore[operator]
    "module silu": lambda net, a, b: net.silu(a),  # type: ignore[operator]
    "module dropout": lambda net, a, b: net.drop(a),  # type: ignore[operator]
    "flatten": lambda net, a, b: net.flatten(a),  # type: ignore[operator]
    "pool": lambda net, a, b: net.pool(a),  # type: ignore[operator]
    "softmax": lambda net, a, b: a.softmax(-1),
    "counted": counted,
    "into a buffer": kept,
    "dropout that stays on": lambda net, a, b: F.dropout(a, 0.5, True),
}


@dataclass(frozen=True)
class Line:
    name: str
    first: int
    second: int


class Program(nn.Module):
    """Each line reads two tensors of the pool and adds what it made; the pool begins with the image."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4)
        self.relu, self.silu, self.drop = nn.ReLU(inplace=True), nn.SiLU(inplace=True), nn.Dropout(inplace=True)
        self.flatten, self.pool = nn.Flatten(), nn.MaxPool2d(2, return_indices=True)
        self.register_buffer("total", torch.zeros(()))
        self.register_buffer("kept", torch.zeros(()))
        self.last: Any = None
        self.seen: list[Any] = []
        self.lines: list[Line] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.run(x, lambda made: None)[-1]

    def run(self, x: torch.Tensor, heard: Callable[[list[torch.Tensor]], None]) -> Pool:
        pool = [x]
        for line in self.lines:
            made = self.step(line, pool)
            heard(made)
            pool += made
        return pool

    def forget(self) -> None:
        for number in (self.total, self.kept):
            number.resize_(()).zero_()  # type: ignore[operator]  # `out=` gives it another shape
        self.last, self.seen = None, []

    def step(self, line: Line, pool: Pool) -> list[torch.Tensor]:
        result = OPERATIONS[line.name](self, pool[line.first], pool[line.second])
        return list(result) if isinstance(result, (tuple, list)) else [result]


def drawn(seed: int) -> tuple[Program, torch.Tensor, list[torch.Tensor]]:
    """A program of lines that run, an image, and every result as it came."""
    dice = random.Random(seed)
    torch.manual_seed(seed % DICE)
    net, x = Program().eval(), torch.randn(1, 4, 4, 4)
    pool, names = [x.clone()], list(OPERATIONS)
    with torch.no_grad():
        while len(net.lines) < 10:
            recent = max(0, len(pool) - 4)
            line = Line(dice.choice(names), dice.randrange(recent, len(pool)), dice.randrange(len(pool)))
            copies = [value.clone() for value in pool]
            try:
                net.step(line, copies)  # on copies: a line that fails may have written half of its result
                pool += net.step(line, pool)
            except (RuntimeError, TypeError, IndexError, ValueError):
                if any(not same(one, two) for one, two in zip(copies, pool, strict=True)):
                    return drawn(seed + DICE)
                continue
            net.lines.append(line)
        net.forget()
        truth: list[torch.Tensor] = []
        torch.manual_seed(seed % DICE)
        net.run(x.clone(), lambda made: truth.extend(value.clone() for value in made))
        net.forget()
    return net, x, truth


def same(one: torch.Tensor, two: torch.Tensor) -> bool:
    return one.shape == two.shape and np.array_equal(plain(one), plain(two), equal_nan=True)


def plain(value: torch.Tensor) -> np.ndarray:
    """The numbers as they are, without an axis of one in front."""
    wider = {torch.float16: torch.float64, torch.complex32: torch.complex64}
    numbers = value.to(wider.get(value.dtype, value.dtype))
    array: np.ndarray = numbers.resolve_conj().numpy()
    return array[0] if array.ndim >= 2 and array.shape[0] == 1 else array.reshape(array.shape or (1,))


@pytest.mark.parametrize("part", range(PARTS))
def test_every_value_is_what_its_call_gave(part: int) -> None:
    for seed in range(part, COUNT, PARTS):
        net, x, truth = drawn(seed)
        torch.manual_seed(seed)
        record = capture.activations(net, x)
        said = f"seed {seed}: {[(line.name, line.first, line.second) for line in net.lines]}"
        assert len(record) == len(truth) + 1, said
        for layer, expected in zip(record.layers[1:], truth, strict=True):
            np.testing.assert_array_equal(layer.values, plain(expected), err_msg=f"{layer.key} in {said}")
        np.testing.assert_array_equal(record["input"].values, x[0].numpy())
        assert (float(net.total), float(net.kept), net.last, net.seen) == (0, 0, None, []), said  # type: ignore[arg-type]
        torch.manual_seed(seed)
        np.testing.assert_array_equal(capture.logits(net, x), record.logits, err_msg=said)
