"""The parts of the page on dropout and overfitting, and its caches."""
