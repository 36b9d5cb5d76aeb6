"""Which network keeps the limits, which are beaten by none, and what moving one limit would bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cnnviz.topics.compare.records import LIMITS, Candidate, CostLimits, Loosened, Shortlist

COSTS = ("file_mb", "macs", "parameters")
RANKS = ("accuracy", *COSTS)
FURTHER = 2.0  # a cost limit is loosened to twice itself at most
POINTS = 3.0  # and the least accuracy by so many points


def choose(candidates: Sequence[Candidate], limits: CostLimits, *, by: str = "accuracy") -> Shortlist:
    """Those that keep all limits, the most accurate first (`by` "accuracy") or the cheapest in `by`.

    Networks without a published accuracy are left out: nothing can be said of them here.
    Raises ValueError for another `by`.
    """
    if by not in RANKS:
        raise ValueError(f"networks are ranked by {', '.join(RANKS)}; not by {by!r}")
    rated = [one for one in candidates if one.accuracy is not None]
    ranked = tuple(sorted((one for one in rated if keeps(one, limits)), key=lambda one: order(one, by)))
    asked = [name for name in LIMITS if getattr(limits, name) is not None]
    moved = [loosen(rated, limits, name, ranked[0]) for name in asked] if ranked else []
    nearest = [] if ranked else [_nearest(rated, limits, name) for name in asked]
    return Shortlist(
        limits, ranked, front(rated), tuple(one for one in moved if one), tuple(one for one in nearest if one)
    )


def keeps(one: Candidate, limits: CostLimits) -> bool:
    """Whether a network stays within every limit that is set."""
    least = limits.accuracy is None or (one.accuracy or 0) >= limits.accuracy
    return least and all(getattr(limits, name) is None or getattr(one, name) <= getattr(limits, name) for name in COSTS)


def order(one: Candidate, by: str) -> tuple[float, ...]:
    """What sorts best first; of equals, the more accurate, then the one with less work."""
    accuracy = -(one.accuracy or 0)
    return (accuracy, one.macs) if by == "accuracy" else (getattr(one, by), accuracy)


def front(candidates: Sequence[Candidate]) -> frozenset[str]:
    """Names of the networks that no other one equals or beats in accuracy, work, parameters and file size at once."""
    return frozenset(one.name for one in candidates if not any(_beats(other, one) for other in candidates))


def _beats(other: Candidate, one: Candidate) -> bool:
    pairs = [(getattr(other, name), getattr(one, name)) for name in COSTS]
    pairs.append((-(other.accuracy or 0), -(one.accuracy or 0)))
    return all(theirs <= ours for theirs, ours in pairs) and any(theirs < ours for theirs, ours in pairs)


def loosen(candidates: Sequence[Candidate], limits: CostLimits, name: str, best: Candidate) -> Loosened | None:
    """The most that moving one limit brings: a more accurate network for a cost, a cheaper one for accuracy."""
    asked = getattr(limits, name)
    others = [one for one in candidates if keeps(one, replace(limits, **{name: None}))]
    if name == "accuracy":
        within = [one for one in others if asked - POINTS <= (one.accuracy or 0) < asked and one.macs < best.macs]
        gained = min(within, key=lambda one: one.macs, default=None)
    else:
        better = [one for one in others if asked < getattr(one, name) and (one.accuracy or 0) > (best.accuracy or 0)]
        within = [one for one in better if getattr(one, name) <= FURTHER * asked]
        gained = max(within, key=lambda one: one.accuracy or 0, default=None)
        gained = gained or min(better, key=lambda one: float(getattr(one, name)), default=None)
    if gained is None:
        return None
    return Loosened(name, asked, getattr(gained, name), gained, (gained.accuracy or 0) - (best.accuracy or 0))


def _nearest(candidates: Sequence[Candidate], limits: CostLimits, name: str) -> Loosened | None:
    """The least move of one limit that lets some network in; None where that limit alone does not help."""
    others = [one for one in candidates if keeps(one, replace(limits, **{name: None}))]
    if not others:
        return None
    one = max(others, key=lambda other: other.accuracy or 0) if name == "accuracy" else None
    one = one or min(others, key=lambda other: float(getattr(other, name)))
    return Loosened(name, getattr(limits, name), getattr(one, name), one, 0.0)
