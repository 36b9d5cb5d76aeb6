"""Every node of one forward pass."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cnnviz.registry import unknown

Array = np.ndarray


# The kinds of a recorded node, in the field's terms. `other` is honest: an operation that none of these names.
KINDS = (
    "input", "convolution", "transposed_convolution", "linear", "normalization", "activation", "pooling", "dropout",
    "addition", "multiplication", "concatenation", "flatten", "reshape", "softmax", "attention", "padding",
    "upsampling", "identity", "other",
)  # fmt: skip


@dataclass(frozen=True, eq=False, init=False)
class Layer:
    """One recorded node of a network on one image.

    values: [C, H, W] for maps, [K] for vectors, float32, without the batch axis, read-only. What does not begin with an
    axis of one image (windows, a squeezed vector) is whole; float64 and complex numbers stay what they are.
    name: module path ("layer1.0.conv1") or path of the enclosing module and the function ("layer1.0.add").
    call: 0 for the first time that the module ran, 1 for the second, …
    inputs: the keys of the recorded nodes that feed it, in argument order.
    group: the block it folds into ("layer1.0"), see `tracing`.
    """

    name: str
    call: int
    kind: str
    operation: str
    module: str
    inputs: tuple[str, ...]
    group: str
    values: Array

    def __init__(
        self, name: str, call: int, kind: str, operation: str, module: str, inputs: tuple[str, ...], group: str,
        values: Array,
    ) -> None:  # fmt: skip
        # A frozen dataclass would set its fields one by one, which takes three times as long; a network has hundreds.
        vars(self).update(
            name=name, call=call, kind=kind, operation=operation, module=module, inputs=inputs, group=group,
            values=values,
        )  # fmt: skip

    @property
    def key(self) -> str:
        """The name, with ":1", ":2", … from the second call on: unique in a recording."""
        return self.name if self.call == 0 else f"{self.name}:{self.call}"

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the values, without the batch."""
        return tuple(self.values.shape)


@dataclass(frozen=True, eq=False)
class Activations:
    """Every node of one forward pass, in the order in which they ran: functions, additions and concatenations too.

    `recording[name]` is the first call of that node, `recording[name, 1]` the second; keys ("name:1") work too.
    note: what one should know of the pass: that it drew random numbers.
    logits: [classes] float32, the network's output (float64 from a network that computes so).
    outputs: every tensor that it returned, by its path ("" where it returned one), without the batch axis; a single
    number has no axis. main: the path of the one that `logits` is.
    seconds: the forward pass with recording.
    """

    layers: tuple[Layer, ...]
    logits: Array
    note: str = ""
    seconds: float = 0.0
    outputs: Mapping[str, Array] = field(repr=False, default_factory=dict)
    main: str = ""
    _by_key: Mapping[str, Layer] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_key", {layer.key: layer for layer in self.layers})

    @classmethod
    def unread(cls, read: Callable[[], tuple[Layer, ...]], logits: Array, **rest: Any) -> Activations:
        """The same, of which the layers are made when they are first asked for: each is an array of its own.

        read: gives them, each time the same. rest: note, seconds, outputs, main.
        """
        found = cls((), logits, **rest)
        state = vars(found)
        del state["layers"], state["_by_key"]
        state["_unread"] = threading.Lock(), read
        return found

    def __getattr__(self, name: str) -> Any:
        unread = vars(self).get("_unread")
        if name not in ("layers", "_by_key") or unread is None:
            raise AttributeError(f"{type(self).__name__} has no attribute {name}")
        lock, read = unread
        with lock:
            if "layers" not in vars(self):
                vars(self)["layers"] = read()
                self.__post_init__()
                vars(self)["_unread"] = None
        return vars(self)[name]

    def __getstate__(self) -> dict[str, Any]:
        state = {"layers": self.layers, **vars(self)}
        state.pop("_unread", None)
        return state

    def __getitem__(self, which: str | tuple[str, int]) -> Layer:
        name, call = which if isinstance(which, tuple) else (which, 0)
        key = name if call == 0 else f"{name}:{call}"
        if key not in self._by_key:
            raise KeyError(unknown("layer", key, self._by_key))
        return self._by_key[key]

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __len__(self) -> int:
        return len(self.layers)

    @property
    def output(self) -> Layer | None:
        """The layer that made the main output, which need not have run last; None where none made those numbers."""
        return next((layer for layer in reversed(self.layers) if _equal(layer.values, self.logits)), None)

    @property
    def keys(self) -> tuple[str, ...]:
        """The layers' keys, in the order in which they ran."""
        return tuple(self._by_key)


def _equal(one: Array, other: Array) -> bool:
    return one.shape == other.shape and np.array_equal(one, other, equal_nan=not np.iscomplexobj(one))
