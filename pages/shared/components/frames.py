"""What a component is given is no data frame as long as nobody has imported pandas.

Streamlit looks at each list and mapping of a packet for one, and imports pandas and pyarrow to ask: half a second
before the first canvas of a server, and 70 MB (2 cores, no GPU). Tables, which are data frames, import them themselves.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any


def without_pandas(is_frame: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Streamlit's `is_dataframe_like`, which answers for a list or a mapping without importing pandas.

    A list or a mapping is a data frame there if it holds pandas' series, or rows of another package that needs pandas.
    """

    @functools.wraps(is_frame)
    def answer(value: Any) -> bool:
        return not (type(value) in (list, dict) and "pandas" not in sys.modules) and is_frame(value)

    return answer


def ask_without_pandas() -> bool:
    """Have Streamlit's packets ask so; True where that was possible. A second time changes nothing."""
    from streamlit.components.v2.bidi_component import serialization

    asked = getattr(serialization, "is_dataframe_like", None)
    if asked is None:
        return False
    if not hasattr(asked, "__wrapped__"):
        serialization.is_dataframe_like = without_pandas(asked)  # type: ignore[assignment]
    return True
