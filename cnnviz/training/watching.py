"""A look inside a run under way, for as long as somebody watches: at most two a second and a tenth of the time.

Whoever watches keeps touching a file in the run directory (`run_files.watching`), which may hold their own image; each
image is given its own maps and scores. Where nobody watches, a step costs one comparison of two clocks. What is
measured changes nothing of the run: its events are those of a run that nobody looked at, to the bit.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from cnnviz.run_files import watching
from cnnviz.training import inside
from cnnviz.training.augmentation import permuted
from cnnviz.training.interruption import Interrupted, asking
from cnnviz.training.step_buffer import PendingStep

if TYPE_CHECKING:
    from cnnviz.training.loop import Training

LOOK_EVERY = 0.1  # seconds between two checks whether somebody watches
PATIENCE = 4.0  # seconds that a watcher counts as there since the file was last touched
SHARE = 9  # a look, but the first, is followed by so many times its own duration without one: a tenth of the time
LOOKED_AT = 128  # images that dead units are counted on
MOST = 8  # images of watchers in one look; of more, those whose last look is oldest


class Watcher:
    """Asked before every group of steps; the step that is looked at is a group of its own."""

    def __init__(self, folder: Path, *, every: float = watching.EVERY) -> None:
        self._folder, self._every = folder, every
        self._next_check = self._next_look = 0.0
        self._cold = True  # the first look takes many times as long as those after it
        self._stamps: dict[str, watching.Stamp] = {}
        self._seen: dict[str, float] = {}  # key → when it was last found touched
        self._looked: dict[str, int] = {}  # key → the step of its last look
        self._pictures: dict[str, torch.Tensor | None] = {}
        self._keys: list[str] = []  # of the look that is due

    def due(self) -> bool:
        """Whether somebody watches and the next look's time has come."""
        now = time.monotonic()
        if now < self._next_look or now < self._next_check:
            return False
        self._next_check = now + LOOK_EVERY
        self._check(now)
        self._keys = self._here(now)[:MOST]
        return bool(self._keys)

    def _check(self, now: float) -> None:
        """The files' times are compared with each other alone: two hosts' clocks may lie apart."""
        found = watching.watchers(self._folder)
        for key, stamp in found.items():
            if self._stamps.get(key) != stamp:
                self._seen[key] = now
        for key in self._seen.keys() - found.keys():
            for known in (self._seen, self._looked, self._pictures):
                known.pop(key, None)
        self._stamps = found

    def _here(self, now: float) -> list[str]:
        """Keys of those who watch now, whose last look is oldest first."""
        here = [key for key, seen in self._seen.items() if now - seen < PATIENCE]
        return sorted(here, key=lambda key: self._looked.get(key, -1))

    def around(self, run: Training, take: Callable[[], PendingStep | None]) -> PendingStep | None:
        """The step, between a copy of the weights and a look at everything; a stop request ends either of them."""
        began = time.monotonic()
        before = {name: one.detach().clone() for name, one in run.model.named_parameters()}
        copied = time.monotonic()
        taken = take()
        stepped = time.monotonic()
        if taken is not None:
            with contextlib.suppress(Interrupted), asking(run.interrupt):
                self._look(run, before)
        now = time.monotonic()
        cost = 0.0 if self._cold else copied - began + now - stepped
        self._cold, self._next_look = False, now + max(self._every, SHARE * cost)
        return taken

    def _look(self, run: Training, before: dict[str, torch.Tensor]) -> None:
        tested = run.test_images(LOOKED_AT)
        own = [self._own(key, run, tested) for key in self._keys]
        images = torch.cat([*own, tested[len(own) :]])
        gradients = {name: one.grad for name, one in run.model.named_parameters() if one.grad is not None}
        told = tested, run.test_labels(LOOKED_AT)
        looks = inside.of_each(
            run.model, images, len(own), step=run.step, gradients=gradients, before=before, told=told
        )  # fmt: skip
        try:
            for key, found in zip(self._keys, looks, strict=True):
                self._looked[key] = run.step
                watching.leave(self._folder, key, found)
        except OSError as error:  # a full disk: nothing to see, and the run goes on
            print(f"the look inside after step {run.step:,} could not be kept: {error.strerror}", flush=True)

    def _own(self, key: str, run: Training, tested: torch.Tensor) -> torch.Tensor:
        """[1, C, H, W]: a watcher's image as the network sees it; a test image where they have none that fits."""
        if key not in self._pictures:
            picture = watching.picture(self._folder, key)
            self._pictures[key] = None if picture is None else torch.from_numpy(picture)
        own = self._pictures[key]
        if own is None or own.shape != tested.shape[1:]:
            return tested[:1]
        return permuted(own[None], run.config, split="test").to(tested)
