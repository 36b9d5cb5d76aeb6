"""A layer's kind as it is said: the recording's name for it, in the spelling of the pages."""

from __future__ import annotations

SPOKEN = {"normalization": "normalisation"}


def spoken(kind: str) -> str:
    """The words of a kind.

    >>> spoken("normalization"), spoken("global_pooling"), spoken("convolution")
    ('normalisation', 'global pooling', 'convolution')
    """
    return SPOKEN.get(kind, kind.replace("_", " "))
