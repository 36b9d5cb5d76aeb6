"""The page's caches. Keys are plain values; nothing here reads the session."""

from __future__ import annotations

import dataclasses

import numpy as np
import streamlit as st

from cnnviz import datasets
from cnnviz.experiments import batch_sizes, shuffle
from cnnviz.measurements import data_set
from cnnviz.records import TrainConfig
from cnnviz.records.batches import Mix, Sheet, Transformed
from cnnviz.records.proofs import Proof
from cnnviz.topics.training_choices import measurements, optimizers, proofs
from cnnviz.topics.training_choices import shared_batch as sharing
from cnnviz.topics.training_choices.records import BatchNoise, Forgetting, OptimizerPath, SharedBatch

SMALL = "digits"
OPTIMIZERS = {  # as the experiment has them: kind, learning rate, momentum
    "SGD": ("sgd", 0.05, 0.0),
    "SGD, momentum 0.9": ("sgd", 0.05, 0.9),
    "Adam": ("adam", 0.001, 0.0),
}
STEPS = 60


def available(wanted: str) -> str:
    """The data set of the experiment where it is on this machine, the digits where not."""
    return wanted if datasets.status(wanted).available else SMALL


def order_config(dataset: str) -> TrainConfig:
    """The order experiment's settings on this data set."""
    return dataclasses.replace(shuffle.TRAINED, dataset=dataset)


@st.cache_resource(max_entries=4, show_spinner=False)
def mixes(dataset: str) -> tuple[tuple[Mix, ...], tuple[str, ...], Proof]:
    """The orders' class mixes, the classes' names, and the proof that the images are the same."""
    config = order_config(dataset)
    found = measurements.class_mixes(config)
    return found, datasets.info(dataset).classes, measurements.every_picture_once(config, found)


def forgetting_config(order: str) -> TrainConfig:
    """The digits, which every machine has, in small batches: every class is shown for several steps."""
    small = dataclasses.replace(shuffle.TRAINED, dataset=SMALL, epochs=2, batch_size=16, examples=None)
    return dataclasses.replace(small, order=order)


@st.cache_resource(max_entries=4, show_spinner="Training on the digits, a look every five steps …")
def forgetting(order: str) -> Forgetting:
    """What a network forgets that is taught class by class."""
    return measurements.forgetting(forgetting_config(order))


def noise_config() -> TrainConfig:
    """The settings under which a step's noise is measured."""
    return dataclasses.replace(batch_sizes.TRAINED, dataset=SMALL, examples=None, batch_size=32, epochs=4)


@st.cache_resource(max_entries=4, show_spinner="Drawing batches before one network …")
def noise(steps: int) -> BatchNoise:
    """How far a batch's gradient lies from the whole data's, by size of the batch."""
    return measurements.batch_noise(noise_config(), batch_sizes.SIZES, steps=steps)


@st.cache_resource(show_spinner=False)
def gradients_add_up() -> Proof:
    """Checks that the mean of parts' gradients is the whole's."""
    return measurements.mean_of_gradients(noise_config(), size=32, parts=4)


@st.cache_resource(max_entries=24, show_spinner=False)
def shared_batch(processes: int, uneven: bool, batch_norm: bool) -> SharedBatch:
    """One batch, by so many processes and by one."""
    return sharing.measured(sharing.shares(processes, uneven=uneven), batch_norm=batch_norm)


@st.cache_resource(max_entries=24, show_spinner=False)
def shared_proofs(processes: int, uneven: bool, batch_norm: bool) -> tuple[Proof, ...]:
    """The whole batch's gradient another way; and that the average is the same, where that is claimed."""
    whole = sharing.downhill(batch_norm=batch_norm)
    return (whole,) if batch_norm else (sharing.equal(shared_batch(processes, uneven, batch_norm)), whole)


@st.cache_resource(max_entries=32, show_spinner=False)
def as_trained(dataset: str, kinds: tuple[str, ...], seed: int) -> tuple[Sheet, tuple[Transformed, ...]]:
    """The first images of the data set, and what training makes of them epoch by epoch."""
    config = TrainConfig(dataset, "net", augmentation=kinds, seed=seed)
    return data_set.sheet(datasets.load(dataset)), measurements.as_trained(config)


def gradients(size: float, noisy: float, seed: int) -> np.ndarray:
    """[STEPS, 1]: around `size`, scattered by `noisy` times as much."""
    return size * (1 + noisy * np.random.default_rng(seed).standard_normal((STEPS, 1)))


def descents(size: float, noisy: float, seed: int = 0) -> dict[str, OptimizerPath]:
    """How each optimiser moves one weight under the same gradients."""
    given = gradients(size, noisy, seed)
    return {
        name: optimizers.descend(kind, np.zeros(1), given, lr=lr, momentum=momentum)
        for name, (kind, lr, momentum) in OPTIMIZERS.items()
    }


def optimizer_proofs(size: float, noisy: float, seed: int = 0) -> tuple[Proof, ...]:
    """Each optimiser from its definition against PyTorch's."""
    given = gradients(size, noisy, seed)
    return tuple(
        proofs.against_torch(kind, np.zeros(1), given, lr=lr, momentum=momentum)
        for kind, lr, momentum in OPTIMIZERS.values()
    )
