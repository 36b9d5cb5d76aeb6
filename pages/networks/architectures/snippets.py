"""Code that makes what the page shows, and runs as it stands."""

from __future__ import annotations

from pages.networks.architectures.controls import ArchitectureSelection


def survey(here: ArchitectureSelection) -> str:
    """Every operation with its counts."""
    return (
        "from cnnviz.measurements import architectures\n\n"
        f"network = architectures.survey({here.choice!r}, {here.shape})\n"
        "for row in network.rows:\n"
        "    field = row.receptive_field\n"
        "    print(row.name, row.output_shape, row.parameters, row.macs, field.size, field.stride, field.status)\n"
        "print(network.parameters, network.macs, network.activation_bytes, network.depth)\n"
    )


def times(here: ArchitectureSelection) -> str:
    """Where the milliseconds go."""
    return (
        "from cnnviz.measurements import architectures\n"
        "from cnnviz.topics.architectures import layer_times\n\n"
        f"network = architectures.survey({here.choice!r}, {here.shape})\n"
        "times = layer_times.measure(network)\n"
        "for row, milliseconds in zip(network.rows, times.medians):\n"
        "    print(row.name, row.parameters, row.macs, row.activation_bytes, row.kept_bytes, milliseconds)\n"
        "print(times.whole, times.summed, times.runs)\n"
    )


def fields(here: ArchitectureSelection) -> str:
    """The box that the middle cell of every map sees."""
    return (
        "from cnnviz.measurements import architectures\n\n"
        f"network = architectures.survey({here.choice!r}, {here.shape})\n"
        "for row in network.rows:\n"
        "    if row.is_map and row.receptive_field.status == 'exact':\n"
        "        height, width = row.cells\n"
        "        print(row.name, row.receptive_field.size, row.receptive_field.box(height // 2, width // 2))\n"
    )


def papers(here: ArchitectureSelection) -> str:
    """Both sides of every difference that can be built."""
    name = here.network.spec.name
    return (
        "from cnnviz.topics.architectures import paper_variants\n"
        "from cnnviz.models import papers\n\n"
        f"for item in papers.differences({name!r}):\n"
        "    print(item.title)\n"
        "    for key in (item.theirs, item.ours) if item.theirs else ():\n"
        f"        network = paper_variants.survey(key.replace('{{}}', {name!r}))\n"
        "        print('   ', network.spec.title, network.parameters, network.macs)\n"
    )
