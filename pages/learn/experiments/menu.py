"""Which experiments have a page of their own: the menu's table says so."""

from __future__ import annotations

from cnnviz import experiments
from pages.shared import navigation


def page_of(name: str) -> navigation.PageRow | None:
    """The page that is about this experiment; None: this one is the only page that shows it."""
    return next((row for row in navigation.ROWS if name in row.experiments), None)


def ordered() -> tuple[str, ...]:
    """All experiments; those without a page of their own come first."""
    return tuple(sorted(experiments.names(), key=lambda name: page_of(name) is not None))
