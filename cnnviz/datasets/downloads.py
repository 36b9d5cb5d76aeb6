"""torchvision's own downloaders, with progress that can be shown and one sentence when they fail."""

from __future__ import annotations

import contextlib
import http.client
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from cnnviz.datasets.kinds import Progress

ANSWER_SECONDS = 5.0
EVERY_SECONDS = 0.25


class DownloadError(OSError):
    """The publisher's host does not answer, or what came is not what was promised."""


def run(download: Callable[[], object], archives: tuple[Path, ...], total: int, progress: Progress | None) -> None:
    """Call a torchvision downloader; progress hears how much of its archives (total bytes) has arrived.

    Raises DownloadError. torchvision verifies each archive's MD5 before it unpacks it.
    """
    try:
        with _watched(archives, total, progress):
            download()
    except (OSError, RuntimeError, EOFError, http.client.HTTPException) as error:
        words = " ".join(str(error).split()) or type(error).__name__
        raise DownloadError(words if len(words) <= 160 else words[:159] + "…") from error


def answering(urls: tuple[str, ...]) -> str:
    """ "" where one of the addresses answers within five seconds, else why not: torchvision itself waits for ever."""
    problem = "nobody offers it"
    for url in urls:
        try:
            request = urllib.request.Request(url, method="HEAD", headers={"User-Agent": "cnnviz"})
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS):
                return ""
        except (OSError, ValueError, http.client.HTTPException) as error:
            problem = f"{url.split('/')[2]} does not answer: {getattr(error, 'reason', None) or error}"
    return problem


@contextlib.contextmanager
def _watched(archives: tuple[Path, ...], total: int, progress: Progress | None) -> Iterator[None]:
    if progress is None:
        yield
        return
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(EVERY_SECONDS):
            progress(min(_size(archives), total), total)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
    progress(total, total)


def _size(archives: tuple[Path, ...]) -> int:
    return sum(path.stat().st_size for path in archives if path.is_file())
