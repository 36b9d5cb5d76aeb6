"""A look inside a run under way, for as long as somebody watches: at most two a second and a tenth of the time.

Whoever watches keeps touching a file in the run directory (`run_files.watching`), which may hold their own image. Where
nobody does, a step costs one comparison of two clocks. What is measured changes nothing of the run: its events are
those of a run that nobody looked at, to the bit.
"""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from cnnviz import run_files
from cnnviz.run_files import watching
from cnnviz.training import inside
from cnnviz.training.augmentation import permuted
from cnnviz.training.step_buffer import PendingStep

if TYPE_CHECKING:
    from cnnviz.training.loop import Training

LOOK_EVERY = 0.1  # seconds between two checks whether somebody watches
PATIENCE = 4.0  # seconds that a watcher counts as there since the file was last touched
SHARE = 9  # a look is followed by so many times its own duration without one: a tenth of the time
LOOKED_AT = 128  # test images that dead units are counted on


class Watcher:
    """Asked before every group of steps; the step that is looked at is a group of its own."""

    def __init__(self, folder: Path, *, every: float = watching.EVERY) -> None:
        self._folder, self._every = folder, every
        self._next_check = self._next_look = 0.0
        self._stamp: tuple[int, int] | None = None
        self._seen = -PATIENCE
        self._picture: torch.Tensor | None = None

    def due(self) -> bool:
        """Whether somebody watches and the next look's time has come."""
        now = time.monotonic()
        if now < self._next_look or now < self._next_check:
            return False
        self._next_check = now + LOOK_EVERY
        self._check(now)
        return now - self._seen < PATIENCE

    def _check(self, now: float) -> None:
        """The file's times are compared with each other alone: two hosts' clocks may lie apart."""
        try:
            found = os.stat(self._folder / run_files.WATCH)
        except OSError:  # nobody has ever watched, or the run's requests were cleared
            return
        stamp = found.st_mtime_ns, found.st_ino
        if self._stamp is None or stamp != self._stamp:
            self._seen = now
            if self._stamp is None or found.st_ino != self._stamp[1]:
                picture = watching.picture(self._folder)
                self._picture = None if picture is None else torch.from_numpy(picture)
            self._stamp = stamp

    def around(self, run: Training, take: Callable[[], PendingStep]) -> PendingStep:
        """The step, between a copy of the weights and a look at everything."""
        began = time.monotonic()
        before = {name: one.detach().clone() for name, one in run.model.named_parameters()}
        copied = time.monotonic()
        taken = take()
        stepped = time.monotonic()
        self._look(run, before)
        now = time.monotonic()
        self._next_look = now + max(self._every, SHARE * (copied - began + now - stepped))
        return taken

    def _look(self, run: Training, before: dict[str, torch.Tensor]) -> None:
        images, image = run.test_images(LOOKED_AT), ""
        if self._picture is not None and self._picture.shape == images.shape[1:]:
            own = permuted(self._picture[None], run.config, split="test")
            images = torch.cat([own.to(images), images[1:]])
            image = watching.name_of(self._picture.numpy())
        gradients = {name: one.grad for name, one in run.model.named_parameters() if one.grad is not None}
        found = inside.of(run.model, images, step=run.step, gradients=gradients, before=before)
        try:
            watching.leave(self._folder, dataclasses.replace(found, image=image))
        except OSError as error:  # a full disk: nothing to see, and the run goes on
            print(f"the look inside after step {run.step:,} could not be kept: {error.strerror}", flush=True)
