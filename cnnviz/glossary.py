"""The words of the field, each in one or two plain sentences that hold exactly as they stand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GlossaryTerm:
    """name: as the list has it; says: one or two sentences; spellings: other forms that are found in a text."""

    name: str
    says: str
    spellings: tuple[str, ...] = ()


TERMS = (
    GlossaryTerm(
        "activation function",
        "A function applied to every cell by itself, such as ReLU. Without one between them, two linear "
        "layers would be one.",
        ("activation functions",),
    ),
    GlossaryTerm(
        "augmentation",
        "Changing training images at random (moving, mirroring, cropping) in ways that keep their class, so "
        "that a network meets more of them.",
    ),
    GlossaryTerm(
        "batch",
        "The images that share one training step: their losses are averaged, and the weights change once.",
        ("batches", "mini-batch"),
    ),
    GlossaryTerm(
        "BatchNorm",
        "Batch normalisation: each channel is brought to mean 0 and deviation 1 over the batch, then scaled "
        "by γ and shifted by β, which are learned.",
        ("batch normalisation",),
    ),
    GlossaryTerm(
        "bias",
        "A number that is added to every cell of a channel. It is learned, and there is one for each channel "
        "that comes out.",
        ("biases",),
    ),
    GlossaryTerm(
        "channel",
        "One of the maps that lie behind each other in a layer, such as red, green and blue in an image.",
        ("channels",),
    ),
    GlossaryTerm(
        "confusion matrix",
        "A table with a row for each true class and a column for each answer: what lies off the diagonal was confused.",
    ),
    GlossaryTerm(
        "convolution",
        "An operation that slides a kernel over its input and sums the products at every place. PyTorch does "
        "not turn the kernel, which mathematics calls cross-correlation.",
        ("convolutions",),
    ),
    GlossaryTerm(
        "cross-entropy",
        "A loss for classes: minus the logarithm of the probability that the network gives to the right class.",
    ),
    GlossaryTerm(
        "dead channel",
        "A channel that is 0 everywhere behind its ReLU on the images at hand: nothing of it goes on.",
        ("dead channels",),
    ),
    GlossaryTerm(
        "dilation",
        "The distance between the cells that a kernel reads. With dilation 2 it skips every second one, and "
        "reaches further with as many weights.",
        ("dilated",),
    ),
    GlossaryTerm(
        "dropout",
        "In training each unit is set to 0 with probability p, and those that stay are divided by 1 − p. In "
        "eval mode nothing happens.",
    ),
    GlossaryTerm(
        "epoch",
        "One pass over all training images. It has as many steps as there are batches.",
        ("epochs",),
    ),
    GlossaryTerm(
        "feature map",
        "What one kernel makes of its whole input: a grid with a number for every place where the kernel lay.",
        ("feature maps",),
    ),
    GlossaryTerm(
        "fully connected",
        "A layer in which every unit reads every unit of the layer before it, each with a weight of its own. "
        "PyTorch calls it Linear.",
    ),
    GlossaryTerm(
        "gradient",
        "How fast the loss, or a score, changes with each number it depends on. Training moves the weights against it.",
        ("gradients",),
    ),
    GlossaryTerm(
        "groups",
        "Channels are split into groups, and a kernel reads only those of its own group. As many groups as "
        "channels is a depthwise convolution.",
    ),
    GlossaryTerm(
        "inference",
        "Using a trained network to answer, without changing its weights.",
    ),
    GlossaryTerm(
        "Jaccard",
        "How alike two sets are: the size of what they share divided by the size of what they have together, "
        "from 0 to 1.",
    ),
    GlossaryTerm(
        "kernel",
        "A small grid of weights that slides over the input; a filter is another word for it.",
        ("kernels",),
    ),
    GlossaryTerm(
        "learning rate",
        "The factor by which the gradient is multiplied before it is taken from a weight.",
        ("learning rates",),
    ),
    GlossaryTerm(
        "logit",
        "A score before it becomes a probability: any number, larger for a likelier class.",
        ("logits",),
    ),
    GlossaryTerm(
        "loss",
        "One number that says how wrong the answers are; training makes it small.",
    ),
    GlossaryTerm(
        "multiply-adds",
        "How often a product is added to a sum (also: MACs). One of them is two floating-point operations.",
        ("MACs", "multiply-add"),
    ),
    GlossaryTerm(
        "max pooling",
        "Pooling that keeps the largest cell of each window.",
    ),
    GlossaryTerm(
        "momentum",
        "In SGD: a step also goes on in the direction of those before, which fade by this factor. In "
        "BatchNorm: the share of a new batch in the running statistics.",
    ),
    GlossaryTerm(
        "overfitting",
        "Getting better on the training images while getting no better, or worse, on others.",
    ),
    GlossaryTerm(
        "padding",
        "Cells laid around the input before the kernel slides, mostly zeros, so that it also stands at the border.",
        ("padded",),
    ),
    GlossaryTerm(
        "parameter",
        "A number that training may change: a weight or a bias.",
        ("parameters",),
    ),
    GlossaryTerm(
        "pooling",
        "An operation that puts one number in place of each window of a map, such as its largest or its mean.",
    ),
    GlossaryTerm(
        "PSNR",
        "Peak signal-to-noise ratio in decibels: how close an image is to another. Ten more means a tenth of "
        "the mean squared difference.",
    ),
    GlossaryTerm(
        "receptive field",
        "The pixels of the input on which a cell can depend at all. Those in the middle mostly count most.",
        ("receptive fields",),
    ),
    GlossaryTerm(
        "ReLU",
        "Rectified linear unit: negative numbers become 0, the others stay as they are.",
    ),
    GlossaryTerm(
        "residual",
        "A block whose input is added to its output, so that its layers learn only the difference.",
        ("residuals",),
    ),
    GlossaryTerm(
        "running mean",
        "The average that BatchNorm keeps over the batches of training; in eval mode it stands in for the batch's own.",
        ("running statistics",),
    ),
    GlossaryTerm(
        "saturated",
        "Said of a unit whose function is almost flat where it stands: its gradient is close to 0, and it "
        "hardly learns.",
        ("saturation",),
    ),
    GlossaryTerm(
        "SGD",
        "Stochastic gradient descent: after each batch the weights move a step against the gradient of its loss.",
    ),
    GlossaryTerm(
        "sigmoid",
        "The function 1 / (1 + e⁻ˣ): any number becomes one between 0 and 1. Its derivative is nowhere above 0.25.",
    ),
    GlossaryTerm(
        "skip",
        "A connection around some layers: what went in is added to, or laid beside, what comes out.",
        ("skips", "shortcut", "shortcuts"),
    ),
    GlossaryTerm(
        "softmax",
        "Turns logits into probabilities that sum to 1: e to the power of each, divided by the sum of all of these.",
    ),
    GlossaryTerm(
        "stride",
        "How many cells the kernel moves from one place to the next. Stride 2 halves the size of what comes out.",
        ("strides", "strided"),
    ),
    GlossaryTerm(
        "switches",
        "Where the largest cell of each pooling window was. Unpooling puts the values back there.",
    ),
    GlossaryTerm(
        "transposed convolution",
        "A convolution run the other way round: every input cell stamps the kernel, times its value, on a "
        "larger output, and what overlaps is added.",
    ),
    GlossaryTerm(
        "vanishing gradients",
        "Gradients that become smaller from layer to layer on the way back, so that the first layers hardly learn.",
    ),
    GlossaryTerm(
        "weight",
        "A number with which an input is multiplied. Weights are learned.",
        ("weights",),
    ),
)
