"""What the BatchNorm page says in words: every number in a sentence comes from a record."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnviz.figures.numbers import number, percent
from cnnviz.plain_text import escaped
from cnnviz.records import Array
from cnnviz.topics.batch_norm.records import (
    BatchNormLayer,
    Folded,
    FoldedNetwork,
    Noise,
    Normalised,
    Prediction,
    Shifted,
    Surface,
)


def steps(step: Normalised) -> str:
    """Which variance is used where, with this batch's numbers."""
    if not step.batch_statistics:
        return "Eval mode: the stored statistics are used and stay as they are, whatever the batch holds."
    return (
        f"Each channel's mean and variance are over {step.count} values. The biased variance (divided by {step.count}) "
        f"normalises this batch; the unbiased one (divided by {step.count - 1}) goes into the running variance."
    )


def noise(found: Noise) -> str:
    """Smallest against largest batch, measured and expected."""
    spread = found.means.std(axis=1)
    small, large = found.sizes[0], found.sizes[-1]
    biased = found.biased.mean(axis=1)[0] / found.data_variance
    return (
        f"{found.means.shape[1]} batches of each size, drawn without replacement from {found.population:,} values "
        f"(mean {number(found.data_mean)}, σ {number(found.data_variance**0.5)}). With {small} examples a batch's mean "
        f"strays by {number(float(spread[0]))} (σ/√n says {number(float(found.expected_mean[0]))}), with {large} by "
        f"{number(float(spread[-1]))} ({number(float(found.expected_mean[-1]))}). The biased variance of {small} comes "
        f"out at {percent(float(biased))} of the data's on average; (n − 1)/n is {percent((small - 1) / small)}. One "
        f"value's x̂ strays by {number(float(found.x_hat[0].std()))} with {small}, by "
        f"{number(float(found.x_hat[-1].std()))} with {large}."
    )


def axes(n: int, c: int, sides: tuple[int, int]) -> str:
    return (
        f"Framed: all values that are averaged with the one under the pointer. Each slab is one of {n} pictures, "
        f"its columns are the {c} channels, its rows the {sides[0]} × {sides[1]} positions. With 1 group GroupNorm "
        f"takes LayerNorm's sets, with {c} groups InstanceNorm's. Only BatchNorm mixes pictures, so only "
        "BatchNorm needs running statistics."
    )


def layer(found: BatchNormLayer, listed: Sequence[str]) -> str:
    """Where the layer stands, its settings, and how far the picture lies from what is stored."""
    momentum = "plain average" if found.momentum is None else f"{found.momentum:g}"
    small = int((np.abs(found.gamma) < 1e-2).sum())
    return (
        f"`{found.key}`, BatchNorm layer {listed.index(found.key) + 1} of {len(listed)}: {len(found.gamma)} channels, "
        f"`{list(found.shape)}`, ε {found.eps:g}, momentum {momentum}. γ from {number(float(found.gamma.min()))} to "
        f"{number(float(found.gamma.max()))}, {small} of them nearly zero (|γ| < 0.01). This picture's channel means "
        f"lie {number(float(np.abs(found.shift).mean()))} stored standard deviations from the stored ones on average, "
        f"{number(float(np.abs(found.shift).max()))} at most. Hover a channel; the first shown is the one that is "
        "farthest off."
    )


def wrong_mode(found: Sequence[Prediction]) -> str:
    """What became of the right answer's probability under each condition."""
    right = found[0].probabilities
    if right is None:
        return f"The network did not answer in eval mode: {found[0].problem}."
    best = int(right.argmax())
    told = [
        f"{percent(float(one.probabilities[best]))} in {one.name}" if one.probabilities is not None else
        f"no answer in {one.name}"
        for one in found[1:]
    ]  # fmt: skip
    return (
        f"The class that eval mode finds surest has {percent(float(right[best]))} there, {'; '.join(told)}. Only "
        "BatchNorm's mode was changed, dropout stayed off, and all of it ran on copies: the network that the other "
        "pages use is as it was. Each pass in training mode moves the running statistics towards the picture's own, so "
        "eval mode afterwards answers differently too."
    )


def shifted(found: Shifted, classes: Sequence[str], *, start: int) -> str:
    """In how many versions each way of normalising keeps its answer, and how far its probability moves."""
    stored = _steadiness(found.stored, start)
    best = escaped(classes[int(found.stored[start].argmax())])
    text = f"With stored statistics the surest class is {best} in {stored[0]} of {len(found.amounts)} versions; its "
    text += f"probability goes from {percent(stored[1])} to {percent(stored[2])}."
    if found.own is None:
        return f"{text} In training mode: {found.problem}."
    own = _steadiness(found.own, start)
    itself = escaped(classes[int(found.own[start].argmax())])
    return (
        f"{text} With the picture's own statistics it is {itself} in {own[0]}, from "
        f"{percent(own[1])} to {percent(own[2])}. Normalising by its own numbers takes a shift or a scale of the whole "
        "picture out again (where nothing is clipped), at the price of what the shift and scale told."
    )


def _steadiness(probabilities: Array, start: int) -> tuple[int, float, float]:
    """(versions with the same surest class, smallest and largest probability of it)."""
    best = int(probabilities[start].argmax())
    column = probabilities[:, best]
    return int((probabilities.argmax(axis=1) == best).sum()), float(column.min()), float(column.max())


def folding(folded: Folded, pair: tuple[str, str], output: Array) -> str:
    cout, cin, height, width = folded.weight.shape
    return (
        f"`{pair[0]}` ({cout} × {cin} × {height} × {width} weights) and `{pair[1]}` become one convolution with the "
        f"same number of weights and a bias a channel. BatchNorm's {output.size:,} multiplications for the map "
        f"`{list(output.shape)}` fall away. Each channel's weights are multiplied by γ/√(σ² + ε), here from "
        f"{number(float(folded.scale.min()))} to {number(float(folded.scale.max()))}."
    )


def whole(found: FoldedNetwork) -> str:
    share = percent(found.multiplications / found.macs) if found.macs else "none"
    same = "the same" if found.logits.argmax() == found.folded_logits.argmax() else "another"
    return (
        f"{found.pairs} pairs folded: {found.multiplications:,} multiplications fewer a picture, {share} on top of the "
        f"{found.macs:,} multiply-accumulates of the convolutions and linear layers that remain. The folded copy finds "
        f"{same} surest class."
    )


def descent(before: Surface, after: Surface) -> str:
    low, high = (number(float(before.levels[place])) for place in (0, -1))
    steepest = [number(float(found.eigenvalues[1])) for found in (before, after)]
    rates = [number(found.largest_rate) for found in (before, after)]
    conditions = [number(found.condition) for found in (before, after)]
    return (
        f"Curves of equal loss, from {low} to {high} on the left; the cross is the minimum. λmax is {steepest[0]} "
        f"before and {steepest[1]} after normalising, so the largest stable learning rate 2/λmax goes from {rates[0]} "
        f"to {rates[1]}; the condition number goes from {conditions[0]} to {conditions[1]}. Both paths begin "
        "equally far from the minimum as the loss sees it: one unit along each axis of the ellipses."
    )
