"""Whatever is uploaded becomes an RGB image or one sentence; a network sees what torchvision would show it."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
import tifffile
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from torchvision import transforms

from cnnviz import images, limits, models, samples
from cnnviz.images import decoding, formats
from cnnviz.records import Array, Spec

COLOURS = np.array([[[250, 20, 30], [20, 240, 40]], [[10, 30, 245], [240, 230, 20]]], dtype=np.uint8)
pytestmark = pytest.mark.filterwarnings("ignore:Corrupt EXIF data", "ignore:Truncated File Read")
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "JPEG2000", "PPM", "HEIF")
LOSSY = ("JPEG", "WEBP", "AVIF", "HEIF")
PHOTOS = Spec("photos", "Photos", (3, 224, 224), (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), (), crop=0.875)
FUZZ = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def four(side: int = 16) -> Image.Image:
    """Red, green; blue, yellow: every orientation looks different."""
    return Image.fromarray(COLOURS.repeat(side, axis=0).repeat(side, axis=1))


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    if form == "HEIF":  # the app's own package reads it, and writes none
        pillow_heif.from_pillow(image).save(file, quality=90)
    else:
        image.save(file, form, **options)  # type: ignore[arg-type]
    return file.getvalue()


def ramp(top: float, dtype: type) -> Array:
    return np.linspace(0, top, 256).reshape(1, 256).repeat(4, axis=0).astype(dtype)


def refused(data: object) -> str:
    """The sentence with which something is refused."""
    with pytest.raises(images.ImageError) as caught:
        images.read(data)  # type: ignore[arg-type]
    return str(caught.value)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def tiff(*tags: tuple[int, int, int, int], data: bytes = b"") -> bytes:
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + bytes(4) + data


# --------------------------------------------------------------------------------------------- what people have
@pytest.mark.parametrize("form", FORMATS)
def test_each_format_gives_the_colours(form: str) -> None:
    read = images.read(saved(four(), form))
    assert read.mode == "RGB"
    assert read.size == (32, 32)
    middles = np.asarray(read)[8::16, 8::16].astype(int)
    assert np.abs(middles - COLOURS).max() <= (12 if form in LOSSY else 0)


@pytest.mark.parametrize("kind", [Path, str, bytearray, memoryview])
def test_a_path_or_any_bytes(kind: type, tmp_path: Path) -> None:
    data = saved(four(), "PNG")
    (tmp_path / "four.png").write_bytes(data)
    given_as = kind(tmp_path / "four.png") if kind in (Path, str) else kind(data)
    assert images.read(given_as).tobytes() == four().tobytes()


@pytest.mark.parametrize("form", ["PNG", "TIFF", "BMP", "GIF"])
def test_one_bit_is_black_and_white(form: str) -> None:
    stripes = Image.fromarray(np.arange(64).reshape(8, 8) % 2 == 0)
    assert np.array_equal(np.asarray(images.read(saved(stripes, form)))[:, :, 1], np.asarray(stripes) * 255)


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_sixteen_bit_grey_is_scaled_and_not_clipped(form: str) -> None:
    levels = ramp(65535, np.uint16)
    read = np.asarray(images.read(saved(Image.fromarray(levels), form)))
    assert np.array_equal(read[0, :, 0], np.arange(256))
    assert np.array_equal(read, read[:, :, :1].repeat(3, axis=2))


@pytest.mark.parametrize("top", [1.0, 255.0, 65535.0, 3e7])
def test_float_grey_keeps_its_range(top: float) -> None:
    read = np.asarray(images.read(saved(Image.fromarray(ramp(top, np.float32)), "TIFF")))
    assert np.abs(read[0, :, 0].astype(int) - np.arange(256)).max() <= 1


def test_signed_integers_are_stretched_and_holes_are_black() -> None:
    deep = ramp(200_000, np.int32) - 100_000
    assert np.array_equal(np.asarray(images.read(saved(Image.fromarray(deep), "TIFF")))[0, :, 0], np.arange(256))
    holes = ramp(1, np.float32)
    holes[0, :8] = np.nan
    holes[0, 8:16] = np.inf
    read = np.asarray(images.read(saved(Image.fromarray(holes), "TIFF")))
    assert read[0, :16].max() == 0
    assert read[1, 255, 0] == 255


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF"])
def test_alpha_lies_over_white(form: str) -> None:
    half = Image.new("RGBA", (8, 8), (200, 0, 100, 0))
    half.paste((200, 0, 100, 128), (4, 0, 8, 8))
    read = np.asarray(images.read(saved(half, form, **({"lossless": True} if form == "WEBP" else {})))).astype(int)
    assert read[4, 1].tolist() == [255, 255, 255]
    expected = np.array([200, 0, 100]) * 128 / 255 + 127
    assert np.abs(read[4, 6] - expected).max() <= 1


def test_grey_with_alpha_and_a_transparent_palette() -> None:
    grey = Image.new("LA", (4, 4), (40, 0))
    assert np.asarray(images.read(saved(grey, "PNG"))).min() == 255
    palette = four().convert("P", palette=Image.Palette.ADAPTIVE)
    first = palette.getpixel((0, 0))
    for form in ("PNG", "GIF"):
        read = images.read(saved(palette, form, transparency=first))
        assert read.getpixel((2, 2)) == (255, 255, 255)
        assert read.getpixel((30, 2)) == tuple(COLOURS[0, 1])


def test_alpha_does_not_bleed_when_shrunk() -> None:
    """Under full transparency the colour is green; it must not tint the rim of what is left."""
    large = Image.new("RGBA", (4096, 64), (0, 255, 0, 0))
    large.paste((0, 0, 0, 255), (0, 0, 2049, 64))
    pixels = np.asarray(images.read(saved(large, "PNG"))).astype(int)
    assert np.ptp(pixels, axis=2).max() <= 2


def test_cmyk() -> None:
    read = np.asarray(images.read(saved(four().convert("CMYK"), "JPEG", quality=95))).astype(int)
    assert np.abs(read[8::16, 8::16] - COLOURS).max() <= 12


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(form: str, orientation: int) -> None:
    """Turn the image as a camera would have stored it; it must come back upright."""
    method = Image.Transpose
    stored = {
        2: method.FLIP_LEFT_RIGHT, 3: method.ROTATE_180, 4: method.FLIP_TOP_BOTTOM, 5: method.TRANSPOSE,
        6: method.ROTATE_90, 7: method.TRANSVERSE, 8: method.ROTATE_270,
    }  # fmt: skip
    upright = Image.fromarray(np.asarray(four()).repeat(2, axis=1))
    turned = upright.transpose(stored[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    read = images.read(saved(turned, form, exif=exif))
    assert read.size == (64, 32)
    assert np.abs(np.asarray(read)[8::16, 16::32].astype(int) - COLOURS).max() <= 12


def test_a_damaged_orientation_does_not_cost_the_picture() -> None:
    data = saved(four(), "PNG")
    end = data.index(b"IDAT") - 4
    assert images.read(data[:end] + chunk(b"eXIf", b"II*\0\xff\xff\xff\xff") + data[end:]).size == (32, 32)


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_an_animation_the_first_frame(form: str) -> None:
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "lime", "blue")]
    options = {"lossless": True} if form == "WEBP" else {}
    read = images.read(saved(frames[0], form, save_all=True, append_images=frames[1:], **options))
    assert read.getpixel((5, 5)) == (255, 0, 0)


@pytest.mark.parametrize("form", [form for form in FORMATS if form not in ("HEIF", "JPEG2000")])
@pytest.mark.parametrize(
    ("size", "expected"), [((1, 1), (1, 1)), ((5000, 500), (2048, 205)), ((3, 4100), (1, 2048)), ((2048, 7), (2048, 7))]
)
def test_extreme_sizes(form: str, size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert images.read(saved(Image.new("RGB", size, "teal"), form)).size == expected


def test_nothing_of_the_file_clings_to_the_picture() -> None:
    exif = Image.Exif()
    exif[0x8825] = {1: "N"}  # where the photo was taken
    read = images.read(saved(four(), "JPEG", exif=exif, comment=b"mine"))
    assert not read.info
    assert not dict(read.getexif())


def test_digest_names_the_bytes() -> None:
    assert images.digest(b"abc") == images.digest(b"abc") == "ba7816bf8f01cfea"
    assert images.digest(b"abd") != images.digest(b"abc")


# --------------------------------------------------------------------------------------------- what nobody should have
GIF_HEADER = b"GIF89a" + struct.pack("<HHBBB", 9, 9, 0, 0, 0)
HOSTILE = {
    "nothing": b"",
    "text": b"hello, this is a text",
    "pdf": b"%PDF-1.7\n1 0 obj",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    "png of 60,000²": png(60000, 60000),
    "png of 2³¹": png(2**31 - 1, 2**31 - 1),
    "png without pixels": png(0, 10),
    "png, text bomb": png(9, 9, *[chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1 << 20)))] * 90),
    "png, profile bomb": png(9, 9, chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(50 << 20)))),
    "png, 3,000,000 chunks": png(9, 9, chunk(b"aaAa", b"") * 3_000_000),
    "png, 100,000 pieces": png(999, 999, chunk(b"IDAT", b"x") * 100_000),
    "gif of 65,535²": GIF_HEADER.replace(b"\x09\0", b"\xff\xff") + b",\0\0\0\0\xff\xff\xff\xff\0\2\1\1\0;",
    "gif, endless blocks": GIF_HEADER + b"!\x01\0" * 10_000_000,
    "gif, long comment": GIF_HEADER + b"!\xfe" + (b"\xff" + b"a" * 255) * 100_000,
    "jpeg, endless markers": b"\xff\xd8" + b"\xff\xfe\0\2" * 5_000_000,
    "bmp that lies": saved(four(), "BMP")[:18] + struct.pack("<ii", 4000, 4000) + saved(four(), "BMP")[26:],
    "bmp, negative": saved(four(), "BMP")[:18] + struct.pack("<ii", -5, -5) + saved(four(), "BMP")[26:],
    "tiff, huge tiles": tiff(
        (256, 4, 1, 100), (257, 4, 1, 100), (258, 3, 1, 8), (259, 3, 1, 8), (262, 3, 1, 1), (322, 4, 1, 40000),
        (323, 4, 1, 40000), (324, 4, 1, 8), (325, 4, 1, 100), data=zlib.compress(bytes(999)),
    ),
    "tiff, long lists": tiff((256, 4, 1, 9), (257, 4, 1, 9), (273, 4, 9_000_000, 99), data=bytes(36_000_000)),
    "tiff, a strip that lies": tiff(
        (256, 4, 1, 4000), (257, 4, 1, 4900), (258, 3, 1, 8), (259, 3, 1, 8), (262, 3, 1, 1), (273, 4, 1, 8),
        (278, 4, 1, 4900), (279, 4, 1, 0xFFFFFF00), data=zlib.compress(bytes(999)),
    ),
    "tiff without a directory": b"II*\0\xff\xff\xff\xff",
    "tiff, an empty one": b"II*\0\x08\0\0\0\0\0",
    "big tiff": b"II+\0\x08\0\0\0" + bytes(16),
    "webp of nothing": b"RIFF\x10\0\0\0WEBPVP8X" + bytes(20),
}  # fmt: skip


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("kind", ["f4", "f8"])
@pytest.mark.parametrize("top", [1, 255, 4095])
def test_float_tiffs_of_either_width_and_order_are_the_same_ramp(
    order: str, compression: str | None, kind: str, top: int
) -> None:
    """Oracle: tifffile, which writes them; the levels are the ramp's, as they are of 32-bit floats."""
    file = io.BytesIO()
    tifffile.imwrite(file, ramp(top, np.float64).astype(kind), byteorder=order, compression=compression)
    read = np.asarray(images.read(file.getvalue()))
    assert np.array_equal(read[0, :, 1], np.rint(ramp(top, np.float64)[0].astype(kind) * (255 / top)))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_get_one_clear_sentence_within_a_second(name: str) -> None:
    start = time.thread_time()
    sentence = refused(HOSTILE[name])
    assert time.thread_time() - start < 1.0
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert " work" in sentence or "works" in sentence or "needed" in sentence
    assert "object at 0x" not in sentence


