"""Dropout inside a trained network: one layer's output masked, and what becomes of the next layer and the prediction.

What stands before the mask is taken from the recording; only what follows it runs, many masks as one batch. The first
row of every batch has no mask: it must give the network's own logits again, or the network itself runs, with a hook.

MC dropout: Gal and Ghahramani, Dropout as a Bayesian Approximation (2016), https://arxiv.org/abs/1506.02142
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image
from torch import nn

from cnnviz import outputs
from cnnviz.datasets import folders
from cnnviz.outputs.chances import distribution
from cnnviz.records import Activations, Layer
from cnnviz.records.outputs import OutputReading
from cnnviz.topics.dropout import tail
from cnnviz.topics.dropout.masks import keep, train_scale, uniform
from cnnviz.topics.dropout.records import Disturbed, MonteCarlo, OwnDropout
from cnnviz.topics.dropout.tail import Passed, TailError

__all__ = ["TailError", "before_the_last", "disturb", "followers", "grey", "monte_carlo", "noise", "own", "seconds_for"]

Array = np.ndarray
PROBABILITIES = (0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
AGREE = 1e-3  # of the largest logit: float32 through another batch size


def grey(image: Image.Image, side: int) -> Array:
    """The image's middle as grey values, [side, side] float64 in [0, 1]."""
    return np.asarray(folders.square(image, side).convert("L"), dtype=np.float64) / 255


def noise(side: int, *, seed: int) -> Image.Image:
    """Independent, uniform colours: an image of nothing, side × side."""
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8))


# ------------------------------------------------------------------------------------------------ which layers
def own(model: nn.Module) -> tuple[OwnDropout, ...]:
    """The network's own dropout layers that drop anything, in the order of its modules."""
    dropping = (
        (name, module) for name, module in model.named_modules() if isinstance(module, nn.modules.dropout._DropoutNd)
    )
    return tuple(OwnDropout(name, type(module).__name__, float(module.p)) for name, module in dropping if module.p > 0)


def before_the_last(recording: Activations) -> str:
    """The key of what the last linear (or else the last) layer with weights reads: the cheapest place for a mask."""
    weighted = [layer for layer in recording if layer.kind in ("linear", "convolution") and layer.inputs]
    linear = [layer for layer in weighted if layer.kind == "linear"]
    last = (linear or weighted or list(recording))[-1]
    return last.inputs[0] if last.inputs else last.key


def followers(recording: Activations, key: str) -> tuple[str, ...]:
    """What a mask on that layer reaches, in order; the first that has weights of its own comes first."""
    reached, found = {key}, []
    for layer in recording:
        if layer.key != key and reached & set(layer.inputs):
            reached.add(layer.key)
            found.append(layer.key)
    first = next((at for at in found if recording[at].kind in ("convolution", "linear")), None)
    return tuple(found) if first is None else (first, *(at for at in found if at != first))


# ------------------------------------------------------------------------------------------------ the mask
def disturb(
    model: nn.Module,
    recording: Activations,
    key: str,
    *,
    following: str = "",
    channelwise: bool = False,
    probabilities: Sequence[float] = PROBABILITIES,
    seed: int = 0,
) -> Disturbed:
    """One layer masked at each p, the same random numbers for all: the next layer and the logits, with and without.

    following: a key of `followers`, its first if none is given. Values are scaled as PyTorch does, x·m/(1−p).
    Raises: TailError where nothing follows, or where the network cannot be run from that layer on; KeyError for a
    layer that the recording does not have.
    """
    layer = recording[key]
    reached = followers(recording, key)
    if not reached:
        raise TailError(f"Nothing follows {key}: choose an earlier layer.")
    following = following if following in reached else reached[0]
    numbers = uniform(layer.shape, seed=seed, channelwise=channelwise)
    factors = np.stack([np.ones(layer.shape, np.float32), *(_factor(numbers, p, layer) for p in probabilities)])
    passed = run(model, recording, key, factors, following)
    plain = recording[following].values
    apart = [float(np.linalg.norm(values - plain)) for values in passed.following[1:]]
    return Disturbed(
        key, following, channelwise, numbers, tuple(probabilities), layer.values, plain, passed.following[1:],
        recording.logits, passed.logits[1:], np.array(apart) / max(float(np.linalg.norm(plain)), 1e-30),
        float(np.abs(passed.logits[0] - recording.logits).max()), _twice(model, recording, key, factors, passed),
    )  # fmt: skip


