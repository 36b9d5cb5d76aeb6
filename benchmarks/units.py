"""What one pass of 300 images as far as a layer takes, for "What a unit looks for": python -m benchmarks.units

The strongest patches of all channels of a layer, from reading the images on; each line gives the clock's seconds and
the processor's, for the layer that the page opens with and for the deepest one. Data sets that are not here are said.
"""

from __future__ import annotations

import argparse
import time

from cnnviz import datasets, devices, galleries, networks
from cnnviz.topics.looks_for import patches, responses

CASES = (
    ("efficientnet_lite0", "photographs"), ("efficientnet_lite0", "cifar10"), ("efficientnet_lite0", "stamps"),
    ("run:cifar10-resnet20-86e86f1d", "cifar10"),
)  # fmt: skip
BAR = 5.0  # seconds, two cores


def measure(choice: str, images: str, count: int) -> None:
    """Two lines, one a layer."""
    network = networks.open_network(choice)
    shape = network.spec.input_shape
    rows = responses.listed(network.model, shape)
    begun, busy = time.perf_counter(), time.process_time()
    gallery = galleries.of(images, network.spec, count)
    read, reading = time.perf_counter() - begun, time.process_time() - busy
    for layer in dict.fromkeys((responses.rectified(rows, responses.first(rows, shape)), rows[-1].name)):
        begun, busy = time.perf_counter(), time.process_time()
        found = responses.of(network.model, gallery, layer)
        patches.driving(found, gallery, int(patches.sharpest(found)[0]))
        seconds, spent = time.perf_counter() - begun, time.process_time() - busy
        print(
            f"{choice}, {len(gallery)} images of {images}, {layer}: {seconds:.2f} s, {spent:.2f} s of the processor "
            f"(bar {BAR:g} s); the images themselves {read:.2f} s, {reading:.2f} s of the processor",
            flush=True,
        )


def main() -> None:
    """All cases."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--images", type=int, default=300)
    count = parser.parse_args().images
    print(f"on {devices.describe()}\n")
    devices.tune_allocator()
    devices.share_threads()  # as the app does
    for choice, images in CASES:
        if images != galleries.PHOTOGRAPHS and not (status := datasets.status(images)).available:
            print(f"{images}: {status.sentence}")
            continue
        measure(choice, images, count)


if __name__ == "__main__":
    main()
