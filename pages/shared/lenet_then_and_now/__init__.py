"""The parts of the page on LeNet then and now, and its caches."""
