"""Snippets that run as they stand and give what the page shows."""

PUBLISHED = """from cnnviz.measurements import choosing, comparison

networks = comparison.published({recipe!r})
rated = [one for one in networks if one.accuracy is not None]
front = choosing.front(rated)
for one in sorted(rated, key=lambda one: -one.accuracy):
    mark = "●" if one.name in front else " "
    print(mark, one.title, one.accuracy, one.macs, one.parameters, one.field)
"""

CHOICE = """from cnnviz.measurements import choosing, comparison
from cnnviz.topics.compare.records import Limits

answer = choosing.choose(comparison.published({recipe!r}), {limits}, by={by!r})
for one in answer.ranked[:5]:
    print(one.title, one.accuracy, one.file_mb, one.macs, one.parameters)
for one in answer.loosened:
    print(one.limit, one.asked, "->", one.needed, one.gained.title, one.points)
"""

PAIR = """from cnnviz.measurements import pairs

beside = pairs.aligned(pairs.parts({first!r}), pairs.parts({second!r}))
for pair in beside:
    print(pair.differs, pair.first and pair.first.name, pair.second and pair.second.name)
"""

LINE = """from cnnviz.measurements import lineage

plan = lineage.Plan(hidden=False, norm=True, shortcut=True, middle="bottleneck")
network = lineage.counted(plan)
print(network.parameters, network.macs)
"""
