"""The parts of the page on degradation and residuals, and its caches."""
