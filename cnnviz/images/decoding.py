"""An upload or a file as RGB, or one sentence why not: whatever the bytes are, within a second and within 300 MB.

Pillow decodes; here stand the limits around it. The size is read before anything is decoded, and each kind of bomb that
Pillow lets through has a line below. Colour profiles are not applied: the numbers in the file are taken as sRGB.
"""

from __future__ import annotations

import hashlib
import io
import struct
import time
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
KNOWN = "PNG, JPEG, WebP, GIF, BMP and TIFF"
LONGEST = 2048  # pixels, the longer side of what `read` returns
FILE_BYTES = 64 << 20
PIXELS = 20_000_000
PIXELS_OF = {
    "JPEG": 64_000_000,  # is decoded at a half, a quarter or an eighth of its size
    "WEBP": 12_500_000,  # its decoder holds five copies of the picture
}
OPENING_SECONDS = 0.3  # of this thread's CPU, to find the picture in the file; ordinary files take 0.02
DECODING_SECONDS = 3.0  # a photo of 20 megapixels takes 0.6 as PNG; below, what could take longer is refused before
PNG_PIECES = 1 << 16  # libpng writes 8 kB each
PROGRESSIVE_SCANS = 64  # a camera writes about 10; each one goes over the whole picture again
TIFF_VALUES = 1 << 16  # of one tag; a strip a line makes 20,000

# A picture above Pillow's own limit is refused even where something else opens one before our limits are asked.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


class ImageError(ValueError):
    """A picture that cannot or will not be read, in one sentence for the person who chose it."""


