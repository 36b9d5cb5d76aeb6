"""What batch normalisation makes of one cell."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, compose, plain


@dataclass(frozen=True)
class Channel:
    """One channel of a batch, and what the layer keeps of it."""

    values: tuple[float, ...]
    gamma: float = 1.0
    beta: float = 0.0
    mean: float = 0.0  # the running ones
    variance: float = 1.0
    eps: float = 1e-5

    @property
    def batch_mean(self) -> float:
        """Of the values at hand."""
        return sum(self.values) / len(self.values)

    @property
    def batch_variance(self) -> float:
        """Of the values at hand, divided by their number (Ioffe and Szegedy 2015)."""
        return sum((value - self.batch_mean) ** 2 for value in self.values) / len(self.values)

    def scaled(self, x: float, mean: float, variance: float) -> float:
        """γ · (x − mean) / √(variance + ε) + β; NaN where that is not a number."""
        spread = math.sqrt(variance + self.eps)
        return self.gamma * (x - mean) / spread + self.beta if spread else math.nan


@KINDS.register("normalised_cell")
def normalised_cell(
    chance: random.Random,
    *,
    values: Sequence[float],
    gamma: float = 1.0,
    beta: float = 0.0,
    mean: float = 0.0,
    variance: float = 1.0,
    eps: float = 1e-5,
) -> Question | None:
    """One cell of a channel at hand, in the mode that chance says. Needs two values that differ."""
    channel = Channel(tuple(float(value) for value in values), gamma, beta, mean, variance, eps)
    if len(set(channel.values)) < 2:
        return None
    x, training = chance.choice(sorted(set(channel.values))), chance.random() < 0.7
    right = (
        channel.scaled(x, channel.batch_mean, channel.batch_variance) if training else channel.scaled(x, mean, variance)
    )
    if not math.isfinite(right):
        return None
    shown = ", ".join(plain(value) for value in channel.values[:12]) + (", …" if len(values) > 12 else "")
    words = (
        f"A channel of the batch holds {shown} (mean {plain(channel.batch_mean)}, variance "
        f"{plain(channel.batch_variance)}); the layer keeps mean {plain(mean)} and variance {plain(variance)}, "
        f"γ = {plain(gamma)}, β = {plain(beta)}. What does BatchNorm in {'train' if training else 'eval'} mode make "
        f"of {plain(x)}?"
    )
    used = (channel.batch_mean, channel.batch_variance) if training else (mean, variance)
    why = f"γ · ({plain(x)} − {plain(used[0])}) / √({plain(used[1])} + ε) + β = {plain(right)}."
    return compose(words, right, why, mistakes(channel, x, training=training), random_order=chance)


def mistakes(channel: Channel, x: float, *, training: bool) -> list[Mistake]:
    """What each known mistake gives."""
    batch, kept = (channel.batch_mean, channel.batch_variance), (channel.mean, channel.variance)
    mean, variance = batch if training else kept
    count = len(channel.values)
    other = (
        Mistake("eval instead of train", channel.scaled(x, *kept), "That is eval mode: it takes what the layer keeps.")
        if training
        else Mistake(
            "train instead of eval", channel.scaled(x, *batch), "That is train mode: it takes the batch's own."
        )
    )
    spread = variance + channel.eps
    return [
        other,
        Mistake(
            "divided by the variance",
            channel.gamma * (x - mean) / spread + channel.beta if spread else None,
            "Here it was divided by the variance. Its root, the standard deviation, brings the spread to 1.",
        ),
        Mistake(
            "mean left in",
            channel.gamma * x / math.sqrt(spread) + channel.beta if spread else None,
            "Here the mean was left in: first it is subtracted.",
        ),
        Mistake(
            "n − 1",
            channel.scaled(x, mean, variance * count / (count - 1)) if training else None,
            "Here the variance was divided by n − 1. In train mode it is n; n − 1 is only for what the layer keeps.",
        ),
        Mistake(
            "scale and shift forgotten",
            (x - mean) / math.sqrt(spread) if spread else None,
            "Here γ and β were forgotten: they scale and shift what was normalised.",
        ),
    ]
