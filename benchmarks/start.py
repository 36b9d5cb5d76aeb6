"""How long from `streamlit run` to the first computed result, cold and warm; and the memory after 20 uploads.

    python -m benchmarks.start

Cold: a new server process, the page opened as soon as it answers, until the frame that shows the network's canvas.
Warm: the same address opened again in a new browser context. Memory: resident set of the server's process after 20
images went through five networks by upload. Needs Chromium.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from tests.support.browser import PAINTED, browser, idle, served, upload

COLD, WARM, UPLOADS = 5, 9, 20
NETWORKS = ("efficientnet_lite0", "resnet18", "googlenet", "densenet121", "mobilenet_v2")


def resident(pid: int) -> float:
    """Resident megabytes of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"process {pid} has no VmRSS line")


def painted(chromium, address: str, since: float) -> float:
    """Seconds from `since` (of time.time) to the frame that shows the canvas, in a new browser context.

    The page itself notes the moment: what asks it from outside has to wait for its other scripts.
    """
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(address)
    shown = page.wait_for_selector(f"{PAINTED}[data-shown]", timeout=60_000).get_attribute("data-shown")
    context.close()
    return float(shown) / 1000 - since


def cold(chromium) -> list[float]:
    found = []
    for _ in range(COLD):
        since = time.time()
        with served() as (address, _pid):
            found.append(painted(chromium, address, since))
    return found


def memory(chromium, address: str, pid: int) -> float:
    """Resident megabytes after UPLOADS images through NETWORKS."""
    with tempfile.TemporaryDirectory() as folder:
        for index in range(UPLOADS):
            context = chromium.new_context(viewport={"width": 1280, "height": 800})
            page = context.new_page()
            page.goto(f"{address}/?network={NETWORKS[index % len(NETWORKS)]}")
            page.wait_for_selector(PAINTED, timeout=60_000)
            upload(page, Path(folder), index)
            idle(page)
            context.close()
    return resident(pid)


def main() -> None:
    with browser() as chromium:
        colds = cold(chromium)
        with served() as (address, pid):
            painted(chromium, address, time.time())
            warms = [painted(chromium, address, time.time()) for _ in range(WARM)]
            megabytes = memory(chromium, address, pid)
    print("| from | to | seconds (median) | bar |")
    print("| --- | --- | --- | --- |")
    print(f"| streamlit run, cold | first result painted | {statistics.median(colds):.2f} (n = {COLD}) | 6 |")
    print(f"| address opened, warm server | first result painted | {statistics.median(warms):.2f} (n = {WARM}) | 2 |")
    print(f"\nresident after {UPLOADS} uploads through {len(NETWORKS)} networks: {megabytes:,.0f} MB (bar 1,200)")


if __name__ == "__main__":
    main()