def test_too_many_scans_are_not_followed() -> None:
    data = saved(four(512), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    assert "goes over its image" in refused(data[:-2] + last * 500 + b"\xff\xd9")


def test_large_pictures_are_refused_by_their_format() -> None:
    assert "20 megapixels" in refused(saved(Image.new("1", (5000, 4001)), "PNG"))
    assert "12.5 megapixels" in refused(saved(Image.new("L", (4001, 4000)), "WEBP", method=0, quality=0))
    assert images.read(saved(Image.new("L", (6000, 4000)), "JPEG")).size == (2048, 1365)


@pytest.mark.parametrize("what", [None, 3, [1, 2], "no\0path", "/no/such/file.png", Path("/"), Path("/dev/null")])
def test_things_that_are_no_picture_file(what: object) -> None:
    assert refused(what).endswith((".", "works.", "given."))


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    with (tmp_path / "large.png").open("wb") as file:
        file.truncate(decoding.FILE_BYTES + 1)
    assert "64 MB" in refused(tmp_path / "large.png")


def files() -> dict[str, bytes]:
    """Small real files of every format and several modes."""
    photo = samples.square("chelsea", 40)
    exif = Image.Exif()
    exif[0x0112] = 6
    made = {form: saved(photo, form) for form in FORMATS[:6]}
    made["JPEG progressive"] = saved(photo, "JPEG", progressive=True, exif=exif)
    made["JPEG CMYK"] = saved(photo.convert("CMYK"), "JPEG")
    made["PNG palette"] = saved(photo.convert("P"), "PNG", transparency=3)
    made["PNG 16"] = saved(Image.fromarray(ramp(65535, np.uint16)), "PNG")
    made["PNG alpha"] = saved(photo.convert("RGBA"), "PNG", exif=exif)
    made["GIF animated"] = saved(photo, "GIF", save_all=True, append_images=[photo.rotate(90)])
    made["WEBP alpha"] = saved(photo.convert("RGBA"), "WEBP", lossless=True, exif=exif)
    made["WEBP animated"] = saved(photo, "WEBP", save_all=True, append_images=[photo.rotate(90)])
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"):
        made[f"TIFF {compression}"] = saved(photo, "TIFF", compression=compression)
    made["TIFF float"] = saved(Image.fromarray(ramp(1, np.float32)), "TIFF")
    return made


REAL = files()


def picture_or_sentence(data: bytes) -> None:
    """The law of `read`: an RGB image within bounds, or ImageError; anything else fails the test."""
    try:
        picture = images.read(data)
    except images.ImageError:
        return
    assert picture.mode == "RGB"
    assert min(picture.size) >= 1
    assert max(picture.size) <= decoding.LONGEST


@pytest.mark.parametrize("name", REAL)
def test_cut_off_files_are_refused(name: str) -> None:
    data = REAL[name]
    assert images.read(data).mode == "RGB"
    cuts = (0.05, 0.3, 0.5) if "animated" in name else (0.05, 0.3, 0.5, 0.7)
    for part in cuts[:1] if name.startswith("JPEG") else cuts:
        if name == "TIFF packbits" and part > 0.5:
            continue  # libtiff's own order of writing leaves the image whole
        refused(data[: int(len(data) * part)])


@pytest.mark.parametrize("name", REAL)
@FUZZ
@given(data=st.data())
def test_flipped_and_cut_bytes(name: str, data: st.DataObject) -> None:
    content = bytearray(REAL[name])
    for place, value in data.draw(
        st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=8)
    ):
        content[place] = value
    picture_or_sentence(bytes(content[: data.draw(st.integers(0, len(content)))]))
    picture_or_sentence(bytes(content))


