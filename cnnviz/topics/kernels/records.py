"""A layer's kernels, what is read off them, and how they came about."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.records.activations import Array


@dataclass(frozen=True, eq=False)
class Bank:
    """The weights of one layer. weights: [O, I, kh, kw] float32, I being the inputs that one kernel reads.

    groups: kernel o reads the inputs of group o // (O / groups). linear: a linear layer's rows as images of its
    input.
    """

    layer: str
    operation: str
    weights: Array
    groups: int = 1
    linear: bool = False

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(outputs, inputs that each kernel reads, rows, columns)."""
        count, inputs, height, width = self.weights.shape
        return count, inputs, height, width

    def inputs_of(self, output: int) -> range:
        """Which input channels that kernel reads."""
        count, inputs = self.shape[:2]
        first = output // (count // self.groups) * inputs
        return range(first, first + inputs)


@dataclass(frozen=True, eq=False)
class Analysis:
    """What is read off n kernels; every array has one entry a kernel.

    norms: ‖w‖₂. sums: Σw, the answer to a constant input of 1.
    responses: [n, S, S] float32, √Σ_i |W_i(f)|² over the inputs i; zero frequency is the middle cell, rows are f_y.
    peaks: [n, 2], (f_x, f_y) in cycles per pixel where the response is largest; frequencies: its length.
    angles: where stripes or an edge run, degrees anticlockwise from horizontal, in [0, 180); NaN where there is none.
    coherences: how much one direction prevails, 0 (none) to 1 (a grating).
    classics: the classic kernel that is most alike ("" for none of this size); cosines: how much, −1 to 1.
    """

    norms: Array
    sums: Array
    responses: Array
    peaks: Array
    frequencies: Array
    angles: Array
    coherences: Array
    classics: tuple[str, ...]
    cosines: Array


@dataclass(frozen=True, eq=False)
class Likeness:
    """How alike the kernels of a layer are. matrix: [n, n] cosines. pairs: [P, 2], the most alike first, |cosine|: [P].

    nearest: [n], each kernel's largest |cosine| with another.
    """

    matrix: Array
    pairs: Array
    cosines: Array
    nearest: Array


@dataclass(frozen=True, eq=False)
class History:
    """One layer's kernels over a run's snapshots. weights: [T, O, I, kh, kw] float32; changes: [T, O], ‖w − w₀‖.

    steps: [T]. losses, accuracies: [T], running means of the training batches at that step, NaN where none was written.
    """

    run_id: str
    bank: Bank
    steps: tuple[int, ...]
    weights: Array
    changes: Array
    losses: Array
    accuracies: Array
