"""What attribution costs against a bare forward pass of the same network, in one run: python -m benchmarks.attribution

Processor time, not the clock's, so that a busy machine tells the same, and each method in turns with bare passes of its
own; then the same numbers from the library that a user would take for them, in the same turns, held to be equal.
`--memory`: instead, each method's peak of memory on VGG-16, in a process each.
Bounds are those of the project's plan. The first lines are of a method alone, after the pass that all of them have in
common; beside a library's stands all of it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import torch

from benchmarks import attribution_libraries as libraries
from cnnviz import attribution, devices, images, networks, samples, tracing
from cnnviz.networks import Network
from cnnviz.records.attribution import Attribution, Target

Result = TypeVar("Result")
NETWORK, SAMPLE, TARGET = "efficientnet_lite0", "chelsea", Target(282)
EIGHT = ("gradient", "input_gradient", "grad_cam", "hires_cam", "layer_cam", "grad_cam_plus", "guided", "deeplift")
BOUNDS = {"grad_cam": 2.2, "integrated_gradients": 100.0, "occlusion": 100.0}
SETTINGS: dict[str, dict[str, Any]] = {"integrated_gradients": {"steps": 50}, "rise": {"masks": 500}}
WORDS = {
    "grad_cam": "Grad-CAM", "integrated_gradients": "integrated gradients, 50 steps",
    "occlusion": "occlusion, 169 windows", "rise": "RISE, 500 masks",
}  # fmt: skip
FEW = {"steps": 16, "masks": 32, "samples": 16, "per_side": 5}  # memory hangs on how many go at a time
MEMORY_BOUND = 2e9


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """Processor seconds of one call, and what it gave."""
    since = time.process_time()
    found = work()
    return time.process_time() - since, found


def seconds(work: Callable[[], object]) -> float:
    """Processor seconds of one call."""
    return timed(work)[0]


def image(network: Network) -> torch.Tensor:
    """The sample as the network wants it: what reading it takes is nobody's attribution."""
    return images.to_tensor(samples.read(SAMPLE), network.spec)


def request(network: Network, x: torch.Tensor, settings: dict[str, Any]) -> attribution.AttributionRequest:
    """The image's class, weighed at the last layer with maps."""
    asked = attribution.AttributionRequest(network.model, x, TARGET, settings=settings)
    asked.layer = attribution.last_maps(asked)
    return asked


def asking(network: Network, x: torch.Tensor, method: str, settings: dict[str, Any]) -> Callable[[], object]:
    """The method on the image, ready to be computed."""
    asked = request(network, x, settings)
    return lambda: attribution.REGISTRY[method].compute(asked)


def times(turns: int) -> None:
    """One line a method: times a bare pass, the bound; then the grid of eight."""
    devices.tune_allocator()  # for both: the bare pass must not pay page faults either
    torch.set_num_threads(1)
    network = networks.open_network(NETWORK)
    x = image(network)

    def bare() -> None:
        with tracing.borrowed(network.model), torch.no_grad():
            network.model(x)

    bare()
    for method, words in WORDS.items():
        found = []
        for _ in range(1 if method == "rise" else turns):
            work = asking(network, x, method, SETTINGS.get(method, {}))  # anew: it keeps a twin of the network
            before = [seconds(bare) for _ in range(4)]
            took = seconds(work)
            found.append((took, min(before + [seconds(bare) for _ in range(4)])))
        took, one = min(found)
        bound = f" (bound {BOUNDS[method]:g} ×)" if method in BOUNDS else ""
        print(f"{words}: {took:.2f} s of the processor, {took / one:.1f} × a bare pass{bound}", flush=True)
    for method in libraries.LIBRARIES:
        print(against_a_library(network, x, method, turns, bare), flush=True)
    torch.set_num_threads(torch.get_num_interop_threads())
    asked = attribution.AttributionRequest(network.model, x, TARGET)
    asked.layer = attribution.last_maps(asked)
    took = seconds(lambda: [attribution.REGISTRY[method](asked) for method in EIGHT])
    print(f"eight quick methods: {took:.2f} s of the processor")


def explained(network: Network, x: torch.Tensor, method: str, settings: dict[str, Any]) -> Attribution:
    """All that one map takes from the start: the first pass, too, which the methods of a page have in common."""
    return attribution.REGISTRY[method].compute(request(network, x, settings))


def against_a_library(
    network: Network, x: torch.Tensor, method: str, turns: int, bare: Callable[[], object]
) -> str:  # fmt: skip
    """One line: what both take from the start, in bare passes (the least between them), and how far they differ."""
    library, found = libraries.LIBRARIES[method], []
    for _ in range(turns):
        try:
            theirs = library.build(request(network, x, library.settings))
        except ImportError:
            return f"{method} against {library.package}: it is not installed (pip install {library.package})"
        before = [seconds(bare) for _ in range(4)]
        took, record = timed(partial(explained, network, x, method, library.settings))
        other, their_map = timed(theirs)
        found.append((took, other, min(before + [seconds(bare) for _ in range(4)])))
        apart = libraries.difference(record, their_map, library)
        if not apart <= libraries.SAME:
            raise SystemExit(f"{method}: not the numbers of {library.package}, {apart:.2g} apart")
    took, other, one = (min(times) for times in zip(*found, strict=True))
    words = WORDS[method] if not library.settings else f"{method} with {library.settings}"
    return (
        f"{words} against {library.package}: {took / one:.1f} and {other / one:.1f} × a bare pass, "
        f"{other / took:.2f} times ours; numbers {apart:.1g} apart"
    )


def memory(methods: Sequence[str]) -> None:
    """One line a method, each in a process of its own, so that none stands on what another left."""
    for method in methods or [one for one in attribution.names() if one != "score_cam"]:
        subprocess.run([sys.executable, "-m", "benchmarks.attribution", "--peak", method], check=True)


def peak(method: str) -> None:
    """The peak of resident memory while it runs on VGG-16, and what of it came on top of the network."""
    network = networks.open_network("vgg16")
    work = asking(network, image(network), method, FEW)
    devices.give_back_memory(0)  # what building the network left free
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before, since = resident("VmRSS"), time.process_time()
    try:
        work()
    except attribution.DoesNotFit as why:
        print(f"{method}: {why}", flush=True)
        return
    most = resident("VmHWM")
    print(f"{method}: peak {most / 1e9:.2f} GB, {(most - before) / 1e9:.2f} GB more than before (bound "
          f"{MEMORY_BOUND / 1e9:g} GB), {time.process_time() - since:.1f} s of the processor", flush=True)  # fmt: skip


def resident(name: str) -> int:
    """Bytes of this process by Linux: VmRSS now, VmHWM at most."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    raise LookupError(f"the system does not say {name}")


def main() -> None:
    """Times by themselves, memory on request."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--memory", nargs="*", metavar="METHOD",
        help="peak memory on VGG-16 instead (Linux), of these or of all but Score-CAM, which goes as RISE does",
    )  # fmt: skip
    parser.add_argument("--peak", metavar="METHOD", help="that of one method, in this process")
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    if options.peak is not None:
        peak(options.peak)
        return
    times(options.turns) if options.memory is None else memory(options.memory)


if __name__ == "__main__":
    main()