@FUZZ
@given(
    start=st.sampled_from(
        [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"BM", b"II*\0", b"MM\0*", b"RIFF\xff\0\0\0WEBP"]
    ),
    rest=st.binary(max_size=600),
)
def test_random_bytes(start: bytes, rest: bytes) -> None:
    picture_or_sentence(start + rest)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}])
@pytest.mark.parametrize("part", [0.5, 0.8, 0.97])
def test_a_jpeg_that_is_cut_off_opens_with_a_warning(options: dict[str, object], part: float) -> None:
    """What is there is there: the upper rows are the whole file's, and it is said."""
    data = saved(samples.square("chelsea", 160), "JPEG", **options)
    whole, cut = images.read(data), images.read(data[: int(len(data) * part)])
    assert images.warning(whole) == ""
    assert "cut off" in images.warning(cut)
    assert cut.size == whole.size
    if not options.get("progressive"):
        assert np.array_equal(np.asarray(cut)[:32], np.asarray(whole)[:32])


@pytest.mark.parametrize("top", [1, 200, 1000, 4095, 16000, 65535, 10**6, 2**31 - 1])
@pytest.mark.parametrize("dtype", [np.int32, np.float32])
def test_grey_of_any_depth_is_never_black(top: int, dtype: type) -> None:
    """Linear, from black to at least three quarters of white, whatever the depth; NaN and holes are black."""
    levels = ramp(top, dtype)
    if dtype is np.float32:
        levels[0, :5] = (np.nan, np.inf, -np.inf, 3.4e38, -3.4e38)
    read = np.asarray(images.read(saved(Image.fromarray(levels), "TIFF")))[..., 0].astype(float)
    assert read[1:].max() >= 190
    assert (read[0, :5] <= 5).all()
    scale = read[1].max() / levels[1].max()
    assert np.abs(read[1] - levels[1].astype(float) * scale).max() <= 1.01


