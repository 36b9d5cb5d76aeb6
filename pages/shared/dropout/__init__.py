"""The parts of the dropout page."""
