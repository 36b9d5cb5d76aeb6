"""What one zip may cost: bytes unpacked, pixels and seconds. What its images say of their sizes is added up first."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterable

from cnnviz import limits
from cnnviz.datasets import zip_files
from cnnviz.datasets.kinds import DatasetError
from cnnviz.images import decoding

MOST_BYTES, MOST_PIXELS, MOST_SECONDS = limits.ZIP_UNPACKED_MB << 20, limits.ZIP_PIXELS, limits.ZIP_SECONDS
BEGINNING = 1 << 16  # bytes of an image in which its size stands, as a rule


class Budget:
    """What is left of the bytes, pixels and seconds that one zip may take."""

    def __init__(self) -> None:
        self.bytes, self.pixels, self.until = MOST_BYTES, MOST_PIXELS, time.thread_time() + MOST_SECONDS

    def foresee(self, archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo]) -> None:
        """Nothing is decoded that cannot be decoded to the end. entries: of images and of masks.

        Raises DatasetError where the sizes that they say come to more pixels than are left.
        """
        together = 0
        for entry in entries:
            together += _said(archive, entry)
            if together > self.pixels:
                raise _too_many_pixels()
            self._look_at_the_clock()

    def content(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
        """The bytes of one file, unpacked. Raises DatasetError beyond what is left, EntryError for a damaged one."""
        content = zip_files.content(archive, entry, min(self.bytes, decoding.FILE_BYTES))
        self.bytes -= len(content)
        if self.bytes < 0:
            raise DatasetError(f"this zip unpacks to more than {MOST_BYTES >> 20} MB: a smaller one works.")
        return content

    def decoded(self, pixels: int) -> None:
        """Counts an image's pixels and the time. Raises DatasetError beyond what is left."""
        self.pixels -= pixels
        if self.pixels < 0:
            raise _too_many_pixels()
        self._look_at_the_clock()

    def _look_at_the_clock(self) -> None:
        if time.thread_time() > self.until:
            raise DatasetError(
                f"this zip takes too long to read: {MOST_SECONDS:,.0f} seconds of computing work is all that one has; "
                "fewer or smaller images work."
            )


def _too_many_pixels() -> DatasetError:
    return DatasetError(
        f"the images of this zip have more than {MOST_PIXELS:,} pixels together, which is all that one may have: "
        "smaller images do as well."
    )


def _said(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    """How many pixels an image says it has; 0 for one that will be left out unread."""
    for size in (BEGINNING, decoding.FILE_BYTES):
        try:
            content = zip_files.content(archive, entry, size)
        except zip_files.EntryError:
            return 0
        pixels = decoding.promised(content[:size])
        if pixels or len(content) <= size:
            return pixels
    return 0
