"""The parts of the page on permuted pixels, and its caches."""
