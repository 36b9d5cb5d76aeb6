"""Permuted pictures, un-permuted weights and maps as pictures, and what they say in words."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnviz.figures import maps
from cnnviz.figures.numbers import number, percent
from cnnviz.figures.pictures import enlarge, png
from cnnviz.records import Array
from cnnviz.records.permutation import Answers, FirstWeights, NoTrick, PermutedPictures, PixelOrder, TwoMaps

ZOOM, GAP, COLUMNS = 3, 2, 5
GROUND = 96  # grey between the pictures, legible in light and dark


def sheet_png(pictures: Array, *, columns: int = COLUMNS) -> bytes:
    """Grey pictures side by side in rows of `columns`. pictures: [N, H, W] uint8."""
    count, height, width = pictures.shape
    rows = -(-count // columns)
    canvas = np.full((rows * (height + GAP) + GAP, columns * (width + GAP) + GAP), GROUND, dtype=np.uint8)
    for index, picture in enumerate(pictures):
        top, left = (GAP + place * (side + GAP) for place, side in zip(divmod(index, columns), (height, width),
                                                                       strict=True))  # fmt: skip
        canvas[top : top + height, left : left + width] = picture
    return png(enlarge(canvas, ZOOM))


def order_words(order: PixelOrder, several: int = 1) -> str:
    """What the permutation does, in numbers; of several, the first stands for all."""
    first = "One permutation for all pictures" if several == 1 else f"{several} permutations; the first"
    return (
        f"{first} moves {percent(order.moved)} of the {order.height * order.width} pixels, {order.distance:.1f} pixels "
        f"far on average; {percent(order.neighbours)} of the pairs that lie side by side still do afterwards."
    )


def restored_words(found: PermutedPictures) -> str:
    """Whether the inverse brought everything back, counted."""
    wrong = int((found.restored != found.pictures).sum())
    return f"Put back by the inverse, {wrong} of {found.pictures.size:,} pixels differ from the originals."


def weights_png(values: Array, limit: float, *, theme: str) -> bytes:
    """First-layer weights, a picture a unit, zero neutral, one scale for all."""
    shown = maps.Limits(-limit, limit, signed=True)
    return maps.mosaic_png(values.repeat(2, 1).repeat(2, 2), palette="weights", theme=theme, limits=shown, columns=4)


def weights_limit(found: FirstWeights) -> float:
    """The scale on which both networks' weights are drawn: 99.5 % of all lie inside."""
    return float(np.quantile(np.abs(np.concatenate([found.plain, found.permuted])), 0.995))


def weights_words(found: FirstWeights) -> str:
    plain, permuted, restored = found.smoothness
    return (
        f"Side-by-side weights correlate by {number(plain)} in the network trained on normal pictures, by "
        f"{number(permuted)} in the one trained on permuted pictures, and by {number(restored)} once its weights are "
        "put back by the inverse: it learned strokes as the other did, only at other places."
        if restored > 0.5 * plain and permuted < 0.5 * plain
        else f"Side-by-side weights correlate by {number(plain)} (normal), {number(permuted)} (permuted) and "
        f"{number(restored)} (put back): putting back does not bring the strokes of the normal network here."
    )


def maps_png(values: Array, *, theme: str) -> bytes:
    return maps.mosaic_png(values.repeat(4, 1).repeat(4, 2), theme=theme, columns=3)


def maps_words(found: TwoMaps) -> str:
    plain, permuted = found.smoothness
    return (
        f"Side-by-side cells of {found.layer} correlate by {number(plain)} on the picture and by {number(permuted)} on "
        "its permuted self: what a kernel finds there has no neighbourhood left to lie in."
        if permuted < 0.5 * plain
        else f"Side-by-side cells of {found.layer} correlate by {number(plain)} and, permuted, by {number(permuted)}."
    )


def no_trick_words(found: NoTrick) -> str:
    """What a convolution can follow of a permutation."""
    return (
        f"Moved along with the pixels, conv1's matrix is no convolution any more: the nearest one holds "
        f"{found.kept * 100:.2g} % of its squared size. With it the logits of {found.pictures} permuted pictures "
        f"differ by up to {number(found.difference)} and {percent(found.agree)} get the answer they had "
        f"(kernels left as they are: up to {number(found.untouched)})."
    )


def answers_table(found: Answers) -> list[dict[str, Any]]:
    """A row a network and picture: what it says, and how sure it is."""
    rows = []
    for (network, trained, shown), probabilities in zip(found.rows, found.probabilities, strict=True):
        best = int(probabilities.argmax())
        rows.append({
            "network": network,
            "trained on": "permuted" if trained else "normal",
            "shown": "permuted" if shown else "normal",
            "says": found.classes[best],
            "probability": percent(float(probabilities[best])),
        })  # fmt: skip
    return rows


def answers_words(found: Answers) -> str:
    """Whether the networks agree where picture and training match, and where they do not."""
    says = {row: found.classes[int(found.probabilities[i].argmax())] for i, row in enumerate(found.rows)}
    matching = [f"{row[0]} ({'permuted' if row[1] else 'normal'}): {said}" for row, said in says.items()
                if row[1] == row[2]]  # fmt: skip
    return "Each network on the kind of picture it was trained on: " + ", ".join(matching) + "."
