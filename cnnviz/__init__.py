"""See inside convolutional neural networks: the library under the cnnviz app.

from cnnviz import anatomy, capture, checkpoints, datasets, devices, images, models, runs, training
"""

import os

# OpenMP's threads sleep while they wait for each other, instead of spinning: a picture goes through a network while a
# training run has both cores. EfficientNet-Lite0, 2 cores, no GPU: 23 → 27 ms alone, 2,244 → 37 ms beside two busy
# processes. It has to be said before torch loads its OpenMP, so it is said here; a policy that is set already stays.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__version__ = "0.1.0"
