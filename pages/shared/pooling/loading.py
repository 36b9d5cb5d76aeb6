"""What the pooling page keeps: measured shifts, by network, picture and number of pictures."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from cnnviz import samples
from cnnviz.figures import shifts as drawn
from cnnviz.measurements import shifts as measured
from cnnviz.records.shifts import Shifts
from pages.shared import loading
from pages.shared.picture import Picture

OTHERS = 9  # further pictures of the same kind
MOST = 6
Measured = tuple[Shifts, dict[str, Any]]
_kept: OrderedDict[tuple[str, str, str, bool], Measured] = OrderedDict()
_guard = threading.Lock()


def shifts(choice: str, at_hand: Picture, fit: str, *, several: bool, progress: Callable[[float], None]) -> Measured:
    """The picture, and further samples of its kind, slid and turned; and what is drawn of it.

    Kept here, the last six, and not by `st.cache_resource`: a cached function may not draw the progress of its caller.
    """
    key = (choice, at_hand.digest, fit, several)
    with _guard:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    opened = loading.network(choice)
    names = companions(at_hand.digest, digit=opened.spec.digit) if several else ()
    pictures = [at_hand.image, *(loading.sample(name) for name in names)]
    found = measured.measure(opened, pictures, fit=fit, names=(at_hand.title, *names), progress=progress)
    with _guard:
        _kept[key] = found, drawn.data(found)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
        return _kept[key]


def companions(digest: str, *, digit: bool) -> tuple[str, ...]:
    """Nine further samples: handwritten digits or photos, never the picture itself."""
    group = "digit" if digit else "photo"
    listed = [item.name for item in samples.names() if item.group == group and f"sample:{item.name}" != digest]
    return tuple(listed[:OTHERS])
