"""What every file of this folder raises."""

from __future__ import annotations


class CheckpointError(ValueError):
    """Weights or a run that cannot be read: what was asked, what was found, what would work."""
