"""What the page on receptive fields says: whole sentences, every number from a record."""

from __future__ import annotations

import numpy as np

from cnnviz.figures.numbers import number, percent
from cnnviz.records import Row
from cnnviz.topics.receptive_field.records import BlankedCell, EffectiveField, FieldCell

TITLE = "Which pixels does one number see?"
INTRODUCTION = (
    "Every layer sees a little further than the one before. Click a cell of a layer's feature map: the box shows what "
    "the cell can see at all, the colour how strongly each pixel changes it. Or point at the image to see which cells "
    "a pixel reaches."
)
IN_A_NETWORK, OWN_STACK = "In a network", "A stack of your own"

LAYER, CHANNEL, AVERAGED_OVER = "Layer", "Channel (empty: all)", "Averaged over"
CHANNEL_HELP = "The gradient of this channel alone, instead of the sum over all channels of the cell."
AVERAGED_HELP = "This image, and samples of the same kind."
FIELDS_CSV, GRADIENT_NPZ, RECURSION_CSV = "Fields of all layers (CSV)", "Gradient (NPZ)", "The recursion (CSV)"
HOW_MUCH = "How much do these pixels matter?"
BLANKING = "Proof by blanking"
NO_PIXEL_OUTSIDE = "The box covers the whole image here, so there is no pixel outside it to blank."
SAID = {
    "network": INTRODUCTION,
    "stack": (
        "**One convolution, several times over.** Drawn along one row of pixels; columns behave alike. Point at the "
        "drawing to choose a cell of the last layer."
    ),
}  # what each part shows: its title and a sentence


def averaged(images: int) -> str:
    """An option: over how many images a gradient is averaged."""
    return "this image" if images == 1 else f"{images} images"


def layer(row: Row) -> str:
    """A line of the list of layers: name, operation, shape, and what a cell sees."""
    field = row.receptive_field
    if field.status == "exact":
        seen = f"sees {field.rows.size} × {field.columns.size}"
        return f"{row.name}  ·  {row.operation}  ·  {list(row.output_shape)}  ·  {seen}"
    return f"{row.name}  ·  {row.operation}  ·  {list(row.output_shape)}  ·  sees {field.status}"


def cannot(reason: str) -> str:
    """Why a cell cannot be shown. reason: an error's own sentence, without its full stop."""
    return f"{reason}."


def effective(row: Row, found: EffectiveField) -> str:
    """Within how many pixels most of the gradient lies."""
    if not found.squares:
        if found.pictures == 1:
            return "The gradient is zero at every pixel of this image: a ReLU in between passes nothing from this cell."
        return (
            f"The gradient is zero at every pixel of all {found.pictures} images: a ReLU in between passes nothing "
            "from this cell."
        )
    (_, half), (_, most) = found.squares
    measured = (
        f"Over {averaged(found.pictures)}, half of the gradient's sum lies within **{half}\u00a0×\u00a0{half}** pixels "
        f"around the centre and 95 % within **{most}\u00a0×\u00a0{most}**"
    )
    field = row.receptive_field
    if field.status == "unknown":
        return f"{measured}. How large the receptive field is, is not known: {field.note}."
    if field.status == "whole":
        return f"{measured}, while the receptive field is the whole image."
    size = f"{field.rows.size}\u00a0×\u00a0{field.columns.size}"
    return f"{measured}, while the receptive field is {size}. The box contains {percent(found.inside)} of the sum."


def silent(images: int) -> str:
    """How many of the images have no gradient at all."""
    if images == 1:
        return "One of the images has no gradient at all: a ReLU in between passes nothing."
    return f"{images} of the images have no gradient at all: a ReLU in between passes nothing."


def colour(cell: FieldCell) -> str:
    """What the map's colour shows."""
    if cell.channel is None:
        return (
            "The colour shows the size of the gradient of the sum of the cell's channels with respect to each pixel, "
            "as its square root, from zero to the largest."
        )
    return (
        f"The colour shows the size of the gradient of channel {cell.channel} with respect to each pixel, as its "
        "square root, from zero to the largest."
    )