def test_holes_do_not_spread_when_a_large_float_image_is_shrunk() -> None:
    levels = np.full((4096, 512), 0.6, dtype=np.float32)
    levels[::7, ::5] = np.nan
    assert set(np.unique(np.asarray(images.read(saved(Image.fromarray(levels), "TIFF"))))) == {153}


@pytest.mark.parametrize("size", [(1, 20_000_000), (20_000_000, 1), (65_536, 2)])
def test_an_endless_side_is_refused_before_it_costs_memory(size: tuple[int, int]) -> None:
    rows = zlib.compress(bytes(1000))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 0, 0, 0, 0))
    assert "65,535 a side" in refused(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", rows) + chunk(b"IEND", b""))


def test_the_limits_that_are_said_are_the_ones_that_hold() -> None:
    assert decoding.FILE_BYTES == limits.IMAGE_MB << 20
    for form in formats.FORMATS:
        assert form.name in images.KNOWN
        assert set(form.endings) <= set(images.ENDINGS)


MEASURE = """
import io, sys, time
import numpy as np
from PIL import Image
from cnnviz.images import decoding
form, wide, high, mode, kept = sys.argv[1], *map(int, sys.argv[2:4]), sys.argv[4], int(sys.argv[5])
file = io.BytesIO()
if mode == "nan":
    image = Image.fromarray(np.where(np.arange(wide * high) % 9, 0.5, np.nan).astype("f4").reshape(high, wide))
else:
    image = Image.new(mode, (wide, high), 99)
if form == "HEIF":
    import pillow_heif
    pillow_heif.from_pillow(image).save(file)
else:
    image.save(file, form, **({"speed": 10} if form == "AVIF" else {}))
data = file.getvalue()[: kept or None]
del image, file
peak = lambda: int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1])
open("/proc/self/clear_refs", "w").write("5")
before = peak()
start = time.process_time()
try:
    decoding.read(data)
except decoding.ImageError as error:
    print(error, file=sys.stderr)
print((peak() - before) // 1024, time.process_time() - start)
"""
LARGEST = [("PNG", 5000, 4000, "RGBA", 0), ("PNG", 5000, 4000, "RGBA", -60), ("TIFF", 5000, 4000, "nan", 0)]
if "CNNVIZ_DRAWN" in os.environ:  # writing these takes longer than reading them
    LARGEST += [
        ("PNG", 305, 65535, "RGBA", 0), ("TIFF", 5000, 4000, "I", 0), ("AVIF", 4000, 4000, "RGB", 0),
        ("JPEG2000", 4000, 4000, "RGB", 0), ("HEIF", 5000, 5000, "RGB", 0), ("PPM", 5000, 4000, "RGB", 0),
    ]  # fmt: skip


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="peak memory is read from Linux's /proc")
@pytest.mark.parametrize("largest", LARGEST, ids=lambda case: "-".join(map(str, case)))
def test_the_largest_of_each_format_stay_below_300_megabytes(largest: tuple[object, ...]) -> None:
    run = [sys.executable, "-c", MEASURE, *map(str, largest)]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert int(done.stdout.split()[0]) < 300, done.stdout


