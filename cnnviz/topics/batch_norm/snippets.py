"""Plain PyTorch for what each part shows; the tests execute every one and compare what it computes."""

from __future__ import annotations

from cnnviz.topics.batch_norm.records import Normalised, Running


def normalise(step: Normalised, stored: Running, *, momentum: float) -> str:
    """One call of functional.batch_norm with these numbers."""
    return f"""import torch
from torch.nn import functional

x = torch.tensor({step.x.tolist()}, dtype=torch.float64)
gamma = torch.tensor({step.gamma.tolist()}, dtype=torch.float64)
beta = torch.tensor({step.beta.tolist()}, dtype=torch.float64)
running_mean = torch.tensor({stored.mean.tolist()}, dtype=torch.float64)
running_var = torch.tensor({stored.variance.tolist()}, dtype=torch.float64)

y = functional.batch_norm(
    x, running_mean, running_var, gamma, beta, training={step.batch_statistics}, momentum={momentum}, eps={step.eps}
)
print(y, running_mean, running_var)  # training=True has moved both
"""


RUNNING = """import torch
from torch import nn

from cnnviz.topics.batch_norm import features as batch_norm_features

values = torch.from_numpy(batch_norm_features.features().values)  # [1437, 84]
layer = nn.BatchNorm1d(84, momentum={momentum}, dtype=torch.float64)
for batch in values.split({batch_size}):
    if len(batch) > 1:  # in training mode a batch of one is refused
        layer(batch)
print(layer.running_mean[{unit}], values[:, {unit}].mean())
"""


def running(unit: int, batch_size: int) -> str:
    """Running statistics over the batches of that unit, as the page computes them."""
    return RUNNING.format(unit=unit, batch_size=batch_size, momentum=0.1)


def network(choice: str, picture: str, module: str) -> str:
    """The layer's stored numbers, and the prediction in both modes, on a copy."""
    return f"""import copy

import torch

from cnnviz import capture, images, networks, outputs, samples
from cnnviz.outputs.chances import distribution
from cnnviz.outputs.tensors import main

opened = networks.open_network({choice!r})
x = images.to_tensor(samples.read({picture!r}), opened.spec)
said = outputs.of(capture.activations(opened.model, x), opened.spec)  # logits of classes, a softmax, labels, …
norm = opened.model.get_submodule({module!r})
print(norm.running_mean, norm.running_var, norm.weight, norm.bias)

forgotten = copy.deepcopy(opened.model)  # training mode moves the running statistics: never on a shared model
for part in forgotten.modules():
    part.train(isinstance(part, torch.nn.BatchNorm2d))
with torch.no_grad():
    right, wrong = (torch.from_numpy(distribution(main(model(x)).numpy(), said)) for model in (opened.model, forgotten))
print(right.max(), wrong.max())
"""


AXES = """import torch
from torch.nn import functional

x = torch.randn(3, 4, 2, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))  # [N, C, H, W]


def by_hand(x, axes):
    return (x - x.mean(axes, keepdim=True)) / torch.sqrt(x.var(axes, unbiased=False, keepdim=True) + 1e-5)


batch = by_hand(x, (0, 2, 3)) - functional.batch_norm(x, None, None, training=True)
layer = by_hand(x, (1, 2, 3)) - functional.layer_norm(x, x.shape[1:])
instance = by_hand(x, (2, 3)) - functional.instance_norm(x)
group = by_hand(x.view(3, 2, 2, 2, 3), (2, 3, 4)).view(x.shape) - functional.group_norm(x, 2)
largest = max(float(each.abs().max()) for each in (batch, layer, instance, group))
print(largest)
"""


def folding(choice: str, convolution: str, norm: str) -> str:
    """torch's own folding of the pair, against the two layers."""
    return f"""import torch
from torch.nn.utils.fusion import fuse_conv_bn_eval

from cnnviz import networks

model = networks.open_network({choice!r}).model
convolution, norm = model.get_submodule({convolution!r}), model.get_submodule({norm!r})
folded = fuse_conv_bn_eval(convolution, norm)  # one convolution with another weight and bias
x = torch.randn(1, convolution.in_channels, 24, 24)
with torch.no_grad():
    difference = float((norm(convolution(x)) - folded(x)).abs().max())
print(difference)
"""


def scaling(spread: float, offset: float, share: float) -> str:
    """The same descent by autograd and torch.optim.SGD."""
    return f"""import torch

from cnnviz.topics.batch_norm import feature_scaling

features, target = feature_scaling.examples({spread}, {offset})
x, y = torch.from_numpy(features), torch.from_numpy(target)
hessian = 2 / len(y) * x.T @ x
largest_rate = 2 / torch.linalg.eigvalsh(hessian)[-1]

weights = torch.tensor(feature_scaling.surface(features, target).paths[0, 0], requires_grad=True)
optimizer = torch.optim.SGD([weights], lr=float({share} * largest_rate))
for step in range(60):
    optimizer.zero_grad()
    torch.nn.functional.mse_loss(x @ weights, y).backward()
    optimizer.step()
end = weights.detach()
print(end, hessian, largest_rate)
"""
