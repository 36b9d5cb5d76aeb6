"""Batch size: the race and its answer."""

from __future__ import annotations

from pages.shared.training_choices import common

NAME = "batch_sizes"


def show() -> None:
    found = common.raced(NAME)
    common.bars(NAME, found)
    common.numbers(NAME, found)
