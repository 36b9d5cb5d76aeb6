"""What pooling lost, drawn: the image, what is left of it, each restored one and its error; the table of PSNRs."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from cnnviz.figures.channels import energy
from cnnviz.records.activations import Array
from cnnviz.records.pooling import Comparison, Enlarged
from cnnviz.topics.pooling import loss_captions
from cnnviz.topics.pooling.side_by_side_figures import PooledTile


def unit_square(image: Image.Image, side: int) -> Array:
    """The image's middle as [3, side, side] float64 in 0 … 1."""
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


def tiles(found: Comparison, *, picture: bool, channel: int, titles: Mapping[str, str]) -> list[PooledTile]:
    """picture: the three channels are red, green and blue. channel: which map is shown otherwise."""

    def shown(values: Array) -> Array:
        return values if picture else values[channel]

    pooled = found.pooled
    listed = [
        PooledTile(loss_captions.BEFORE, shown(pooled.x), loss_captions.shape(pooled.x)),
        PooledTile(loss_captions.POOLED, shown(pooled.values), loss_captions.shape(pooled.values)),
    ]
    for item in found.restored:
        title = titles[item.way]
        listed.append(PooledTile(title, shown(item.values), loss_captions.psnr(item.psnr)))
    for item in found.restored:
        off = item.values - pooled.x
        single = off.mean(0) if picture else off[channel]
        listed.append(
            PooledTile(
                loss_captions.error_title(titles[item.way]),
                single,
                loss_captions.mean_error(float(np.abs(off).mean())),
                "difference",
                True,
            )
        )
    return listed


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
        return loss_captions.NO_SWITCHES
    return f"**{loss_captions.decibel(value)}**" if value == best else loss_captions.decibel(value)


def npz(found: Comparison) -> bytes:
    """The values before, pooled, the switches where there are some, and every way back, as a compressed NPZ."""
    pooled = found.pooled
    arrays = {"before": pooled.x, "pooled": pooled.values, **{item.way: item.values for item in found.restored}}
    if pooled.switches is not None:
        arrays["indices"] = pooled.switches
    target = io.BytesIO()
    np.savez_compressed(target, **{name: np.asarray(array) for name, array in arrays.items()})  # type: ignore[arg-type]
    return target.getvalue()


def enlarged_tiles(whole: Array, ways: Sequence[Enlarged]) -> list[PooledTile]:
    """The image, what it was made small to, and every way back."""
    small = ways[0].small
    first = [
        PooledTile(loss_captions.BEFORE, whole, loss_captions.shape(whole)),
        PooledTile(loss_captions.SMALL, small, loss_captions.shape(small)),
    ]
    return first + [PooledTile(item.way, item.values, loss_captions.psnr(item.psnr)) for item in ways]