def no_box(row: Row) -> str:
    """Why there is nothing to prove for a layer."""
    return f"No box is claimed for this layer ({row.receptive_field.note}), so there is nothing to prove."


def blanked(found: BlankedCell) -> str:
    """What blanking the pixels inside the box does to the cell."""
    inside = found.pixels[0]
    if found.changed > 0:
        return (
            f":green[:material/check_circle:] With the {inside:,} pixels inside the box blank, the cell changes by up "
            f"to **{number(found.changed)}**; its largest channel was {number(float(np.abs(found.values[0]).max()))}."
        )
    return (
        f":orange[:material/info:] With the {inside:,} pixels inside the box blank, the cell stays as it was: here no "
        "pixel changes it."
    )


# ------------------------------------------------------------------------------------------------ in the browser
# name -> sentence with {values}; a component's `say` fills them
FIELD_MAP = {
    "picture_keys": (
        "The image. Arrow keys move over its pixels, Enter keeps one and shows which cells it reaches, Escape "
        "lets it go."
    ),
    "map_keys": "The layer's map. Arrow keys move over its cells, Enter chooses one.",
    "gradient": "its gradient (effective field)",
    "dim": "dim what it does not see",
    "whole": "whole box, unclipped",
    "cell": "Cell: row {row}, column {column}",
    "only_cell": "The only cell: it holds every number of this layer",
    "field": "Field",
    "whole_image": "the whole image",
    "stride": "Stride (jump)",
    "stride_varies": "differs from cell to cell",
    "padding": "Padding before",
    "rows": "Rows",
    "columns": "Columns",
    "on_image": "On the image",
    "all_of_it": "all of it",
    "centre": "Centre",
    "value_of_channel": "Value, channel {channel}",
    "value_of_mean": "Value, mean of its channels",
    "status": "Status",
    "image": "{height} × {width} pixels, as the network sees them",
    "image_cut": (
        "{height} × {width} pixels, as the network sees them; dashed: the whole box, which reaches into the padding"
    ),
    "map_of_channel": "{layer} · {rows} × {columns} cells · channel {channel}, {range}",
    "map_of_mean": "{layer} · {rows} × {columns} cells · mean of all channels, {range}",
    "signed": "±{highest}",
    "unsigned": "0 to {highest}",
    "pixels": "{height} × {width} px",
    "pixels_of_one": "{size} px",
    "none": "none",
    "reaches": (
        "Pixel row {row}, column {column} reaches {cells} cells of this layer (rows {rows}, columns {columns}): its "
        "projective field, hatched on the map."
    ),
    "may_reach": (
        "Pixel row {row}, column {column} can reach at most {cells} cells of this layer (rows {rows}, columns "
        "{columns}): its projective field, hatched on the map."
    ),
    "reaches_none": "Pixel row {row}, column {column} reaches no cell of this layer.",
    "ask_a_pixel": "Which cells does a pixel reach? Point at the image; a click keeps the pixel.",
    "pixel_through_all": "Pixel row {row}, column {column} through all layers",
    "choose_a_pixel": "A pixel through all layers: click one on the image",
}
FIELD_STACK = {
    "keys": "The cells that one cell of the last layer sees. Left and right move the cell.",
    "kernel": "kernel size {value}",
    "stride": "stride {value}",
    "dilation": "dilation {value}",
    "padding": "padding {value}",
    "depth": "layers {value}",
    "sees_one": "A cell of layer {depth} sees 1 pixel; neighbours lie {jump} px apart.",
    "sees": "A cell of layer {depth} sees {size} pixels a side ({area} in all); neighbours lie {jump} px apart.",
    "sees_spread": (
        "A cell of layer {depth} sees {size} pixels a side ({area} in all); neighbours lie {jump} px apart, and each "
        "window spans {reach} cells."
    ),
    "layer": "layer {index}",
    "image": "image",
    "no_cell": "No cell fits on this row.",
}
