"""See inside convolutional neural networks: the library under the cnnviz app.

from cnnviz import anatomy, capture, checkpoints, datasets, devices, images, models, runs, training
"""

__version__ = "0.1.0"
