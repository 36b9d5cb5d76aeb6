"""A layer's maps for a slide: a title, the maps under their index, the colours with numbers, a caption."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from cnnviz.figures import palettes
from cnnviz.figures.channels import as_maps
from cnnviz.figures.maps import ColourLimits, mosaic_png
from cnnviz.figures.numbers import number
from cnnviz.records import Array

MARGIN, BAR = 40, (320, 18)  # pixels
SIZES = {"title": 34, "text": 24}
_WRITTEN = str.maketrans({"×": "x", "→": "to", "−": "-", "–": "-", "’": "'"})  # signs that Pillow's own font has not


def slide_png(
    values: Array, limits: ColourLimits, *, title: str, caption: str, theme: str = "light", wide: int = 1600,
    palette: str = "activations",
) -> bytes:  # fmt: skip
    """The maps of a layer [C, H, W], `wide` pixels at least, in RGB.

    limits: the ends of the colours, one pair for all maps, which the bar shows in numbers; cells beyond them are said.
    title: over the maps, the layer. caption: below them, the network and the image. Both are broken into lines.
    """
    maps = Image.open(
        io.BytesIO(mosaic_png(as_maps(values), palette=palette, theme=theme, limits=limits, labels=True, wide=wide))
    )
    paper = tuple(int(level) for level in palettes.BACKGROUNDS[theme])
    ink = tuple(255 - int(level > 127) * 225 for level in paper)
    fonts = {name: ImageFont.load_default(size) for name, size in SIZES.items()}
    room = max(maps.width, wide)
    head, foot = (_broken(text, fonts[name], room) for text, name in ((title, "title"), (caption, "text")))
    lines = [int(1.35 * SIZES[name]) for name in ("title", "text")]
    top = MARGIN + len(head) * lines[0] + 12
    bar_at = top + maps.height + 24
    height = bar_at + BAR[1] + 28 + len(foot) * lines[1] + MARGIN
    slide = Image.new("RGB", (room + 2 * MARGIN, height), paper)
    draw = ImageDraw.Draw(slide)
    slide.paste(maps, (MARGIN, top))
    for index, line in enumerate(head):
        draw.text((MARGIN, MARGIN + index * lines[0]), line, fill=ink, font=fonts["title"])
    _bar(slide, draw, limits, (MARGIN, bar_at), palettes.lut(palette, theme), fonts["text"], ink)
    for index, line in enumerate(foot):
        draw.text((MARGIN, bar_at + BAR[1] + 24 + index * lines[1]), line, fill=ink, font=fonts["text"])
    out = io.BytesIO()
    slide.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _bar(slide: Image.Image, draw: ImageDraw.ImageDraw, limits: ColourLimits, at: tuple[int, int], colours: Array,
         font: ImageFont.FreeTypeFont | ImageFont.ImageFont, ink: tuple[int, ...]) -> None:  # fmt: skip
    """The colours from the lowest to the highest value, and both in numbers."""
    first = 1
    ramp = colours[np.linspace(first, 255, BAR[0]).round().astype(int)][None].repeat(BAR[1], axis=0)
    low, high = (number(float(np.max(end))).translate(_WRITTEN) for end in (limits.low, limits.high))
    x, y = at
    draw.text((x, y - 6), low, fill=ink, font=font)
    x += int(draw.textlength(low, font=font)) + 12
    slide.paste(Image.fromarray(np.ascontiguousarray(ramp)), (x, y))
    draw.rectangle((x - 1, y - 1, x + BAR[0], y + BAR[1]), outline=ink)
    said = high + (f"   {100 * limits.clipped_share:.1f} % of the cells lie beyond" if limits.clipped_share else "")
    draw.text((x + BAR[0] + 12, y - 6), said, fill=ink, font=font)


def _broken(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, room: int) -> list[str]:
    """Lines that fit the room, broken between words."""
    lines: list[str] = []
    for word in text.translate(_WRITTEN).split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
