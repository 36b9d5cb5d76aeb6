"""Snippets that run as they stand and give what the page shows."""

PUBLISHED = """from cnnviz.topics.compare import model_selection, published

networks = published.published({recipe!r})
rated = [one for one in networks if one.accuracy is not None]
front = model_selection.front(rated)
for one in sorted(rated, key=lambda one: -one.accuracy):
    mark = "●" if one.name in front else " "
    print(mark, one.title, one.accuracy, one.macs, one.parameters, one.field)
"""

CHOICE = """from cnnviz.topics.compare import model_selection, published
from cnnviz.topics.compare.records import CostLimits

answer = model_selection.choose(published.published({recipe!r}), {limits}, by={by!r})
for one in answer.ranked[:5]:
    print(one.title, one.accuracy, one.file_mb, one.macs, one.parameters)
for one in answer.loosened:
    print(one.limit, one.asked, "->", one.needed, one.gained.title, one.points)
"""

PAIR = """from cnnviz.topics.compare import pairs

beside = pairs.aligned(pairs.parts({first!r}), pairs.parts({second!r}))
for pair in beside:
    print(pair.differs, pair.first and pair.first.name, pair.second and pair.second.name)
"""

LINE = """from cnnviz.topics.compare import architecture_history

plan = architecture_history.NetworkPlan(hidden=False, norm=True, shortcut=True, middle="bottleneck")
network = architecture_history.counted(plan)
print(network.parameters, network.macs)
"""