# --------------------------------------------------------------------------------------------- what a network sees
@pytest.mark.parametrize("size", [(640, 427), (300, 451), (224, 224), (90, 70), (2048, 31), (1, 1), (257, 256)])
@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
def test_crop_is_torchvisions(size: tuple[int, int], interpolation: str) -> None:
    """Oracle: torchvision's evaluation transform, which resizes the whole image and then cuts."""
    spec = Spec("p", "P", (3, 224, 224), PHOTOS.mean, PHOTOS.std, (), crop=0.875, interpolation=interpolation)
    image = samples.read("chelsea").resize(size)
    oracle = transforms.Compose([
        transforms.Resize(256, transforms.InterpolationMode(interpolation)), transforms.CenterCrop(224),
        transforms.ToTensor(), transforms.Normalize(spec.mean, spec.std),
    ])(image)  # fmt: skip
    seen = images.to_tensor(image, spec)
    assert seen.shape == (1, 3, 224, 224)
    assert seen.dtype == torch.float32
    difference = (seen[0] - oracle).abs() * torch.tensor(spec.std).view(3, 1, 1) * 255
    strip = max(size) > 16 * min(size)
    assert difference.max() <= (1.001 if strip else 0.001)  # grey levels


def test_a_picture_of_one_row_does_not_blow_up() -> None:
    start = time.thread_time()
    assert images.to_tensor(Image.new("RGB", (2048, 1), "red"), PHOTOS).shape == (1, 3, 224, 224)
    assert time.thread_time() - start < 0.5


