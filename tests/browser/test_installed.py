"""The command `cnnviz image.png` of the unpacked wheel, from a foreign folder, in Chromium: Explore opens with it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.support.browser import PAINTED, WAIT, free_port, idle, wait_healthy
from tests.support.waiting import PATIENCE
from tests.support.wheel import beside, unpacked


@pytest.fixture
def served(tmp_path: Path, chromium: Any) -> Iterator[str]:
    """The address of `cnnviz "my cat.png"`, started in a folder with a module called like one of Python's own."""
    here = tmp_path / "here"
    here.mkdir()
    Image.new("RGB", (320, 240), (200, 60, 20)).save(here / "my cat.png")
    (here / "random.py").write_text("raise ImportError('not the standard library')\n")
    port = free_port()
    settings = {"STREAMLIT_SERVER_PORT": str(port), "STREAMLIT_SERVER_HEADLESS": "true", "CNNVIZ_WARM": "0"}
    environment = beside(unpacked(tmp_path / "wheel"), XDG_DATA_HOME=str(tmp_path / "data"), **settings)
    command = [sys.executable, "-P", "-m", "cnnviz", "my cat.png"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, cwd=here, env=environment, **quiet)
    try:
        wait_healthy(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(PATIENCE)


def test_an_image_on_the_command_line_opens_explore_with_it(served: str, profiles: dict[str, Any]) -> None:
    page = profiles["laptop"].new_page()
    page.set_default_timeout(WAIT)
    page.goto(served)
    page.wait_for_selector(PAINTED)
    page.get_by_text("my cat.png").first.wait_for()
    expect(page.get_by_test_id("stException")).to_have_count(0)
    page.goto(f"{served}/batch_norm")
    page.get_by_role("heading", level=1).wait_for()
    idle(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    page.close()
