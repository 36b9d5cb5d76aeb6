"""Draws docs/icon.png: a 3×3 kernel over a feature map. `python docs/draw_icon.py`."""

from pathlib import Path

from PIL import Image, ImageDraw

SIDE, CELL = 256, 44
BLUE, ORANGE, PAPER, LINE = (30, 99, 190), (226, 125, 36), (238, 241, 245), (27, 36, 48)
KERNEL = ((-0.9, -0.1, 0.9), (-1.0, 0.0, 1.0), (-0.9, 0.1, 0.9))


def shade(value: float) -> tuple[int, int, int]:
    """Paper at zero, towards blue below and orange above."""
    end = ORANGE if value > 0 else BLUE
    return tuple(round(paper + (colour - paper) * abs(value)) for paper, colour in zip(PAPER, end, strict=True))


def draw() -> Image.Image:
    icon = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    pen = ImageDraw.Draw(icon)
    pen.rounded_rectangle((8, 8, SIDE - 8, SIDE - 8), 36, fill=PAPER)
    edge = (SIDE - 3 * CELL) // 2
    for row, weights in enumerate(KERNEL):
        for column, weight in enumerate(weights):
            left, top = edge + column * CELL, edge + row * CELL
            pen.rectangle((left + 2, top + 2, left + CELL - 2, top + CELL - 2), fill=shade(weight))
    pen.rounded_rectangle((edge - 5, edge - 5, SIDE - edge + 5, SIDE - edge + 5), 10, outline=LINE, width=6)
    return icon


if __name__ == "__main__":
    draw().save(Path(__file__).with_name("icon.png"))
