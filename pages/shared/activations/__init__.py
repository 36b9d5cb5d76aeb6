"""The parts of the page on activation functions; each is a function `show()` that computes when it is called."""
