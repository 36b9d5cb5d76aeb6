"""The tables of the parts about blocks, every number from a record."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from cnnviz.topics.blocks.records import Line, Shortcut


# ------------------------------------------------------------------------------------------------ VGG
def vgg_blocks(lines: Sequence[Line]) -> list[dict[str, str | int]]:
    """One row a block."""
    rows: list[dict[str, str | int]] = []
    for index in sorted({line.block for line in lines}):
        part = [line for line in lines if line.block == index]
        rows.append(
            {
                "block": "head" if part[0].text.startswith("nn.Flatten") else str(index),
                "layers": len(part),
                "output": str(list(part[-1].shape)),
                "parameters": sum(line.parameters for line in part),
                "multiply-adds": sum(line.macs for line in part),
            }
        )
    return rows


def written_out(lines: Sequence[Line]) -> str:
    """The plan as one nn.Sequential, a line a layer."""
    body = [f"    {line.text + ',':<44}# {list(line.shape)}" + _counted(line) for line in lines]
    return "\n".join(["nn.Sequential(", *body, ")"])


def _counted(line: Line) -> str:
    return f"  {line.parameters:,} parameters" if line.parameters else ""


def vgg_csv(lines: Sequence[Line]) -> str:
    """The layers of VGG's blocks as CSV."""
    return table(["block", "layer", "shape", "parameters", "macs"],
                 [[line.block, line.text, "x".join(map(str, line.shape)), line.parameters, line.macs]
                  for line in lines])  # fmt: skip


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """CSV."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(head)
    writer.writerows(rows)
    return target.getvalue()


# ------------------------------------------------------------------------------------------------ residual
SHORTCUTS = {
    "identity": "x itself: nothing to learn",
    "projection": "a 1×1 convolution with the block's stride (option B of the paper)",
    "padding": "every second cell, and zeros for new channels (option A)",
}


def shortcut_table(found: Sequence[tuple[Shortcut, int]]) -> list[dict[str, str | int]]:
    """Kinds of shortcuts in a network with their count and weights. found: (shortcut, weights in it)."""
    rows: list[dict[str, str | int]] = []
    for kind, words in SHORTCUTS.items():
        weights = [count for shortcut, count in found if shortcut.kind == kind]
        rows.append({"shortcut": kind, "what passes": words, "blocks here": len(weights), "weights": sum(weights)})
    return rows
