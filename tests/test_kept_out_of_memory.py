"""What a server need not hold: packages that nobody used, and pages of libraries that were read once."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from cnnviz import code_pages
from pages.shared.components.frames import without_pandas

MAPS = """\
5581a000-5581b000 r-xp 00000000 fe:00 12 /usr/bin/python3.11
7f00a000-7f00c000 r--p 00000000 fe:00 13 /a/lib/libone.so.13
7f00c000-7f010000 r-xp 00002000 fe:00 13 /a/lib/libone.so.13
7f010000-7f011000 rw-p 00006000 fe:00 13 /a/lib/libone.so.13
7f020000-7f021000 rwxp 00000000 fe:00 14 /a/lib/libwritten.so
7f030000-7f031000 r-xp 00000000 00:00 0
7f040000-7f043000 r-xp 00000000 fe:00 15 /a/a folder/two.so
7f050000-7f053000 r-xp 00000000 00:00 0 [vdso]
"""


def test_only_code_of_libraries_that_nobody_can_have_written_to_is_given_back() -> None:
    assert list(code_pages.code(MAPS)) == [(0x7F00C000, 0x4000), (0x7F040000, 0x3000)]


def test_a_library_works_when_its_pages_have_gone_back() -> None:
    given = code_pages.give_back()
    assert given >= 0
    assert np.linalg.det(np.eye(3)) == 1.0


def test_packets_are_looked_at_for_frames_once_there_can_be_some(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    asked = without_pandas(lambda value: bool(looked.append(value)) or True)
    monkeypatch.delitem(sys.modules, "pandas", raising=False)
    assert not asked([{"a": 1}])
    assert not asked({"a": [1]})
    assert not looked
    assert asked(np.zeros(3))  # which Streamlit sends as a frame, too
    monkeypatch.setitem(sys.modules, "pandas", sys)
    assert asked({"a": [1]})
    assert len(looked) == 2
