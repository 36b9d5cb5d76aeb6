"""README.md of a bundle: a model card with the header that Hugging Face's hub reads (YAML between two lines ---)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cnnviz.checkpoints import Card
from cnnviz.records import TrainConfig
from cnnviz.records.training import PUBLISHED

HEADER = """---
library_name: pytorch
pipeline_tag: image-classification
tags:
- cnnviz
- image-classification
datasets:
- {dataset}
{results}---
"""
RESULTS = """model-index:
- name: {name}
  results:
  - task:
      type: image-classification
    dataset:
      name: {title}
      type: {dataset}
    metrics:
    - type: accuracy
      value: {accuracy:.4f}
"""
BODY = """
# {title}

{parameters:,} parameters, {begun} with cnnviz (run `{run_id}`).

## What it does

It reads an image of {columns} × {rows} pixels with {channels} and answers with one of {count} classes: {classes}.
It knows nothing else: whatever is shown to it gets one of these names.

## How well

{how_well}

## How it was trained

{steps:,} steps in {seconds:.1f} seconds on {device}. Data: {source}. Every setting is in `config.json`, every loss in
`history.csv`. Made by {versions}.

## How to use it

{use}
{onnx}
`weights.safetensors` holds the weights, `preprocessing.json` what is done to an image first.
{digits}
## What it must not be used for

It is a demonstration. Nobody has measured how it fares on images that were made in another way than those above.
"""
DIGITS = """
It has seen light digits on a dark ground, centred, as the data set has them. The photograph of a digit on paper has to
be made so first.
"""


USE = """    pip install torch safetensors numpy pillow
    python predict.py picture.png

`network.py` holds the network."""


ONNX = """
`network.onnx` is the same network for onnxruntime and for whatever else reads ONNX, without PyTorch:

    session = onnxruntime.InferenceSession("network.onnx")
    (scores,) = session.run(["scores"], {"images": images})  # float32 [N, {shape}], prepared as predict.py does it
"""
NO_ONNX = """
There is no `network.onnx`: {why}.
"""


def of(
    run_id: str, card: Card, said: Mapping[str, Any], *, problem: str = "", onnx: bool = False, no_onnx: str = ""
) -> str:
    """Markdown. said: the bundle's preprocessing. problem: why it has no script, "" if it has one.

    onnx: whether network.onnx is among its files. no_onnx: why it was wanted and is not.
    """
    title, dataset = card.dataset_title or card.config.dataset, card.config.dataset
    accuracy = card.test_accuracy
    named = {"name": _quoted(run_id), "title": _quoted(title), "dataset": _quoted(dataset)}
    results = "" if accuracy is None else RESULTS.format(**named, accuracy=accuracy)
    return HEADER.format(dataset=_quoted(dataset), results=results) + BODY.format(
        title=_plain(card.title),
        parameters=card.parameters,
        run_id=run_id,
        begun=_begun(card.config),
        columns=said["columns"],
        rows=said["rows"],
        channels="one channel" if said["channels"] == 1 else f"{said['channels']} channels",
        count=len(card.classes),
        classes=_plain(", ".join(card.classes[:50]) + (", …" if len(card.classes) > 50 else "")),
        how_well="Its accuracy on the test images was not measured."
        if accuracy is None
        else f"It gets {100 * accuracy:.1f} % of the test images of {_plain(title)} right.",
        steps=card.steps,
        seconds=card.seconds,
        device=_plain(card.device) or "an unknown machine",
        source=_plain(card.source or title),
        versions=", ".join(f"{name} {version}" for name, version in card.versions.items()) or "an unknown version",
        use=f"There is no script: {_plain(problem)}." if problem else USE,
        onnx=_onnx(said) if onnx else NO_ONNX.format(why=_plain(no_onnx)) if no_onnx else "",
        digits=DIGITS if said["digit"] else "",
    )


def _onnx(said: Mapping[str, Any]) -> str:
    return ONNX.replace("{shape}", f"{said['channels']}, {said['rows']}, {said['columns']}")


def _begun(config: TrainConfig) -> str:
    """From which weights, and what of them was trained."""
    if config.start is None:
        return "trained from scratch"
    whose = "the network's published ImageNet weights" if config.start == PUBLISHED else f"the run `{config.start}`"
    if config.frozen:
        return f"its last layer alone trained, all others from {whose},"
    return f"trained {f'from the layer `{config.cut}` on, all others' if config.cut else 'on'} from {whose},"


def _quoted(text: str) -> str:
    """A name in YAML, in one line: JSON's strings are YAML's, but for what else YAML takes for the end of a line."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(f"\\u{ord(letter):04x}" if letter in "\x7f\x85\u2028\u2029" else letter for letter in quoted)


def _plain(text: str) -> str:
    """A name from outside as text: nothing in it is Markdown or HTML."""
    marked = "".join(f"\\{letter}" if letter in "\\`*_{}[]<>()#!|~" else letter for letter in text)
    return " ".join(marked.split())
