"""The parts of the page on learned kernels."""
