"""What a trial of maps shows: what a map gets that knows nothing, who is clearly better, and what more images bring."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from cnnviz.figures.numbers import percent
from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, as_read, compose, count, plain

Scored = tuple[str, float, float]  # a method, its mean over the images, half of the mean's 95 % interval
NOBODY = "that cannot be told yet"


@KINDS.register("constant_share")
def constant_share(chance: random.Random, *, place: str, covered: float) -> Question | None:
    """What share of a map that is the same everywhere lies on a place. covered: by the place, of the image, in [0, 1].

    place: with its verb ("the objects cover", "the patch covers").
    """
    if not 0 < covered < 1:
        return None
    covered = round(covered, 3)
    words = (
        f"A map that is the same everywhere knows nothing of the network. Of the image, {place} {percent(covered)}. "
        "What share of that map lies there?"
    )
    why = f"{percent(covered)}: it has as much of itself in a place as the place is large. A method has to beat that."
    wrong = [
        Mistake("nothing there", 0.0, "It knows nothing, but it lies everywhere: so some of it lies there, too."),
        Mistake("half", 0.5, "Half lies there only if the place is half of the image."),
        Mistake("the rest", 1 - covered, "So much of the map lies everywhere else."),
    ]
    return compose(words, covered, why, wrong, random_order=chance, say=percent)


@KINDS.register("clear_winner")
def clear_winner(
    chance: random.Random, *, measure: str, less: bool, images: int, results: Sequence[Scored]
) -> Question | None:
    """Which of two methods is better, by means and intervals; or that it cannot be told, since the intervals meet.

    less: whether less is better of this measure.
    """
    read = [(name, as_read(mean), as_read(half)) for name, mean, half in results if math.isfinite(mean + half)]
    pairs = [(one, other) for one in read for other in read if _better(one, other, less=less)]
    if not pairs:
        return None
    clear = [pair for pair in pairs if _apart(*pair)]
    close = [pair for pair in pairs if not _apart(*pair)]
    wanted = chance.choice([some for some in (clear, close) if some])
    best, other = chance.choice(wanted)
    first, second = chance.sample([best, other], 2)
    words = (
        f"“{measure}”, of which {'less' if less else 'more'} is better, over {count(images)} images: {_written(first)} "
        f"and {_written(second)}, each with its 95 % interval. Which of the two is better?"
    )
    turned = Mistake(
        "turned around", other[0], f"Of this measure {'less' if less else 'more'} is better: {best[0]} has the edge."
    )
    if _apart(best, other):
        why = f"{best[0]}: {_written(best)} and {_written(other)} do not meet."
        too_careful = Mistake("overlap seen", NOBODY, f"The intervals do not meet: {_ends(best)}, and {_ends(other)}.")
        return compose(words, best[0], why, [turned, too_careful], random_order=chance, say=str)
    why = f"The intervals meet: {_ends(best)}, and {_ends(other)}. Other images may turn the two around."
    mean_alone = Mistake(
        "mean alone", best[0], f"Its mean is better, but the intervals meet: {_ends(best)}, and {_ends(other)}."
    )
    return compose(words, NOBODY, why, [mean_alone, turned], random_order=chance, say=str)


def _better(one: Scored, other: Scored, *, less: bool) -> bool:
    return one[1] < other[1] if less else one[1] > other[1]


def _apart(one: Scored, other: Scored) -> bool:
    return abs(one[1] - other[1]) > one[2] + other[2]


def _written(one: Scored) -> str:
    return f"{one[0]} {plain(one[1])} ± {plain(one[2])}"


def _ends(one: Scored) -> str:
    return f"{one[0]} goes from {plain(one[1] - one[2])} to {plain(one[1] + one[2])}"


@KINDS.register("interval_of_more")
def interval_of_more(
    chance: random.Random, *, method: str, half: float, images: int, counts: Sequence[int]
) -> Question | None:
    """How wide a mean's interval gets over another number of images. half: of its 95 % interval over `images`."""
    others = [one for one in counts if one > 0 and one != images]
    half = as_read(half)
    if not others or not 0 < half < math.inf or images < 2:
        return None
    asked = chance.choice(others)
    more = asked > images
    right = half * math.sqrt(images / asked)
    words = (
        f"Over {count(images)} images the mean of {method} has a 95 % interval of ± {plain(half)}. About how wide is "
        f"it over {count(asked)} images that scatter alike?"
    )
    why = f"± {plain(half)} · √({count(images)} / {count(asked)}) = ± {plain(right)}: it goes with 1 / √n."
    wrong = [
        Mistake(
            "divided by n", half * images / asked,
            "Here it was scaled with the number of images. An interval goes with the root of it.",
        ),
        Mistake("as before", half, "The images scatter as before, but their mean is known better the more there are."),
        Mistake(
            "turned around", half / math.sqrt(images / asked),
            f"With {'more' if more else 'fewer'} images a mean is known {'better' if more else 'less well'}.",
        ),
    ]  # fmt: skip
    return compose(words, right, why, wrong, random_order=chance, say=lambda value: f"± {plain(value)}")


@KINDS.register("misled_answers")
def misled_answers(
    chance: random.Random, *, right: float, without: float, misled: float, twin: float, classes: int
) -> Question | None:
    """How many images a network gets right whose patch says another class. Shares of the test images, in [0, 1].

    right: with the patch of their own class; without: no patch; twin: what the twin, which never could use the patch,
    gets with the patch of another class.
    """
    right, without, misled, twin = (round(one, 3) for one in (right, without, misled, twin))
    words = (
        f"The first network gets {percent(right)} of the test images right with the patch in their class's colour, and "
        f"{percent(without)} without a patch. How many with the patch in another class's colour?"
    )
    why = f"{percent(misled)}. So much hangs on the patch."
    wrong = [
        Mistake("patch ignored", right, "So many if the network did not look at the patch."),
        Mistake("as without", without, "That is without a patch. A patch of another class is more than none."),
        Mistake("the twin's", twin, "That is its twin, for which the patch never meant anything."),
        Mistake(
            "guessed", 1 / classes, f"That is guessing among {classes} classes. The network does not guess: it is told."
        ),
    ]
    return compose(words, misled, why, wrong, random_order=chance, say=percent)
