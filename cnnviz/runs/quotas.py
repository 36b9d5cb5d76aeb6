"""What one visitor may have where the app is shared: runs at once, runs kept, seconds of one, disk (`limits`)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cnnviz import checkpoints, datasets, limits, visitors
from cnnviz.checkpoints import uploads
from cnnviz.datasets import image_folder, removed
from cnnviz.records import TrainConfig
from cnnviz.run_files.names import EXPERIMENTS
from cnnviz.runs import directories, states, trash
from cnnviz.runs.run import RunError
from cnnviz.runs.supervision import Supervisor


@dataclass(frozen=True)
class Used:
    """What one visitor has by now. waiting: runs that wait or train; kept: with those in the trash.

    networks: files of weights. disk_mb: what counts. states: from which runs that were cut off go on; they give way to
    what counts (`states`).
    """

    waiting: int
    kept: int
    disk_mb: float
    networks: int = 0
    states: tuple[states.StateFile, ...] = ()

    @property
    def states_mb(self) -> float:
        """MB that these states take besides."""
        return sum(one.size for one in self.states) / 1e6


def used(boss: Supervisor, visitor: visitors.Visitor | None = None) -> Used:
    """What this visitor (whoever asks) has by now."""
    asking = visitor or visitors.current()
    folders = _runs_of(asking.id)
    giving_way = tuple(states.of(folders))
    disk = sum(map(_size, (*folders, *_others_of(asking.id)))) - sum(one.size for one in giving_way)
    with visitors.acting_as(visitors.Visitor(asking.id)):
        networks = uploads.count()
    return Used(boss.load_of(asking.id), len(folders), disk / 1e6, networks, giving_way)


def admit(boss: Supervisor, config: TrainConfig, *, kept: Path | None = None) -> None:
    """Raises RunError where whoever asks has as much as one visitor may. kept: its directory, where that is there."""
    if not visitors.current().limited:
        return
    most = limits.seconds_of_visitor.value
    if config.seconds is not None and config.seconds > most:
        raise RunError(
            f"a run takes {config.seconds:,.0f} seconds, and one of a visitor has {most:,.0f} here: ask for fewer"
        )
    now = used(boss)
    admit_work(now)
    if kept is None and now.kept >= limits.runs_of_visitor.value:
        raise RunError(
            f"{now.kept} runs of yours are kept, the trash included, and {limits.runs_of_visitor.value:.0f} is all "
            "that a visitor has here: delete some and empty the trash"
        )
    give_way(now, spared=kept)


def give_way(now: Used, *, spared: Path | None = None) -> None:
    """Has states of whoever asks make room, until all that is theirs fits their disk. spared: the run that goes on."""
    over = now.disk_mb + now.states_mb - limits.disk_of_visitor.value
    if visitors.current().limited and over > 0:
        states.make_room([one for one in now.states if one.folder != spared], int(over * 1e6))


def admit_import(boss: Supervisor) -> None:
    """The same for a run that comes from a zip: how many are kept, and the disk. Raises RunError."""
    if not visitors.current().limited:
        return
    now = used(boss)
    admit_work(now)
    if now.kept >= limits.runs_of_visitor.value:
        raise RunError(
            f"{now.kept} runs of yours are kept, the trash included, and {limits.runs_of_visitor.value:.0f} is all "
            "that a visitor has here: delete some and empty the trash"
        )


def admit_work(now: Used) -> None:
    """The same for what is no run of its own, an experiment: how much waits, and the disk. Raises RunError."""
    if not visitors.current().limited:
        return
    if now.waiting >= limits.waiting_of_visitor.value:
        raise RunError(
            f"{now.waiting} runs of yours wait or train, and that is all that a visitor has here: stop one or wait "
            "for one to end"
        )
    if now.disk_mb >= limits.disk_of_visitor.value:
        raise RunError(
            f"your runs, experiments, data sets and weights take {now.disk_mb:,.0f} MB, and a visitor has "
            f"{limits.disk_of_visitor.value:,.0f} here: delete some runs, empty the trash, or remove a data set"
        )


def admit_size(folder: Path, room: int | None) -> None:
    """Raises RunError where a directory takes more than is left. room: bytes, None: as many as it takes."""
    if room is not None and (size := _size(folder)) > room:
        raise RunError(
            f"this takes {size / 1e6:,.1f} MB, and {room / 1e6:,.1f} MB are left of a visitor's disk here: delete some "
            "runs, empty the trash, or remove a data set"
        )


def room(now: Used) -> int | None:
    """Bytes that whoever asks may still put on this disk; None where that is not limited."""
    if not visitors.current().limited:
        return None
    return max(0, int((limits.disk_of_visitor.value - now.disk_mb) * 1e6))


def _runs_of(owner: str) -> list[Path]:
    """The directories of this visitor's runs, with those in the trash."""
    with visitors.acting_as(visitors.Visitor(owner)):
        folder = checkpoints.runs_folder()
        return [*directories.found(folder), *trash.entries(folder)]


def _others_of(owner: str) -> list[Path]:
    """What else is the visitor's on this disk: uploaded weights, experiments, data sets with those in the trash."""
    if not owner:
        return []
    root = datasets.root()
    with visitors.acting_as(visitors.Visitor(owner)):
        named = [root / name.removeprefix(image_folder.PREFIX) for name in image_folder.names(root)]
        named += removed.entries(root)
    own = [folder for folder in named if visitors.owner_of(folder) == owner]
    folder = checkpoints.runs_folder()
    return [folder / uploads.UPLOADS / owner, folder / EXPERIMENTS / owner, *own]


def _size(folder: Path) -> int:
    """Bytes of the files in a directory; what is deleted meanwhile counts nothing."""
    total = 0
    for path, _, files in os.walk(folder):
        for name in files:
            try:
                total += os.lstat(os.path.join(path, name)).st_size
            except OSError:
                continue
    return total
