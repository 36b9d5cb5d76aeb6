"""Predict, then reveal: questions made from what is at hand, whose wrong answers are computed from known mistakes.

One file a kind; `ask("output_size", seed=3, size=28, kernel=5, …)` makes one, `export` takes a set along.
"""

from cnnviz.quiz import (  # noqa: F401 (each registers its kinds)
    activation_values,
    attributed,
    block_parts,
    channels,
    compared_networks,
    cut_channels,
    descent_steps,
    dropped_units,
    enlarged_cells,
    epochs,
    export,
    fields,
    flat_cells,
    gradients,
    joined_norms,
    kept_statistics,
    layer_costs,
    layer_sizes,
    many_images,
    many_masks,
    measured,
    moved_maps,
    moved_pixels,
    norm_relatives,
    normalised_cells,
    normalised_pixels,
    odds,
    output_sizes,
    partial_tables,
    parts_of_maps,
    pooled_windows,
    restored_cells,
    scaled_features,
    single_kernels,
    surveyed,
    swapped_layers,
    trained_neurons,
    trials,
    which_map,
)
from cnnviz.quiz.kinds import KINDS, ask
from cnnviz.quiz.question import Mistake, Option, Question

__all__ = ["KINDS", "Mistake", "Option", "Question", "ask", "export", "surveyed"]
