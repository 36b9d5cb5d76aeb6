"""The table of pages: a new page is one folder with a `page.py`, and one row here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import Page


@dataclass(frozen=True)
class PageRow:
    """One page of the menu. url_path: its address, which stays although files move; "" for the page that opens first.

    path: its script from the project's root; icon: a name of Google's Material Symbols.
    experiments: those that the page is about. One that no page names is shown by the page of all experiments.
    """

    title: str
    url_path: str
    path: str
    icon: str
    help: str
    experiments: tuple[str, ...] = ()


MENU: Mapping[str, Sequence[PageRow]] = {
    "Look": (
        PageRow(
            "Explore",
            "",
            "pages/look/explore/page.py",
            "visibility",
            "An image goes through a network: every layer, every channel, and why a cell has its value.",
        ),
    ),
    "Layers": (
        PageRow(
            "Convolution",
            "convolution",
            "pages/layers/convolution/page.py",
            "grid_on",
            "A kernel slides over numbers or an image: every product, every setting, and what it costs.",
        ),
        PageRow(
            "Learned kernels",
            "kernels",
            "pages/layers/kernels/page.py",
            "blur_on",
            "What a network's kernels became: images, frequencies, near duplicates, and how they got there.",
        ),
        PageRow(
            "Pooling",
            "pooling",
            "pages/layers/pooling/page.py",
            "compress",
            "Pooling and upsampling: winners, what is lost, and whether it helps against shifts.",
        ),
        PageRow(
            "Activations",
            "activations",
            "pages/layers/activations/page.py",
            "show_chart",
            "Activation functions, their derivatives, and what they do to a real map.",
        ),
        PageRow(
            "Gradients and depth",
            "gradients",
            "pages/layers/gradients/page.py",
            "trending_down",
            "Gradient norms through a stack of layers, measured: activation, initialisation, skips.",
        ),
        PageRow(
            "Batch normalisation",
            "batch_norm",
            "pages/layers/batch_norm/page.py",
            "align_vertical_center",
            "Step by step on numbers, and inside a trained network on your image.",
        ),
        PageRow(
            "Dropout",
            "dropout",
            "pages/layers/dropout/page.py",
            "grain",
            "Masks, both conventions, and what they do to a prediction.",
        ),
        PageRow(
            "Data and batches",
            "data",
            "pages/layers/data/page.py",
            "dataset",
            "Images by class, transforms one at a time, batches, epochs and shuffling.",
        ),
    ),
    "Networks": (
        PageRow(
            "Architectures",
            "architectures",
            "pages/networks/architectures/page.py",
            "account_tree",
            "Every network's card, layers, costs, graph and receptive field.",
        ),
        PageRow(
            "Compare networks",
            "compare",
            "pages/networks/compare/page.py",
            "bubble_chart",
            "Accuracy against cost, two networks side by side, and which one fits your limits.",
        ),
        PageRow(
            "Blocks",
            "blocks",
            "pages/networks/blocks/page.py",
            "view_module",
            "Inception, residual, dense and mobile blocks, opened on your image.",
        ),
        PageRow(
            "Receptive field",
            "receptive_field",
            "pages/networks/receptive_field/page.py",
            "center_focus_strong",
            "Which pixels a cell sees: by the rule, by the gradient, and by blanking the rest.",
        ),
        PageRow(
            "Your own model",
            "own_model",
            "pages/networks/own_model/page.py",
            "construction",
            "Build a network layer by layer, or bring your own weights and modules.",
        ),
    ),
    "Why": (
        PageRow(
            "Why this answer?",
            "attribution",
            "pages/why/attribution/page.py",
            "help_center",
            "Many explanations of one answer side by side, and what each of them promises.",
        ),
        PageRow(
            "What a unit looks for",
            "looks_for",
            "pages/why/looks_for/page.py",
            "image_search",
            "The pieces of real images that drive a unit, an image made for it, and whether the two agree.",
        ),
        PageRow(
            "A map of the images",
            "image_map",
            "pages/why/image_map/page.py",
            "scatter_plot",
            "Where every layer of a network puts many images: whether classes part, and who is near to yours.",
        ),
    ),
    "Learn": (
        PageRow(
            "Permuted pixels",
            "permuted_pixels",
            "pages/learn/permuted_pixels/page.py",
            "shuffle",
            "Four networks, five seeds each: what convolution owes to neighbourhoods, and the proof.",
            experiments=("permuted_pixels", "permutation_strength", "permutation_blocks", "permutation_fresh"),
        ),
        PageRow(
            "Vanishing gradients",
            "vanishing_gradients",
            "pages/learn/vanishing_gradients/page.py",
            "south_west",
            "Gradient norms by layer while LeNet-5 and a deep CNN train, by activation, BatchNorm and skips.",
            experiments=("vanishing_lenet", "vanishing_deep"),
        ),
        PageRow(
            "BatchNorm and learning rates",
            "batch_norm_rates",
            "pages/learn/batch_norm_rates/page.py",
            "speed",
            "A VGG with and without BatchNorm over three decades of learning rates.",
            experiments=("batch_norm_rates", "initial_weights"),
        ),
        PageRow(
            "Dropout and overfitting",
            "overfitting",
            "pages/learn/overfitting/page.py",
            "compare_arrows",
            "A large net on a thousand images: training and test part; what dropout does about it.",
            experiments=("dropout_overfitting",),
        ),
        PageRow(
            "Degradation and residuals",
            "degradation",
            "pages/learn/degradation/page.py",
            "stacked_line_chart",
            "Plain and residual networks of 20 and 56 layers, measured on their training images.",
            experiments=("degradation", "shortcuts"),
        ),
        PageRow(
            "Training choices",
            "training_choices",
            "pages/learn/training_choices/page.py",
            "tune",
            "Shuffling, batch size, augmentation and a race of optimisers, on one network each.",
            experiments=("shuffle", "batch_sizes", "augmentations", "optimizers"),
        ),
        PageRow(
            "Shifted digits",
            "shifted_pictures",
            "pages/learn/shifted_pictures/page.py",
            "open_with",
            "CNN and fully connected net at equal parameters, on digits that have moved.",
            experiments=("shifted_pictures",),
        ),
        PageRow(
            "LeNet then and now",
            "lenet_then_and_now",
            "pages/learn/lenet_then_and_now/page.py",
            "history",
            "Sigmoid and average pooling against ReLU and max pooling, and the paper's own network.",
            experiments=("lenet_then_and_now",),
        ),
        PageRow(
            "Training lab",
            "training_lab",
            "pages/learn/training_lab/page.py",
            "model_training",
            "Training runs: live curves, accuracy by class, confusion matrix, test images.",
        ),
        PageRow(
            "All experiments",
            "experiments",
            "pages/learn/experiments/page.py",
            "science",
            "Every experiment with its grid, curves and verdict, and running it again; new ones show by themselves.",
        ),
        PageRow(
            "Eight questions",
            "questions",
            "pages/learn/questions/page.py",
            "quiz",
            "The course's eight questions, each answered shortly and with a measured number.",
        ),
    ),
}
ROWS = tuple(row for rows in MENU.values() for row in rows)


@dataclass(frozen=True)
class Stop:
    """One page of the course. sentence: what one knows after it; presumes: the addresses of what comes before."""

    url_path: str
    sentence: str
    presumes: tuple[str, ...] = ()


COURSE = (
    Stop("", "A network turns an image into maps, layer by layer, and maps into an answer."),
    Stop("data", "What a network is trained on: images, classes, batches and epochs."),
    Stop("convolution", "One small kernel slides over its input and makes a whole feature map.", ("",)),
    Stop("kernels", "What kernels become when a network learns them by itself.", ("convolution",)),
    Stop("activations", "Why something has to bend between two layers, and what each bend costs.", ("convolution",)),
    Stop("pooling", "Fewer cells for the same image: what is kept and what is lost.", ("convolution",)),
    Stop("receptive_field", "Which pixels one cell deep in a network can see at all.", ("convolution", "pooling")),
    Stop("training_lab", "Train a network and watch its loss, its accuracy and its mistakes.", ("data",)),
    Stop("lenet_then_and_now", "LeNet of 1998 against what we would build today.", ("activations", "pooling")),
    Stop("gradients", "What of the gradient is left when it reaches the first layer.", ("activations", "training_lab")),
    Stop("vanishing_gradients", "The same measured in real training runs.", ("gradients",)),
    Stop("batch_norm", "How a batch is brought to mean 0 and deviation 1, and why two modes.", ("gradients",)),
    Stop("batch_norm_rates", "What BatchNorm changes about the learning rate.", ("batch_norm",)),
    Stop("dropout", "Units that are left out at random, and what that does to an answer.", ("training_lab",)),
    Stop("overfitting", "A net that learns its images by heart, and what dropout does about it.", ("dropout",)),
    Stop("training_choices", "Order, batch size, augmentation, optimiser: which of them matters.", ("training_lab",)),
    Stop("shifted_pictures", "Which network still reads a digit that has moved.", ("convolution", "pooling")),
    Stop("permuted_pixels", "What a CNN owes to neighbouring pixels.", ("convolution",)),
    Stop("architectures", "Whole networks: where their parameters and their work lie.", ("receptive_field",)),
    Stop("blocks", "The parts that modern networks repeat.", ("architectures",)),
    Stop("degradation", "Why deeper was worse until shortcuts came.", ("blocks", "batch_norm")),
    Stop("compare", "Accuracy against cost, from LeNet to MobileNet.", ("architectures",)),
    Stop("attribution", "What in the image made the answer, and which maps promise what.", ("", "gradients")),
    Stop("looks_for", "What one unit answers to, seen on many images at once.", ("attribution", "receptive_field")),
    Stop("image_map", "How classes part from layer to layer, seen on many images.", ("looks_for",)),
    Stop("own_model", "Build a network of your own, or bring one.", ("architectures", "training_lab")),
    Stop("questions", "Eight questions on all of this, each answered with a number.", ("degradation",)),
    Stop("experiments", "Every experiment with its numbers, to be run again here.", ("questions",)),
)  # the pages in an order that teaches
EXPLORE = "pages/look/explore/page.py"
DATA, OWN_DATA = "pages/layers/data/page.py", {"data.part": "Your own data"}  # with what the link says
TRAINING_LAB = "pages/learn/training_lab/page.py"


def script(url_path: str) -> str:
    """The script of the page at that address. Raises KeyError for an address that the menu does not have."""
    found = {row.url_path: row.path for row in ROWS}
    return found[url_path]


def pages() -> Mapping[str, Sequence[Page]]:
    """Sections and their pages, in the order of the menu."""
    return {section: [_page(row) for row in rows] for section, rows in MENU.items()}


def _page(row: PageRow) -> Page:
    default = not row.url_path
    return st.Page(
        row.path, title=row.title, icon=f":material/{row.icon}:", help=row.help,
        url_path=row.url_path or None, default=default,
    )  # fmt: skip
