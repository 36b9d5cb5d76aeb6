"""Images, class mixes and constants of a data set: packets for the browser, tables and snippets."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any, TypedDict

import numpy as np
import plotly.graph_objects as go

from cnnviz.figures import log_axis, looks, pictures
from cnnviz.figures.numbers import number
from cnnviz.records.activations import Array
from cnnviz.records.batches import Channels, Constants, EpochPlan, Mix, Sheet, Transformed

CHANNELS = {1: ("#7b8794",), 3: ("#d6564a", "#2a9562", "#3b78c2")}  # grey; red, green, blue, legible on both grounds
MOST_BARS = 64  # batches that are drawn of an epoch
MOST_CLASSES = 40  # that get a colour of their own in the legend


class SheetRow(TypedDict):
    """So many images under one title. normalised: their numbers are to be shown after normalisation."""

    title: str
    count: int
    normalised: bool


class SheetItem(TypedDict):
    """One image. index: its place in the data set."""

    label: str
    index: int
    words: str


class PictureSheetPacket(TypedDict):
    """For the component picture_sheet, with the pixels beside it. columns: 0 for as many as there is room for."""

    shape: list[int]
    mean: list[float]
    std: list[float]
    rows: list[SheetRow]
    items: list[SheetItem]
    columns: int


class MixRow(TypedDict):
    """One order of the training images. counts: [batches][classes]."""

    order: str
    counts: list[list[int]]
    words: str


class BatchMixPacket(TypedDict):
    """For the component batch_mix. batches: the numbers of those that are drawn, of `steps`."""

    classes: list[str]
    batches: list[int]
    steps: int
    rows: list[MixRow]


def browse(sheet: Sheet, *, normalised: bool) -> tuple[PictureSheetPacket, bytes]:
    """(header, pixels) for the component `picture_sheet`: one row that flows over as many lines as it needs."""
    items: list[SheetItem] = [
        {"label": sheet.classes[label], "index": int(index), "words": ""}
        for label, index in zip(sheet.labels, sheet.indices, strict=True)
    ]
    row: SheetRow = {"title": "", "count": len(items), "normalised": normalised}
    return _header(sheet, [row], items, columns=0), np.ascontiguousarray(sheet.pictures).tobytes()


def transforms(sheet: Sheet, rows: Sequence[Transformed]) -> tuple[PictureSheetPacket, bytes]:
    """(header, pixels): a row for each transform, the same image below itself."""
    items: list[SheetItem] = [
        {"label": sheet.classes[label], "index": int(index), "words": words}
        for row in rows
        for label, index, words in zip(sheet.labels, sheet.indices, row.words, strict=False)
    ]
    listed: list[SheetRow] = [
        {"title": row.title, "count": len(row.pictures), "normalised": row.normalised} for row in rows
    ]
    pixels = np.concatenate([row.pictures for row in rows])
    return _header(sheet, listed, items, columns=len(rows[0].pictures)), pixels.tobytes()


def mix(mixes: Sequence[Mix], classes: Sequence[str], plan: EpochPlan, *, said: Sequence[str]) -> BatchMixPacket:
    """Header for the component `batch_mix`: stacked bars of at most 64 batches, evenly taken from the epoch.

    said: a line for each order.
    """
    shown = np.unique(np.linspace(0, plan.steps - 1, min(plan.steps, MOST_BARS)).round().astype(int))
    return {
        "classes": list(classes),
        "batches": (shown + 1).tolist(),
        "steps": plan.steps,
        "rows": [
            {"order": item.order, "counts": item.counts[shown].tolist(), "words": line}
            for item, line in zip(mixes, said, strict=True)
        ],
    }


def constants_table(found: Channels, listed: Sequence[Constants]) -> list[dict[str, str]]:
    """One row each: title, mean, deviation, how far off, and what normalised images then really have."""
    first = {
        "constants": "measured",
        "mean": _row(found.mean),
        "std": _row(found.std),
        "largest difference": "",
        "mean after": _row(np.zeros(len(found.mean))),
        "std after": _row(np.ones(len(found.mean))),
    }
    return [first] + [
        {
            "constants": item.title,
            "mean": _row(item.mean),
            "std": _row(item.std),
            "largest difference": number(item.difference),
            "mean after": _row(item.mean_after),
            "std after": _row(item.std_after),
        }
        for item in listed
    ]


def mix_csv(mixes: Sequence[Mix], classes: Sequence[str]) -> str:
    """One line for each batch of each order: how many images of each class."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(["order", "batch", *classes])
    for item in mixes:
        for batch, counts in enumerate(item.counts, start=1):
            writer.writerow([item.order, batch, *counts.tolist()])
    return target.getvalue()


