"""A snippet that runs as it stands."""

from __future__ import annotations

from cnnviz.experiments import dropout_curves, dropout_overfitting
from cnnviz.probes import hidden_units
from pages.shared.source_box import source_box

SNIPPET = """\
from cnnviz import experiments
from cnnviz.experiments import dropout_curves as overfitting

found = experiments.results("dropout_overfitting")
for one in overfitting.dropped(found):
    print(one.label, "n =", one.n, "test", one.test[:, -1].mean(), "gap", one.gaps.mean(), "test loss above its lowest",
          one.rises.mean(), "mean |r|", dict(zip(one.layers, one.ends.mean(axis=0).round(3))))
print(*experiments.get("dropout_overfitting").expect(found).sentences, sep="\\n")
# trains what is missing: python -m cnnviz.experiments dropout_overfitting
"""


def show() -> None:
    """Draw the source box."""
    made_by = (
        dropout_overfitting.verdict,
        dropout_curves.by_epoch,
        hidden_units.co_adaptation,
        hidden_units.mean_correlation,
    )
    source_box(SNIPPET, made_by=made_by)
