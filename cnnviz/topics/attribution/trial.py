"""Attribution on trial: every quick method and maps that know nothing, on images whose answer is known.

A method that is worth its name beats the controls; whether it does is computed, with the spread over the images.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn

from cnnviz import attribution
from cnnviz.attribution import baselines
from cnnviz.begun import Begun
from cnnviz.networks import Network
from cnnviz.topics.attribution import contestants, fills, measures, randomised, sensitivity, squares
from cnnviz.topics.attribution.contestants import CONTROLS, KnownImage, Maps
from cnnviz.topics.attribution.trial_records import ANEW, Contestant, Trial

AWAY = 10.0  # rounds of an image whose pixels are taken away in every map's order: one of them are the maps
Progress = Callable[[float], object]
Scores = dict[str, dict[str, float]]  # contestant → measure → number
Tested = tuple[int, Scores]  # an image by its number, and what came of it
Tried = tuple[Scores, Maps, dict[str, str]]  # of an image: its maps, where they are compared; who does not fit


@dataclass(eq=False)
class _Court:
    """What a trial has before it: the network, its images, what does not fit, and whom to tell how far it is.

    rounds: how many times everybody's maps an image takes, about.
    """

    network: Network
    images: Sequence[KnownImage]
    tell: Progress
    source: str = contestants.SHAPES
    rounds: float = 1.0
    more: Sequence[str] = ()
    begun: Begun[Tried] = field(default_factory=Begun)
    absent: dict[str, str] = field(default_factory=dict)
    maps: dict[int, Maps] = field(default_factory=dict)

    def left(self) -> Iterator[tuple[int, KnownImage]]:
        """The images that have not been tried, with their numbers."""
        return ((number, one) for number, one in enumerate(self.images) if number not in self.begun)

    def explained(self, number: int) -> Maps:
        """Everybody's map of one image."""
        one = self.images[number]
        return self.maps_of(self.network.model, one.x, one.label, number)

    def maps_of(
        self,
        model: nn.Module,
        x: torch.Tensor,
        label: int,
        number: int,
        *,
        done: float = 0.0,
        ask: contestants.Ask = attribution.AttributionRequest,
    ) -> Maps:
        """Everybody's map of x [1, C, H, W] by a network, for the image of that number. done: rounds before."""
        wide = x[0, 0].numel() / self.images[0].x[0, 0].numel() if ask is attribution.AttributionRequest else 1.0
        return contestants.maps_of(
            model,
            x,
            label,
            number,
            self.absent,
            ask=ask,
            more=self.more,
            progress=lambda share: self.step(number, done + wide * share),
        )

    def step(self, number: int, done: float) -> None:
        """Tells how far it is. done: rounds of the image of that number."""
        self.tell(min(1.0, (number + min(1.0, done / self.rounds)) / len(self.images)))


def run(
    network: Network, count: int, group: str = "mask", *, images: str = contestants.SHAPES,
    more: Sequence[str] = (), progress: Progress | None = None, begun: Begun[Tried] | None = None,
) -> Trial:  # fmt: skip
    """All methods and controls on the first `count` test images that the network gets right, by one group of measures.

    images: a data set whose images have masks. more: of `contestants.SLOWER`, which stand trial, too. progress: called
    with the share that is done; what it raises ends it. begun: where each image is kept once it has been tried; those
    that are there already are not tried again.
    Raises KeyError for a group that there is not, datasets.DatasetError where the images do not suffice.
    """
    chosen, begun = list(contestants.right(network, count, images)), Begun() if begun is None else begun
    court = _Court(network, chosen, progress or (lambda share: None), images, rounds(network, group), more, begun)
    since = time.perf_counter()
    for number, found in _TESTS[group](court):
        now = time.perf_counter()
        begun.keep(number, (found, court.maps.pop(number, {}), dict(court.absent)), now - since)
        since = now
        court.step(number + 1, 0.0)
    tried = begun.first(len(chosen))
    scores: dict[str, dict[str, list[float]]] = {}
    for found, _, absent in tried:
        court.absent |= absent
        for name, values in found.items():
            held = scores.setdefault(name, {})
            for measure, value in values.items():
                held.setdefault(measure, []).append(value)
    every = tuple(
        Contestant(name, title(name), is_control(name), {one: np.array(values) for one, values in held.items()})
        for name, held in scores.items()
    )
    share = float(np.mean([one.mask.mean() for one in chosen]))
    maps = [made for _, made, _ in tried if made]
    table = agreement([[made[name] for made in maps] for name in maps[0]]) if maps else np.zeros((0, 0))
    is_random = group == "random"
    stages = tuple(names[0] for names in randomised.stages(network.model)) if is_random else ()
    layers = len(randomised.layers(network.model)) if is_random else 0
    return Trial(every, table, len(chosen), share, court.absent, stages, layers, contestants.empty(chosen))


def title(name: str) -> str:
    """What a method or a control is called."""
    return "Noise, drawn anew" if name == ANEW else contestants.title(name)


def is_control(name: str) -> bool:
    """Whether it knows nothing of the network."""
    return name in CONTROLS or name == ANEW


