"""What a pooling's numbers say, in sentences: size, parameters, gradient, what is left out; and the PyTorch line."""

from __future__ import annotations

import numpy as np

from cnnviz.records.activations import Array
from cnnviz.records.pooling import Axis, Pooled, PoolingSetting

CHANNELS = 64  # an example of a layer's channels, said beside every result


def size(pooled: Pooled) -> str:
    """The output's size, with the numbers put into the formula."""
    rows, columns = pooled.values.shape[1:]
    kind = pooled.setting.kind
    if kind.startswith("global"):
        return f"Global: one window over all {_product(pooled.x)} cells, so the output is {rows} × {columns}."
    if kind.startswith("adaptive"):
        return (
            f"Adaptive: the output is {rows} × {columns} whatever comes in; window j of m covers "
            f"⌊j · {pooled.rows.length} / {rows}⌋ … ⌈(j + 1) · {pooled.rows.length} / {rows}⌉ − 1."
        )
    lines = [_line(pooled, at) for at in range(2)]
    return f"Output: rows {lines[0]}, columns {lines[1]}."


def _line(pooled: Pooled, at: int) -> str:
    s, axis = pooled.setting, (pooled.rows, pooled.columns)[at]
    opened, closed = "⌈⌉" if s.ceil_mode else "⌊⌋"
    inner = f"({axis.length} + 2·{s.padding[at]} − {s.dilation[at]}·({s.kernel[at]} − 1) − 1) / {s.stride[at]}"
    found = pooled.values.shape[1 + at]
    room = axis.length + 2 * s.padding[at] - s.dilation[at] * (s.kernel[at] - 1) - 1
    late = (
        " − 1 (the last window would start beyond the input)"
        if s.ceil_mode and -(-room // s.stride[at]) >= found
        else ""
    )
    return f"{opened}{inner}{closed} + 1{late} = **{found}**"


def cost(pooled: Pooled) -> str:
    """No parameters and as many channels as before: against a convolution of the same window and stride."""
    s, (channels, height, width) = pooled.setting, pooled.x.shape
    rows, columns = pooled.values.shape[1:]
    depth = (
        f"{channels} channel in, {len(pooled.values)} out; a layer of {CHANNELS} channels, [{CHANNELS}, {height}, "
        f"{width}], becomes [{CHANNELS}, {rows}, {columns}]: the depth stays"
    )
    cells = s.kernel[0] * s.kernel[1]
    dense = CHANNELS * CHANNELS * cells + CHANNELS
    if s.kind == "convolution":
        return (
            f"{depth} if each channel has its own kernel ({CHANNELS * cells:,} weights); an ordinary convolution "
            f"mixes the channels and learns {dense:,} parameters."
        )
    window = f"of {s.kernel[0]} × {s.kernel[1]}" if "kernel" in _takes(s.kind) else "of 3 × 3"
    dense = dense if "kernel" in _takes(s.kind) else CHANNELS * CHANNELS * 9 + CHANNELS
    return f"{depth}. **0 parameters**; a strided convolution {window} over {CHANNELS} channels learns {dense:,}."


def _takes(kind: str) -> tuple[str, ...]:
    return () if kind.startswith(("global", "adaptive")) else ("kernel",)


def routing(pooled: Pooled, slope: Array) -> str:
    """Where the gradient of the output's sum goes."""
    reached, whole = int((slope != 0).sum()), slope.size
    place = np.unravel_index(np.abs(slope).argmax(), slope.shape)
    text = f"Of the gradient (1 for each of {pooled.values.size} outputs) {reached} of {whole} cells get something"
    return text + f"; row {place[1]}, column {place[2]} the most, {slope[place]:.3g}.".replace("-", "−")


def dropped(pooled: Pooled) -> str:
    """Rows and columns that no window reads; "" where there are none."""
    listed = ((pooled.rows, "row"), (pooled.columns, "column"))
    said = " and ".join(part for axis, name in listed if (part := _named(axis, name)))
    if not said:
        return ""
    after = all((axis.unused > axis.places[axis.inside].max()).all() for axis, _ in listed)
    rounded = "padding" if pooled.setting.kind == "convolution" else "ceil_mode or padding"
    why = f"they are left over; {rounded} would reach them" if after else "the windows leave gaps between them"
    return f"No window reads {said}: {why}."


def cut(pooled: Pooled) -> str:
    """That PyTorch enlarges Lᵖ's sum where ceil_mode cuts a window; "" where none is cut."""
    factor = float(pooled.shares.max())
    if pooled.setting.kind != "lp" or factor <= 1:
        return ""
    return (
        "ceil_mode cuts windows at the edge: before the root PyTorch multiplies their sum by cells of a whole window / "
        f"cells left, up to {factor:g} times."
    )


def _named(axis: Axis, name: str) -> str:
    unused = axis.unused.tolist()
    return f"{name}{'s' if len(unused) > 1 else ''} {', '.join(map(str, unused))}" if unused else ""


def _product(x: Array) -> str:
    return f"{x.shape[1]} × {x.shape[2]}"


# ------------------------------------------------------------------------------------------------ the PyTorch line
def line(setting: PoolingSetting, *, channels: int = 1) -> str:
    """The layer that does this in PyTorch."""
    s, kind = setting, setting.kind
    window = f"{_pair(s.kernel)}, stride={_pair(s.stride)}"
    ceil = ", ceil_mode=True" if s.ceil_mode else ""
    pad = f", padding={_pair(s.padding)}" if s.padding != (0, 0) else ""
    dilation = f", dilation={_pair(s.dilation)}" if s.dilation != (1, 1) else ""
    if kind == "max":
        return f"nn.MaxPool2d({window}{pad}{dilation}{ceil}, return_indices=True)"
    if kind == "average":
        return f"nn.AvgPool2d({window}{pad}{ceil}{'' if s.include_pad else ', count_include_pad=False'})"
    if kind == "lp":
        return f"nn.LPPool2d({s.norm:g}, {window}{ceil})"
    if kind == "convolution":
        return f"nn.Conv2d({channels}, {channels}, {window}{pad}{dilation}, groups={channels}, bias=False)"
    size = 1 if kind.startswith("global") else _pair(s.output)
    return f"nn.Adaptive{'Avg' if kind.endswith('average') else 'Max'}Pool2d({size})"


def snippet(pooled: Pooled) -> str:
    """Plain PyTorch that makes the same `y`, the gradient of its sum, and needs nothing else."""
    rows = ", ".join(str([_short(value) for value in row]) for row in pooled.x[0].tolist())
    head = (
        f"import torch\nfrom torch import nn\n\nx = torch.tensor([[{rows}]], dtype=torch.float64, requires_grad=True)\n"
    )
    return head + _body(pooled) + "y.sum().backward()\nprint(y[0], x.grad[0], sep='\\n')\n"


def _body(pooled: Pooled) -> str:
    s = pooled.setting
    if s.kind == "stochastic":
        return _stochastic(s)
    if pooled.weights is not None:
        given = f"layer.weight.data = torch.tensor([[{pooled.weights.tolist()}]], dtype=torch.float64)\n"
        return f"layer = {line(s)}\n{given}y = layer(x[None])[0]\n"
    if s.kind == "max":
        return f"layer = {line(s)}\ny, switches = layer(x)  # a switch is row · {pooled.x.shape[2]} + column\n"
    return f"layer = {line(s)}\ny = layer(x)\n"


def _stochastic(s: PoolingSetting) -> str:
    """PyTorch has no such layer."""
    average = f"nn.AvgPool2d({_pair(s.kernel)}, {_pair(s.stride)}, ceil_mode={s.ceil_mode}, count_include_pad=False)"
    if not s.training:
        return f"average = {average}\ny = average(x * x) / average(x).clamp(min=1e-30)\n"
    return (
        f"windows = nn.functional.unfold(x[None], {_pair(s.kernel)}, stride={_pair(s.stride)})[0].T\n"
        f"torch.manual_seed({s.seed})\n"
        "drawn = torch.multinomial(windows.detach().clamp(min=1e-30), 1)  # cell / Σ; another generator, other draws\n"
        "y = windows.gather(1, drawn)\n"
    )


def _pair(pair: tuple[int, int]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else str(pair)


def _short(value: float) -> float:
    return float(f"{value:.12g}")


# ------------------------------------------------------------------------------------------------ stochastic, tables
def drawn(pooled: Pooled) -> str:
    """What stochastic pooling drew, against its expectation; "" for every other kind."""
    if pooled.setting.kind != "stochastic":
        return ""
    expected = np.nansum(pooled.shares * np.nan_to_num(pooled.cells), -1)
    if not pooled.setting.training:
        largest = np.nanmax(pooled.cells, -1)
        return (
            f"Expectation Σ p·x, mean {expected.mean():.4g} over the outputs: between the average and the maximum "
            f"(mean {np.nanmean(pooled.cells, -1).mean():.4g} and {largest.mean():.4g})."
        )
    places = pooled.switches if pooled.switches is not None else np.zeros(pooled.values.shape, dtype=np.int64)
    taken = (pooled.places == places[..., None]) & (pooled.places >= 0)
    chance = (pooled.shares * taken).sum(-1)
    return (
        f"Drawn with seed {pooled.setting.seed}: mean {pooled.values.mean():.4g} ({expected.mean():.4g} expected); "
        f"the likeliest draw had probability {chance.max():.3f}, the least likely {chance.min():.3f}."
    )


def csv(values: Array) -> str:
    """[H, W] as comma-separated lines, every digit."""
    return "\n".join(",".join(repr(float(value)) for value in row) for row in values) + "\n"
