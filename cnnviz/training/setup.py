"""What a run is made of before its first step: data on the device, network, loss, optimiser."""

from __future__ import annotations

import torch
from torch import nn

from cnnviz import checkpoints, datasets, devices
from cnnviz.configs import ConfigError, check
from cnnviz.records import Started, TrainConfig
from cnnviz.training import frozen, optimization, transfer
from cnnviz.training.augmentation import Batches, Normalisation, as_tested, permuted, subset
from cnnviz.training.evaluation import Examination, prefers_channels_last
from cnnviz.training.process_group import ProcessGroup
from cnnviz.training.rng_state import RngState
from cnnviz.training.shared_norm import Share, share_norms


class PreparedRun:
    """A run that can begin. It follows from the config and the device alone."""

    def __init__(self, config: TrainConfig, device: torch.device) -> None:
        check(config)
        devices.tune_allocator()
        self.config, self.device = config, device
        self._group, self._share = ProcessGroup(), Share()
        self._rng = RngState(config.seed + self._group.rank, device)
        self.model = optimization.network(config).to(device)
        self.precision = optimization.precision(config, self.model, device)
        shape, classes = datasets.info(config.dataset).shape, len(datasets.info(config.dataset).classes)
        held = transfer.held(self.model, config.cut)
        special = config.frozen or held or config.compiled or config.sync_batch_norm
        alone = self._group.size == 1 and self.precision == "float32" and not special
        shortcut = optimization.narrow(self.model.train(), device, shape) if alone else None
        channels_last = shortcut is None and prefers_channels_last(self.model, device)
        if channels_last:
            self.model.to(memory_format=torch.channels_last)
        if config.frozen and self._group.size > 1:
            raise ConfigError("frozen trains in one process: its last layer is too small to be shared by several")
        self._layer = frozen.only(self.model, frozen.head(self.model, classes)) if config.frozen else None
        self._load(channels_last)
        self._criterion = optimization.criterion(self.model, self._test, smoothing=config.label_smoothing)
        self.model.train()
        transfer.hold(self.model, held)
        if config.sync_batch_norm:
            share_norms(self.model, self._share)
        trained = self._group.wrap(self.model, device)
        if self._layer is not None:
            shortcut = self._answer
        elif config.compiled:
            trained = optimization.compiled(trained)
        elif shortcut is None and self._group.size == 1:
            trained = optimization.wide(self.model, device, shape)
        self._forward = shortcut or optimization.forward(trained, device, self.precision)
        self._optimizer = optimization.optimizer(config, self.model, device)
        self._parameters = list(self.model.parameters())

    def _load(self, channels_last: bool) -> None:
        config = self.config
        mean, std = checkpoints.normalisation(config)
        normalise = Normalisation.of(mean, std, device=self.device)
        train_data, test_data = (datasets.load(config.dataset, split=split) for split in ("train", "test"))
        self.source, self.classes = train_data.source, train_data.classes
        images, labels = subset(train_data.images, train_data.labels, count=config.examples, seed=config.seed)
        images, test_images = permuted(images, config), as_tested(test_data.images, config)
        normalises = any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in self.model.modules())
        shown = normalise
        if self._layer is not None:
            images, self._answer = frozen.features(self.model, self._layer, images, normalise)
            shown = frozen.unchanged(self.device)
        self._batches = Batches(
            images, labels, batch_size=config.batch_size, normalise=shown, seed=config.seed,
            augmentation=config.augmentation, channels_last=channels_last, share=(self._group.rank, self._group.size),
            drop_single=normalises, order=config.order, together=config.sync_batch_norm,
        )  # fmt: skip
        self._refuse_small_shares(normalises)
        if not len(self._batches):
            raise ConfigError(
                f"{len(labels)} training image(s) make no batch for {self._group.size} process(es) here; take more"
            )
        self._test = Examination(
            test_images, test_data.labels, normalise=normalise, classes=self.classes, precision=self.precision,
            channels_last=channels_last,
        )  # fmt: skip
        if self._layer is not None:
            self._test = frozen.FeatureExamination(self._test, self.model, self._layer)

    def test_images(self, count: int) -> torch.Tensor:
        """The first test images of a fixed shuffle as the network gets them: [count, C, H, W], normalised."""
        return self._test.pictures(count)

    def test_labels(self, count: int) -> torch.Tensor:
        """What those images show: [count] int64."""
        return self._test.labels[:count]

    def _refuse_small_shares(self, normalises: bool) -> None:
        """Batch normalisation needs two images in every process. Raises ConfigError."""
        self._least = 2 * (1 if self.config.sync_batch_norm else self._group.size) if normalises else 1
        if self.config.batch_size < self._least:
            raise ConfigError(
                f"batch_size is {self.config.batch_size}, shared by {self._group.size} processes, and "
                f"{self.config.model} has batch normalisation, which needs two images in each: take {self._least} or "
                "more, or sync_batch_norm, by which the processes normalise together"
            )

    def _started(self, steps: int, epochs: int) -> Started:
        return Started(
            run_id=self.config.run_id,
            device=devices.describe() if self.device == devices.torch_device() else str(self.device),
            precision=self.precision,
            steps=steps,
            epochs=epochs,
            examples=len(self._batches.labels),
            test_examples=len(self._test.labels),
            parameters=sum(item.numel() for item in self.model.parameters()),
            classes=self.classes,
        )
