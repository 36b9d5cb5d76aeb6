"""The parts of the receptive field page."""
