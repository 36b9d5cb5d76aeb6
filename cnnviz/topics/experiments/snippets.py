"""The snippet of an experiment, which runs as it stands."""

from __future__ import annotations

RESULTS = """\
from cnnviz import experiments

experiment, found = experiments.get({name!r}), experiments.results({name!r})
for one in found.cells:
    print(one.cell.label, one.mean, "±", one.interval, "n =", one.n)
if found.complete:
    print(*experiment.expect(found).sentences, sep="\\n")
# trains what is missing: python -m cnnviz.experiments {name}
"""


def results(name: str) -> str:
    """Reads what ships of the experiment, prints every cell and the verdict."""
    return RESULTS.format(name=name)
