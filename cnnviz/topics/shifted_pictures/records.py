"""Digits that have moved, and what two networks say of them."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.records.activations import Array


@dataclass(frozen=True, eq=False)
class ShiftGrid:
    """One digit moved to every place within `reach` pixels, through several networks.

    picture: [H, W] uint8, unmoved, as the networks see it. networks: their titles.
    probabilities: [networks, 2·reach + 1, 2·reach + 1, classes] float32; first axis of the two downwards, from
    −reach (moved up) to +reach, second to the right.
    """

    picture: Array
    reach: int
    networks: tuple[str, ...]
    probabilities: Array
    classes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ShiftedDigits:
    """Ten test digits moved by each of several amounts, digit i in direction i mod 8, and the networks' answers.

    pictures: [amounts, 10, H, W] uint8. labels: [10]. directions: (down, right) of each digit, in {−1, 0, 1}.
    answers: [networks, amounts, 10] class numbers. probabilities: of those answers, likewise, float32.
    """

    amounts: tuple[int, ...]
    pictures: Array
    labels: Array
    directions: tuple[tuple[int, int], ...]
    networks: tuple[str, ...]
    answers: Array
    probabilities: Array
    classes: tuple[str, ...]
    source: str
