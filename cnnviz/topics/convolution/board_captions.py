"""What the board of the convolution and the lens over a photo say in the browser, and why a setting has no result."""

from __future__ import annotations

# ------------------------------------------------------------------------------------------------ in the browser
# name -> sentence with {values}; a component's `say` fills them
FILTER_LENS = {
    "pair": (
        "An image of {height} by {width} pixels and its result under a {high} by {wide} kernel. Arrow keys move the "
        "pixel, Enter pins, Escape frees."
    ),
    "pixel": "Pixel ({row}, {column}): {value}.",
    "pixel_pinned": "Pixel ({row}, {column}): {value}, pinned.",
    "pixel_of": "Pixel ({row}, {column}), {colour}: {value}.",
    "pixel_of_pinned": "Pixel ({row}, {column}), {colour}: {value}, pinned.",
    "beyond": "The window reaches beyond the edge, whose pixels are repeated there.",
}
BOARD = {
    "output_size": "Output size",
    "rows_and_columns": "rows {rows}, columns {columns}",
    "pixels": "Pixels a side",
    "rows": "Input",
    "columns": "columns",
    "kernel": "Kernel",
    "stride": "Stride",
    "dilation": "Dilation",
    "extra": "Output pad.",
    "channels": "Input ch.",
    "outputs": "Output ch.",
    "groups": "Groups",
    "padding_around": "Padding",
    "extra_in_full": "Output padding",
    "channels_in_full": "Input channels",
    "outputs_in_full": "Output channels",
    "flipped": "Flip the kernel",
    "transposed": "Transposed",
    "same": "Same size",
    "apart": "Rows and columns apart",
    "begin": "Begin with",
    "a_setting": "a setting …",
    "whole_numbers": "Whole numbers",
    "numbers": "Numbers",
    "padded_with": "Padded with",
    "more_settings": "More: channels, groups, bias …",
    "input_columns": "Input columns",
    "columns_of": "{name}, columns",
    "most": "{name}: {most} is the most.",
    "bias_wanted": "Bias: a number from −100 to 100, or nothing for a layer without bias.",
    "input_place": "Input, row {row}, column {column}",
    "kernel_place": "Kernel, row {row}, column {column}",
    "no_number": "“{text}” is no number: the cell keeps what it had.",
    "most_typed": "A link holds at most {most} typed numbers.",
    "turned": "kernel turned 180°",
    "products": "products per output",
    "not_flipped": "output, not flipped",
}
REFUSED = {
    "repeats": (
        "“{mode}” repeats the input's own cells: with {size} {side} it can pad {most} at the most, not {asked}. Pad "
        "less, or choose zeros or replicate."
    ),
    "same_with_stride": "“Same” padding is defined for stride 1 only: choose stride 1, or give the padding.",
    "unequal_groups": (
        "{channels} input and {outputs} output channels cannot be split into {groups} equal groups: choose a number "
        "that divides both."
    ),
    "kernel_too_large": (
        "The kernel spans {span} {side} and the padded input has only {size}: choose a smaller kernel or dilation, or "
        "more padding."
    ),
    "output_padding_too_large": (
        "Output padding {extra} must be smaller than the stride or the dilation ({most}): choose {less} or less."
    ),
    "nothing_left": "With padding {padding} no {side} are left: choose less padding or a larger kernel.",
}
