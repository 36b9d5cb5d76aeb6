"""The BatchNorm page's tables, downloads and the images of a folded pair."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from cnnviz.figures import maps, palettes, pictures
from cnnviz.figures.numbers import number
from cnnviz.records import Array
from cnnviz.topics.batch_norm import network_captions
from cnnviz.topics.batch_norm.records import BatchNormLayer, Folded, Noise, Normalised, Surface, Trace

SHOWN = 16  # channels in an image of a folded pair


def steps(step: Normalised) -> str:
    """One CSV line a value: its place, its group, and every step."""
    places = np.indices(step.x.shape).reshape(step.x.ndim, -1).T
    columns = (step.x, step.centred, step.mean[step.group], step.variance[step.group], step.x_hat, step.y)
    rows = np.stack([part.ravel() for part in columns], axis=1)
    names = ("n", "c", "h", "w")[: step.x.ndim]
    return _csv(
        [*names, "x", "centred", "mean", "variance", "x_hat", "y"],
        ([*place, *(f"{v:.10g}" for v in row)] for place, row in zip(places.tolist(), rows, strict=True)),
    )


def trace(found: Trace) -> str:
    """One CSV line a batch: its mean and variance, and both running statistics for every momentum."""
    head = ["batch", "mean", "unbiased variance"]
    head += [f"running {what}, momentum {m:g}" for m in found.momenta for what in ("mean", "variance")]
    rows = (
        [t + 1, found.batch_mean[t], found.batch_unbiased[t]]
        + [part[m, t + 1] for m in range(len(found.momenta)) for part in (found.mean, found.variance)]
        for t in range(len(found.batch_mean))
    )
    return _csv(head, rows)


def noise(found: Noise) -> str:
    """One CSV line a batch size: measured and expected spreads."""
    measured = (
        found.means.std(1),
        found.unbiased.std(1),
        found.biased.mean(1),
        found.unbiased.mean(1),
        found.x_hat.std(1),
    )
    columns = (np.array(found.sizes), measured[0], found.expected_mean, found.expected_mean * found.finite,
               measured[1], found.expected_variance, *measured[2:])  # fmt: skip
    head = ["batch size", "spread of mean", "sigma/sqrt(n)", "without replacement", "spread of variance", "expected",
            "mean biased variance", "mean unbiased variance", "spread of one x_hat"]  # fmt: skip
    return _csv(head, np.stack(columns, axis=1).tolist())


def layer(found: BatchNormLayer) -> str:
    """One CSV line a channel."""
    head = ["channel", "running mean", "running variance", "gamma", "beta", "this image's mean", "its variance"]
    columns = (
        found.stored_mean,
        found.stored_variance,
        found.gamma,
        found.beta,
        found.before_mean,
        found.before_variance,
    )
    return _csv(head, ([c, *(f"{part[c]:.8g}" for part in columns)] for c in range(len(found.gamma))))


def descent(before: Surface, after: Surface) -> str:
    """One CSV line a surface, learning rate and step."""
    rows = (
        [name, f"{rate:.8g}", t, *(f"{v:.8g}" for v in path[t]), f"{losses[t]:.8g}"]
        for name, found in (("as they are", before), ("normalised", after))
        for rate, path, losses in zip(found.rates, found.paths, found.losses, strict=True)
        for t in range(len(path))
        if np.isfinite(losses[t])
    )
    return _csv(["features", "learning rate", "step", "weight 1", "weight 2", "loss"], rows)


def alone(cases: Sequence[Any]) -> list[dict[str, str]]:
    """The batch of one: shape, mode, what happened. cases: measurements.batch_norm_features.Alone, plain values."""
    return [
        {
            "shape": str(list(one.shape)),
            "mode": one.mode,
            "works": "yes" if one.works else "no",
            "PyTorch says": one.answer,
        }
        for one in cases
    ]


def folding(folded: Folded) -> list[dict[str, Any]]:
    """One row a channel: its factor, and its first weight and bias before and after."""
    first = folded.weight.reshape(len(folded.scale), -1)[:, 0]
    first_folded = folded.folded_weight.reshape(len(folded.scale), -1)[:, 0]
    columns = (folded.scale, first, first_folded, folded.bias, folded.folded_bias)
    names = ("γ/√(σ² + ε)", "first weight", "folded", "bias", "folded bias")
    return [
        {"channel": c, **{name: number(float(part[c])) for name, part in zip(names, columns, strict=True)}}
        for c in range(len(folded.scale))
    ]


def folded_npz(folded: Folded) -> bytes:
    """weight, bias, scale, folded_weight and folded_bias as a compressed NPZ, float64."""
    target = io.BytesIO()
    np.savez_compressed(target, **vars(folded))
    return target.getvalue()


def relatives(found: Mapping[str, Normalised]) -> str:
    """One CSV line a value of x [N, C, H, W]: what each normalisation makes of it."""
    x = next(iter(found.values())).x
    places = np.indices(x.shape).reshape(x.ndim, -1).T
    columns = np.stack([x.ravel(), *(step.x_hat.ravel() for step in found.values())], axis=1)
    rows = ([*place, *(f"{v:.8g}" for v in row)] for place, row in zip(places.tolist(), columns, strict=True))
    return _csv(["n", "c", "h", "w", "x", *found], rows)


def folded_pictures(two: Array, one: Array, theme: str, *, size: int = 420) -> tuple[tuple[str, bytes], ...]:
    """(caption, PNG) of both outputs on one range, and of their difference on its own. two, one: [C, H, W]."""
    limit = maps.limits(two[:SHOWN].astype(np.float32))
    gap = one[:SHOWN] - two[:SHOWN]
    return (
        (network_captions.two_layers(min(SHOWN, len(two)), len(two)), _picture(two, limit, theme, size)),
        (network_captions.FOLDED, _picture(one, limit, theme, size)),
        (
            network_captions.difference(gap),
            _picture(gap, maps.limits(gap), theme, size),
        ),
    )


def _picture(values: Array, limit: Any, theme: str, size: int) -> bytes:
    entries = maps.tiles(maps.quantise(values[:SHOWN], limit), columns=4)
    colours = palettes.lut("activations" if limit.signed else "magnitude", theme).copy()
    colours[0] = palettes.BACKGROUNDS[theme]
    return pictures.png(pictures.enlarge_to(colours[entries], size))


def example(shape: tuple[int, int, int, int], seed: int) -> Array:
    """Numbers to normalise: each channel and each image has a mean and a spread of its own, one decimal."""
    random = np.random.default_rng(seed)
    n, c = shape[:2]
    middle = 3 * random.normal(size=(1, c, 1, 1)) + 2 * random.normal(size=(n, 1, 1, 1))
    width = random.uniform(0.5, 2.5, size=(1, c, 1, 1))
    return np.asarray(np.round(middle + width * random.normal(size=shape), 1))


def _csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(head)
    writer.writerows(rows)
    return target.getvalue()
