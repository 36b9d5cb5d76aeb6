"""The parts of the page `gradients`: its caches, its controls, its three sections."""
