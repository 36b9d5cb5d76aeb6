"""What the shift picture draws: frames, maps and curves of a measured motion; and what the numbers say, in words."""

from __future__ import annotations

import io
import math
import warnings
from typing import Any

import numpy as np
from PIL import Image

from cnnviz.figures import theme as looks
from cnnviz.figures.maps import limits, quantise
from cnnviz.figures.packets import digest
from cnnviz.records.activations import Array
from cnnviz.topics.pooling.shift_records import Exchanged, Motion, Shifts

TITLES = {
    "before": "before",
    "max": "max",
    "average": "average",
    "stride": "stride",
    "blur": "blur + stride",
    "max_blur": "max + blur",
}
NOTABLE = 2.0  # px, at which the verdict compares: a shift that nobody sees


def data(shifts: Shifts) -> dict[str, Any]:
    """{"meta": plain dict, then bytes}: for each motion its frames as one PNG and the maps as palette entries."""
    blobs: dict[str, bytes] = {}
    motions = {}
    for name, motion in (("slide", shifts.slide), ("turn", shifts.turn)):
        order = np.argsort(motion.amounts)
        motions[name] = _motion(motion, order)
        blobs[f"{name}_frames"] = _strip(motion.pictures[order])
        for place, maps in enumerate(motion.maps):
            spans = limits(np.concatenate([values.ravel() for values in maps.values()])[None, :, None])
            motions[name]["places"][place]["signed"] = spans.signed
            for way, values in maps.items():
                blobs[f"{name}_{place}_{way}"] = quantise(values[order], spans).tobytes()
    meta: dict[str, Any] = {"motions": motions, "colours": list(looks.SERIES), "count": shifts.slide.count}
    meta["digest"] = digest(meta, *blobs.values())
    return {"meta": meta, **blobs}


def _motion(motion: Motion, order: Array) -> dict[str, Any]:
    return {
        "unit": motion.unit,
        "amounts": [motion.amounts[at] for at in order],
        "frame": list(motion.pictures.shape[1:3]),
        "layers": [{"key": key, "operation": what} for key, what in zip(motion.layers, motion.operations, strict=True)],
        "depth": _curves(motion.cosines[:, :, order]),
        "floors": _plain(motion.floors),
        "agree": _plain(motion.agree[:, order].mean(0)),
        "chance": motion.chance[0, order].tolist(),
        "label": motion.labels[0],
        "ways": [{"name": name, "title": TITLES[name]} for name in motion.ways],
        "places": [
            {
                "layer": place.layer, "operation": place.operation, "before": place.before, "shape": list(place.shape),
                "cell": place.cell, "place": _curves(motion.by_place[:, at][:, :, order]),
                "along": _curves(motion.moved_along[:, at][:, :, order]), "floors": _plain(motion.way_floors[at]),
                "sizes": {way: list(values.shape[1:]) for way, values in motion.maps[at].items()},
            }
            for at, place in enumerate(motion.reductions)
        ],
    }  # fmt: skip


