"""What size comes out of a convolution or a pooling, once one of its settings is changed."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, compose, count

LARGEST = 4096  # cells along an axis


@dataclass(frozen=True)
class LayerAxis:
    """One axis of a layer: cells that go in, and the settings along it."""

    size: int
    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1

    @property
    def reach(self) -> int:
        """Cells from the first to the last that the kernel covers."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def out(self) -> int:
        """Cells that come out: ⌊(size + 2 · padding − reach) / stride⌋ + 1 (Dumoulin and Visin 2016)."""
        return (self.size + 2 * self.padding - self.reach) // self.stride + 1


@KINDS.register("output_size")
def output_size(
    chance: random.Random,
    *,
    size: int,
    kernel: int,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    operation: str = "convolution",
) -> Question | None:
    """Along one axis: the state at hand with one setting changed, so that the answer is not on the page yet."""
    here = LayerAxis(size, kernel, stride, padding, dilation)
    changed = [(name, other) for name, other in _changes(here, operation) if 0 < other.out < LARGEST]
    chance.shuffle(changed)
    changed.sort(key=lambda one: -min(3, len(_different(one[1]))))
    if not changed:
        return None
    name, other = changed[0]
    words = (
        f"{_settings(here, operation)}. Change the {name} from {getattr(here, name)} to {getattr(other, name)} and "
        f"leave the rest: how many cells come out along this axis?"
    )
    return compose(words, other.out, _why(other), mistakes(other), random_order=chance, say=count)


def mistakes(axis: LayerAxis) -> list[Mistake]:
    """What comes out by each known mistake; None where it cannot be made with these settings."""
    room, out = axis.size + 2 * axis.padding - axis.reach, axis.out
    once, none = axis.size + axis.padding - axis.reach, axis.size - axis.reach
    flat = replace(axis, dilation=1).out
    return [
        Mistake(
            "rounded up",
            -(-room // axis.stride) + 1 if room % axis.stride else None,
            f"Here {room} / {axis.stride} was rounded up. A window that does not fit whole is left out: round down.",
        ),
        Mistake(
            "padding once",
            once // axis.stride + 1 if axis.padding and once >= 0 else None,
            f"Here the padding was added once. It lies on both sides: 2 · {axis.padding} cells more.",
        ),
        Mistake(
            "dilation forgotten",
            flat if axis.dilation > 1 else None,
            f"Here the dilation was forgotten: a kernel of {axis.kernel} then reaches over {axis.reach} cells.",
        ),
        Mistake("one forgotten", out - 1 or None, "Here the + 1 was forgotten: the first place counts, too."),
        Mistake(
            "stride forgotten",
            room + 1 if axis.stride > 1 else None,
            f"Here the stride was forgotten: the window moves {axis.stride} cells at a time.",
        ),
        Mistake(
            "padding forgotten",
            none // axis.stride + 1 if axis.padding and none >= 0 else None,
            f"Here the padding was forgotten: {axis.padding} cells on each side are there to be covered, too.",
        ),
        Mistake(
            "only divided",
            axis.size // axis.stride or None,
            "Here the size was only divided by the stride: what the kernel and the padding change was forgotten.",
        ),
    ]


def _different(axis: LayerAxis) -> set[int]:
    return {one.value for one in mistakes(axis) if one.value is not None} - {axis.out}


def _changes(here: LayerAxis, operation: str) -> list[tuple[str, LayerAxis]]:
    found = [("stride", replace(here, stride=stride)) for stride in (1, 2, 3) if stride != here.stride]
    found += [("padding", replace(here, padding=padding)) for padding in (0, 1, 2) if padding != here.padding]
    found += [("kernel", replace(here, kernel=kernel)) for kernel in (2, 3, 5) if kernel != here.kernel]
    if operation == "convolution":
        found += [("dilation", replace(here, dilation=dilation)) for dilation in (1, 2) if dilation != here.dilation]
        return found
    return [one for one in found if one[1].padding <= one[1].kernel // 2]  # as PyTorch's pooling wants it


def _settings(axis: LayerAxis, operation: str) -> str:
    dilation = f", dilation {axis.dilation}" if axis.dilation > 1 else ""
    return (
        f"A {operation} reads {count(axis.size)} cells along an axis: kernel {axis.kernel}, stride {axis.stride}, "
        f"padding {axis.padding}{dilation}"
    )


def _why(axis: LayerAxis) -> str:
    return (
        f"⌊({axis.size} + 2 · {axis.padding} − {axis.reach}) / {axis.stride}⌋ + 1 = {axis.out}. "
        "Now change the setting above and look."
    )
