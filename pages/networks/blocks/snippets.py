"""Snippets that run as they stand; the tests execute each of them."""

from __future__ import annotations

from cnnviz.figures.predictions import prelude
from cnnviz.topics.blocks import vgg as vgg_blocks
from cnnviz.topics.blocks.records import DenseReader, Gates, InceptionRecord, Inverted, LayerChain, Separable, Shortcut
from pages.shared.selection import Selection


def _begin(at: Selection) -> str:
    return prelude(at.choice, at.source, fit=at.fit)


def unit(at: Selection, found: LayerChain) -> str:
    """Code that reads the four maps of one unit."""
    keys = [stage.key for stage in found.stages]
    return _begin(at) + (
        f"for key in {keys!r}:\n"
        "    one = record[key].values[0]  # channel 0\n"
        '    print(f"{key:<28} {record[key].operation:<34} {one.min():8.3f} {one.mean():8.3f} {one.max():8.3f}")\n'
        f"before, after = record[{keys[-2]!r}].values, record[{keys[-1]!r}].values\n"
        "print(before.shape, after.shape, (before < 0).mean(), (after == 0).mean())\n"
    )


def vgg(name: str, *, side: int = 224) -> str:
    """Code that writes a VGG of these blocks."""
    plan = vgg_blocks.PLANS[name]
    width = plan[-1][1] * (side // 2 ** len(plan)) ** 2
    return f"""\
from torch import nn

def block(convolutions, inputs, channels):
    layers = []
    for _ in range(convolutions):
        layers += [nn.Conv2d(inputs, channels, 3, padding=1), nn.ReLU()]
        inputs = channels
    return nn.Sequential(*layers, nn.MaxPool2d(2))

plan = {list(plan)}
inputs, blocks = 3, []
for convolutions, channels in plan:
    blocks.append(block(convolutions, inputs, channels))
    inputs = channels
{name} = nn.Sequential(
    *blocks, nn.Flatten(),
    nn.Linear({width}, 4096), nn.ReLU(), nn.Dropout(),
    nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(),
    nn.Linear(4096, 1000),
)
"""


def inception(at: Selection, found: InceptionRecord) -> str:
    """Code that puts an inception block's branches together."""
    keys = [one.key for one in found.branches]
    return _begin(at) + (
        "import numpy as np\n\n"
        f"branches = [record[key].values for key in {keys!r}]\n"
        f"joined, recorded = np.concatenate(branches), record[{found.key!r}].values\n"
        "print([len(branch) for branch in branches], joined.shape, np.abs(joined - recorded).max())\n"
    )


def residual(at: Selection, block: Shortcut) -> str:
    """Code that adds a residual block's shortcut and branch."""
    return _begin(at) + (
        "import numpy as np\n\n"
        "from cnnviz import outputs\n"
        "from cnnviz.outputs.chances import distribution, sides\n\n"
        f"x_, f, total = (record[key].values for key in ({block.shortcut!r}, {block.branch!r}, {block.key!r}))\n"
        "print(np.abs(x_ + f - total).max(), np.linalg.norm(x_), np.linalg.norm(f), np.linalg.norm(total))\n\n"
        "from cnnviz.topics.blocks import residual_blocks\n\n"
        "blocks = residual_blocks.shortcuts(record)\n"
        f"dropped = [block for block in blocks if block.group == {block.group!r}]\n"
        "plain, without = residual_blocks.answers(network.model, x, [(), dropped])\n"
        "said = outputs.of(record, network.spec)  # logits of classes, a softmax, labels, …\n"
        "for name, answer in (('all blocks', plain), ('without', without)):\n"
        "    p = distribution(answer, said)\n"
        "    print(name, [(sides(said)[i], round(float(p[i]), 4)) for i in np.argsort(-p)[:5]])\n"
    )


DESIGNS = """\
from torch import nn

channels, narrow = {channels}, {narrow}
basic = nn.Sequential(
    nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(),
    nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels),
)
bottleneck = nn.Sequential(
    nn.Conv2d(channels, narrow, 1, bias=False), nn.BatchNorm2d(narrow), nn.ReLU(),
    nn.Conv2d(narrow, narrow, 3, padding=1, bias=False), nn.BatchNorm2d(narrow), nn.ReLU(),
    nn.Conv2d(narrow, channels, 1, bias=False), nn.BatchNorm2d(channels),
)
weights = [sum(w.numel() for w in block.parameters() if w.dim() == 4) for block in (basic, bottleneck)]
print(weights)
"""


def designs(channels: int) -> str:
    """Code that counts both designs of a residual block."""
    return DESIGNS.format(channels=channels, narrow=max(1, channels // 4))


def dense(at: Selection, found: DenseReader) -> str:
    """Code that finds where a dense layer's channels come from."""
    keys = [one.key for one in found.sources]
    module = at.look.recording[found.convolution].module if found.convolution else ""
    weights = (
        f"weight = network.model.get_submodule({module!r}).weight.detach().abs().mean(dim=(0, 2, 3))\n"
        "print([float(part.mean()) for part in weight.split(counts)])\n"
        if module
        else ""
    )
    return _begin(at) + (
        "import numpy as np\n\n"
        f"sources = {keys!r}\n"
        "counts = [len(record[key].values) for key in sources]\n"
        "joined = np.concatenate([record[key].values for key in sources])\n"
        f"print(counts, sum(counts), np.abs(joined - record[{found.key!r}].values).max())\n" + weights
    )


def separable(at: Selection, found: Separable) -> str:
    """Code that computes both steps of a separable convolution."""
    depth, point = found.depthwise.key, found.pointwise.key
    return _begin(at) + (
        "import numpy as np\n"
        "from cnnviz.topics.blocks import separable\n\n"
        f"first, second = network.model.get_submodule({depth!r}), network.model.get_submodule({point!r})\n"
        f"read = record[{found.stages[0].key!r}].values\n"
        "kernels, mix = first.weight.detach().numpy()[:, 0], second.weight.detach().numpy()[:, :, 0, 0]\n"
        "y = separable.depthwise(read, kernels, stride=first.stride, padding=first.padding)\n"
        f"print(np.abs(y - record[{depth!r}].values).max())\n"
        f"z = separable.pointwise(record[{found.stages[-2].key!r}].values, mix)\n"
        f"print(np.abs(z - record[{point!r}].values).max())\n"
        "weights = first.weight.numel() + second.weight.numel()\n"
        "plain = first.in_channels * second.out_channels * first.kernel_size[0] * first.kernel_size[1]\n"
        "print(weights, plain, weights / plain, 1 / second.out_channels + 1 / first.kernel_size[0] ** 2)\n"
    )


def inverted(at: Selection, found: Inverted) -> str:
    """Code that reads the stages of an inverted residual."""
    keys = [stage.key for stage in found.stages]
    return _begin(at) + (
        f"for key in {keys!r}:\n"
        '    print(f"{key:<28} {list(record[key].values.shape)}")\n'
        f"narrow, wide = record[{keys[0]!r}].values, record[{keys[1]!r}].values\n"
        "print('expanded', len(wide) / len(narrow), 'times')\n"
    )


def gates(at: Selection, found: Gates) -> str:
    """Code that multiplies a map by its gates."""
    gate = next(key for key in at.look.recording[found.key].inputs if at.look.recording[key].shape[1:] == (1, 1))
    before = next(key for key in at.look.recording[found.key].inputs if key != gate)
    return _begin(at) + (
        "import numpy as np\n\n"
        f"before, gates, after = (record[key].values for key in ({before!r}, {gate!r}, {found.key!r}))\n"
        "print(np.abs(before * gates - after).max())\n"
        "order = gates[:, 0, 0].argsort()\n"
        "print('closed', order[:5], gates[order[:5], 0, 0], 'open', order[-5:], gates[order[-5:], 0, 0])\n"
    )


def shuffle(channels: int, groups: int) -> str:
    """Code that shuffles channels and puts them back."""
    return f"""\
import torch
from torch.nn import functional

channels, groups = {channels}, {groups}
order = torch.arange(channels).view(groups, channels // groups).t().reshape(-1)  # channel at each place
back = order.view(channels // groups, groups).t().reshape(-1)  # the inverse: the other number of groups
x = torch.arange(channels).view(1, channels, 1, 1).float()
theirs = functional.channel_shuffle(x, groups).flatten().long()
print(order, torch.equal(order, theirs), torch.equal(back, torch.arange(channels)))
"""
