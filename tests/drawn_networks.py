"""Networks drawn at random, of every operation that has a rule for receptive fields; and how well their fields hold.

python -m tests.drawn_networks 4000        so many networks, from seed 0; those that are refuted are listed
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from typing import Any

import torch
from torch import nn

from cnnviz import anatomy
from cnnviz.records.fields import FieldProof
from tests.drawn_patches import STEPS, Step


class Drawn(nn.Module):
    """Steps one after the other. Each is given the module, which holds what it needs, and the value so far."""

    def __init__(self, seed: int, length: int | None = None) -> None:
        super().__init__()
        self.words: list[str] = []
        self.steps: list[Step] = []
        draw = random.Random(seed)
        torch.manual_seed(seed)
        self.shape = (draw.choice((2, 3, 4)), draw.randint(7, 15), draw.randint(7, 15))
        x = torch.randn(1, *self.shape, dtype=torch.float64)
        for _ in range(length or draw.randint(1, 6)):
            for _ in range(20):
                word, step, value = self._tried(draw, x)
                if value is not None:
                    self.words.append(word)
                    self.steps.append(step)
                    x = value
                    break

    def _tried(self, draw: random.Random, x: torch.Tensor) -> tuple[str, Step, torch.Tensor | None]:
        """A step that runs on x; its value is None where torch refuses it or too little is left."""
        word = draw.choice(list(STEPS))
        step = STEPS[word](draw, self, x)
        try:
            with torch.no_grad():
                value = step(self, x.clone())
        except (RuntimeError, ValueError, IndexError, AssertionError, NotImplementedError):
            return word, step, None
        fits = (
            isinstance(value, torch.Tensor) and value.dim() == 4 and 0 < value.numel() < 20000 and value.shape[0] == 1
        )
        return word, step, value if fits and min(value.shape) > 0 else None

    def held(self, module: nn.Module) -> str:
        """A layer of this network, by the name that the trace will find it under."""
        name = f"m{len(self._modules)}"
        self.add_module(name, module.double().eval())
        return name

    def forward(self, x: Any) -> Any:
        for step in self.steps:
            x = step(self, x)
        return x


# ------------------------------------------------------------------------------------------------ the law
def proofs(seed: int) -> tuple[Drawn, tuple[FieldProof, ...]]:
    """The network of a seed, and its fields held at three pixels."""
    net = Drawn(seed).double().eval()
    draw = random.Random(-seed - 1)
    pixels = [(draw.randrange(net.shape[1]), draw.randrange(net.shape[2])) for _ in range(2)] + [(0, net.shape[2] - 1)]
    return net, anatomy.prove(net, net.shape, pixels, seed=seed)


def main(count: int, first: int = 0) -> int:
    statuses: Counter[str] = Counter()
    steps: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    wrong = 0
    for seed in range(first, first + count):
        net, found = proofs(seed)
        statuses.update(proof.status for proof in found)
        steps.update(net.words)
        notes = {
            row.receptive_field.note
            for row in anatomy.inspect(net, net.shape)
            if row.receptive_field.status == "unknown"
        }
        unknown.update(notes)
        bad = [proof for proof in found if not proof.holds]
        wrong += bool(bad)
        if bad:
            first_bad = bad[0]
            print(
                seed,
                net.words,
                first_bad.layer,
                first_bad.status,
                "missed",
                first_bad.missed,
                "silent",
                first_bad.silent,
            )
    print(f"{count} networks, {wrong} refuted; layers × pixels by status: {dict(statuses)}")
    print("steps:", dict(steps))
    print("unknown:", unknown.most_common(25))
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main(*map(int, sys.argv[1:]))))
