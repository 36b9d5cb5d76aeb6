"""The file formats that are read, and how large an image may be in each: what pages and errors say comes from here.

Pillow decodes all of them but HEIC, for which pi-heif hands it libheif's decoder the first time that one is seen.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from PIL import Image, TiffImagePlugin

from cnnviz import limits


@dataclass(frozen=True)
class Format:
    """name: for people. pillow: as Pillow calls it. pixels: the most that are decoded, with at most 300 MB."""

    name: str
    pillow: tuple[str, ...]
    endings: tuple[str, ...]
    pixels: int = limits.IMAGE_PIXELS


FORMATS = (
    Format("PNG", ("PNG",), (".png",)),
    # Is decoded at a half, a quarter or an eighth of its size; a progressive one is not.
    Format("JPEG", ("JPEG", "MPO"), (".jpg", ".jpeg", ".jpe", ".jfif"), 64_000_000),
    Format("WebP", ("WEBP",), (".webp",), 12_500_000),  # its decoder holds five copies of the image
    Format("HEIC", ("HEIF",), (".heic", ".heif", ".hif"), 25_000_000),
    Format("AVIF", ("AVIF",), (".avif",), 16_000_000),
    Format("JPEG 2000", ("JPEG2000",), (".jp2", ".j2k", ".jpx", ".j2c", ".jpf"), 10_000_000),  # decodes slowest
    Format("GIF", ("GIF",), (".gif",)),
    Format("BMP", ("BMP", "DIB"), (".bmp", ".dib")),
    Format("TIFF", ("TIFF",), (".tif", ".tiff")),
    Format("PGM/PPM", ("PPM",), (".ppm", ".pgm", ".pbm", ".pnm")),
)
PILLOW = tuple(name for form in FORMATS for name in form.pillow if name != "MPO")
ENDINGS = tuple(ending for form in FORMATS for ending in form.endings)
KNOWN = ", ".join(form.name for form in FORMATS[:-1]) + f" and {FORMATS[-1].name}"
LIMIT = f"up to {limits.IMAGE_MB} MB"
SIDE = limits.IMAGE_SIDE
BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def _more_kinds_of_tiff() -> None:
    """What Pillow's decoders unpack and its list of what a TIFF may hold leaves out.

    Floats of 64 bits, integers of 32 without a sign in the other order, and all of one number a pixel that begin at
    white (the photometric interpretation 0, which `levels` turns over).
    """
    known = TiffImagePlugin.OPEN_INFO
    for order, mark in ((b"II", ""), (b"MM", "B")):
        known.setdefault((order, 1, (3,), 1, (64,), ()), ("F", f"F;64{mark}F"))
        known.setdefault((order, 1, (1,), 1, (32,), ()), ("I", f"I;32{mark}"))
        for kind, bits in ((1, 16), (2, 16), (1, 32), (2, 32), (3, 32), (3, 64)):
            known.setdefault((order, 0, (kind,), 1, (bits,), ()), known[order, 1, (kind,), 1, (bits,), ()])


_more_kinds_of_tiff()


def in_native_order(image: Any) -> None:
    """Compressed floats: libtiff has put their bytes into this machine's order; Pillow would turn them once more."""
    image.tile = [
        tile._replace(args=(tile.args[0].replace("BF", "NF"), *tile.args[1:]))
        if tile.codec_name == "libtiff" and isinstance(tile.args, tuple) and str(tile.args[0]).endswith("BF")
        else tile
        for tile in image.tile
    ]


def of(pillow: str | None) -> Format | None:
    """The format that Pillow calls so."""
    return next((form for form in FORMATS if pillow in form.pillow), None)


def is_tiff(data: object) -> bool:
    """By its first four bytes, of a whole file's."""
    return isinstance(data, bytes | bytearray | memoryview) and bytes(data[:4]) in (b"II*\0", b"MM\0*")


def is_heif(data: bytes) -> bool:
    """By the brand in its first box (ISO/IEC 23008-12); mif1 may be an AVIF, which Pillow then opens first."""
    return data[4:8] == b"ftyp" and data[8:12] in BRANDS


@functools.cache
def with_heif() -> bool:
    """Makes Pillow open HEIC; False where pi-heif is not installed."""
    try:
        from pi_heif import register_heif_opener
    except ImportError:
        return False
    register_heif_opener(thumbnails=False)
    Image.init()
    return True
