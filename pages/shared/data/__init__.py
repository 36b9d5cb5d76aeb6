"""The parts of the page `data`: its caches and its five sections."""
