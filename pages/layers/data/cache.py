"""What the page reads and measures, kept for everyone. Keys: a data set's name, when its folder changed, plain values.

The tensors of two splits are held here; `datasets` itself holds no more than four.
"""

from __future__ import annotations

import streamlit as st

from cnnviz import datasets
from cnnviz.datasets import image_folder
from cnnviz.measurements import data_set
from cnnviz.operations import data as operations
from cnnviz.records.batches import Channels, Constants, Mix, Sheet
from cnnviz.records.proofs import Proof
from cnnviz.topics.data import captions
from cnnviz.topics.data import proofs as data_proofs


def version(name: str) -> int:
    """Another number once a folder of one's own was made anew under the same name."""
    return image_folder.changed(name, datasets.root()) if name.startswith(image_folder.PREFIX) else 0


def split(name: str, part: str = "train") -> datasets.Dataset:
    """Raises datasets.DatasetError, which is not cached."""
    return _split(name, part, version(name))


@st.cache_resource(max_entries=2, show_spinner=captions.READING, show_time=True)
def _split(name: str, part: str, version: int) -> datasets.Dataset:
    return datasets.load(name, part)


def sheet(name: str, part: str, label: int | None, page: int) -> Sheet:
    """One page of images: quick enough to be taken anew."""
    return data_set.sheet(split(name, part), label=label, page=page)


def counts(name: str, part: str) -> tuple[int, ...]:
    """How many images each class has."""
    data = split(name, part)
    return tuple(data.labels.bincount(minlength=len(data.classes)).tolist())


def mixes(name: str, batch_size: int, seed: int) -> tuple[Mix, ...]:
    """The classes of every batch, in each order."""
    return _mixes(name, batch_size, seed, version(name))


@st.cache_resource(max_entries=8, show_spinner=False)
def _mixes(name: str, batch_size: int, seed: int, version: int) -> tuple[Mix, ...]:
    return data_set.mixes(_split(name, "train", version), batch_size=batch_size, seed=seed)


@st.cache_resource(max_entries=8, show_spinner=captions.ONE_EPOCH, show_time=True)
def one_epoch(name: str, batch_size: int, version: int) -> dict[str, tuple[float, int]]:
    """Order → (test accuracy after one epoch, over how many shuffles)."""
    return data_set.one_epoch(_split(name, "train", version), _split(name, "test", version), batch_size=batch_size)


def expected(name: str, batch_size: int) -> float:
    """Different classes in a batch by chance."""
    there = counts(name, "train")
    return operations.expected_distinct(there, min(batch_size, sum(there)))


@st.cache_resource(max_entries=8, show_spinner=captions.COUNTING, show_time=True)
def channels(name: str, version: int) -> tuple[Channels, tuple[Constants, ...], tuple[Proof, ...]]:
    """The counts, the constants beside them, and the proofs."""
    data = _split(name, "train", version)
    found = data_set.channels(data)
    proofs = (data_proofs.mean_and_deviation(data, found), data_proofs.normalised(data))
    return found, data_set.constants(data, found), proofs