def _curves(values: Array) -> dict[str, Any]:
    """[P, N, A] → mean, lowest and highest over the pictures, [N][A] each; None where nothing was measured."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a column without any number stays NaN
        found = {"mean": np.nanmean(values, 0), "low": np.nanmin(values, 0), "high": np.nanmax(values, 0)}
    return {name: _plain(array) for name, array in found.items()}


def _plain(values: Array) -> Any:
    if values.ndim:
        return [_plain(part) for part in values]
    return round(float(values), 4) if np.isfinite(values) else None


def _strip(frames: Array) -> bytes:
    """All frames side by side as one PNG."""
    out = io.BytesIO()
    Image.fromarray(np.concatenate(list(frames), axis=1)).save(out, "PNG", compress_level=4)
    return out.getvalue()


# ------------------------------------------------------------------------------------------------ in words
def verdict(shifts: Shifts) -> list[str]:
    """What was measured, in sentences: pooling at one place, the ways against each other, depth, the answer itself."""
    motion = shifts.slide
    said = [_helps(motion), _ways(motion), _zigzag(motion), _depth(motion), _answer(shifts)]
    return [sentence.replace("-0.", "−0.") for sentence in said if sentence]


def _of(count: int) -> str:
    return f"mean over {count} pictures" if count > 1 else "one picture"


def _helps(motion: Motion) -> str:
    if not motion.reductions:
        return "This network never makes a map of 4 × 4 or more smaller, so there is nothing to compare."
    at, before, after = _at(motion), motion.ways.index("before"), motion.ways.index("max")
    place = motion.reductions[0]
    mean = motion.by_place[:, 0].mean(0)
    text = (
        f"At {place.layer}, slid by {motion.amounts[at]:g} px ({_of(motion.count)}): similarity {mean[before, at]:.2f} "
        f"before, {mean[after, at]:.2f} after max pooling ({mean[after, at] - mean[before, at]:+.2f})."
    )
    if motion.count < 2:
        return text
    low, high = motion.way_floors[0, before], motion.way_floors[0, after]
    one, other = _above(mean[before, at], low), _above(mean[after, at], high)
    judged = "part of the gain is real" if other > one + 0.02 else "nothing of the gain is left"
    if other < one - 0.02:
        judged = "against that floor pooling made it worse"
    return (
        f"{text} But different pictures grow alike too, from {low:.2f} to {high:.2f}. Counted from there (0) to "
        f"identical (1), it goes from {one:.2f} to {other:.2f}: {judged}."
    )


def _above(value: float, floor: float) -> float:
    return (value - floor) / max(1e-9, 1 - floor)


def _ways(motion: Motion) -> str:
    if not motion.reductions:
        return ""
    at, mean = _at(motion), motion.by_place.mean((0, 1))
    ranked = sorted(range(1, len(motion.ways)), key=lambda way: -mean[way, at])
    listed = ", ".join(f"{TITLES[motion.ways[way]]} {mean[way, at]:.2f}" for way in ranked)
    where = "all places" if len(motion.reductions) > 1 else "this place"
    return (
        f"The same maps made smaller in five ways, mean over {where}, slid by {motion.amounts[at]:g} px: {listed} "
        f"(before {mean[0, at]:.2f})."
    )


def _zigzag(motion: Motion) -> str:
    """Odd against even shifts where a cell is one pixel."""
    if not motion.reductions or motion.reductions[0].cell != 1 or motion.unit != "px":
        return ""
    mean = motion.moved_along[:, 0].mean(0)
    odd, even = mean[:, 1:9:2].mean(1), mean[:, 2:9:2].mean(1)
    pairs = [(way, odd[motion.ways.index(way)], even[motion.ways.index(way)]) for way in ("stride", "max", "max_blur")]
    listed = ", ".join(f"{TITLES[way]} {one:.2f} and {two:.2f}" for way, one, two in pairs)
    return (
        f"Moved along with the picture, the halved maps of {motion.reductions[0].layer} match at even shifts, less at "
        f"odd ones (odd and even, 1 to 8 px): {listed}."
    )


def _depth(motion: Motion) -> str:
    at, mean = _at(motion), motion.cosines.mean(0)
    first, last = mean[0, at], mean[-1, at]
    judged = "more alike than" if last > first + 0.02 else "less alike than" if last < first - 0.02 else "as alike as"
    floors = motion.floors[[0, -1]]
    others = f" (different pictures: {floors[0]:.2f} and {floors[1]:.2f})" if motion.count > 1 else ""
    return (
        f"Layer by layer, slid by {motion.amounts[at]:g} px: {first:.2f} at {motion.layers[0]}, {last:.2f} at "
        f"{motion.layers[-1]}{others}: the end of the network stays {judged} its beginning."
    )


def _answer(shifts: Shifts) -> str:
    """Up to which shift and turn every picture keeps its class."""
    slide, turn = shifts.slide, shifts.turn
    lost = [amount for amount, same in zip(slide.amounts, slide.agree.min(0), strict=True) if not same]
    turned = [abs(amount) for amount, same in zip(turn.amounts, turn.agree.min(0), strict=True) if not same]
    count = "every picture keeps its class" if slide.count > 1 else "the class stays"
    slid = f"up to {min(lost) - 1:g} px" if lost else f"over all {max(slide.amounts):g} px"
    if lost and min(lost) == 1:
        slid = (
            "only unmoved: 1 px is enough to lose one" if slide.count > 1 else "only unmoved: 1 px is enough to lose it"
        )
    angle = f"first lost at ±{min(turned):g}°" if turned else f"kept over all ±{max(turn.amounts):g}°"
    return f"The answer: {count} {slid}; when turned, {angle}."


def _at(motion: Motion) -> int:
    return motion.amounts.index(NOTABLE)


def exchange(shifts: Shifts) -> str:
    """Markdown: how many pictures keep their class when every 2 × 2 pooling is exchanged; "" where none can be."""
    found = shifts.exchanged
    if found is None:
        return ""
    count = found.kept.shape[1]
    moved = [at for at, amount in enumerate(found.amounts) if amount]
    heads = [f"{found.amounts[at]:g} px" for at in moved]
    lines = [
        "| pooling | unmoved as trained | " + " | ".join(heads) + " |",
        "| --- | ---: |" + " ---: |" * len(moved),
    ]
    for way, name in enumerate(found.ways):
        cells = [f"{int(found.kept[way, :, at].sum())}" for at in moved]
        lines.append(f"| {TITLES[name]} | {int(found.same[way].sum())} | " + " | ".join(cells) + " |")
    places = f"all {len(found.places)} poolings" if len(found.places) > 1 else "the one pooling"
    head = (
        f"The trained network with {places} of 2 × 2 exchanged, weights unchanged: of {count} "
        f"picture{'s' if count > 1 else ''}, how many keep the class that they have unmoved."
    )
    return head + "\n\n" + "\n".join(lines) + "\n\n" + _best_exchange(found)


def _best_exchange(found: Exchanged) -> str:
    """Which way keeps the class most often, if so few pictures can tell, among those that still answer as trained."""
    each, most = found.kept[0, :, 1:].size, found.same.shape[1]
    sound = [way for way in range(len(found.ways)) if 2 * int(found.same[way].sum()) > most]
    broken = [TITLES[found.ways[way]] for way in range(len(found.ways)) if way not in sound]
    said = []
    if len(sound) > 1:
        total = {way: int(found.kept[way, :, 1:].sum()) for way in sound}
        best, worst = max(sound, key=total.__getitem__), min(sound, key=total.__getitem__)
        share = (total[best] + total[worst]) / (2 * each)
        doubt = 2 * math.sqrt(2 * each * share * (1 - share))
        names = f"{TITLES[found.ways[best]]} {total[best]}, {TITLES[found.ways[worst]]} {total[worst]} of {each}"
        clear = "a clear difference" if total[best] - total[worst] > doubt else "too little to tell"
        said.append(f"Most and least often kept: {names}: {clear} (two standard errors: {doubt:.1f}).")
    if broken:
        said.append(
            f"With {', '.join(broken)} the network answers otherwise than trained for half of the pictures or more: "
            "that it keeps such an answer says nothing."
        )
    return " ".join(said)


def about(shifts: Shifts, title: str) -> str:
    """What was measured, how often, and on what."""
    slide = shifts.slide
    count = f"{slide.count} pictures" if slide.count > 1 else "one picture"
    moved = f"{len(slide.amounts)} shifts, {len(shifts.turn.amounts)} angles"
    return (
        f"{title} · {count} · {len(slide.layers)} layers · {moved}. "
        "The cosine compares all values of a layer with those of the unmoved picture; 1 is the same direction. The "
        "dotted line is the mean over pairs of different pictures. The weights stay as they were trained."
    )


def csv(shifts: Shifts) -> str:
    """One line a motion, amount, layer and way: mean, lowest and highest cosine over the pictures."""
    lines = ["motion,amount,where,way,measure,mean,lowest,highest,pictures"]
    for name, motion in (("slide", shifts.slide), ("turn", shifts.turn)):
        for at, amount in enumerate(motion.amounts):
            start = f"{name},{amount:g}"
            for number, key in enumerate(motion.layers):
                lines.append(_row(f"{start},{key},,place by place", motion.cosines[:, number, at]))
            for number, place in enumerate(motion.reductions):
                for way, title in enumerate(motion.ways):
                    lines.append(
                        _row(f"{start},{place.layer},{title},place by place", motion.by_place[:, number, way, at])
                    )
                    lines.append(
                        _row(f"{start},{place.layer},{title},moved along", motion.moved_along[:, number, way, at])
                    )
    return "\n".join(line for line in lines if line) + "\n"


def _row(start: str, values: Array) -> str:
    if not np.isfinite(values).all():
        return ""
    return f"{start},{values.mean():.6f},{values.min():.6f},{values.max():.6f},{len(values)}"


SNIPPET = """import torch
from torch import nn
from torch.nn import functional as F

from cnnviz import checkpoints, datasets

model = checkpoints.load("mnist-lenet5-df3d2154")
digits = datasets.load("digits", "test").images[:10].float() / 255  # [10, 1, 28, 28]
digits = (digits - 0.1307) / 0.3081
slid = torch.roll(digits, -2, dims=3)  # two pixels to the left
with torch.inference_mode():
    one, two = (model.activation1(model.conv1(x)) for x in (digits, slid))
    blur = torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]).expand(6, 1, 3, 3) / 16
    ways = {
        "before": nn.Identity(),
        "max": nn.MaxPool2d(2),
        "average": nn.AvgPool2d(2),
        "stride": lambda x: x[..., ::2, ::2],
        "blur + stride": lambda x: F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), blur, stride=2, groups=6),
    }
    for name, way in ways.items():
        print(name, F.cosine_similarity(way(one).flatten(1), way(two).flatten(1)).mean().item())
"""
