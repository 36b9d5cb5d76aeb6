"""What a batch and an epoch are, and what shuffling changes."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from cnnviz.figures import batches
from cnnviz.measurements import data_set
from cnnviz.operations import data as operations
from cnnviz.records.batches import Mix
from cnnviz.topics.data import captions, proofs
from pages.layers.data import cache, question
from pages.shared import downloads
from pages.shared.components.batch_mix import batch_mix
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box

SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)


def show(name: str) -> None:
    """An epoch in numbers, and the classes in its batches, in each order."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        size = int(
            st.select_slider("Batch size", SIZES, value=64, key="data.batch_size", bind="query-params", width=320)
        )
        seed = int(st.number_input("Shuffle's seed", 0, 2**31 - 1, key="data.shuffle", bind="query-params", width=150))
        measured = st.toggle(captions.TRAIN_ONE_EPOCH, key="data.epoch", value=True)
    data = cache.split(name)
    classes = data.classes
    plan = operations.plan(len(data), min(size, len(data)))
    st.markdown(" ".join(filter(None, (captions.epoch(plan), captions.updates(plan), captions.last_batch(plan)))))
    found = cache.mixes(name, plan.batch_size, seed)
    shown = _measured(name, found, plan.batch_size) if measured else found
    expected = cache.expected(name, plan.batch_size)
    said = [
        "; ".join(filter(None, (captions.class_mix(one, expected=expected), captions.accuracy(one)))) for one in shown
    ]
    header = batches.mix(shown, data.classes, plan, said=said)
    batch_mix(header, key="data.mix")
    badges(proofs.every_picture_once(data, found))
    question.ask("Batches", name)
    downloads.downloads(
        [
            (
                "Class mix, CSV", "class_mix.csv", "text/csv",
                lambda: batches.mix_csv(cache.mixes(name, plan.batch_size, seed), classes),
            )
        ],
        key="data",
    )  # fmt: skip
    source_box(
        batches.batches_snippet(name, plan.batch_size, seed),
        made_by=(operations.plan, operations.mix, operations.expected_distinct, data_set.one_epoch),
    )


def _measured(name: str, mixes: tuple[Mix, ...], size: int) -> tuple[Mix, ...]:
    """The same, with the accuracy after an epoch in that order."""
    accuracies = cache.one_epoch(name, size, cache.version(name))
    return tuple(replace(mix, accuracy=accuracies[mix.order][0], n=accuracies[mix.order][1]) for mix in mixes)
