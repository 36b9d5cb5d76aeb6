"""A snippet that runs as it stands."""

from __future__ import annotations

from cnnviz.experiments import batch_norm_rates, learning_rates
from pages.shared.source_box import source_box

SNIPPET = """\
from cnnviz import experiments
from cnnviz.experiments import learning_rates

found = experiments.results("batch_norm_rates")
for line in learning_rates.lines(found):
    span = learning_rates.span(line, 0.2)
    print(line.name, dict(zip(line.rates, line.means.round(4))), "trains from", span.low, "to", span.high)
for network in learning_rates.how_soon(found, shares=[0.5]):
    print(network.name, "steps to half of a batch:", network.steps[0], "at most:", network.most.round(3))
print(*experiments.get("batch_norm_rates").expect(found).sentences, sep="\\n")
# trains what is missing: python -m cnnviz.experiments batch_norm_rates
"""


def show() -> None:
    """Draw the source box."""
    source_box(
        SNIPPET, made_by=(batch_norm_rates.verdict, learning_rates.span, learning_rates.how_soon, learning_rates.held)
    )
