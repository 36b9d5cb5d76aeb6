"""Snippets, run as a person would who copied them."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest


def run(snippet: str) -> dict[str, Any]:
    """Every name that the snippet leaves behind; torch's random state stays as it was."""
    found: dict[str, Any] = {}
    with torch.random.fork_rng(devices=[]):
        exec(compile(snippet, "snippet", "exec"), found)
    return found


def printed(page: AppTest, capsys: pytest.CaptureFixture[str]) -> str:
    """What the first snippet of the page's source box prints."""
    run(next(box for box in page.expander if box.label == "Source").code[0].value)
    return capsys.readouterr().out
