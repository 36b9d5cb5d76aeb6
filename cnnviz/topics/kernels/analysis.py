"""What a kernel does, read off its numbers: size, frequency response, orientation, likeness. From the definitions.

Everywhere: kernels are [n, I, kh, kw] (I inputs), computed in float64. A kernel's response at the frequency
f = (f_x, f_y), in cycles per pixel, is W(f) = Σ w[y, x] · exp(−2πi (f_x x + f_y y)). Over several inputs the powers
add, |W(f)|² = Σ_i |W_i(f)|²: what white noise that is independent in every input comes out with.

Source of the response by way of the autocorrelation: Wiener (1930), Khinchin (1934). Of orientation and coherence from
second moments: Bigün and Granlund, Optimal Orientation Detection of Linear Symmetry (1987).
"""

from __future__ import annotations

import numpy as np

from cnnviz.operations import OperationError, classic_kernels
from cnnviz.topics.kernels.records import Analysis, Likeness

Array = np.ndarray

SIZE = 33  # cells a side of a response: odd, so that zero has a cell and both signs of a frequency have one
FINER = 3  # each of the two refinements of a peak divides the step so often: 1 / (33 · 9) cycles per pixel
ORIENTED = 0.05  # below this coherence no direction prevails
DEAD = 0.01  # of the layer's median norm
PAIRS = 400
SMALL = 81  # weights of one plane, up to which shift by shift is faster than a Fourier transform


def analyse(weights: Array, *, size: int = SIZE) -> Analysis:
    """All of it, for every kernel. weights: [n, I, kh, kw].

    Raises: OperationError where the shape is another, or a number is not finite.
    """
    kernels = _checked(weights)
    lags = autocorrelation(kernels)
    powers = np.maximum(_spectrum(lags, size), 0.0)
    peaks = dominant(lags, powers)
    angles, coherences = orientation(powers)
    classics, cosines = nearest_classic(kernels)
    return Analysis(
        norms=np.sqrt((kernels**2).sum(axis=(1, 2, 3))),
        sums=kernels.sum(axis=(1, 2, 3)),
        responses=np.sqrt(powers).astype(np.float32),
        peaks=peaks,
        frequencies=np.hypot(peaks[:, 0], peaks[:, 1]),
        angles=angles,
        coherences=coherences,
        classics=classics,
        cosines=cosines,
    )


def _checked(weights: Array) -> Array:
    kernels = np.asarray(weights, dtype=np.float64)
    if kernels.ndim != 4 or not kernels.size:
        raise OperationError(f"Kernels have the shape [n, inputs, rows, columns], not {list(kernels.shape)}.")
    if not np.isfinite(kernels).all():
        raise OperationError("A weight is not a finite number: open a snapshot from before the run diverged.")
    return kernels


# ------------------------------------------------------------------------------------------------ frequency response
def responses(weights: Array, *, size: int = SIZE) -> Array:
    """|W(f)| on a grid of size × size frequencies from −½ to ½, zero in the middle. [n, I, kh, kw] -> [n, size, size].

    size: odd; the kernel is zero-padded to it (larger kernels are sampled at these frequencies all the same).
    """
    return np.sqrt(np.maximum(_spectrum(autocorrelation(_checked(weights)), size), 0.0))