def pace(
    network: Network, images: str = contestants.SHAPES, *, more: Sequence[str] = (), progress: Progress | None = None
) -> float:
    """Seconds that everybody's maps of one image take, measured on the first one that the network gets right.

    Where they take a second and more, what only the first ones pay is among them. more, progress: as in `run`.
    """
    court = _Court(network, list(contestants.right(network, 1, images)), progress or (lambda share: None), more=more)
    for _ in range(2):
        since = time.perf_counter()
        court.explained(0)
        if (took := time.perf_counter() - since) >= 1:
            break
    return took


def rounds(network: Network, group: str) -> float:
    """How many times everybody's maps of an image a group takes, about: what `pace` is multiplied by."""
    return {
        "mask": 1.0, "fills": AWAY, "square": 1.0 + len(squares.CELLS),
        "random": 1.0 + len(randomised.stages(network.model)), "noise": 1.0 + sensitivity.DRAWS,
    }[group]  # fmt: skip


# ------------------------------------------------------------------------------------------------ the groups
def _on_the_mask(court: _Court) -> Iterator[Tested]:
    for number, one in court.left():
        found = court.maps[number] = court.explained(number)
        yield (
            number,
            {
                name: {
                    "energy": measures.energy(values, one.mask),
                    "pointing": measures.pointing(values, one.mask),
                    "overlap": measures.overlap(values, one.mask, number),
                }
                for name, values in found.items()
            },
        )


def _taken_away(court: _Court) -> Iterator[Tested]:
    for number, one in court.left():
        found: Scores = {}
        maps = court.explained(number)
        for name, values in maps.items():
            found[name] = fills.scores(court.network.model, one.x, one.label, values, number)
            court.step(number, 1 + (AWAY - 1) * len(found) / len(maps))
        yield number, found


def _in_a_square(court: _Court) -> Iterator[Tested]:
    model, count = court.network.model, max(len(court.images), squares.POOL)
    if why := squares.refusal(model, court.images[0].x):
        court.absent["GridPG"] = why
    others = list(contestants.right(court.network, count, court.source))
    for number, one in court.left():
        x, cell = squares.arranged(one, others, number)
        seen_alone = squares.OneCell(model, cell)
        found = {
            name: {"di_full": squares.share(values, cell)}
            for name, values in court.maps_of(seen_alone, x, one.label, number, ask=squares.Apart).items()
        }
        if not why:
            for name, values in court.maps_of(model, x, one.label, number, done=1).items():
                found[name]["grid_pg"] = squares.share(values, cell)
        yield number, found


def _random_weights(court: _Court) -> Iterator[Tested]:
    stages = len(randomised.stages(court.network.model))
    for number, one in court.left():
        first = court.explained(number)
        noise = np.random.default_rng((number, 1))
        first[ANEW] = noise.standard_normal(one.mask.shape)
        found: Scores = {name: {} for name in first}
        for stage, model in enumerate(randomised.destroyed(court.network.model, number), 1):
            maps = court.maps_of(model, one.x, one.label, number, done=stage)
            maps[ANEW] = noise.standard_normal(one.mask.shape)
            for name, values in maps.items():
                found[name] |= {
                    f"rank:{stage}": randomised.correlation(first[name], values),
                    f"ssim:{stage}": randomised.similarity(first[name], values),
                }
        for held in found.values():
            held |= {"rank": held[f"rank:{stages}"], "ssim": held[f"ssim:{stages}"]}
        yield number, found


def _under_noise(court: _Court) -> Iterator[Tested]:
    spec = court.network.spec
    low, high = baselines.ends(spec.mean, spec.std)
    radius = sensitivity.RADIUS * (high - low)
    for number, one in court.left():
        first = court.explained(number)
        most = dict.fromkeys(first, 0.0)
        for draw, x in enumerate(sensitivity.nearby(one.x, radius, sensitivity.DRAWS, number), 1):
            maps = court.maps_of(court.network.model, x, one.label, number, done=draw)
            for name, values in maps.items():
                most[name] = max(most[name], sensitivity.moved(first[name], values))
        yield number, {name: {"sensitivity": value} for name, value in most.items()}


_TESTS: dict[str, Callable[[_Court], Iterator[Tested]]] = {
    "mask": _on_the_mask, "fills": _taken_away, "square": _in_a_square, "random": _random_weights,
    "noise": _under_noise,
}  # fmt: skip


def agreement(maps: list[list[np.ndarray]]) -> np.ndarray:
    """[k, k]: Spearman's rank correlation of two contestants' maps, averaged over the images; 0 with a constant one."""
    total = np.zeros((len(maps), len(maps)))
    images = len(maps[0])
    for number in range(images):
        ranks = np.stack([measures.ranks(one[number]) for one in maps])
        centred = ranks - ranks.mean(1, keepdims=True)
        sizes = np.linalg.norm(centred, axis=1)
        scaled = centred / np.where(sizes > 0, sizes, 1)[:, None]
        total += scaled @ scaled.T
    return total / images
