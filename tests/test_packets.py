"""The digest of a packet: the same for the same content, another one for any other, whatever the content is."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.figures.packets import digest
from tests.support import ROOT

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
parts = st.lists(plain | st.binary(max_size=12), max_size=4)


def shuffled(value: Any) -> Any:
    """The same content with every mapping's keys the other way round."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(value)}
    return [shuffled(one) for one in value] if isinstance(value, list) else value


def told(value: Any) -> str:
    """Content as text, for comparison: 1, 1.0 and True are three contents, though equal in Python."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{key!r}:{told(value[key])}" for key in sorted(value)) + "}"
    return f"[{','.join(map(told, value))}]" if isinstance(value, list) else repr(value)


@settings(deadline=None)
@given(parts)
def test_the_order_of_keys_does_not_matter(content: list[Any]) -> None:
    assert digest(*content) == digest(*map(shuffled, content))


@settings(deadline=None)
@given(parts, parts)
def test_other_content_has_another_digest(one: list[Any], other: list[Any]) -> None:
    assert (digest(*one) == digest(*other)) == (told(one) == told(other))


def test_where_a_part_ends_counts_and_so_do_kind_shape_and_dtype() -> None:
    different = [
        digest("ab", "c"), digest("a", "bc"), digest("abc"), digest(b"abc"), digest(["a", "bc"]),
        digest(np.arange(6)), digest(np.arange(6).reshape(2, 3)), digest(np.arange(6.0)), digest(np.zeros(0)),
    ]  # fmt: skip
    assert len(set(different)) == len(different)


def test_an_array_counts_by_its_content_not_by_its_memory() -> None:
    array = np.arange(12.0).reshape(3, 4)
    assert digest(array.T) == digest(np.ascontiguousarray(array.T)) != digest(array)
    assert digest({"n": np.float64(1.5), "of": np.arange(2)}) == digest({"n": 1.5, "of": [0, 1]})


def test_what_is_no_plain_value_is_refused() -> None:
    with pytest.raises(TypeError, match="found set"):
        digest({"names": {"a", "b"}})


def test_another_process_finds_the_same_digest() -> None:
    line = "from cnnviz.figures.packets import digest; print(digest({'b': [1.5, None], 'a': 'é'}, b'xyz'))"
    found = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout.strip() == digest({"a": "é", "b": [1.5, None]}, b"xyz")


def test_digests_are_made_in_one_place() -> None:
    """A packet's digest is `packets.digest`: nothing that draws makes its own."""
    drawing = [*(ROOT / "cnnviz/figures").glob("*.py"), *(ROOT / "cnnviz/topics").rglob("*.py")]
    own = [path.name for path in (*drawing, *(ROOT / "pages").rglob("*.py")) if "hashlib" in path.read_text()]
    assert own == ["packets.py"]
