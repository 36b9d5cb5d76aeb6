"""What crosses from the torch side to the image side: frozen records of numpy arrays and plain values.

Nothing here imports torch or Streamlit, so a figure, a page or a test can hold a record without either.
Arrays are read-only views: a record that was handed out cannot be changed behind a cache's back.
"""

from cnnviz.records.activations import KINDS, Activations, Array, Layer
from cnnviz.records.fields import Field, Interval, Row, Totals
from cnnviz.records.makings import Ingredient, Making
from cnnviz.records.networks import Provenance, Spec
from cnnviz.records.training import (
    STEERED,
    Epoch,
    Event,
    Finished,
    RunStatus,
    Started,
    Steered,
    Steering,
    Step,
    TrainConfig,
)
from cnnviz.records.units import Blanked, Score, Term, Unit, UnitStage

__all__ = [
    "Activations",
    "Array",
    "Blanked",
    "Epoch",
    "Event",
    "Field",
    "Finished",
    "Ingredient",
    "Interval",
    "KINDS",
    "Layer",
    "Making",
    "Provenance",
    "Row",
    "RunStatus",
    "STEERED",
    "Score",
    "Spec",
    "UnitStage",
    "Started",
    "Steered",
    "Steering",
    "Step",
    "Term",
    "Totals",
    "TrainConfig",
    "Unit",
]