SIZES = [(640, 427), (300, 451), (224, 224), (90, 70), (333, 500), (1, 1), (257, 256), (1000, 200)]


@pytest.fixture(scope="module")
def timm_weights() -> list[str]:
    """The names of timm's pretrained weights: one for each way of preparing an image, or all of them by command."""
    timm = pytest.importorskip("timm")
    from timm.data import resolve_data_config

    kinds: dict[object, str] = {}
    for name in timm.list_pretrained():
        data = resolve_data_config(pretrained_cfg=timm.get_pretrained_cfg(name).to_dict())
        kinds.setdefault(tuple(sorted((key, str(value)) for key, value in data.items())), name)
    return timm.list_pretrained() if "CNNVIZ_DRAWN" in os.environ else list(kinds.values())


def test_what_timm_prepares_is_prepared_equally(timm_weights: list[str]) -> None:
    """Oracle: timm's own evaluation transform, of every kind of its weights, on images of many shapes."""
    import timm
    from timm.data import create_transform, resolve_data_config

    for number, name in enumerate(timm_weights):
        spec = models.spec("timm/" + name)
        if spec.input_shape[0] != 3 or max(spec.input_shape) > 800:
            continue
        data = resolve_data_config(pretrained_cfg=timm.get_pretrained_cfg(name).to_dict())
        image = samples.square("chelsea", 300).resize(SIZES[number % len(SIZES)])
        wanted = create_transform(**data, is_training=False)(image)
        assert torch.equal(images.to_tensor(image, spec)[0], wanted), name


def where(box: tuple[float, float, float, float], column: float, row: float) -> tuple[float, float]:
    """Fractions of the original image under a place on the network's input, both in [0, 1]."""
    left, top, right, bottom = box
    return left + column * (right - left), top + row * (bottom - top)


@pytest.mark.parametrize("fit", images.FITS)
@pytest.mark.parametrize("size", [(500, 300), (200, 400)])
@pytest.mark.parametrize("shape", [(3, 224, 224), (3, 64, 128)])
def test_box_says_where_each_pixel_comes_from(fit: str, size: tuple[int, int], shape: tuple[int, int, int]) -> None:
    """On an image whose red is x and whose green is y, the network's pixels tell their own place."""
    wide, high = size
    x, y = np.meshgrid((np.arange(wide) + 0.5) / wide, (np.arange(high) + 0.5) / high)
    image = Image.fromarray(np.stack([x, y, 0 * x], axis=2).__mul__(255).round().astype(np.uint8))
    spec = Spec("p", "P", shape, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (), crop=0.9)
    prepared = images.prepare(image, spec, fit=fit)
    for row in (0.3, 0.5, 0.7):
        for column in (0.3, 0.5, 0.7):
            at = prepared.tensor[0, :2, int(row * shape[1]), int(column * shape[2])].tolist()
            place = where(
                prepared.box, (int(column * shape[2]) + 0.5) / shape[2], (int(row * shape[1]) + 0.5) / shape[1]
            )
            if all(0.02 < value < 0.98 for value in place):
                assert np.abs(np.subtract(at, place)).max() < 0.01


def test_fits_keep_what_they_say() -> None:
    image = samples.read("coffee")
    crop, squash, pad = (images.prepare(image, PHOTOS, fit=fit) for fit in images.FITS)
    assert squash.box == (0.0, 0.0, 1.0, 1.0)
    assert crop.box[0] > 0.1
    assert crop.box[2] < 0.9
    assert pad.box[1] < 0 < 1 < pad.box[3]
    assert pad.tensor[0, :, 0, :].abs().max() < 0.02  # the mean colour is what the network sees as 0


