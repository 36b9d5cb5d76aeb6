"""An upload or a file as RGB, or one sentence why not: within 300 MB, and ordinary files within a second.

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

from cnnviz import limits
from cnnviz.images import formats, levels
from cnnviz.images.formats import ENDINGS as ENDINGS
from cnnviz.images.formats import KNOWN as KNOWN

LONGEST = limits.IMAGE_LOOKED_AT  # pixels, the longer side of what `read` returns
FILE_BYTES = limits.IMAGE_MB << 20
PIXELS = limits.IMAGE_PIXELS
OPENING_SECONDS = 0.3  # of this thread's CPU, to find the image in the file; ordinary files take 0.02
DECODING_SECONDS = 3.0  # a photo of 20 megapixels takes 0.6 as PNG; below, what could take longer is refused before
PNG_PIECES = 1 << 16  # libpng writes 8 kB each
PROGRESSIVE_SCANS = 64  # a camera writes about 10; each one goes over the whole image again
END_OF_JPEG = b"\xff\xd9"
WARNING, CUT_OFF = "warning", "This JPEG is cut off: what is missing of it is grey, or coarser than the rest."
COLOURS_OF_16_BITS = b"\x10\x02"  # a PNG's bit depth and colour type (its specification, 11.2.2)
TIFF_VALUES = 1 << 16  # of one tag; a strip a line makes 20,000

# An image above Pillow's own limit is refused even where something else opens one before our limits are asked.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


class ImageError(ValueError):
    """An image that cannot or will not be read, in one sentence for the person who chose it."""


def read(data: bytes | bytearray | memoryview | Path | str) -> Image.Image:
    """The image in a file or an upload as RGB, upright, alpha over white, at most 2048 pixels on the longer side.

    Of an animation the first frame. Grey of more than eight bits is scaled as `levels` says. A JPEG that is cut off
    after its beginning is read as far as it goes: `warning` says so.

    Raises ImageError, and nothing else, for all that is no image, is cut off, too large, or takes too long.
    """
    return measured(data)[0]


def measured(data: bytes | bytearray | memoryview | Path | str) -> tuple[Image.Image, int]:
    """(what `read` gives, how many pixels the file holds)."""
    try:
        return _decode(_bytes(data))
    except ImageError:
        raise
    except UnidentifiedImageError as error:
        if formats.is_tiff(data):
            raise ImageError(
                "This TIFF holds numbers of a kind that is not read here (colours as floats, floats of 16 bits, "
                "integers of 64 bits, many bands): saved with 8 or 16 bits, in grey or three colours, it works."
            ) from error
        raise ImageError(
            f"This is not an image that can be read here, or its beginning is damaged: {KNOWN} files work."
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise ImageError(f"This image is too large: up to {PIXELS // 10**6} megapixels work.") from error
    # Decoders raise what they like on a hostile file: struct.error, SyntaxError, OverflowError, EOFError, zlib.error, …
    except Exception as error:
        raise ImageError(
            f"This image is cut off or damaged ({_first_words(error)}): a file that opens in an image viewer works."
        ) from error


def promised(data: bytes) -> int:
    """How many pixels a file says it has, by its beginning; 0 where that does not say, or `read` would refuse so many.

    data: the file, or as much of it. Nothing is decoded.
    """
    file = _Bounded(data)
    file.allow(OPENING_SECONDS)
    try:
        _refuse_tangled(data)
        if formats.is_heif(data):
            formats.with_heif()
        with Image.open(file, formats=_names(data)) as image:
            _refuse_large(image)
            return image.width * image.height
    except Exception:  # what a damaged file raises, and an image that is too large: `measured` tells them apart
        return 0


def warning(image: Image.Image) -> str:
    """What is to be said of an image that `read` gave; "" of most."""
    return str(image.info.get(WARNING, ""))


def digest(data: bytes) -> str:
    """16 hex digits that name these bytes in a cache key or a link."""
    return hashlib.sha256(data).hexdigest()[:16]


def _bytes(data: bytes | bytearray | memoryview | Path | str) -> bytes:
    if isinstance(data, bytes | bytearray | memoryview):
        content = bytes(data)
    elif isinstance(data, Path | str):
        content = _file(Path(data))
    else:
        raise ImageError(f"An image was expected as bytes or a path, and {type(data).__name__} was given.")
    if not content:
        raise ImageError(f"The file is empty (0 bytes): {KNOWN} files work.")
    if len(content) > FILE_BYTES:
        raise ImageError(f"The file has more than {FILE_BYTES >> 20} MB: a smaller or a compressed one works.")
    return content


def _file(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise ImageError(f"There is no image file {path.name!r}: the path of a {KNOWN} file works.")
        with path.open("rb") as file:
            return file.read(FILE_BYTES + 1)
    except OSError as error:
        raise ImageError(
            f"The file {path.name!r} cannot be opened ({error.strerror}): check that it is yours."
        ) from error


class _Bounded(io.BytesIO):
    """A file that stops answering once its reader has used up its time: every parser's loop reads.

    mended: behind its end a JPEG's end mark follows, so that a decoder closes an image that was cut off.
    """

    mended = False
    ran_out = False

    def allow(self, seconds: float) -> None:
        self.until = time.thread_time() + seconds

    def read(self, size: int | None = -1) -> bytes:
        if time.thread_time() > self.until:
            raise ImageError("This image takes far longer to decode than ordinary ones do: saved anew it works.")
        content = super().read(size)
        if not content and size and self.mended:
            self.ran_out = True
            return END_OF_JPEG
        return content


def _decode(data: bytes) -> tuple[Image.Image, int]:
    _refuse_tangled(data)
    if formats.is_heif(data) and not formats.with_heif():
        raise ImageError("HEIC is read where the package pi-heif is installed: saved as JPEG it works.")
    file = _Bounded(data)
    file.allow(OPENING_SECONDS)
    with Image.open(file, formats=_names(data)) as image:
        _refuse_large(image)
        size, pixels = within(image.size, LONGEST), image.width * image.height
        if image.format in ("JPEG", "MPO"):
            image.draft(None, size)
            file.mended = True
        elif image.format == "JPEG2000":
            image.reduce = _halvings(max(image.size))  # type: ignore[method-assign,assignment]
        elif image.format == "TIFF":
            formats.in_native_order(image)
        file.allow(DECODING_SECONDS)
        image.load()
        if data[:4] == b"\x89PNG" and data[24:26] == COLOURS_OF_16_BITS:
            _refuse_unseen_transparency(image)
        orientation = _orientation(image)
        picture = _rgb(image, size)
    picture = ImageOps.exif_transpose(_tagged(picture, orientation))
    picture.info = {WARNING: CUT_OFF} if file.ran_out else {}
    return picture, pixels


def _names(data: bytes) -> tuple[str, ...]:
    """Pillow's openers that may try; HEIC's only where the file is one."""
    return tuple(name for name in formats.PILLOW if name != "HEIF" or formats.is_heif(data))


def _halvings(longest: int) -> int:
    """How often a JPEG 2000 is halved while it is decoded, so that no more is than will be shown."""
    return max(0, (longest // LONGEST).bit_length() - 1)


def _refuse_large(image: Image.Image) -> None:
    width, height = image.size
    known = formats.of(image.format)
    allowed = known.pixels if known else PIXELS
    if max(width, height) > formats.SIDE:
        raise ImageError(f"This image has {width:,} × {height:,} pixels: up to {formats.SIDE:,} a side work.")
    if image.format == "JPEG" and image.info.get("progressive"):
        allowed = PIXELS  # its coefficients are all held at once
    if width * height > allowed:
        raise ImageError(
            f"This image has {width:,} × {height:,} pixels: up to {allowed / 10**6:g} megapixels work in this format."
        )
    if width < 1 or height < 1:
        raise ImageError(f"This image has {width} × {height} pixels: at least 1 × 1 is needed.")


def _refuse_tangled(data: bytes) -> None:
    """What would keep a decoder busy for minutes or take gigabytes, and formats that Pillow takes for damage."""
    if data[:2] == b"\xff\xd8" and data.count(b"\xff\xda") > PROGRESSIVE_SCANS:
        raise ImageError(f"This JPEG goes over its image more than {PROGRESSIVE_SCANS} times: saved anew it works.")
    if data[:4] == b"\x89PNG" and data.count(b"IDAT") > PNG_PIECES:
        raise ImageError(f"This PNG is cut into more than {PNG_PIECES:,} pieces: saved anew it works.")
    if data[:4] in (b"II*\0", b"MM\0*"):
        _refuse_tangled_tiff(data)
    if data[:3] == b"P7\n":
        raise ImageError("This is a PAM file, which is not read here: saved as PGM, PPM or PNG it works.")
    if data[:4] in (b"II+\0", b"MM\0+"):
        raise ImageError("This is a BigTIFF, a format for images above 4 GB: saved as PNG it works.")


def _refuse_unseen_transparency(image: Image.Image) -> None:
    """One colour of a PNG of 16 bits may be transparent; Pillow keeps 8 bits, in which other colours equal it."""
    colour = image.info.pop("transparency", None)
    if not isinstance(colour, tuple):
        return
    if bool((np.asarray(image) == [value >> 8 for value in colour]).all(axis=2).any()):
        raise ImageError(
            "This PNG has 16 bits a colour and one colour that stands for transparent, which is not read here: saved "
            "with 8 bits or with an alpha channel it works."
        )


def _refuse_tangled_tiff(data: bytes) -> None:
    """By the first directory's entries: a list too long, or a tile larger than any image (TIFF 6.0, 1992)."""
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
    if levels.has_signed_bytes(image):
        image = Image.fromarray(np.array(image).view(np.int8).astype(np.int32))
    if image.mode.startswith("I") or image.mode == "F":
        return levels.to_eight_bits(image, size)
    if image.has_transparency_data:
        picture = _shrunk(image.convert("RGBA"), size)
        return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
    if image.mode == "1":
        image = image.convert("L")
    elif image.mode == "P":
        image = image.convert("RGB")
    return _shrunk(image, size).convert("RGB")


def _shrunk(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return image if size == image.size else image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def within(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """A size (width, height) made smaller in proportion until its longer side is at most `longest`."""
    width, height = size
    ratio = min(1.0, longest / max(size))
    return max(1, round(width * ratio)), max(1, round(height * ratio))


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; upright where the EXIF is damaged: the image itself may well be good."""
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
