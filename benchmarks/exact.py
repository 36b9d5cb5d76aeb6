"""Every recorded value of torchvision's and timm's networks against a recorder that clones every result as it comes.

    python -m benchmarks.exact [--side 224] [network …]     timm's as "timm/name"; all of both families if none is named

Random weights, one image of noise. The truth is read by hooks that clone, on the modules of a plain forward pass, and
by the network's output; a network is exact where every such value of its second recording is the same to the bit.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from typing import Any

import numpy as np
import timm
import torch
import torchvision
from torch import nn

from cnnviz import anatomy, capture, memory
from cnnviz.capture.values import array
from cnnviz.tracing.writes import tensors_in

COPIES = 2  # of the weights: the model's, and what a second one needs on its way out
RECORDINGS = 4  # of what its modules make: the truth, two recordings, and their arrays


def names() -> list[str]:
    """torchvision's classifiers, and the smallest network of each module of timm's."""
    own = torchvision.models.list_models(module=torchvision.models)
    families: dict[str, str] = {}
    for name in timm.list_models():
        families.setdefault(timm.models._registry._model_to_module[name], name)
    return own + [f"timm/{name}" for name in sorted(families.values())]


def is_too_large(name: str) -> bool:
    """Whether the copies would not fit the memory there is; asked of a network without numbers where that can be."""
    there = memory.now()
    try:
        with torch.device("meta"):
            model, shape = built(name)
            made = made_on_meta(model, torch.empty(1, *shape))
    except (NotImplementedError, RuntimeError):  # it reads numbers while it is built: torchvision's RegNets, a few more
        return False
    needed = COPIES * sum(value.numel() * value.element_size() for value in model.parameters()) + RECORDINGS * made
    return there is not None and needed > there.free


def made_on_meta(model: nn.Module, x: torch.Tensor) -> int:
    """Bytes of the results of modules that hold no others, twice: calls that are no modules' make about as many."""
    sizes: list[int] = []
    for module in model.modules():
        if not module._modules:
            module.register_forward_hook(
                lambda _, inputs, output: sizes.extend(2 * one.nbytes for one in tensors_in(output))
            )
    with torch.no_grad():
        model(x)
    return sum(sizes)


def built(name: str) -> tuple[nn.Module, tuple[int, ...]]:
    torch.manual_seed(0)
    if name.startswith("timm/"):
        model = timm.create_model(name[5:]).eval()
        return model, tuple(model.pretrained_cfg["input_size"])
    options: dict[str, Any] = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    side = 299 if name == "inception_v3" else 224
    return torchvision.models.get_model(name, **options).eval(), (3, side, side)


def truth(model: nn.Module, x: torch.Tensor) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    """Every module's first result by the key that a recording gives it, cloned at once, and the network's output."""
    found: dict[str, torch.Tensor] = {}
    calls: Counter[str] = Counter()

    def hook(name: str) -> Any:
        def keep(module: nn.Module, inputs: Any, output: Any) -> None:
            made = tensors_in(output)
            if made:
                found[f"{name}:{calls[name]}" if calls[name] else name] = made[0].clone()
                calls[name] += 1

        return keep

    handles = [module.register_forward_hook(hook(name)) for name, module in model.named_modules() if name]
    try:
        with torch.no_grad():
            output = tensors_in(model(x.clone()))[0]
    finally:
        for handle in handles:
            handle.remove()
    return found, output


def wrong(name: str) -> tuple[int, list[str]]:
    """How many modules' values were compared, and the keys of those that differ; none where memory is short."""
    if is_too_large(name):
        return 0, []
    model, shape = built(name)
    x = torch.randn(1, *shape, generator=torch.Generator().manual_seed(1))
    expected, output = truth(model, x)
    capture.activations(model, x)
    record = capture.activations(model, x)  # this one uses what the first found out about the network
    keys = [key for key in expected if key in record and record[key].module]
    bad = [key for key in keys if not np.array_equal(record[key].values, array(expected[key]), equal_nan=True)]
    if not np.array_equal(record.logits, array(output), equal_nan=True):
        bad.append("the output")
    rows = anatomy.inspect(model, shape)
    if [row.name for row in rows] != list(record.keys):
        bad.append("the rows")
    if sum(row.parameters for row in rows) > sum(value.numel() for value in model.parameters()):
        bad.append("the parameters")
    return len(keys), bad


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("networks", nargs="*")
    arguments = parser.parse_args()
    failures = 0
    for name in arguments.networks or names():
        begin = time.perf_counter()
        try:
            count, bad = wrong(name)
            verdict = f"WRONG: {bad[:6]}" if bad else f"{count} exact" if count else "left out: memory is short"
        except Exception as error:  # one network must not end the comparison of the others
            bad, verdict = ["an error"], f"{type(error).__name__}: {str(error)[:150]}"
        failures += bool(bad)
        print(f"{name:44} {verdict} ({time.perf_counter() - begin:.1f} s)", flush=True)
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