def monte_carlo(
    model: nn.Module,
    recording: Activations,
    key: str,
    p: float,
    *,
    channelwise: bool = False,
    passes: int = 100,
    seed: int = 0,
    reading: OutputReading | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> MonteCarlo:
    """The prediction under `passes` masks on one layer: what came before the mask runs once, the rest as one batch.

    reading: of the network's output (default: one of classes). progress: called with the share that is done.
    Raises as `disturb`.
    """
    layer, begin = recording[key], time.perf_counter()
    reading = reading or outputs.unnamed(recording)
    shape = layer.shape[:1] if channelwise else layer.shape
    numbers = np.random.default_rng(seed).random((passes, *shape), dtype=np.float32)
    logits: list[Array] = []
    size = _at_a_time(recording, key)
    for start in range(0, passes, size):
        some = [_factor(numbers[at], p, layer) for at in range(start, min(start + size, passes))]
        factors = np.stack([np.ones(layer.shape, np.float32), *some])
        logits.append(run(model, recording, key, factors).logits[1:])
        progress(min(1.0, (start + size) / passes))
    samples, plain = distribution(np.concatenate(logits), reading), distribution(recording.logits, reading)
    mean = samples.mean(0)
    return MonteCarlo(
        key, float(p), channelwise, plain, samples, mean, samples.std(0, ddof=1), entropy(mean),
        float(np.mean([entropy(row) for row in samples])), entropy(plain), samples.argmax(1),
        time.perf_counter() - begin,
    )  # fmt: skip


def seconds_for(recording: Activations, key: str, passes: int = 100) -> float:
    """About how long so many masks take: the recording's own time, by the share of cells that follow the layer."""
    sizes = {layer.key: layer.values.size for layer in recording}
    after = sum(sizes[at] for at in followers(recording, key))
    return recording.seconds * passes * after / max(sum(sizes.values()), 1)


def entropy(shares: Array) -> float:
    """−Σ p ln p of one distribution [K], in nats; what has no probability adds nothing."""
    some = shares[shares > 0]
    return float(-(some * np.log(some)).sum())


# ------------------------------------------------------------------------------------------------ two ways to run it
def run(model: nn.Module, recording: Activations, key: str, factors: Array, following: str = "") -> Passed:
    """Logits [B, classes] and the following layer's values [B, …] with the layer's output times each of B factors.

    factors: [B, layer's shape], the first one ones: its logits are held against the recording's.
    """
    found = tail.by_graph(model, recording, key, factors, following)
    if found is not None and _agrees(found, recording):
        return found
    hooked = tail.by_hook(model, recording, key, factors, following)
    if not _agrees(hooked, recording):
        raise TailError(f"The network cannot be run on from {key} by itself: choose another layer.")
    return hooked


def _agrees(passed: Passed, recording: Activations) -> bool:
    span = max(1.0, float(np.abs(recording.logits).max()))
    return bool(np.abs(passed.logits[0] - recording.logits).max() <= AGREE * span)


def _twice(model: nn.Module, recording: Activations, key: str, factors: Array, passed: Passed) -> float | None:
    """The same mask at one p once more, in the network itself, by a forward hook."""
    middle = len(factors) // 2
    try:
        again = tail.by_hook(model, recording, key, factors[[middle]], "")
    except TailError:
        return None
    return float(np.abs(again.logits[0] - passed.logits[middle]).max())


def _factor(numbers: Array, p: float, layer: Layer) -> Array:
    scaled: Array = keep(numbers, p, layer.shape) * np.float32(train_scale(p))
    return scaled.astype(np.float32)


def _at_a_time(recording: Activations, key: str) -> int:
    """So many rows that no layer's batch is larger than 4 million values (16 MB)."""
    largest = max((recording[at].values.size for at in (key, *followers(recording, key))), default=1)
    return int(np.clip(4_000_000 // max(largest, 1), 1, 100))