def frequencies(size: int = SIZE) -> Array:
    """The grid's frequencies in cycles per pixel, [size], ascending, zero in the middle."""
    return (np.arange(size) - size // 2) / size


def autocorrelation(kernels: Array) -> Array:
    """Σ_i Σ w_i[y, x] · w_i[y + dy, x + dx] for every shift. [n, I, kh, kw] -> [n, 2kh − 1, 2kw − 1], zero centred."""
    count, _, height, width = kernels.shape
    if height * width > SMALL:
        return _autocorrelation_of_large(kernels)
    found = np.zeros((count, 2 * height - 1, 2 * width - 1))
    for down in range(height):
        for right in range(-(width - 1), width):
            one = kernels[:, :, : height - down, max(0, -right) : width - max(0, right)]
            other = kernels[:, :, down:, max(0, right) : width + min(0, right)]
            shared = np.einsum("oiyx,oiyx->o", one, other)
            found[:, height - 1 + down, width - 1 + right] = shared
            found[:, height - 1 - down, width - 1 - right] = shared
    return found


def _autocorrelation_of_large(kernels: Array) -> Array:
    """The same from the zero-padded Fourier transform: hundreds of shifts at once."""
    extents = [2 * side - 1 for side in kernels.shape[2:]]
    powers = (np.abs(np.fft.rfft2(kernels, s=extents)) ** 2).sum(axis=1)
    return np.fft.fftshift(np.fft.irfft2(powers, s=extents), axes=(1, 2))


def _spectrum(lags: Array, size: int) -> Array:
    """The power at each frequency: the autocorrelation's cosine transform, as two matrix products."""
    rows, columns = (_waves(frequencies(size), extent) for extent in lags.shape[1:])
    return np.real(rows @ lags @ columns.T)


def _waves(at: Array, extent: int) -> Array:
    """exp(−2πi f d) for shifts d from −extent // 2 on: [len(at), extent]."""
    return np.exp(-2j * np.pi * np.outer(at, np.arange(extent) - extent // 2))


def dominant(lags: Array, powers: Array) -> Array:
    """Where the response is largest, (f_x, f_y) in cycles per pixel: the grid's cell, refined twice. [n, 2].

    f and −f answer alike: the one with f_x > 0 (or f_x = 0 and f_y ≥ 0) is given. For a kernel of zeros: (0, 0).
    """
    size, grid = powers.shape[1], frequencies(powers.shape[1])
    places = _from_zero_outwards(size)
    tried = powers[:, places[:, 0], places[:, 1]]
    first = (tried >= (1 - 1e-9) * tried.max(axis=1, keepdims=True)).argmax(axis=1)
    peaks, step = grid[places[first][:, ::-1]], 1.0 / size
    for _ in range(2):
        step /= FINER
        peaks = _refined(lags, peaks, step)
    turned = (peaks[:, 0] < 0) | ((peaks[:, 0] == 0) & (peaks[:, 1] < 0))
    return np.where(turned[:, None], -peaks, peaks)


def _from_zero_outwards(size: int) -> Array:
    """(row, column) of one half of the plane, nearest to zero first: of equal responses the lowest frequency counts."""
    down, right = np.meshgrid(frequencies(size), frequencies(size), indexing="ij")
    rows, columns = np.nonzero((right > 0) | ((right == 0) & (down >= 0)))
    order = np.hypot(down, right)[rows, columns].argsort(kind="stable")
    return np.stack([rows, columns], axis=1)[order]


def _refined(lags: Array, peaks: Array, step: float) -> Array:
    """The best of 5 × 5 frequencies around each peak, kept within ±½."""
    offsets = np.stack(np.meshgrid(np.arange(-2, 3), np.arange(-2, 3)), axis=-1).reshape(-1, 2)
    offsets = offsets[np.abs(offsets).sum(axis=1).argsort(kind="stable")]  # nearest first: a tie changes nothing
    tried = np.clip(peaks[:, None] + step * offsets, -0.5, 0.5)
    down, right = (np.arange(extent) - extent // 2 for extent in lags.shape[1:])
    rows = np.exp(-2j * np.pi * tried[..., 1, None] * down)
    columns = np.exp(-2j * np.pi * tried[..., 0, None] * right)
    powers = np.real(np.einsum("npy,npx,nyx->np", rows, columns, lags, optimize=True))
    chosen = (powers - 1e-9 * np.abs(powers[:, :1]) * (np.arange(len(offsets)) > 0)).argmax(axis=1)
    return np.asarray(tried[np.arange(len(peaks)), chosen])


# ------------------------------------------------------------------------------------------------ orientation
def orientation(powers: Array) -> tuple[Array, Array]:
    """(angles [n] in degrees, NaN where no direction prevails; coherences [n]) from the power's second moments.

    The frequency vector along which the power spreads most stands across the stripes; the angle is where these run:
    0 lies, 90 stands, 45 rises to the right. coherence = (λ₁ − λ₂) / (λ₁ + λ₂) of the moments' eigenvalues.
    """
    grid = frequencies(powers.shape[1])
    across = np.einsum("nyx,x->n", powers, grid**2)
    down = np.einsum("nyx,y->n", powers, grid**2)
    both = np.einsum("nyx,x,y->n", powers, grid, grid)
    total = across + down
    spread = np.hypot(across - down, 2 * both)
    coherences = np.divide(spread, total, out=np.zeros_like(total), where=total > 0)
    along = 0.5 * np.arctan2(2 * both, across - down)  # the frequency vector's angle, rows counted downwards
    angles = np.degrees(np.arctan2(np.cos(along), np.sin(along))) % 180.0
    angles = np.where(np.isclose(angles, 180.0), 0.0, angles)
    return np.where(coherences < ORIENTED, np.nan, angles), coherences


# ------------------------------------------------------------------------------------------------ likeness
def classic_cosines(weights: Array) -> tuple[tuple[str, ...], Array]:
    """(names, [n, names]): each kernel's cosine with each classic kernel of its size; no names where it is not square.

    Over several inputs each classic may come in by any weight in each, as the best weights are known:
    max_a cos(w, a ⊗ c) = √Σ_i ⟨w_i, c⟩² / (‖w‖ ‖c‖), with the sign of Σ_i ⟨w_i, c⟩. A single weight is like nothing.
    """
    kernels = _checked(weights)
    count, inputs, height, width = kernels.shape
    names = classic_kernels.names(height) if height == width > 1 else ()
    if not names:
        return (), np.zeros((count, 0))
    table = np.stack([classic_kernels.kernel(name, height).ravel() for name in names])
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    products = kernels.reshape(count, inputs, -1) @ table.T
    norms = np.sqrt((kernels**2).sum(axis=(1, 2, 3)))[:, None]
    sizes = np.sqrt((products**2).sum(axis=1))
    signs = np.where(products.sum(axis=1) < 0, -1.0, 1.0)
    return names, np.divide(signs * sizes, norms, out=np.zeros_like(sizes), where=norms > 0)


def nearest_classic(weights: Array) -> tuple[tuple[str, ...], Array]:
    """(name, cosine) of the classic kernel with the largest |cosine|, a positive one where two are as large."""
    names, cosines = classic_cosines(weights)
    if not names:
        return ("",) * len(cosines), np.zeros(len(cosines))
    best = (np.abs(cosines) + 1e-9 * (cosines > 0)).argmax(axis=1)
    found = cosines[np.arange(len(best)), best]
    return tuple(names[place] if value else "" for place, value in zip(best, found, strict=True)), found


def similarity(weights: Array) -> Array:
    """The cosine of every pair of kernels, [n, n]; zero where a kernel has no length."""
    flat = _checked(weights).reshape(len(weights), -1)
    norms = np.linalg.norm(flat, axis=1, keepdims=True)
    unit = np.divide(flat, norms, out=np.zeros_like(flat), where=norms > 0)
    return np.clip(unit @ unit.T, -1.0, 1.0)


def likeness(weights: Array, *, most: int = PAIRS) -> Likeness:
    """The similarity map, and the `most` pairs with the largest |cosine|."""
    matrix = similarity(weights)
    rows, columns = np.triu_indices(len(matrix), k=1)
    sizes = np.abs(matrix[rows, columns])
    order = sizes.argsort(kind="stable")[::-1][:most]
    others = np.abs(matrix) - np.eye(len(matrix)) * 2
    return Likeness(
        matrix=matrix,
        pairs=np.stack([rows[order], columns[order]], axis=1),
        cosines=matrix[rows[order], columns[order]],
        nearest=np.maximum(others.max(axis=1), 0.0) if len(matrix) > 1 else np.zeros(len(matrix)),
    )


def chained(matrix: Array) -> Array:
    """An order in which like stands beside like: from the most alike kernel on, always the likest one left. [n] int."""
    sizes = np.abs(matrix) - 2 * np.eye(len(matrix))
    left = np.ones(len(matrix), dtype=bool)
    order = [int(sizes.max(axis=1).argmax())]
    left[order[0]] = False
    while left.any():
        order.append(int(np.where(left, sizes[order[-1]], -np.inf).argmax()))
        left[order[-1]] = False
    return np.array(order)


def pairs_beyond(matrix: Array, thresholds: Array) -> Array:
    """How many pairs have a |cosine| of at least each threshold. [n, n], [T] -> [T] int64."""
    rows, columns = np.triu_indices(len(matrix), k=1)
    sizes = np.sort(np.abs(matrix[rows, columns]))
    return len(sizes) - np.searchsorted(sizes, np.asarray(thresholds, dtype=np.float64), side="left")


def by_chance(threshold: float, dimension: int) -> float:
    """The share of pairs of random directions in so many dimensions whose |cosine| is at least that.

    ∫₀^arccos t sin^(d−2) θ dθ / ∫₀^(π/2) sin^(d−2) θ dθ: the cap's share of the sphere.
    """
    if dimension < 2:
        return 1.0
    angle = np.linspace(0.0, np.pi / 2, 20001)
    density = np.sin(angle) ** (dimension - 2)
    areas = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    return float(np.interp(np.arccos(min(max(threshold, 0.0), 1.0)), angle, areas) / areas[-1])


def changes(frames: Array) -> Array:
    """‖w − w₀‖ of every kernel at every moment. frames: [T, n, …] -> [T, n] float64."""
    away = np.asarray(frames, dtype=np.float64) - np.asarray(frames[0], dtype=np.float64)
    return np.sqrt((away.reshape(*away.shape[:2], -1) ** 2).sum(axis=2))


def dead(norms: Array, *, share: float = DEAD) -> Array:
    """Which kernels have next to no length: a norm of at most that share of the layer's median. [n] bool."""
    return np.asarray(norms <= share * np.median(norms))
