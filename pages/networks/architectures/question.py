"""The questions at the end of every part: of the network's own layers."""

from __future__ import annotations

from cnnviz.quiz import surveyed
from pages.networks.architectures.controls import ArchitectureSelection
from pages.shared import predict


def ask(here: ArchitectureSelection) -> None:
    """Of the network that is chosen, at the input size that is chosen."""
    predict.ask("Architectures", *surveyed.wanted(here.network.rows))
