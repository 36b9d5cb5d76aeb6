"""Settings with a name: the course's runs as the course has them, and a few short ones to begin with."""

from __future__ import annotations

from cnnviz.records import TrainConfig
from cnnviz.records.training import PUBLISHED

QUICK = "quick: digits LeNet, 20 seconds"
YOURS = "your photos: EfficientNet-Lite0, last layer"
OF_YOURS = TrainConfig(  # the data set is whichever folder is here; a head on forty photographs is right by then
    "shapes", "efficientnet_lite0", epochs=60, batch_size=16, optimizer="adam", lr=0.005, start=PUBLISHED, frozen=True,
    snapshots=1,
)  # fmt: skip
PLAIN = TrainConfig("mnist", "cnn", epochs=1, momentum=0.5, snapshots=8)
PRESETS: dict[str, TrainConfig] = {
    QUICK: TrainConfig(
        "digits", "lenet5", epochs=10_000, seconds=20.0, momentum=0.9, snapshots=8
    ),
    "course: MNIST FC, 1 epoch": TrainConfig("mnist", "fc2layer", epochs=1, momentum=0.5, snapshots=8),
    "course: MNIST CNN, 1 epoch": PLAIN,
    "course: MNIST LeNet, 3 epochs": TrainConfig(
        "mnist", "lenet5", epochs=3, optimizer="adam", lr=0.002, schedule="onecycle", snapshots=8
    ),
    "course: CIFAR-10 Net, 10 epochs": TrainConfig(
        "cifar10", "net", epochs=10, optimizer="adam", lr=0.002, schedule="onecycle", snapshots=8
    ),
    "course: CIFAR-10 VGG, 10 epochs": TrainConfig(
        "cifar10", "vgg_cifar", epochs=10, batch_size=128, lr=0.1, momentum=0.9, weight_decay=0.0005,
        schedule="onecycle", augmentation=("crop", "flip"), snapshots=8,
    ),
}  # fmt: skip
