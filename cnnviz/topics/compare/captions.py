"""What the page that compares networks says: whole sentences, every number from a record."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from cnnviz.figures.numbers import number
from cnnviz.topics.compare.records import LIMITS, Candidate, LineStep, Loosened, Pair, Shortlist

TITLE = "Which network should I choose?"
INTRODUCTION = (
    "A network pays for its accuracy with parameters, work and file size. Say what you can afford: which network is "
    "the most accurate within your limits, and what would a little more bring?"
)
SAID = {
    "Which one?": INTRODUCTION,
    "All of them": (
        "**Every network with a published accuracy.** Choose the two axes. No cheaper network is as accurate as "
        "those on the dashed line."
    ),
    "Side by side": ("**Two networks, block by block.** Blocks whose maps have the same size stand in one row."),
    "LeNet to MobileNet": (
        "**From LeNet to MobileNet, one change at a time.** What did each idea add, and what did it save?"
    ),
}  # what each part shows: its title and a sentence
WHICH_ONE, ALL_OF_THEM, SIDE_BY_SIDE, LENET_TO_MOBILENET = (
    "Which one?",
    "All of them",
    "Side by side",
    "LeNet to MobileNet",
)
ACCURACY_OF_THE = "Accuracy of the"

# Which one?
BEST_IS = "Best is"
BY = {"accuracy": "most accurate", "macs": "least work", "parameters": "fewest parameters", "file_mb": "smallest file"}
FILE_LIMIT, MACS_LIMIT = "File, at most, MiB", "Multiply-adds, at most, 10⁹"
PARAMETERS_LIMIT, ACCURACY_LIMIT = "Parameters, at most, 10⁶", "Top-1 accuracy, at least, %"
NO_LIMIT = "no limit"
OPEN, OPEN_HELP = "Open its layers", "Makes it the current network: Architectures and Explore open it."
IF_LOOSENED = "**If you loosened one limit**"
WOULD_HAVE_TO_MOVE = "**One limit that would have to move**"
NO_SINGLE_LIMIT = "No single limit is the obstacle: two or more would have to move."

# All of them
ACROSS, UP, AREA = "Across", "Up", "Area"
TABLE = "Table"

# Side by side
ONLY_DIFFERENCES = "Only where they differ"
PICK_HELP = "Choose any network in the list, or type the name of any timm model, such as timm/convnext_atto."
NAMES_THAT_WORK = "any network of the list, or a timm model such as timm/convnext_atto,"
EQUAL = "They do not differ: every block has the same operation, shape and work."

# LeNet to MobileNet
LINE = "Line"
ONE_AT_A_TIME = (
    "From the second step on, every network reads 3 × 224 × 224 pixels and predicts one of 1,000 classes. From VGG-16 "
    "on, each differs from the one before in one thing."
)
AS_PUBLISHED = "Each network reads the images that it was made for, so several things change at once."

NAMES = {"file_mb": "File", "macs": "Multiply-adds", "parameters": "Parameters", "accuracy": "Accuracy"}


def amount(name: str, found: float) -> str:
    r"""A limit or what a network needs, with its unit; a power of ten does not break at the end of a line.

    >>> amount("file_mb", 20), amount("macs", 3.0e8), amount("parameters", 3504872), amount("accuracy", 75.1)
    ('20 MiB', '0.3\xa0·\xa010⁹ multiply-adds', '3.5 million parameters', '75.1 %')
    """
    if name == "file_mb":
        return f"{found:.3g} MiB" if found < 100 else f"{found:,.0f} MiB"
    if name == "macs":
        times = f"{found / 1e9:.3g}" if found < 1e12 else f"{found / 1e9:,.0f}"
        return f"{times}\u00a0·\u00a010⁹ multiply-adds"
    if name == "parameters":
        return f"{found / 1e6:.3g} million parameters" if found < 1e9 else f"{found / 1e6:,.0f} million parameters"
    return f"{found:.1f} %"


def asked(answer: Shortlist) -> str:
    """The limits, to stand in a sentence: "at most 20 MiB, at least 75.0 %"."""
    limits = [(name, getattr(answer.limits, name)) for name in LIMITS]
    found = [
        f"at least {amount(name, limit)}" if name == "accuracy" else f"at most {amount(name, limit)}"
        for name, limit in limits
        if limit is not None
    ]
    return ", ".join(found) or NO_LIMIT


def best(answer: Shortlist) -> str:
    """The heading of the answer."""
    return f"{answer.ranked[0].title}: {answer.ranked[0].accuracy:.1f} %"


def nothing_within(answer: Shortlist) -> str:
    """No network keeps the limits."""
    return f"No network with a published accuracy keeps within your limits: {asked(answer)}."


def reasons(answer: Shortlist, *, total: int) -> list[str]:
    """Why the first of the ranking is the answer: what it leaves free, whom it beats, what stands behind it."""
    best, rest = answer.ranked[0], answer.ranked[1:]
    said = [_within(answer, total)]
    for name in ("file_mb", "macs", "parameters"):
        limit = getattr(answer.limits, name)
        if limit:
            needed = getattr(best, name)
            said.append(f"It needs {amount(name, needed)}, which is {100 * needed / limit:.0f} % of what you allow.")
    if rest:
        said.append(against(best, rest[0]))
    if best.name in answer.front:
        said.append("It lies on the front: no other network is as accurate and as cheap in all three costs.")
    return [*said, _sees(best)]


def _within(answer: Shortlist, total: int) -> str:
    if asked(answer) == NO_LIMIT:
        return f"You set no limit: all {total} networks with a published accuracy are ranked."
    return (
        f"{len(answer.ranked)} of the {total} networks with a published accuracy keep within your limits: "
        f"{asked(answer)}."
    )


def _sees(best: Candidate) -> str:
    if best.status == "exact":
        return f"The receptive field of a cell in its last feature map is {best.field:,} pixels wide."
    if best.status == "whole":
        return "A cell of its last feature map sees the whole image."
    return "How much of the image a cell of its last feature map sees is not known."


def against(best: Candidate, other: Candidate) -> str:
    """The first beside the second of a ranking."""
    points = round(best.accuracy or 0, 1) - round(other.accuracy or 0, 1)
    beside = f"Next comes {other.title} with {other.accuracy:.1f} %."
    if points < 0:
        return f"{beside} {best.title} is {-points:.1f} points less accurate and does {_work(best, other)}."
    return f"{beside} {best.title} is {points:.1f} points more accurate and does {_work(best, other)}."


def _work(one: Candidate, other: Candidate) -> str:
    work = one.macs / other.macs
    if 0.95 < work < 1.05:
        return "about the same work"
    return f"{number(work)} times the work" if work > 1 else f"{100 * work:.0f} % of the work"


def loosened(one: Loosened, best: Candidate) -> str:
    """What moving one limit brings."""
    if one.limit == "accuracy":
        return (
            f"{_move(one)}: {one.gained.title} does {100 * one.gained.macs / best.macs:.0f} % of the work and is "
            f"{-one.points:.1f} points less accurate."
        )
    return (
        f"{_move(one)}: {one.gained.title} becomes possible, with {one.gained.accuracy:.1f} % "
        f"({f'{one.points:+.1f}'.replace('-', '−')} points)."
    )


def _move(one: Loosened) -> str:
    return f"**{NAMES[one.limit]}** from {amount(one.limit, one.asked)} to {amount(one.limit, one.needed)}"


def fixed(answer: Shortlist) -> str:
    """Which limits bring nothing if they alone are moved; "" where each brings something."""
    moved = {one.limit for one in answer.loosened}
    idle = [NAMES[name].replace("File", "file size").lower() for name in LIMITS if _idle(answer, name, moved)]
    which = f"any one of {', '.join(idle)}" if len(idle) > 1 else "".join(idle)
    return f"Moving {which} alone brings nothing better." if idle else ""


def _idle(answer: Shortlist, name: str, moved: Collection[str]) -> bool:
    return getattr(answer.limits, name) is not None and name not in moved


def nearest(one: Loosened) -> str:
    """Where nothing fits: the least move of one limit that lets something in."""
    return f"{_move(one)} would let {one.gained.title} in ({one.gained.accuracy:.1f} %)."


# ------------------------------------------------------------------------------------------------------- all of them
def newer_recipe(points: float) -> str:
    """What the choice of weights is about. points: that the newer recipe brought."""
    return f"ResNet-50, trained again with a newer recipe, gained {points:.1f} points without a single new layer."


def bubbles(candidates: Sequence[Candidate], up: str, front: Collection[str]) -> str:
    """Under the chart. up: the upward axis; front: names of the networks that none beats."""
    rated = [one for one in candidates if one.accuracy is not None]
    absent = [one.title for one in candidates if one.accuracy is None]
    shown = (
        f"{len(rated)} networks have a published ImageNet accuracy, read from torchvision's metadata and from papers. "
        f"A ring marks the {len(front)} that no other network equals or beats in accuracy and all three costs at once."
    )
    if up == "accuracy" and absent:
        return f"{shown} Not drawn, because no accuracy is published: {', '.join(absent)}."
    return shown


# ------------------------------------------------------------------------------------------------------ side by side
def cannot_compare(reason: str) -> str:
    """reason: escaped, without a full stop."""
    return f"These two networks cannot be compared: {reason}."


def adds_up(network: str) -> str:
    """The claim of a proof. network: its title."""
    return f"{network}: the multiply-adds of all blocks add up to those of the network"


def pair(pairs: Sequence[Pair], one: Candidate | LineStep, other: Candidate | LineStep) -> str:
    """How much of two networks is the same, and what the second costs against the first."""
    same = sum(not pair.differs for pair in pairs)
    parameters, work = (getattr(other, name) / max(1, getattr(one, name)) for name in ("parameters", "macs"))
    return (
        f"{same} of {len(pairs)} lines are the same in both. {other.title} has {number(parameters)} times the "
        f"parameters of {one.title} and does {number(work)} times its work."
    )


# ------------------------------------------------------------------------------------------------ LeNet to MobileNet
def steps(steps: Sequence[LineStep]) -> list[str]:
    """What a line teaches: where parameters and work fall and the field grows by the largest factor."""
    pairs = list(pairwise(steps))
    fewer = max(pairs, key=lambda pair: pair[0].parameters / pair[1].parameters)
    less = max(pairs, key=lambda pair: pair[0].macs / pair[1].macs)
    wider = max(pairs, key=lambda pair: pair[1].field / pair[0].field)
    return [
        f"Parameters fall by the largest factor at **{fewer[1].title}**: {fewer[0].parameters:,} → "
        f"{fewer[1].parameters:,}.",
        f"Work falls by the largest factor at **{less[1].title}**: {less[0].macs:,} → {less[1].macs:,} multiply-adds.",
        f"The receptive field grows by the largest factor at **{wider[1].title}**: {wider[0].field} → "
        f"{wider[1].field} pixels.",
    ]
