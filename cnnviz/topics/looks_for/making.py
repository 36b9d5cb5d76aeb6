"""An image made for a goal: the canvas's free numbers are changed step by step by Adam so that the goal's number grows.

At each step the image is moved by a few pixels (or a part of it is looked at, enlarged), so that no pattern can rely on
where a stride falls. Several images made together are kept apart: the more alike their layers' correlations between
channels are, the less they count. (C. Olah et al.: Feature Visualization, 2017, https://doi.org/10.23915/distill.00007)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from cnnviz import capture
from cnnviz.attribution import AttributionRequest
from cnnviz.images import to_picture
from cnnviz.records import Spec
from cnnviz.records.attribution import Target
from cnnviz.records.proofs import Proof
from cnnviz.topics.looks_for.ascent import FIRST, MOVED, SECOND, AscentFrame, normalised
from cnnviz.topics.looks_for.canvases import AscentCanvas, zoomed
from cnnviz.topics.looks_for.goals import Goal


@dataclass(eq=False)
class Objective(AttributionRequest):
    """A network asked for a goal's number. apart: how much less images count that are like each other."""

    goal: Goal | None = None
    apart: float = 0.0

    @property
    def are_apart(self) -> bool:
        """Images that push each other away go through together."""
        return bool(self.apart) or super().are_apart

    def of_value(self, value: torch.Tensor) -> torch.Tensor:
        """The goal's number of each image: [N]."""
        assert self.goal is not None
        score = self.goal.score(value)
        if self.apart and len(value) > 1 and value.dim() == 4:
            return score - self.apart * score.detach().abs() * likeness(value)
        return score


@dataclass(frozen=True, eq=False)
class Climb:
    """How far a climb is, of which nothing is written over: whoever holds one goes on from there.

    step: how many were made. free, mean, square: the free numbers [N, …] and Adam's two means of their slopes. paths:
    each image's value after every step. leaned: [N, H, W], the size of each pixel's gradient, over all steps. dice:
    the state of what is drawn.
    """

    step: int
    free: torch.Tensor
    mean: torch.Tensor
    square: torch.Tensor
    paths: tuple[tuple[float, ...], ...]
    leaned: torch.Tensor
    dice: torch.Tensor


def likeness(value: torch.Tensor) -> torch.Tensor:
    """[N]: each image's mean likeness to the others, the cosine between their channels' Gram matrices."""
    maps = value.flatten(2)
    gram = torch.nn.functional.normalize((maps @ maps.transpose(1, 2)).flatten(1), dim=1)
    alike = gram @ gram.T
    return (alike.sum(1) - alike.diagonal()) / (len(value) - 1)


def make(
    model: nn.Module, spec: Spec, goal: Goal, canvas: AscentCanvas, *, steps: int, seed: int = 0, every: int = 4,
    count: int = 1, apart: float = 0.0, begun: list[Climb] | None = None,
) -> Iterator[tuple[AscentFrame, ...]]:  # fmt: skip
    """Frames of `count` images on the way, every so many steps and the last. The same seed gives the same frames.

    Whoever reads no further has stopped it. begun: where it is kept how far it was at the latest frame, if anywhere;
    asked again with the same, it goes on from there, with the frames that it would have had in one go.
    """
    kept: list[Climb] = [] if begun is None else begun
    blank = torch.zeros(1, *spec.input_shape)
    aim = Objective(model, blank, Target(0, "unit", layer=goal.layer), goal=goal, apart=apart)
    climb = kept[0] if kept else _foot(spec, canvas, seed, count)
    while climb.step < steps:
        climb = _step(aim, spec, canvas, climb)
        if climb.step % every == 0 or climb.step == steps:
            kept[:] = [climb]
            yield _frames(aim, canvas.image(climb.free), spec, steps, climb)


def _foot(spec: Spec, canvas: AscentCanvas, seed: int, count: int) -> Climb:
    """Before the first step."""
    dice = torch.Generator().manual_seed(seed)
    free = canvas.start(dice, count)
    none = torch.zeros_like(free)
    return Climb(0, free, none, none, ((),) * count, torch.zeros(count, *spec.input_shape[1:]), dice.get_state())


def _step(aim: Objective, spec: Spec, canvas: AscentCanvas, climb: Climb) -> Climb:
    """One step of Adam further up."""
    dice = torch.Generator()
    dice.set_state(climb.dice)
    free, step = climb.free.detach().clone().requires_grad_(), climb.step + 1
    image = canvas.image(free)
    seen = _moved(normalised(image, spec), canvas, dice)
    values, slope = aim.gradient(seen.detach())
    (pull,) = torch.autograd.grad(seen, image, slope.to(seen))
    (up,) = torch.autograd.grad(image, free, pull)
    paths = tuple((*path, value) for path, value in zip(climb.paths, values.tolist(), strict=True))
    mean, square = FIRST * climb.mean + (1 - FIRST) * up, SECOND * climb.square + (1 - SECOND) * up * up
    size = (square / (1 - SECOND**step)).sqrt() + 1e-8
    moved = free.detach() + canvas.rate * (mean / (1 - FIRST**step)) / size
    return Climb(step, moved, mean, square, paths, climb.leaned + pull.abs().mean(1), dice.get_state())


def recorded(model: nn.Module, goal: Goal, frame: AscentFrame, claim: str) -> Proof:
    """The frame's number once more, from a recording of what the layer made of it. claim: what the badge says."""
    values = torch.from_numpy(np.array(capture.activations(model, frame.tensor)[goal.layer].values))[None]
    again = float(goal.score(values)[0])
    return Proof(claim, abs(again - frame.value), 1e-4 * max(1.0, abs(again)))


def values_of(model: nn.Module, x: torch.Tensor, layer: str) -> torch.Tensor:
    """What a layer makes of one image [1, C, H, W]: [1, …] float32."""
    return torch.from_numpy(np.array(capture.activations(model, x)[layer].values))[None].float()


def levels(x: torch.Tensor, spec: Spec) -> torch.Tensor:
    """[1, C, H, W] in 0 … 1 of an image as the network wants it."""
    return (x * torch.tensor(spec.std).view(-1, 1, 1) + torch.tensor(spec.mean).view(-1, 1, 1)).clamp(0, 1)


def _moved(image: torch.Tensor, canvas: AscentCanvas, dice: torch.Generator) -> torch.Tensor:
    far = []
    for side in image.shape[-2:]:
        most = max(1, round(MOVED * side))
        far.append(int(torch.randint(-most, most + 1, (1,), generator=dice)))
    moved = torch.roll(image, far, (2, 3))
    return zoomed(moved, dice) if canvas.zooms else moved


def _frames(aim: Objective, image: torch.Tensor, spec: Spec, steps: int, climb: Climb) -> tuple[AscentFrame, ...]:
    tensors = normalised(image, spec)
    values = aim.values(tensors).tolist()
    return tuple(
        AscentFrame(climb.step, steps, np.ascontiguousarray(to_picture(tensors[place : place + 1], spec)),
              values[place], tensors[place : place + 1], climb.paths[place], climb.leaned[place].numpy().copy())
        for place in range(len(values))
    )  # fmt: skip
