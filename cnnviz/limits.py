"""Every limit that a visitor can meet, in one place: said by the pages, held by the readers, allowed by the server.

README has the same rows (a test compares the two). `.streamlit/config.toml` allows the largest file
(`server.maxUploadSize`, compared, too); each upload field names its own. Limits of one visitor hold where the app is
shared (`cnnviz.visitors`), and not for a teacher. A limit with an environment variable is what `value` says by now.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

# ------------------------------------------------------------------------------------------ files that somebody brings
IMAGE_MB = 64
ZIP_MB = 200
WEIGHTS_MB = 600

FOLDER_IMAGES = 60_000  # of one image folder, which an administrator may have put there

# ---------------------------------------------------------------------------------------- networks that somebody builds
OWN_LAYERS, OWN_PARAMETERS = 60, 50_000_000
OWN_NUMBERS = 4_000_000  # in one map of one image

# --------------------------------------------------------------------------------------------------- one image, decoded
IMAGE_PIXELS = 20_000_000  # some formats allow more or less (`images.formats`), each within 300 MB and about a second
IMAGE_SIDE = 65_535  # pixels: a longer one costs a decoder memory for each of its rows

IMAGE_LOOKED_AT = 2048  # pixels, the longer side that is kept: a larger image is made smaller

# ------------------------------------------------------------------------------------------------- a zip that is read
ZIP_FILES, ZIP_CLASSES = 20_000, 1000
ZIP_UNPACKED_MB = 1024
ZIP_PIXELS = 10_000_000_000  # of all its images together: 800 photos of 12 megapixels
ZIP_SECONDS = 120  # of this thread; those 800 photos take about half of it

# ----------------------------------------------------------------------------------- what somebody writes or asks for
RUN_NAME, RUN_NOTE, CLASS_NAME = 60, 4000, 200  # characters
LINK_TEXT, LINK_NUMBERS = 4000, 400  # characters of one value in a link; numbers that are typed over on a board
RACE_RUNS, COMPARED_RUNS = 8, 40  # of one race: as many as may wait; of one comparison's link
PLANTED_IMAGES = 6_000  # that a network with a planted shortcut is trained on

# --------------------------------------------------------------------------------------------------- all runs together
WORKERS = 1  # that train at a time
QUEUE = 8  # that wait, where everything is one person's
SHARED_QUEUE = 60  # that wait, of all visitors together
RUN_EPOCHS, RUN_SECONDS, RUN_IMAGES = 100_000, 6 * 3600, 10_000_000_000  # of any one run, whatever its settings say
SNAPSHOTS_MB = 2048  # of one run; of a visitor's, half of their disk where that is less

# --------------------------------------------------------------------------------- one visitor, where the app is shared
VISITOR_WAITING = 3  # runs that train or wait
VISITOR_RUNS = 50  # that are kept, the trash included
PAUSED_SECONDS = 20  # that a paused run keeps its place while others wait
VISITOR_SECONDS = 900  # of one run, pauses included
VISITOR_DISK_MB = 1000  # runs, trash, experiments, data sets and weights together
KEYS, ALL_KEYS, KEYS_SECONDS = 5, 30, 60  # guesses at the teacher's key: of one visitor, of all, within these seconds
VISITOR_NETWORKS = 8  # files of weights that are kept; the oldest goes

# --------------------------------------------------------------------------------------------------------------- memory
MEMORY_SHARE, MEMORY_SPARE_MB = 0.75, 1000  # of what there is, the larger, above which nothing large is begun
CACHE_SHARE, CACHE_MB = 0.35, 2500  # of it, the smaller, above which what was kept for a next look is given back
RECORDING_MB, RECORDINGS_MB = 64, 800  # kept of recordings for each who is there and for one more; for all together
DRAWING_MB, DRAWINGS_MB = 8, 120  # the same of canvases that are drawn already
PICTURE_MB, PICTURES_MB = 12, 120  # and of decoded images
PACKET_MB, PACKETS_MB = 8, 80  # and of layers as the browser draws them
AT_ONCE_MB, AT_ONCE_SMALL_MB = 300, 16  # recordings under way together, but for those so small that they never wait
SESSION_UPLOADS_MB = 800  # uploads of one tab that the server holds in memory; the oldest goes
SESSION_FILES = 100  # of them: a thousand empty ones cost memory, too
NETWORKS_MB = 800  # kept of networks' weights; the last one always is
BARE_MB = 600  # of a server that keeps nothing; what is left up to the bound above is shared by these
NETWORKS_SHARE, RECORDINGS_SHARE, DRAWINGS_SHARE, PICTURES_SHARE, PACKETS_SHARE = 0.4, 0.4, 0.07, 0.07, 0.06


@dataclass(frozen=True)
class Limit:
    """One row of the table. variable: the environment variable that sets another value, or ""."""

    name: str
    usual: float
    unit: str
    variable: str = ""

    @property
    def value(self) -> float:
        """As it is by now. A variable that is no finite number counts as not set."""
        text = os.environ.get(self.variable, "").strip() if self.variable else ""
        try:
            value = float(text) if text.isascii() else math.nan
        except ValueError:
            return self.usual
        return max(0.0, value) if math.isfinite(value) else self.usual

    @property
    def words(self) -> str:
        """Its usual value with its unit: "64 MB"."""
        number = f"{self.usual * 100:g}" if self.unit.startswith("%") else f"{self.usual:,g}"
        if not self.unit.startswith("%") and float(self.usual).is_integer():
            number = f"{int(self.usual):,}"
        return f"{number} {self.unit}"


paused = Limit("a paused run's place, while others wait", PAUSED_SECONDS, "seconds", "CNNVIZ_PAUSED_SECONDS")
waiting_of_visitor = Limit("runs that wait or train, of one visitor", VISITOR_WAITING, "runs", "CNNVIZ_VISITOR_WAITING")
runs_of_visitor = Limit("runs that are kept, of one visitor", VISITOR_RUNS, "runs", "CNNVIZ_VISITOR_RUNS")
seconds_of_visitor = Limit("one run of a visitor", VISITOR_SECONDS, "seconds", "CNNVIZ_VISITOR_SECONDS")
disk_of_visitor = Limit("disk, of one visitor", VISITOR_DISK_MB, "MB", "CNNVIZ_VISITOR_DISK_MB")
networks_of_visitor = Limit(
    "files of weights that are kept, of one visitor", VISITOR_NETWORKS, "files", "CNNVIZ_VISITOR_NETWORKS"
)
workers = Limit("runs that train at a time", WORKERS, "runs", "CNNVIZ_WORKERS")
queue = Limit("runs that wait, alone", QUEUE, "runs", "CNNVIZ_QUEUE")
shared_queue = Limit("runs that wait, shared", SHARED_QUEUE, "runs", "CNNVIZ_QUEUE")
memory_share = Limit(
    "memory above which nothing large is begun", MEMORY_SHARE, "% of what there is, at least all but 1,000 MB"
)
cache_share = Limit(
    "memory of the server above which what is kept is given back", CACHE_SHARE, "% of what there is, at most 2,500 MB"
)

TABLE = (
    Limit("an image file", IMAGE_MB, "MB"),
    Limit("an image", IMAGE_PIXELS, "pixels (64,000,000 as JPEG)"),
    Limit("an image's side", IMAGE_SIDE, "pixels"),
    Limit("an image's longer side, as it is kept", IMAGE_LOOKED_AT, "pixels, a larger one is made smaller"),
    Limit("a zip", ZIP_MB, "MB"),
    Limit("a zip, unpacked", ZIP_UNPACKED_MB, "MB"),
    Limit("files of a zip", ZIP_FILES, "files"),
    Limit("classes of a zip", ZIP_CLASSES, "classes"),
    Limit("pixels of a zip", ZIP_PIXELS, "pixels"),
    Limit("reading a zip", ZIP_SECONDS, "seconds"),
    Limit("a file of weights", WEIGHTS_MB, "MB"),
    Limit("uploads of one tab that are held", SESSION_UPLOADS_MB, "MB, the oldest goes"),
    Limit("files of one tab that are held", SESSION_FILES, "files, the oldest goes"),
    Limit("images of a folder", FOLDER_IMAGES, "images"),
    Limit("layers of a network built here", OWN_LAYERS, "layers"),
    Limit("parameters of a network built here", OWN_PARAMETERS, "parameters"),
    Limit("a map of a network built here", OWN_NUMBERS, "numbers of one image"),
    Limit("the name of a class", CLASS_NAME, "characters"),
    Limit("the name of a run", RUN_NAME, "characters"),
    Limit("the note of a run", RUN_NOTE, "characters"),
    Limit("one value in a link", LINK_TEXT, "characters"),
    Limit("numbers typed over on the board of a convolution", LINK_NUMBERS, "numbers"),
    Limit("runs of one race", RACE_RUNS, "runs"),
    Limit("runs that a link compares", COMPARED_RUNS, "runs"),
    Limit("images that a planted shortcut is trained with", PLANTED_IMAGES, "images"),
    Limit("any run", RUN_SECONDS, "seconds", "CNNVIZ_MAX_SECONDS"),
    Limit("epochs of any run", RUN_EPOCHS, "epochs", "CNNVIZ_MAX_EPOCHS"),
    Limit("images that any run trains on, all epochs together", RUN_IMAGES, "images", "CNNVIZ_MAX_EXAMPLES"),
    Limit(
        "snapshots of any run",
        SNAPSHOTS_MB,
        "MB, then it ends; of a visitor's half of their disk",
        "CNNVIZ_MAX_SNAPSHOT_MB",
    ),
    workers,
    queue,
    shared_queue,
    paused,
    waiting_of_visitor,
    runs_of_visitor,
    seconds_of_visitor,
    disk_of_visitor,
    networks_of_visitor,
    Limit("guesses at the teacher's key, of one visitor", KEYS, "a minute"),
    Limit("guesses at the teacher's key, of all together", ALL_KEYS, "a minute"),
    memory_share,
    cache_share,
)
