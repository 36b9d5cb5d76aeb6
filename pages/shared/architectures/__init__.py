"""The parts of the page `architectures`: its caches, its controls, its views."""
