"""The parts of the page of questions, and its cache."""
