"""What batch normalisation keeps: running statistics, what eval mode makes of an image, and the folded bias."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, as_read, compose, plain


@KINDS.register("running_mean")
def running_mean(
    chance: random.Random, *, steps: Sequence[tuple[float, float]], momentum: float = 0.1
) -> Question | None:
    """The running mean after one more batch, as PyTorch's momentum says. steps: (kept so far, this batch's mean)."""
    moving = [one for one in steps if plain(one[0]) != plain(one[1])]
    if not moving or not 0 < momentum < 1:
        return None
    kept, batch = (as_read(one) for one in chance.choice(moving))
    right = (1 - momentum) * kept + momentum * batch
    words = (
        f"A layer keeps the running mean {plain(kept)}; the next batch's mean is {plain(batch)}. With momentum "
        f"{plain(momentum)}, as in PyTorch: what does it keep now?"
    )
    why = f"(1 − {plain(momentum)}) · {plain(kept)} + {plain(momentum)} · {plain(batch)} = {plain(right)}."
    wrong = [
        Mistake(
            "momentum turned around",
            momentum * kept + (1 - momentum) * batch,
            "Here momentum was the share of the old mean. In PyTorch it is the share of the new batch.",
        ),
        Mistake("replaced", batch, "That is the batch's own mean, which train mode uses; what is kept moves slowly."),
        Mistake(
            "plain mean", (kept + batch) / 2, "Here both counted alike. Momentum says how much the new one counts."
        ),
        Mistake("left as it is", kept, "In eval mode it would stay. In train mode every batch moves it."),
    ]
    return compose(words, right, why, wrong, random_order=chance)


Stored = tuple[str, float, float, float, float, float]  # channel, mean, variance, gamma, beta, this image's mean


@KINDS.register("eval_mean")
def eval_mean(chance: random.Random, *, channels: Sequence[Stored], eps: float = 1e-5) -> Question | None:
    """A channel's mean on one image behind BatchNorm in eval mode. channels: what the layer keeps of some of them."""
    if not channels:
        return None
    name, *numbers = chance.choice(list(channels))
    mean, variance, gamma, beta, here = (as_read(one) for one in numbers)
    spread = variance + eps
    if spread <= 0:
        return None
    right = gamma * (here - mean) / math.sqrt(spread) + beta
    words = (
        f"For channel {name} the layer keeps mean {plain(mean)}, variance {plain(variance)}, γ = {plain(gamma)} and "
        f"β = {plain(beta)}. On this image the channel's mean is {plain(here)}. What is its mean behind BatchNorm in "
        "eval mode?"
    )
    why = (
        f"{plain(gamma)} · ({plain(here)} − {plain(mean)}) / √{plain(variance)} + {plain(beta)} = {plain(right)}: "
        "every cell is moved and scaled alike, so the mean is, too."
    )
    wrong = [
        Mistake("train mode", beta, "That is train mode: the image's own mean would become 0, and then β."),
        Mistake(
            "divided by the variance",
            gamma * (here - mean) / spread + beta,
            "Here it was divided by the variance. Its root is taken first.",
        ),
        Mistake(
            "mean left in",
            gamma * here / math.sqrt(spread) + beta,
            "Here the mean that the layer keeps was not subtracted.",
        ),
        Mistake(
            "scale and shift forgotten",
            (here - mean) / math.sqrt(spread),
            "Here γ and β were forgotten: they scale and shift what was normalised.",
        ),
    ]
    return compose(words, right, why, wrong, random_order=chance)


@KINDS.register("folded_bias")
def folded_bias(chance: random.Random, *, channels: Sequence[tuple[float, float, float, float]]) -> Question | None:
    """The bias of a convolution that does BatchNorm's work. channels: (bias, mean, scale γ/√(σ² + ε), β) of some."""
    if not channels:
        return None
    bias, mean, scale, beta = (as_read(one) for one in chance.choice(list(channels)))
    right = (bias - mean) * scale + beta
    words = (
        f"A convolution's bias in one channel is {plain(bias)}. The BatchNorm behind it keeps mean {plain(mean)}, its "
        f"scale γ/√(σ² + ε) is {plain(scale)} and β = {plain(beta)}. Both become one convolution: what is its bias?"
    )
    why = f"({plain(bias)} − {plain(mean)}) · {plain(scale)} + {plain(beta)} = {plain(right)}."
    wrong = [
        Mistake("mean forgotten", bias * scale + beta, "Here the mean was forgotten: BatchNorm subtracts it first."),
        Mistake("β alone", beta, "That is β. The mean, scaled, has to be taken off as well."),
        Mistake(
            "not scaled", bias - mean + beta, "Here the scale was left out: it applies to what the mean is taken off."
        ),
        Mistake("β scaled, too", (bias - mean + beta) * scale, "Here β was scaled, too: it is added afterwards."),
        Mistake("mean added", (bias + mean) * scale + beta, "Here the mean was added. BatchNorm subtracts it."),
    ]
    return compose(words, right, why, wrong, random_order=chance)
