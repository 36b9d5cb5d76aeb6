"""The source box: nothing is written while it is closed, everything once it is open, and it stays so."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from pages.shared import drawer
from tests.support import ROOT
from tests.support.waiting import PATIENCE

PAGE = str(ROOT / "pages/layers/pooling/page.py")
KEY = "source.cnnviz.operations.pooling.pool"


def codes(app: AppTest) -> list[str]:
    assert not app.exception
    return [block.value for box in app.expander if box.label == "Source" for block in box.code]


def test_it_is_written_when_it_is_opened_and_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawer, "OPEN", False)
    app = AppTest.from_file(PAGE, default_timeout=PATIENCE).run()
    assert [box.label for box in app.expander].count("Source") == 1
    assert codes(app) == []
    app.session_state[KEY] = True
    snippet, function = codes(app.run())[:2]
    exec(compile(snippet, "snippet", "exec"), {})
    assert function.startswith(("def ", "@"))
    app.number_input(key="pooling.kernel.both").set_value(3).run()
    assert codes(app)[0] != snippet, "the snippet is of what is shown now"
