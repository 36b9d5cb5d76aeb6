"""The table of pages. A new page is one script and one line here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.navigation.page import Page

EXPLORE = "pages/look/explore.py"
TRAINING_LAB = "pages/learn/training_lab.py"


def pages() -> Mapping[str, Sequence[Page]]:
    """Sections and their pages, in the order of the menu."""
    return {
        "Look": [
            st.Page(
                EXPLORE,
                title="Explore",
                icon=":material/visibility:",
                default=True,
                help="A picture goes through a network: every layer, every channel, and why a cell has its value.",
            ),
        ],
        "Layers": [
            st.Page(
                "pages/layers/convolution.py",
                title="Convolution",
                icon=":material/grid_on:",
                help="A kernel slides over numbers or a picture: every product, every setting, and what it costs.",
            ),
            st.Page(
                "pages/layers/kernels.py",
                title="Learned kernels",
                icon=":material/blur_on:",
                help="What a network's kernels became: pictures, frequencies, near duplicates, and how they got there.",
            ),
            st.Page(
                "pages/layers/pooling.py",
                title="Pooling",
                icon=":material/compress:",
                help="Pooling and upsampling: winners, what is lost, and whether it helps against shifts.",
            ),
            st.Page(
                "pages/layers/activations.py",
                title="Activations",
                icon=":material/show_chart:",
                help="Twelve activation functions, their derivatives, and what they do to a real map.",
            ),
            st.Page(
                "pages/layers/gradients.py",
                title="Gradients and depth",
                icon=":material/trending_down:",
                help="Gradient norms through a stack of layers, measured: activation, initialisation, skips.",
            ),
            st.Page(
                "pages/layers/batch_norm.py",
                title="Batch normalisation",
                icon=":material/align_vertical_center:",
                help="Step by step on numbers, and inside a trained network on your picture.",
            ),
            st.Page(
                "pages/layers/dropout.py",
                title="Dropout",
                icon=":material/grain:",
                help="Masks, both conventions, and what they do to a prediction.",
            ),
            st.Page(
                "pages/layers/data.py",
                title="Data and batches",
                icon=":material/dataset:",
                help="Pictures by class, transforms one at a time, batches, epochs and shuffling.",
            ),
        ],
        "Networks": [
            st.Page(
                "pages/networks/architectures.py",
                title="Architectures",
                icon=":material/account_tree:",
                help="Every network's card, layers, costs, graph and receptive field.",
            ),
            st.Page(
                "pages/networks/compare.py",
                title="Compare networks",
                icon=":material/bubble_chart:",
                help="Accuracy against cost, two networks side by side, and which one fits your limits.",
            ),
            st.Page(
                "pages/networks/blocks.py",
                title="Blocks",
                icon=":material/view_module:",
                help="Inception, residual, dense and mobile blocks, opened on your picture.",
            ),
            st.Page(
                "pages/networks/receptive_field.py",
                title="Receptive field",
                icon=":material/center_focus_strong:",
                help="Which pixels a cell sees: by the rule, by the gradient, and by blanking the rest.",
            ),
            st.Page(
                "pages/networks/own_model.py",
                title="Your own model",
                icon=":material/construction:",
                help="Build a network layer by layer, or bring your own weights and modules.",
            ),
        ],
        "Learn": [
            st.Page(
                "pages/learn/permuted_pixels.py",
                title="Permuted pixels",
                icon=":material/shuffle:",
                help="Four networks, five seeds each: what convolution owes to neighbourhoods, and the proof.",
            ),
            st.Page(
                "pages/learn/vanishing_gradients.py",
                title="Vanishing gradients",
                icon=":material/south_west:",
                help="Gradient norms by layer while LeNet-5 and a deep CNN train, by activation, BatchNorm and skips.",
            ),
            st.Page(
                "pages/learn/batch_norm_rates.py",
                title="BatchNorm and learning rates",
                icon=":material/speed:",
                help="A VGG with and without BatchNorm over three decades of learning rates.",
            ),
            st.Page(
                "pages/learn/overfitting.py",
                title="Dropout and overfitting",
                icon=":material/compare_arrows:",
                help="A large net on a thousand pictures: training and test part; what dropout does about it.",
            ),
            st.Page(
                "pages/learn/degradation.py",
                title="Degradation and residuals",
                icon=":material/stacked_line_chart:",
                help="Plain and residual networks of 20 and 56 layers, measured on their training pictures.",
            ),
            st.Page(
                "pages/learn/training_choices.py",
                title="Training choices",
                icon=":material/tune:",
                help="Shuffling, batch size, augmentation and a race of optimisers, on one network each.",
            ),
            st.Page(
                "pages/learn/shifted_pictures.py",
                title="Shifted pictures",
                icon=":material/open_with:",
                help="CNN and fully connected net at equal parameters, on digits that have moved.",
            ),
            st.Page(
                "pages/learn/lenet_then_and_now.py",
                title="LeNet then and now",
                icon=":material/history:",
                help="Sigmoid and average pooling against ReLU and max pooling, and the paper's own network.",
            ),
            st.Page(
                TRAINING_LAB,
                title="Training lab",
                icon=":material/model_training:",
                help="Training runs: live curves, accuracy by class, confusion matrix, test pictures.",
            ),
            st.Page(
                "pages/learn/questions.py",
                title="Eight questions",
                icon=":material/quiz:",
                help="The course's eight questions, each answered shortly and with a measured number.",
            ),
        ],
    }
