"""What attribution costs against a bare forward pass of the same network, in one run: python -m benchmarks.attribution

Processor time, not the clock's, so that a busy machine tells the same; bounds are those of the project's plan.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import torch

from cnnviz import attribution, images, networks, samples, tracing
from cnnviz.records.attribution import Target

NETWORK, SAMPLE, TARGET = "efficientnet_lite0", "chelsea", Target(282)
BOUNDS = {"Grad-CAM": 2.2, "Integrated gradients, 50 steps": 100.0, "Occlusion, 169 windows": 100.0}


def seconds(work: Callable[[], object], *, turns: int = 3) -> float:
    """Processor seconds of the quickest of some turns, after one to warm up."""
    work()
    found = []
    for _ in range(turns):
        since = time.process_time()
        work()
        found.append(time.process_time() - since)
    return min(found)


def main() -> None:
    """Prints one line a method: seconds, times a bare pass, the bound."""
    torch.set_num_threads(1)
    network = networks.open_network(NETWORK)
    x = images.to_tensor(samples.read(SAMPLE), network.spec)

    def bare() -> None:
        with tracing.borrowed(network.model), torch.no_grad():
            network.model(x)

    def explained(method: str, **settings: int) -> Callable[[], object]:
        asked = attribution.Asked(network.model, x, TARGET, settings=settings)
        asked.layer = attribution.last_maps(asked)
        return lambda: attribution.REGISTRY[method].compute(asked)

    one = seconds(bare, turns=7)
    print(f"bare pass of {network.spec.title}: {one:.3f} s of the processor")
    turns = {
        "Grad-CAM": (explained("grad_cam"), 3),
        "Integrated gradients, 50 steps": (explained("integrated_gradients", steps=50), 1),
        "Occlusion, 169 windows": (explained("occlusion"), 1),
    }
    for title, (work, count) in turns.items():
        took = seconds(work, turns=count)
        print(f"{title}: {took:.2f} s, {took / one:.1f} × a bare pass (bound {BOUNDS[title]:g} ×)")


if __name__ == "__main__":
    main()
