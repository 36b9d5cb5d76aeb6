"""See inside convolutional neural networks: the library under the cnnviz app.

from cnnviz import anatomy, capture, checkpoints, datasets, devices, images, models, runs, training
"""

import os

# How long OpenMP's threads spin before they sleep while waiting for each other. The default, 300,000 turns, starves
# whatever else computes (EfficientNet-Lite0 beside a training run, 2 cores: seconds); with none, FC2Layer trains at
# 43 % of its speed. 50,000 trains as fast as the default (VGG: 364 images/s against 359) and leaves a page its core.
# It has to be said before torch loads its OpenMP, so it is said here; a value that is set already stays.
os.environ.setdefault("GOMP_SPINCOUNT", "50000")

__version__ = "0.1.0"
