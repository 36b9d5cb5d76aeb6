"""The parts of the page on shifted pictures, and its caches."""
