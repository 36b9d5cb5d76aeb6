"""What a network's maps do while its image is slid or turned."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.records.activations import Array


@dataclass(frozen=True)
class Reduction:
    """A place where a network makes its maps smaller: `before` feeds `layer`.

    shape: of the maps before it. cell: how many input pixels lie between two of their cells; 0 where that is unknown.
    """

    layer: str
    operation: str
    before: str
    shape: tuple[int, ...]
    cell: int


@dataclass(frozen=True, eq=False)
class Motion:
    """One way of moving, by A amounts (the first is 0), over P images. Cosines lie in [−1, 1].

    unit: "px" or "°". pictures: [A, h, w, 3] uint8, the first image as the network sees it at every amount.
    layers: L keys, in the order in which they run; operations: what they are. cosines: [P, L, A], a layer's values
    against its own at amount 0, place by place; floors: [L], against those of other images (NaN for P = 1).
    ways: W names, the first "before". by_place: [P, R, W, A], each of R reductions done in each way on the same maps;
    moved_along: [P, R, W, A], the same with the maps moved back by what the image was slid (NaN where that is no
    whole number of cells, or the motion no slide). way_floors: [R, W]. agree: [P, A] bool, the class stays;
    chance: [P, A], the probability of the class that was likeliest at amount 0.
    maps: for each reduction {way: [A, h, w] float32}, the strongest channel of the first image, its middle.
    """

    unit: str
    amounts: tuple[float, ...]
    pictures: Array
    layers: tuple[str, ...]
    operations: tuple[str, ...]
    cosines: Array
    floors: Array
    reductions: tuple[Reduction, ...]
    ways: tuple[str, ...]
    by_place: Array
    moved_along: Array
    way_floors: Array
    agree: Array
    chance: Array
    labels: tuple[str, ...]
    maps: tuple[dict[str, Array], ...]

    @property
    def count(self) -> int:
        """How many images."""
        return len(self.cosines)


@dataclass(frozen=True, eq=False)
class Exchanged:
    """A network whose 2 × 2 poolings were exchanged, `places` of them, in W ways, weights unchanged.

    kept: [W, P, A] bool, the class is that of the unmoved image. same: [W, P] bool, unmoved it is the trained one's.
    """

    ways: tuple[str, ...]
    amounts: tuple[float, ...]
    places: tuple[str, ...]
    kept: Array
    same: Array


@dataclass(frozen=True, eq=False)
class Shifts:
    """The same images slid, and turned. names: the images, in order. exchanged: None where nothing could be."""

    slide: Motion
    turn: Motion
    names: tuple[str, ...]
    exchanged: Exchanged | None = None
