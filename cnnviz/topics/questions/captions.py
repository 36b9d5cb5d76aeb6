"""What the page on the course's eight questions says: whole sentences; numbers come in as words or counts.

Arguments such as `kept` or `both` are differences in points, already written with their sign ("+6.4").
"""

from __future__ import annotations

TITLE = "Eight questions, each with its answer and its number"
INTRODUCTION = (
    "Every number below is read from an experiment that ships with the project, counted in a network, or computed now. "
    "Each answer links to the page where you can try it."
)
READING = "Reading the results …"

SHUFFLE = "What does shuffling do?"
AUGMENTATION = "What do RandomCrop and RandomHorizontalFlip do?"
EPOCH_AND_BATCH = "What are an epoch and a batch?"
ONE_BY_ONE = "Is a 1×1 convolution a fully connected layer?"
RESIDUALS = "Why do residual connections help?"
NET_AND_LENET = "How does this net differ from LeNet?"
SHORTCUTS = "How does a shortcut meet a smaller map?"
MORE_ACCURACY = "How can the accuracy be raised?"

THREE_ORDERS = "The race of three orders"
WITH_AND_WITHOUT = "Train and test, with and without"
FOUR_BATCH_SIZES = "Four batch sizes over steps, images, seconds"
REAL_CHANNELS = "On a real layer's channels"
GRADIENTS_AND_BLOCKS = "Gradients and blocks of both, measured"
EACH_PIECE = "LeNet with each piece exchanged"
BOTH_KINDS = "Both kinds, trained"
TRAIN_ONE = "Train one yourself"


def points(difference: str) -> str:
    """Beside a number: how far it lies from another one."""
    return f"{difference} points"


def shuffle(kept: str) -> str:
    """kept: what one mixed order for all epochs changes."""
    return (
        "Every step follows the gradient of one batch. When the images are shuffled, a batch is a fair sample, and its "
        "gradient points roughly where the gradient of all images does. When they are sorted by class, each batch "
        "moves the weights towards the class it shows and overwrites what was learned before. One mixed order that "
        f"stays the same in all epochs changes the accuracy by {kept} points."
    )


def augmentation(trained: str, tested: str) -> str:
    """trained, tested: what crops and flips together change in the two accuracies."""
    return (
        "Each time an image comes up, it is shifted by a few pixels or mirrored: the label stays, the pixels differ. "
        "The network seldom sees exactly the same image twice, so it learns fewer training images by heart. Training "
        f"accuracy changes by {trained} points, test accuracy by {tested} points."
    )


def epoch_and_batch(images: int, small: tuple[int, int], large: tuple[int, int]) -> str:
    """images: of an epoch. small, large: (steps of an epoch, images of a batch)."""
    return (
        "A batch is the set of images that one step looks at. An epoch is one pass through all images. Here "
        f"{images:,} images make {small[0]:,} steps of {small[1]} or {large[0]:,} steps of {large[1]}. After one epoch "
        f"at the same learning rate, the small batches have taken {small[0] / large[0]:.0f} times as many steps, each "
        "with a noisier gradient."
    )


def one_by_one(inputs: int, outputs: int) -> str:
    """inputs, outputs: channels."""
    return (
        f"Over the channels, at each pixel by itself, yes: with the same {outputs} × {inputs} weights both give the "
        "same numbers. Over the whole image, no: no pixel reads its neighbour, and the layer accepts a map of any size."
    )


def residuals(layers: int, residual: str, plain: str) -> str:
    """residual, plain: shares of the last training batches that are right."""
    return (
        "A block adds what it computes to its input. To pass its input on, it only has to add nothing, and the "
        "gradient reaches early layers through the additions without having to pass every convolution. With shortcuts, "
        f"{layers} layers classify {residual} of the last training batches correctly, without shortcuts {plain}."
    )


def net_and_lenet(gained: str) -> str:
    """gained: what ReLU and max pooling bring in LeNet-5."""
    return (
        "The plan is the same: two 5×5 convolutions, two poolings by 2, three linear layers. Net reads three colour "
        "channels of 32×32 pixels; LeNet reads one of 28×28, which it pads. Net uses ReLU and max pooling where LeNet "
        "used tanh and average pooling. In LeNet-5 on MNIST, this exchange alone changes the accuracy by "
        f"{gained} points after two epochs."
    )


def shortcuts(parameters: int, gained: str) -> str:
    """parameters: that the 1×1 convolutions add. gained: what they bring."""
    return (
        "Where a stage halves the map and doubles the channels, the input no longer fits the sum. There are two ways. "
        "Take every second cell and fill the new channels with zeros, which costs no parameters. Or let a 1×1 "
        f"convolution with stride 2 make both fit: in ResNet-20 this takes {parameters:,} parameters more and changes "
        f"the accuracy by {gained} points in a short training."
    )


def more_accuracy(network: str, augmented: str, momentum: str) -> str:
    """network, augmented, momentum: what each choice brings."""
    return (
        "First, by a network that suits the images: on CIFAR-10, the shipped VGG with BatchNorm instead of Net changes "
        f"the accuracy by {network} points. Then by the choices of training, measured one at a time: crops and flips "
        f"change it by {augmented} points where there are few images, momentum by {momentum} points in one epoch."
    )


def beside(label: str, value: str) -> str:
    """What a count is compared with."""
    return f"{label} {value}"
