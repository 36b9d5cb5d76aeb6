"""The parts of the page on training choices, and its caches."""
