"""A paper beside today's network: two counts in one table, and a printed number beside ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cnnviz.figures.numbers import number
from cnnviz.records.architectures import Architecture
from cnnviz.topics.architectures.tables import size

Lines = Sequence[tuple[str, str, str, str]]


def _field(network: Architecture) -> int | None:
    """The widest receptive field of a convolution; None where some convolution sees the whole image (past a gate)."""
    whole = any(row.kind == "convolution" and row.receptive_field.status == "whole" for row in network.rows)
    return None if whole or network.widest is None else network.widest.receptive_field.size


COUNTED: tuple[tuple[str, Callable[[Architecture], int | None], Callable[[float], str]], ...] = (
    ("Parameters", lambda one: one.parameters, lambda value: f"{value:,.0f}"),
    ("Multiply-adds", lambda one: one.macs, lambda value: f"{value:,.0f}"),
    ("Activations", lambda one: one.activation_bytes, size),
    ("Weighted layers on the longest path", lambda one: one.depth, lambda value: f"{value:,.0f}"),
    (
        "Field of the widest convolution",
        _field,
        lambda value: f"{value:,.0f} pixels",
    ),
)


def side_by_side(theirs: Architecture, ours: Architecture) -> dict[str, list[str]]:
    """Two networks that are built and counted here, column by column; what is equal says so."""
    lines = []
    for name, read, spoken in COUNTED:
        one, other = read(theirs), read(ours)
        if one is not None and other is not None:
            lines.append((name, spoken(one), spoken(other), _apart(one, other, spoken)))
    return _columns(("counted here", theirs.spec.title, ours.spec.title, "difference"), lines)


def _apart(one: int, other: int, spoken: Callable[[float], str]) -> str:
    """Between the two as they are printed, in their unit, where they have the same."""
    if one == other:
        return "none"
    (before, *unit), (after, *another) = spoken(one).split(), spoken(other).split()
    places = len(before.partition(".")[2])
    gap = abs(float(after.replace(",", "")) - float(before.replace(",", "")))
    printed = " ".join((f"{gap:,.{places}f}", *unit)) if unit == another and gap else spoken(abs(other - one))
    share = f" ({_signed(100 * (other - one) / one)} %)" if one else ""
    return f"{'+' if other > one else '−'}{printed}{share}"


def _signed(value: float) -> str:
    return ("+" if value > 0 else "−") + number(abs(value))


def printed_table(lines: Lines) -> dict[str, list[str]]:
    """(quantity, what is printed, what is counted here, verdict), column by column."""
    return _columns(("quantity", "printed", "counted here", "verdict"), lines)


def _columns(heads: Sequence[str], lines: Lines) -> dict[str, list[str]]:
    return {head: [line[index] for line in lines] for index, head in enumerate(heads)}


def verdict(ours: int, value: float, half: float) -> str:
    """Whether a count rounds to what is printed, and how far off it is where it does not."""
    if abs(ours - value) <= half:
        return "the same, to the last printed digit"
    return f"{_signed(100 * (ours - value) / value)} %"
