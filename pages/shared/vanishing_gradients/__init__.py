"""The parts of the page on vanishing gradients in training."""
