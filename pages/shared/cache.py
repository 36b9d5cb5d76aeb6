"""What several pages keep. Keys are plain values: a network's choice, a `View`, an image's digest.

Nothing here reads the session: what is cached for one person is right for every other.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass

import numpy as np
import streamlit as st
from PIL import Image

from cnnviz import capture, code_pages, images, limits, networks, outputs, sample_predictions, samples
from cnnviz.figures import maps, pictures
from cnnviz.records import Activations, Score
from cnnviz.records.outputs import OutputReading
from pages.shared import kept_bytes
from pages.shared.recording_room import RecordingRoom
from pages.shared.view import IN_USE, View, by_view, of_networks

ROOM = RecordingRoom(limits.AT_ONCE_MB * 1_000_000, limits.AT_ONCE_SMALL_MB * 1_000_000)


@dataclass(frozen=True, eq=False)
class Look:
    """One image through one network: everything that the page shows before anyone clicks."""

    prepared: images.PreparedImage
    picture: np.ndarray  # [H, W, 3] uint8: what the network sees
    recording: Activations
    reading: OutputReading  # what the network's output says
    limit: float  # the largest size of any value in the recording: the range of "scaled by the network"

    @property
    def scores(self) -> tuple[Score, ...]:
        """Of classes or labels, the likeliest first; () where the output is of another kind."""
        return self.reading.scores

    def size(self) -> int:
        """Bytes of the recorded values, which is nearly all that it holds."""
        return sum(layer.values.nbytes for layer in self.recording.layers)

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the outputs: of classes, labels, quantities, or a map's channels."""
        return self.reading.names


@of_networks
@kept_bytes.within(kept_bytes.of_networks, networks.size)
@st.cache_resource(show_spinner="Building the network …")
def network(choice: str) -> networks.Network:
    """The network of that choice, shared by everyone: recording on it is exclusive (cnnviz.capture holds the lock)."""
    found = IN_USE.get(choice)
    if found is None:
        found = IN_USE[choice] = networks.open_network(choice)
    return found


def _bytes_of(image: Image.Image) -> int:
    """Of its pixels: an image at hand is RGB."""
    return 3 * image.width * image.height


@kept_bytes.within(kept_bytes.of_pictures, _bytes_of, plain=kept_bytes.without_bytes)
@st.cache_resource(show_spinner=False)
def picture(digest: str, _data: bytes) -> Image.Image:
    """The decoded image of those bytes; raises images.ImageError, which is not cached."""
    return images.read(_data)


@by_view(size=Look.size, show_spinner="The image goes through the network …")
def look(view: View, *, training: bool = False) -> Look:
    """One image through one network: the recording and what the network says. training: as while it is trained.

    Raises ValueError in training where a norm has one value a channel.
    """
    opened = network(view.choice)
    prepared = images.prepare(view.image, opened.spec, fit=view.fit)
    with ROOM.of(view.choice, 2 * networks.size(opened)):
        recording = capture.activations(opened.model, prepared.tensor, training=training)
        seen = Look(
            prepared,
            images.to_picture(prepared.tensor, opened.spec),
            recording,
            outputs.of(recording, opened.spec),
            maps.network_limit(recording),
        )
        ROOM.found(view.choice, seen.size())
    return seen


@st.cache_resource(show_spinner=False)
def sample_sprite(size: int) -> bytes:
    """All samples side by side, each size × size pixels, as one PNG."""
    tiles = [np.asarray(samples.square(item.name, size)) for item in samples.names()]
    return pictures.png(np.concatenate(tiles, axis=1))


@st.cache_resource(max_entries=64, show_spinner=False)
def sample(name: str) -> Image.Image:
    """A sample image by its name."""
    return samples.read(name)


@st.cache_resource(max_entries=16, show_spinner="Asking the network …")
def drawn_predictions(run_id: str, modified: float, seed: int) -> sample_predictions.SamplePredictions:
    """Eight test images and what the run's network says. modified: when its weights last changed."""
    return sample_predictions.draw(run_id, seed=seed)


@st.cache_resource(max_entries=8, show_spinner="Asking the network about the test images …")
def tested(run_id: str, modified: float, count: int) -> sample_predictions.SamplePredictions:
    """What the run's network says of so many test images, always the same ones, without their images."""
    places = np.sort(sample_predictions.drawn(run_id, count=count))
    return sample_predictions.at(run_id, places, pictures=False)


@st.cache_data(max_entries=64, show_spinner="Asking the network about its training images …")
def on_training(run_id: str, modified: float, count: int) -> tuple[int, int]:
    """How many of so many of its training images a run's network recognises, and how many these are."""
    return sample_predictions.on_training(run_id, count=count)


@st.cache_resource(max_entries=16, show_spinner=False)
def pictured(run_id: str, modified: float, places: tuple[int, ...]) -> sample_predictions.SamplePredictions:
    """The test images at these places, with their images."""
    return sample_predictions.at(run_id, np.array(places, dtype=np.int64))


@st.cache_resource(show_spinner=False)
def settle() -> int:
    """Once a process, after its first page: take what is loaded out of garbage collection; returns how many objects.

    Every collection (`memory_valve`) would walk the 300,000 objects of the modules: 0.15 s in which nobody is answered.
    What was read of the libraries' files to load them goes back, too.
    """
    gc.collect()
    code_pages.give_back()
    gc.freeze()
    return gc.get_freeze_count()