@pytest.mark.parametrize("fit", images.FITS)
@pytest.mark.parametrize("shape", [(3, 224, 224), (1, 28, 28), (3, 32, 32)])
def test_the_picture_comes_back(fit: str, shape: tuple[int, int, int]) -> None:
    """Normalising and undoing it changes no grey level; each step is a small RGB image with a label."""
    statistics = ((0.3,) * shape[0], (0.2,) * shape[0])
    prepared = images.prepare(samples.read("flower"), Spec("p", "P", shape, *statistics, ()), fit=fit)
    picture = images.to_picture(prepared.tensor, Spec("p", "P", shape, *statistics, ()))
    assert picture.shape == (*shape[1:], 3)
    assert picture.dtype == np.uint8
    assert np.array_equal(picture, prepared.steps[-2].picture)
    for step in prepared.steps:
        assert step.picture.dtype == np.uint8
        assert step.picture.shape[2] == 3
        assert max(step.picture.shape) <= 256
    assert "normalised" in prepared.steps[-1].label
    assert any("grey" in step.label for step in prepared.steps) == (shape[0] == 1)


def test_what_cannot_be_prepared() -> None:
    with pytest.raises(ValueError, match="crop, squash, pad"):
        images.prepare(four(), PHOTOS, fit="stretch")


@pytest.mark.parametrize("letters", ["RGB", "BGR", "L", "LL", "RGBL", "RGB0", "1RGB", "RGBRGB", "GL", "0"])
def test_each_channel_gets_its_band(letters: str) -> None:
    """Oracle: Pillow's own split of the image, and its grey."""
    count = len(letters)
    spec = Spec("p", "P", (count, 32, 32), (0.0,) * count, (1.0,) * count, (), bands=letters)
    prepared = images.prepare(four(), spec)
    grey = np.asarray(four().convert("L")) / 255
    planes = dict(zip("RGB", (np.asarray(plane) / 255 for plane in four().split()), strict=True))
    planes |= {"L": grey, "0": np.zeros((32, 32)), "1": np.ones((32, 32))}
    for plane, letter in zip(prepared.tensor[0].numpy(), letters, strict=True):
        np.testing.assert_allclose(plane, planes[letter], atol=1e-6)
    shown = images.to_picture(prepared.tensor, spec)
    assert shown.shape == (32, 32, 3)
    if set("RGB") <= set(letters):
        assert np.array_equal(shown, np.asarray(four()))
    assert images.prepare(four(), spec, fit="pad").tensor.shape == (1, count, 32, 32)


@pytest.mark.slow
def test_real_predictions_of_a_real_network() -> None:
    """DESIGN: chelsea is a cat (281 tabby, 282 tiger cat, 285 Egyptian cat), coffee espresso, flower a daisy."""
    spec = models.spec("efficientnet_lite0")
    model, provenance = models.pretrained("efficientnet_lite0")
    assert provenance.kind == "pretrained"
    with torch.inference_mode():
        batch = torch.cat(
            [images.to_tensor(samples.read(name), spec) for name in ("chelsea", "coffee", "china", "flower")]
        )
        probabilities = model(batch).softmax(1)
    assert set(probabilities[0].topk(3).indices.tolist()) == {281, 282, 285}
    assert probabilities[1:].argmax(1).tolist() == [967, 698, 985]
    assert probabilities[1, 967] == pytest.approx(0.95, abs=0.01)


def test_integers_of_32_bits_without_a_sign_keep_their_order() -> None:
    values = np.linspace(0, 2**32 - 1, 64).astype(np.uint32).reshape(8, 8)
    found = np.asarray(images.read(tiff_of(values)))[..., 0].ravel().astype(int)
    assert (np.diff(found) >= 0).all()
    assert (found[0], found[-1]) == (0, 255)


@pytest.mark.parametrize("values", [np.full((8, 8, 3), 0.5, np.float32), np.full((8, 8), 7, np.int64)])
def test_a_tiff_of_another_kind_says_which_kinds_are_read(values: np.ndarray) -> None:
    with pytest.raises(images.ImageError, match="8 or 16 bits, in grey or three colours"):
        images.read(tiff_of(values))


def tiff_of(values: np.ndarray) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, values, photometric="rgb" if values.shape[-1] == 3 else "minisblack")
    return file.getvalue()
