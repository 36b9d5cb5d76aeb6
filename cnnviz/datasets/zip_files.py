"""Opening a zip that somebody brings, and reading one of its files: within bounds, and each refusal with its advice."""

from __future__ import annotations

import contextlib
import io
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from cnnviz.datasets.kinds import DatasetError
from cnnviz.datasets.zip_names import UTF8_FLAG

DIRECTORY_BYTES = 16 << 20  # of the list of files: about 200,000 names
END, END_64, ENTRY = b"PK\x05\x06", b"PK\x06\x06", b"PK\x01\x02"
OTHERS = {
    b"Rar!": "a RAR archive", b"7z\xbc\xaf": "a 7z archive", b"\x1f\x8b": "a gzip file", b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file", b"\x28\xb5\x2f\xfd": "a Zstandard file", b"\x89PNG": "a single image",
    b"\xff\xd8\xff": "a single image",
}  # fmt: skip
UNIX = 3  # the system whose modes an entry's attributes hold (APPNOTE 6.3, 4.4.2)
METHODS = {9: "Deflate64", 93: "Zstandard", 95: "XZ", 98: "PPMd", 99: "AES encryption"}


class EntryError(ValueError):
    """Why one file of a zip cannot be read."""


@contextlib.contextmanager
def opened(data: bytes | BinaryIO | Path, largest: int) -> Iterator[tuple[zipfile.ZipFile, bool]]:
    """(the archive, whether its names claim to be UTF-8 and some are not).

    Raises DatasetError: too large, no zip, cut off, locked, oddly packed.
    """
    with contextlib.ExitStack() as stack:
        file = io.BytesIO(data) if isinstance(data, bytes) else data
        if isinstance(file, Path):
            file = stack.enter_context(file.open("rb"))
        size = file.seek(0, io.SEEK_END)
        if size > largest:
            raise DatasetError(f"this zip has {size >> 20:,} MB: up to {largest >> 20} MB work.")
        _refuse_other(file, size)
        try:
            archive, torn = _archive(file)
            stack.enter_context(archive)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, EOFError) as error:
            raise DatasetError(
                f"this zip cannot be unpacked ({_words(error)}): it is damaged or cut off; zip the folder again."
            ) from error
        _refuse_locked(archive)
        yield archive, torn


def content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, largest: int) -> bytes:
    """At most one byte more than `largest`, whatever the zip says about sizes. Raises EntryError."""
    try:
        with archive.open(entry) as file:
            return file.read(largest + 1)
    except NotImplementedError as error:
        raise EntryError(f"packed by {METHODS.get(entry.compress_type, 'an unknown method')}, not read here") from error
    except (zipfile.BadZipFile, RuntimeError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError) as error:
        raise EntryError(f"damaged inside the zip ({_words(error)})") from error


def unfit(entries: Sequence[zipfile.ZipInfo]) -> dict[int, str]:
    """Place among the entries → why it is no file that unpacking would leave: links, and names that come again."""
    last = {(entry.orig_filename, entry.flag_bits & UTF8_FLAG): index for index, entry in enumerate(entries)}
    again = {
        index: "a later file of the zip has the same name, and takes its place"
        for index, entry in enumerate(entries)
        if last[entry.orig_filename, entry.flag_bits & UTF8_FLAG] != index
    }
    links = {index: "a link to another file" for index, entry in enumerate(entries) if _is_link(entry)}
    return {**again, **links}


def _is_link(entry: zipfile.ZipInfo) -> bool:
    return entry.create_system == UNIX and stat.S_ISLNK(entry.external_attr >> 16)


def _refuse_other(file: BinaryIO, size: int) -> None:
    file.seek(0)
    start = file.read(8)
    for mark, name in OTHERS.items():
        if start.startswith(mark):
            raise DatasetError(f"this is {name}, not a zip: zip the folder instead.")
    file.seek(max(0, size - 66_000))
    tail = file.read()
    at, large = tail.rfind(END), tail.rfind(END_64)
    if at < 0 or len(tail) < at + 22:
        raise DatasetError("this zip cannot be unpacked (its list of files is missing): it is no zip or was cut off.")
    (bytes_listed,) = struct.unpack_from("<I", tail, at + 12)
    if large >= 0 and len(tail) >= large + 48:
        bytes_listed = max(bytes_listed % 0xFFFFFFFF, *struct.unpack_from("<Q", tail, large + 40))
    if bytes_listed > DIRECTORY_BYTES:
        raise DatasetError("this zip lists more files than can be read here: one with fewer files works.")
    file.seek(0)


def _archive(file: BinaryIO) -> tuple[zipfile.ZipFile, bool]:
    try:
        return zipfile.ZipFile(file), False
    except UnicodeDecodeError:  # one name says that it is UTF-8 and is not: then no name's flag is believed
        return zipfile.ZipFile(_unflagged(file)), True


def _unflagged(file: BinaryIO) -> io.BytesIO:
    """The same zip, its list of files without the flag for UTF-8, which stands before every file, too."""
    file.seek(0)
    data = bytearray(file.read())
    at = data.rfind(END)
    bytes_listed, begins = struct.unpack_from("<II", data, at + 12)
    entry = max(0, at - bytes_listed) if data[begins : begins + 4] != ENTRY else begins
    while data[entry : entry + 4] == ENTRY:
        (local,) = struct.unpack_from("<I", data, entry + 42)
        for flags in (entry + 9, local + 7):  # bit 11 of the two bytes of flags, here and before the file itself
            if flags < len(data):
                data[flags] &= ~0x08 & 0xFF
        name, extra, comment = struct.unpack_from("<HHH", data, entry + 28)
        entry += 46 + name + extra + comment
    return io.BytesIO(data)


def _refuse_locked(archive: zipfile.ZipFile) -> None:
    files = [entry for entry in archive.infolist() if not entry.is_dir()]
    if any(entry.flag_bits & 0x1 for entry in files):
        raise DatasetError("this zip is locked by a password: one without a password works.")
    strange = {entry.compress_type for entry in files if entry.compress_type in METHODS}
    if files and len(strange) == len({entry.compress_type for entry in files}):
        name = METHODS[min(strange)]
        raise DatasetError(f"this zip is packed by {name}, which is not read here: zipped the ordinary way it works.")


def _words(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 80 else text[:79] + "…"
