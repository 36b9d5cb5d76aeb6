"""Networks as people bring them, none of which is a plain float32 classifier of RGB images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F


def head(outputs: int, *, channels: int = 3) -> nn.Sequential:
    """[N, channels, H, W] → [N, outputs]."""
    convolution = nn.Conv2d(channels, 4, 3, padding=1)
    return nn.Sequential(
        convolution, nn.ReLU(), nn.MaxPool2d(2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, outputs)
    )


class Within(nn.Module):
    """A small classifier, and what is made of its logits."""

    def __init__(self, outputs: int = 4) -> None:
        super().__init__()
        self.net = head(outputs)


class SecondCall(Within):
    """Raises from its second call on: opening it works, a page does not. Its calls are counted outside of it."""

    calls = 0

    def forward(self, x: torch.Tensor) -> Any:
        type(self).calls += 1
        if type(self).calls > 1:
            raise RuntimeError("CUDA error: device-side assert triggered in /home/me/secret/nets.py")
        return self.net(x)


class Named(Within):
    def forward(self, x: torch.Tensor) -> Any:
        return {"aux": self.net(x)[:, :2], "logits": self.net(x)}


class Several(Within):
    def forward(self, x: torch.Tensor) -> Any:
        logits = self.net(x)
        return logits, (logits * 2, {"features": x.mean((2, 3))})


@dataclass
class Answer:
    logits: torch.Tensor
    loss: torch.Tensor | None = None


class Recorded(Within):
    def forward(self, x: torch.Tensor) -> Any:
        return Answer(self.net(x))


class Scalar(Within):
    def forward(self, x: torch.Tensor) -> Any:
        return self.net(x).mean()


class Squeezed(Within):
    def forward(self, x: torch.Tensor) -> Any:
        return self.net(x).squeeze()


class Segmenting(nn.Module):
    """[N, 3, H, W] → {"out": [N, 5, H, W]}, as torchvision's networks give it."""

    def __init__(self) -> None:
        super().__init__()
        self.down, self.up = nn.Conv2d(3, 6, 3, 2, 1), nn.Conv2d(6, 5, 1)

    def forward(self, x: torch.Tensor) -> Any:
        small = self.up(F.relu(self.down(x)))
        return {"out": F.interpolate(small, x.shape[2:], mode="bilinear", align_corners=False)}


class Detecting(nn.Module):
    """[{"boxes": [N, 4], "labels": [N], "scores": [N]}], one of each image, as torchvision's networks give it."""

    def __init__(self, found: int = 2) -> None:
        super().__init__()
        self.features, self.found = nn.Conv2d(3, 4, 3, 2, 1), found

    def forward(self, x: torch.Tensor) -> Any:
        strength = torch.sigmoid(self.features(x).mean((2, 3)))
        boxes = torch.tensor([[10.0, 20.0, 110.0, 140.0], [5.0, 5.0, 60.0, 90.0]])
        return [
            {"boxes": boxes[: self.found], "labels": torch.tensor([1, 2])[: self.found], "scores": row[: self.found]}
            for row in strength
        ]


class Storing(Within):
    """Keeps what it computed, as hand-written Grad-CAM does."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[torch.Tensor] = []
        self.last: torch.Tensor | None = None

    def forward(self, x: torch.Tensor) -> Any:
        self.last = self.net[0](x)
        self.kept.append(self.last)
        return self.net[1:](self.last)


class Training(Within):
    """Puts itself into training mode at every call."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(3)

    def forward(self, x: torch.Tensor) -> Any:
        self.train()
        return self.net(self.norm(x))


class Broken(Within):
    def forward(self, x: torch.Tensor) -> Any:
        return self.net(x) / 0 * 0


