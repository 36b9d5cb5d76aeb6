"""Sentences about networks beside each other, every number from the records."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from cnnviz.topics.compare.figures import field_words
from cnnviz.topics.compare.records import LIMITS, Answer, Candidate, Loosened, Pair, Step

NAMES = {"file_mb": "file", "macs": "multiply-adds", "parameters": "parameters", "accuracy": "accuracy"}


def amount(name: str, found: float) -> str:
    """A limit or what a network needs, with its unit.

    >>> amount("file_mb", 20), amount("macs", 3.0e8), amount("parameters", 3504872), amount("accuracy", 75.1)
    ('20 MiB', '0.3 · 10⁹ multiply-adds', '3.5 million parameters', '75.1 %')
    """
    if name == "file_mb":
        return f"{found:.3g} MiB" if found < 100 else f"{found:,.0f} MiB"
    if name == "macs":
        return f"{found / 1e9:.3g} · 10⁹ multiply-adds" if found < 1e12 else f"{found / 1e9:,.0f} · 10⁹ multiply-adds"
    if name == "parameters":
        return f"{found / 1e6:.3g} million parameters" if found < 1e9 else f"{found / 1e6:,.0f} million parameters"
    return f"{found:.1f} %"


def asked(answer: Answer) -> str:
    """The limits as a phrase."""
    found = []
    for name in LIMITS:
        limit = getattr(answer.limits, name)
        if limit is not None:
            found.append(f"at {'least' if name == 'accuracy' else 'most'} {amount(name, limit)}")
    return ", ".join(found) or "no limit"


def reasons(answer: Answer, *, total: int) -> list[str]:
    """Why the first of the ranking is the answer: what it leaves free, whom it beats, what stands behind it."""
    best, rest = answer.ranked[0], answer.ranked[1:]
    said = [f"{len(answer.ranked)} of {total} rated networks keep within {asked(answer)}."]
    for name in ("file_mb", "macs", "parameters"):
        limit = getattr(answer.limits, name)
        if limit:
            share = getattr(best, name) / limit
            said.append(
                f"It needs {amount(name, getattr(best, name))}, {share:.0%} of what you allow.".replace("%", " %")
            )
    if rest:
        said.append(against(best, rest[0]))
    if best.name in answer.front:
        said.append("It lies on the front: no other network is as accurate and as cheap in all three costs.")
    said.append(f"Of the picture, a cell of its last map sees {field_words(best)}.")
    return said


def against(best: Candidate, other: Candidate) -> str:
    """The first beside the second of a ranking."""
    points = (best.accuracy or 0) - (other.accuracy or 0)
    more = f"{abs(points):.1f} points {'more' if points >= 0 else 'less'} accurate"
    work = best.macs / other.macs
    if 0.95 < work < 1.05:
        cost = "about the same work"
    else:
        cost = f"{work:.2g} times the work" if work > 1 else f"{1 / work:.2g} times less work"
    return f"Next comes {other.title} with {other.accuracy:.1f} %: {best.title} is {more} at {cost}."


def loosened(one: Loosened, best: Candidate) -> str:
    """What moving one limit brings."""
    move = f"**{NAMES[one.limit].capitalize()}** from {amount(one.limit, one.asked)} to {amount(one.limit, one.needed)}"
    if one.limit == "accuracy":
        saved = best.macs / one.gained.macs
        return f"{move}: {one.gained.title} does {saved:.2g} times less work, for {-one.points:.1f} points less."
    return f"{move}: {one.gained.title} becomes possible, {one.points:+.1f} points ({one.gained.accuracy:.1f} %)."


def fixed(answer: Answer) -> str:
    """Which limits bring nothing if they alone are moved; "" where each brings something."""
    moved = {one.limit for one in answer.loosened}
    idle = [NAMES[name] for name in LIMITS if getattr(answer.limits, name) is not None and name not in moved]
    return f"Moving the limit of {' or of '.join(idle)} alone brings nothing better." if idle else ""


def nearest(one: Loosened) -> str:
    """Where nothing fits: the least move of one limit that lets something in."""
    move = f"**{NAMES[one.limit].capitalize()}** from {amount(one.limit, one.asked)} to {amount(one.limit, one.needed)}"
    return f"{move} would let {one.gained.title} in ({one.gained.accuracy:.1f} %)."


def pair_words(pairs: Sequence[Pair], one: Candidate | Step, other: Candidate | Step) -> str:
    """How much of two networks is the same, and what the second costs against the first."""
    same = sum(not pair.differs for pair in pairs)
    both = f"{same} of {len(pairs)} lines are the same in both."
    costs = f"{_ratio(one, other, 'parameters')} parameters and {_ratio(one, other, 'macs')} work"
    return f"{both} {other.title} has {costs} of {one.title}."


def _ratio(one: Candidate | Step, other: Candidate | Step, name: str) -> str:
    share = getattr(other, name) / max(1, getattr(one, name))
    return f"{share:.3g} times the"


def step_words(steps: Sequence[Step]) -> list[str]:
    """What a line teaches: the largest fall of parameters, of work, the largest gain of field, each with its step."""
    pairs = list(pairwise(steps))
    fewer = max(pairs, key=lambda pair: pair[0].parameters / pair[1].parameters)
    less = max(pairs, key=lambda pair: pair[0].macs / pair[1].macs)
    wider = max(pairs, key=lambda pair: pair[1].field / pair[0].field)
    return [
        f"Parameters fall most at **{fewer[1].title}**: {fewer[0].parameters:,} → {fewer[1].parameters:,}.",
        f"Work falls most at **{less[1].title}**: {less[0].macs:,} → {less[1].macs:,} multiply-adds.",
        f"The field grows most at **{wider[1].title}**: {wider[0].field} → {wider[1].field} pixels.",
    ]