def read(data: bytes | bytearray | memoryview | Path | str) -> Image.Image:
    """The picture in a file or an upload as RGB, upright, alpha over white, at most 2048 pixels on the longer side.

    Of an animation the first frame. 16-bit grey is divided by 257 (0…65535 to 0…255, nothing clipped); other integer
    and float grey, where it leaves 0…65535, 0…255 or 0…1, is stretched from its own minimum to its own maximum.

    Raises ImageError, and nothing else, for all that is no picture, is cut off, too large, or takes too long.
    """
    try:
        return _decode(_bytes(data))
    except ImageError:
        raise
    except UnidentifiedImageError as error:
        raise ImageError(
            f"This is not a picture that can be read here, or its beginning is damaged: {KNOWN} files work."
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise ImageError(f"This picture is too large: up to {PIXELS // 10**6} megapixels work.") from error
    # Decoders raise what they like on a hostile file: struct.error, SyntaxError, OverflowError, EOFError, zlib.error, …
    except Exception as error:
        raise ImageError(
            f"This picture is cut off or damaged ({_first_words(error)}): a file that opens in an image viewer works."
        ) from error


def digest(data: bytes) -> str:
    """16 hex digits that name these bytes in a cache key or a link."""
    return hashlib.sha256(data).hexdigest()[:16]


def _bytes(data: bytes | bytearray | memoryview | Path | str) -> bytes:
    if isinstance(data, bytes | bytearray | memoryview):
        content = bytes(data)
    elif isinstance(data, Path | str):
        content = _file(Path(data))
    else:
        raise ImageError(f"A picture was expected as bytes or a path, and {type(data).__name__} was given.")
    if not content:
        raise ImageError(f"The file is empty (0 bytes): {KNOWN} files work.")
    if len(content) > FILE_BYTES:
        raise ImageError(f"The file has more than {FILE_BYTES >> 20} MB: a smaller or a compressed one works.")
    return content


def _file(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise ImageError(f"There is no picture file {path.name!r}: the path of a {KNOWN} file works.")
        with path.open("rb") as file:
            return file.read(FILE_BYTES + 1)
    except OSError as error:
        raise ImageError(
            f"The file {path.name!r} cannot be opened ({error.strerror}): check that it is yours."
        ) from error


class _Bounded(io.BytesIO):
    """A file that stops answering once its reader has used up its time: every parser's loop reads."""

    def allow(self, seconds: float) -> None:
        self.until = time.thread_time() + seconds

    def read(self, size: int | None = -1) -> bytes:
        if time.thread_time() > self.until:
            raise ImageError("This picture takes far longer to decode than ordinary ones do: saved anew it works.")
        return super().read(size)


def _decode(data: bytes) -> Image.Image:
    _refuse_tangled(data)
    file = _Bounded(data)
    file.allow(OPENING_SECONDS)
    with Image.open(file, formats=FORMATS) as image:
        _refuse_large(image)
        size = within(image.size, LONGEST)
        if image.format in ("JPEG", "MPO"):
            image.draft(None, size)
        file.allow(DECODING_SECONDS)
        image.load()
        orientation = _orientation(image)
        picture = _rgb(image, size)
    picture = ImageOps.exif_transpose(_tagged(picture, orientation))
    picture.info = {}
    return picture


def _refuse_large(image: Image.Image) -> None:
    width, height = image.size
    allowed = PIXELS_OF.get(image.format or "", PIXELS)
    if image.format == "JPEG" and image.info.get("progressive"):
        allowed = PIXELS  # its coefficients are all held at once
    if width * height > allowed:
        raise ImageError(
            f"This picture has {width:,} × {height:,} pixels: up to {allowed / 10**6:g} megapixels work in this format."
        )
    if width < 1 or height < 1:
        raise ImageError(f"This picture has {width} × {height} pixels: at least 1 × 1 is needed.")


def _refuse_tangled(data: bytes) -> None:
    """Four ways to keep a decoder busy for minutes, or to make it take gigabytes, seen before it starts."""
    if data[:2] == b"\xff\xd8" and data.count(b"\xff\xda") > PROGRESSIVE_SCANS:
        raise ImageError(f"This JPEG goes over its picture more than {PROGRESSIVE_SCANS} times: saved anew it works.")
    if data[:4] == b"\x89PNG" and data.count(b"IDAT") > PNG_PIECES:
        raise ImageError(f"This PNG is cut into more than {PNG_PIECES:,} pieces: saved anew it works.")
    if data[:4] in (b"II*\0", b"MM\0*"):
        _refuse_tangled_tiff(data)
    if data[:4] in (b"II+\0", b"MM\0+"):
        raise ImageError("This is a BigTIFF, a format for pictures above 4 GB: saved as PNG it works.")


def _refuse_tangled_tiff(data: bytes) -> None:
    """By the first directory's entries: a list too long, or a tile larger than any picture (TIFF 6.0, 1992)."""
    order = "<" if data[:1] == b"I" else ">"
    (at,) = struct.unpack_from(order + "I", data, 4)
    (entries,) = struct.unpack_from(order + "H", data, at)
    fits = min(entries, (len(data) - at - 2) // 12)
    tile = {322: 1, 323: 1}  # width and length
    for index in range(fits):
        tag, kind, count, value = struct.unpack_from(order + "HHII", data, at + 2 + 12 * index)
        if count > TIFF_VALUES and kind not in (1, 2, 6, 7):  # bytes and text
            raise ImageError(f"This TIFF has a list of {count:,} entries: saved as PNG it works.")
        if tag in tile:
            short = value & 0xFFFF if order == "<" else value >> 16  # lies in the first two of the four bytes
            tile[tag] = max(tile[tag], short if kind == 3 else value)
    if tile[322] * tile[323] > PIXELS:
        raise ImageError(f"This TIFF says it has tiles of {tile[322]:,} × {tile[323]:,} pixels: saved as PNG it works.")


def _rgb(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Any mode as RGB, shrunk as soon as the mode allows a mean of neighbours."""
    if image.mode.startswith("I") or image.mode == "F":
        return _levels(image, size)
    if image.has_transparency_data:
        picture = _shrunk(image.convert("RGBA"), size)
        return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
    if image.mode == "1":
        image = image.convert("L")
    elif image.mode == "P":
        image = image.convert("RGB")
    return _shrunk(image, size).convert("RGB")


def _levels(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Grey of 16 or 32 bits or floats, scaled to 0…255 as `read` says."""
    wide = image if image.mode == "F" else image.convert("I")
    values = np.nan_to_num(np.asarray(_shrunk(wide, size), dtype=np.float64), posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    tops = (65535.0,) if wide.mode == "I" else (1.0, 255.0, 65535.0)
    top = next((top for top in tops if low >= 0 and high <= top), None)
    if top is None:
        values, top = values - low, max(high - low, 1e-300)
    return Image.fromarray(np.rint(values * (255 / top)).astype(np.uint8)).convert("RGB")


def _shrunk(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Of that size; a mean over boxes for grey of many bits, which must not overshoot."""
    if size == image.size:
        return image
    wide = image.mode in ("I", "F")
    return image.resize(size, Image.Resampling.BOX if wide else Image.Resampling.BICUBIC, reducing_gap=2.0)


def within(size: tuple[int, int], longest: int) -> tuple[int, int]:
    width, height = size
    ratio = min(1.0, longest / max(size))
    return max(1, round(width * ratio)), max(1, round(height * ratio))


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; upright where the EXIF is damaged: the picture itself may well be good."""
    try:
        value = image.getexif().get(0x0112, 1)
    except Exception:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _tagged(picture: Image.Image, orientation: int) -> Image.Image:
    plain = Image.frombytes("RGB", picture.size, picture.tobytes())
    plain.getexif()[0x0112] = orientation
    return plain


def _first_words(error: Exception) -> str:
    words = " ".join(str(error).split()) or type(error).__name__
    return words if len(words) <= 80 else words[:79] + "…"
