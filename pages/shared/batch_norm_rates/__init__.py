"""The parts of the page on BatchNorm and learning rates, and its caches."""