class Two(nn.Module):
    def forward(self, image: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return image * mask


class Complex(Within):
    def forward(self, x: torch.Tensor) -> Any:
        return torch.fft.fft(self.net(x))


class Nothing(Within):
    def forward(self, x: torch.Tensor) -> Any:
        self.net(x)
        return {"loss": None}


def lazy() -> nn.Module:
    return nn.Sequential(nn.LazyConv2d(4, 3), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.LazyLinear(3))


def quantised() -> nn.Module:
    """Linear layers in 8 bits."""
    return torch.ao.quantization.quantize_dynamic(head(3).eval(), {nn.Linear}, dtype=torch.qint8)


class Eighths(nn.Module):
    """A convolution, a pooling and a linear layer that compute in 8 bits, between two changes of type."""

    def __init__(self) -> None:
        super().__init__()
        self.into, self.back = torch.ao.quantization.QuantStub(), torch.ao.quantization.DeQuantStub()
        self.conv, self.pool, self.fc = nn.Conv2d(3, 4, 3), nn.MaxPool2d(2), nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> Any:
        y = self.pool(F.relu(self.conv(self.into(x))))
        return self.back(self.fc(F.adaptive_avg_pool2d(y, 1).flatten(1)))


def static() -> nn.Module:
    """Everything in 8 bits, with ranges measured beforehand."""
    made = Eighths().eval()
    made.qconfig = torch.ao.quantization.get_default_qconfig(torch.backends.quantized.engine)
    torch.ao.quantization.prepare(made, inplace=True)
    made(torch.randn(2, 3, 16, 16, generator=torch.Generator().manual_seed(0)))
    torch.ao.quantization.convert(made, inplace=True)
    return made


class Asking(nn.Module):
    """Ten queries that look for three kinds of things, as DETR's do."""

    def __init__(self) -> None:
        super().__init__()
        self.features, self.queries = nn.Conv2d(3, 8, 7, 8, 3), nn.Parameter(torch.randn(10, 8))
        self.attention, self.classes, self.box = nn.MultiheadAttention(8, 2), nn.Linear(8, 4), nn.Linear(8, 4)

    def forward(self, x: torch.Tensor) -> Any:
        seen = self.features(x).flatten(2).permute(2, 0, 1)
        found = (self.attention(self.queries[:, None], seen, seen)[0] + self.queries[:, None]).transpose(0, 1)
        return {"pred_logits": self.classes(found), "pred_boxes": self.box(found).sigmoid()}


def loaded_in_part() -> nn.Module:
    """Made without numbers, and then given those of its last layer alone."""
    made = head(3).to("meta")
    made.load_state_dict({f"5.{name}": value for name, value in nn.Linear(4, 3).state_dict().items()}, False, True)
    return made


def traced() -> nn.Module:
    return torch.jit.trace(head(3).eval(), torch.zeros(1, 3, 64, 64))  # type: ignore[no-any-return]


def autoencoder() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 3, 3, padding=1))


def backbone() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 8, 7, 16, 3), nn.ReLU(), nn.Conv2d(8, 16, 3, 2, 1))


# name → (what makes it, what Explore says of its output, the kind of the reading).
OPENED: dict[str, tuple[Any, str, str]] = {
    "lazy": (lazy, "", "classes"),
    "torchscript": (lambda: torch.jit.script(head(3)), "", "classes"),
    "traced": (traced, "", "classes"),
    "half": (lambda: head(3).half(), "", "classes"),
    "bfloat16": (lambda: head(3).bfloat16(), "", "classes"),
    "float64": (lambda: head(3).double(), "", "classes"),
    "quantised": (quantised, "", "classes"),
    "named outputs": (Named, "The network returned 2 tensors", "classes"),
    "several outputs": (Several, "The network returned 3 tensors", "classes"),
    "a dataclass": (Recorded, "", "classes"),
    "squeezed": (Squeezed, "", "classes"),
    "a single number": (Scalar, "a single number", "numbers"),
    "one logit": (lambda: head(1), "read as a logit", "labels"),
    "labels": (lambda: nn.Sequential(head(5), nn.Sigmoid()), "each label is read by itself", "labels"),
    "softmax": (lambda: nn.Sequential(head(5), nn.Softmax(1)), "add up to 1", "classes"),
    "segmentation": (Segmenting, "read as a map over the image", "map"),
    "one-channel map": (lambda: nn.Conv2d(3, 1, 3, padding=1), "read as a map over the image", "map"),
    "detection": (Detecting, "a detection", "boxes"),
    "a detection by queries": (Asking, "of 10 queries found something", "boxes"),
    "8 bits throughout": (static, "", "classes"),
    "no detection": (lambda: Detecting(0), "0 boxes", "boxes"),
    "6 channels": (lambda: head(4, channels=6), "", "classes"),
    "4 channels": (lambda: head(4, channels=4), "", "classes"),
    "1 channel": (lambda: head(4, channels=1), "", "classes"),
    "storing": (Storing, "", "classes"),
    "training mode": (Training, "", "classes"),
    "autoencoder": (autoencoder, "an image, or a map", "unread"),
    "backbone": (backbone, "every layer can be opened all the same", "unread"),
    "NaN": (Broken, "not finite", "unread"),
    "complex": (Complex, "complex numbers", "unread"),
}
# name → (what makes it, what says why it cannot be opened).
REFUSED: dict[str, tuple[Any, str]] = {
    "two inputs": (Two, "gives mask a fixed value"),
    "tokens": (lambda: nn.Sequential(nn.Embedding(10, 4), nn.Flatten(), nn.Linear(4, 2)), "whole numbers (tokens)"),
    "on meta": (lambda: head(3).to("meta"), "it is on the meta device"),
    "on meta in part": (loaded_in_part, "2 of its 4 tensors, 0.weight among them, are on the meta device"),
    "no tensor": (Nothing, "without a tensor in it"),
}
