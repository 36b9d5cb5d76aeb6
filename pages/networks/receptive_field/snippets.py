"""Snippets of the receptive field page; tests run them as they stand."""

from __future__ import annotations

from cnnviz.topics.receptive_field.records import FieldCell
from pages.shared.selection import Selection


def network(here: Selection, cell: FieldCell) -> str:
    """A cell's box and its gradient, with plain torch hooks where the layer is a module."""
    sample = here.picture.name or "chelsea"
    return f'''from cnnviz import anatomy, images, networks, samples
from cnnviz.topics.receptive_field import effective_field
from cnnviz.topics.receptive_field.records import FieldCell

network = networks.open_network("{here.choice}")
x = images.to_tensor(samples.read("{sample}"), network.spec, fit="{here.fit}")
cell = FieldCell({cell.layer!r}, row={cell.row}, column={cell.column}, channel={cell.channel})
field = anatomy.fields(network.model, network.spec.input_shape)[cell.layer]
print("box (top, left, bottom, right):", field.box(cell.row, cell.column), field.words)
effective = effective_field.effective(network.model, [x], cell)
print("share of the gradient inside the box:", effective.inside)
blanked = effective_field.blanked(network.model, x, cell)
print("changed by blanking outside:", blanked.proof and blanked.proof.difference, "inside:", blanked.changed)'''


def stack(kernel: int, stride: int, dilation: int, padding: int, depth: int) -> str:
    """Code that follows the recursion of this stack."""
    return f"""import torch
from torch import nn

kernel, stride, dilation, padding, depth = {kernel}, {stride}, {dilation}, {padding}, {depth}
size, jump, before = 1, 1, 0
for _ in range(depth):
    size, before, jump = size + (kernel - 1) * dilation * jump, before + padding * jump, jump * stride
print("size", size, "jump", jump, "padding", before)

layers = [nn.Conv1d(1, 1, kernel, stride, padding, dilation, bias=False).double() for _ in range(depth)]
for layer in layers:
    nn.init.constant_(layer.weight, 1 / kernel)  # positive: nothing cancels
x = torch.ones(1, 1, 2 * (size + before + jump), dtype=torch.float64, requires_grad=True)
cell = -(-before // jump)  # the first cell whose field begins inside the row
(gradient,) = torch.autograd.grad(nn.Sequential(*layers)(x)[0, 0, cell], x)
seen = gradient[0, 0].nonzero().ravel()
print("from the first to the last pixel with a gradient:", int(seen[-1] - seen[0] + 1))"""
