"""What pooling lost, drawn: the picture, what is left of it, each way back and what is off; and the table of PSNRs."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from cnnviz.figures.channels import energy
from cnnviz.records.activations import Array
from cnnviz.records.pooling import Comparison, Enlarged
from cnnviz.topics.pooling.side_by_side_figures import Tile


def unit_square(image: Image.Image, side: int) -> Array:
    """The picture's middle as [3, side, side] float64 in 0 … 1."""
    least = min(image.size)
    left, top = (image.width - least) // 2, (image.height - least) // 2
    middle = image.convert("RGB").crop((left, top, left + least, top + least))
    small = middle.resize((side, side), Image.Resampling.LANCZOS if least > side else Image.Resampling.NEAREST)
    return np.asarray(small).transpose(2, 0, 1) / 255.0


def strongest(maps: Array, cells: int) -> tuple[Array, tuple[int, ...], float]:
    """The channels with most energy, [C', H, W] float64 of about so many cells, their indices, and their range."""
    kept = max(1, min(len(maps), cells // maps[0].size))
    order = np.argsort(-energy(maps), kind="stable")[:kept]
    values = maps[order].astype(np.float64)
    return values, tuple(order.tolist()), float(np.ptp(values))


def tiles(found: Comparison, *, picture: bool, channel: int, titles: Mapping[str, str]) -> list[Tile]:
    """picture: the three channels are red, green and blue. channel: which map is shown otherwise."""

    def shown(values: Array) -> Array:
        return values if picture else values[channel]

    pooled = found.pooled
    listed = [
        Tile("before", shown(pooled.x), _size(pooled.x)),
        Tile("pooled", shown(pooled.values), _size(pooled.values)),
    ]
    for item in found.restored:
        title = titles[item.way]
        listed.append(Tile(title, shown(item.values), f"PSNR {decibel(item.psnr)}"))
    for item in found.restored:
        off = item.values - pooled.x
        single = off.mean(0) if picture else off[channel]
        listed.append(
            Tile(f"off: {titles[item.way]}", single, f"mean size {np.abs(off).mean():.3g}", "difference", True)
        )
    return listed


def _size(values: Array) -> str:
    return "[" + ", ".join(map(str, values.shape)) + "]"


def decibel(value: float) -> str:
    """12.3 dB, or "∞, nothing is lost"."""
    return f"{value:.1f} dB" if np.isfinite(value) else "∞, nothing is lost"


def table(found: Sequence[Comparison], kinds: Mapping[str, str], ways: Mapping[str, str]) -> str:
    """Markdown: a line a kind of pooling, a column a way back, PSNR in dB; the best is bold."""
    best = max(item.psnr for one in found for item in one.restored)
    lines = ["| pooling | " + " | ".join(ways.values()) + " |", "| --- |" + " ---: |" * len(ways)]
    for one in found:
        by_way = {item.way: item.psnr for item in one.restored}
        cells = [_cell(by_way.get(way), best) for way in ways]
        lines.append(f"| {kinds[one.kind]} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(value: float | None, best: float) -> str:
    if value is None:
        return "no switches"
    return f"**{decibel(value)}**" if value == best else decibel(value)


def words(found: Comparison, others: Sequence[Comparison], kinds: Mapping[str, str], ways: Mapping[str, str]) -> str:
    """How many numbers are left, which way back comes nearest, and what the switches cost.

    kinds, ways: titles of the kinds of pooling and of the ways back.
    """
    x, values = found.pooled.x, found.pooled.values
    best = max(found.restored, key=lambda item: item.psnr)
    text = (
        f"{x.size:,} numbers became {values.size:,} ({values.size / x.size:.1%}), {x.shape[0]} channels stayed "
        f"{values.shape[0]}. Nearest comes “{ways[best.way]}” with {decibel(best.psnr)}."
    ).replace("%", " %")
    switches = next((item for item in found.restored if item.way == "switches"), None)
    if switches is not None:
        zeros = 1 - np.count_nonzero(switches.values) / switches.values.size
        text += (
            f" Unpooling keeps a switch beside each number ({switches.kept:,} numbers), puts every maximum back in "
            f"its place and leaves {zeros:.0%} of the cells at zero: {decibel(switches.psnr)}."
        ).replace("%", " %")
    ranked = max(others, key=lambda one: max(item.psnr for item in one.restored))
    name, _, _ = kinds[ranked.kind].partition(" (")
    return text + (f" Of all ways to pool, “{name}” lost least here." if len(others) > 1 else "")


def npz(found: Comparison) -> bytes:
    """The values before, pooled, the switches where there are some, and every way back, as a compressed NPZ."""
    pooled = found.pooled
    arrays = {"before": pooled.x, "pooled": pooled.values, **{item.way: item.values for item in found.restored}}
    if pooled.switches is not None:
        arrays["indices"] = pooled.switches
    target = io.BytesIO()
    np.savez_compressed(target, **{name: np.asarray(array) for name, array in arrays.items()})  # type: ignore[arg-type]
    return target.getvalue()


def enlarged_tiles(whole: Array, ways: Sequence[Enlarged]) -> list[Tile]:
    """The picture, what it was made small to, and every way back."""
    small = ways[0].small
    first = [Tile("before", whole, _size(whole)), Tile("made small: the mean of each window", small, _size(small))]
    return first + [Tile(item.way, item.values, f"PSNR {decibel(item.psnr)}") for item in ways]


def enlarged_words(ways: Sequence[Enlarged]) -> str:
    """Which way comes nearest, and why shuffling is no fair comparison."""
    same = [item for item in ways if item.small.size == ways[0].small.size and item.way != "max unpooling"]
    best, worst = max(same, key=lambda item: item.psnr), min(same, key=lambda item: item.psnr)
    shuffle = next(item for item in ways if item.way == "pixel shuffle")
    return (
        f"From the same {best.small.size:,} numbers “{best.way}” comes nearest ({decibel(best.psnr)}), “{worst.way}” "
        f"least ({decibel(worst.psnr)}). Pixel shuffle starts from {shuffle.small.size:,}, as channels "
        f"{_size(shuffle.small)}: {decibel(shuffle.psnr)}."
    )