def sheet_png(images: Array, *, columns: int = 12) -> bytes:
    """The images [N, C, H, W] uint8 side by side, pixel by pixel, as one PNG."""
    count, depth, height, width = images.shape
    lines = -(-count // columns)
    tiles = np.zeros((lines * columns, depth, height, width), np.uint8)
    tiles[:count] = images
    whole = tiles.reshape(lines, columns, depth, height, width).transpose(0, 3, 1, 4, 2)
    return pictures.png(pictures.rgb(whole.reshape(lines * height, columns * width, depth)))


def levels(found: Channels, *, theme: str | None = None) -> go.Figure:
    """How often each level 0…255 occurs in each channel."""
    figure = go.Figure()
    names = ("red", "green", "blue") if len(found.counts) == 3 else ("grey",)
    for name, counts, colour in zip(names, found.counts, CHANNELS[len(found.counts)], strict=True):
        share = 100 * counts / counts.sum()
        figure.add_trace(
            go.Scatter(
                x=np.arange(256), y=share, name=name, mode="lines", line={"color": colour, "width": 2},
                hovertemplate=f"{name} %{{x}}: %{{y:.2f}} % of the values<extra></extra>",
            )
        )  # fmt: skip
    looks.apply(figure, theme, height=240)
    figure.update_xaxes(title_text="level of a pixel, 0 to 255")
    steep = found.counts.max() > found.counts.sum() / 4
    figure.update_yaxes(title_text="% of the values", **(log_axis.of(figure, "y") if steep else {}))
    return figure


def browse_snippet(name: str, split: str, label: int | None) -> str:
    """The images of a class as a tensor."""
    lines = ["from cnnviz import datasets", "", f"data = datasets.load({name!r}, split={split!r})"]
    lines.append("images = data.images" if label is None else f"images = data.images[data.labels == {label}]")
    return "\n".join([*lines, "print(images.shape, images.dtype, data.classes)"])


def normalise_snippet(name: str) -> str:
    """Mean and deviation per channel, by PyTorch."""
    return "\n".join(
        [
            "import torch",
            "from cnnviz import datasets",
            "",
            f"data = datasets.load({name!r})",
            "x = data.images.transpose(0, 1).flatten(1).double() / 255",
            "mean, std = x.mean(1), x.std(1, correction=0)",
            "print(mean, std)",
        ]
    )


def batches_snippet(name: str, batch_size: int, seed: int) -> str:
    """The class mix of a shuffled epoch, by PyTorch."""
    return "\n".join(
        [
            "import torch",
            "from cnnviz import datasets",
            "",
            f"data = datasets.load({name!r})",
            f"order = torch.randperm(len(data), generator=torch.Generator().manual_seed({seed}))",
            f"batches = order.split({batch_size})",
            "counts = torch.stack([torch.bincount(data.labels[b], minlength=len(data.classes)) for b in batches])",
            'print(len(batches), "steps;", (counts > 0).sum(1).float().mean().item(), "classes in a batch on average")',
        ]
    )


def transforms_snippet(name: str, seed: int) -> str:
    """Eight images after all transforms."""
    return "\n".join(
        [
            "from cnnviz import datasets",
            "from cnnviz.topics.data import transforms",
            "",
            f"images = datasets.load({name!r}).images[:8].numpy()",
            f"rows = transforms.transformed(images, transforms.TRANSFORMS, seed={seed})",
            "for row in rows:",
            "    print(row.title, row.pictures.shape, row.words[0])",
        ]
    )


def _row(values: Any) -> str:
    return "  ".join(f"{value + 0.0:.4f}" for value in values).replace("-", "−")


def _header(sheet: Sheet, rows: list[SheetRow], items: list[SheetItem], *, columns: int) -> PictureSheetPacket:
    return {
        "shape": list(sheet.pictures.shape[1:]),
        "mean": list(sheet.mean),
        "std": list(sheet.std),
        "rows": rows,
        "items": items,
        "columns": columns,
    }
