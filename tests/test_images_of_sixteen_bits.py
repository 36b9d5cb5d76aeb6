"""PNGs of 16 bits with one transparent colour, and formats that are refused by name."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest

from cnnviz.images import decoding


def png(values: np.ndarray, clear: tuple[int, ...] | None, kind: int) -> bytes:
    """A PNG of 16 bits, written by its specification. kind: 0, grey, or 2, colours."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    height, width = values.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    known = b"" if clear is None else chunk(b"tRNS", struct.pack(f">{len(clear)}H", *clear))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + known + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("seed", range(12))
def test_the_transparent_grey_is_the_paper_and_no_other(seed: int) -> None:
    draw = np.random.default_rng(seed)
    values = draw.integers(0, [4, 300, 65536][seed % 3], (5, 7)).astype(np.uint16)
    clear = int(draw.choice(values.ravel()))
    read = np.asarray(decoding.read(png(values, (clear,), 0)))
    wanted = np.rint(np.where(values == clear, 65535, values) / 257)
    assert (read == wanted[..., None]).all()


def test_a_transparent_colour_of_sixteen_bits_is_refused_where_eight_cannot_tell_it() -> None:
    values = np.full((2, 2, 3), 300, np.uint16)
    with pytest.raises(decoding.ImageError, match="stands for transparent"):
        decoding.read(png(values, (301, 301, 301), 2))
    absent = np.asarray(decoding.read(png(values, (65535, 0, 0), 2)))
    assert (absent == np.asarray(decoding.read(png(values, None, 2)))).all()


def test_pam_is_called_by_its_name() -> None:
    with pytest.raises(decoding.ImageError, match="PAM"):
        decoding.read(b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n\0\0\0")


def test_colours_as_floats_are_called_so() -> None:
    tifffile = pytest.importorskip("tifffile")
    file = io.BytesIO()
    tifffile.imwrite(file, np.zeros((4, 5, 3), np.float32), photometric="rgb")
    with pytest.raises(decoding.ImageError, match="colours as floats"):
        decoding.read(file.getvalue())


NUMBERS = (np.uint8, np.uint16, np.uint32, np.int8, np.int16, np.int32, np.float32, np.float64)


@pytest.mark.parametrize("seed", range(48))
def test_a_tiff_is_read_whatever_its_numbers_are_their_order_and_which_end_is_white(seed: int) -> None:
    tifffile = pytest.importorskip("tifffile")
    draw = np.random.default_rng(seed)
    kind = np.dtype(NUMBERS[seed % len(NUMBERS)])
    turned = bool(draw.integers(2)) and kind != np.int8  # which is refused, turned over
    order = "<>"[draw.integers(2)]
    bits = 8 * kind.itemsize
    low, high = {"u": (0, 2**bits - 1), "i": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1), "f": (0, 1)}[kind.kind]
    values = (draw.random((5, 7)) * (float(high) - float(low)) + float(low)).astype(kind)
    file = io.BytesIO()
    tifffile.imwrite(file, values, photometric="miniswhite" if turned else "minisblack", byteorder=order)
    read = np.asarray(decoding.read(file.getvalue())).astype(float)
    exact = values.astype(np.float64)
    if kind.kind == "i" or kind == np.uint32:  # of more than 16 bits, or below zero: stretched
        exact = (exact - exact.min()) / (exact.max() - exact.min())
    else:
        exact = exact / float(high)
    wanted = 1 - exact if turned else exact
    assert np.abs(read - 255 * wanted[..., None]).max() <= 1, (kind, turned, order)
