"""Learn a kernel: nine weights set by hand, then by gradient descent, until one's map is another's."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.convolution import kernel_search, questions, search_captions, search_figures
from cnnviz.topics.convolution.search_proofs import against_torch
from pages.layers.convolution import cache, search_in_link
from pages.layers.convolution.components.kernel_search import kernel_search as drawn
from pages.shared import image_picker, predict, proof_badge
from pages.shared.source_box import source_box

LONGEST = 96  # pixels of the image's long side: 60 maps a second
SNIPPET = """import torch
from torch import nn
from torch.nn import functional

from cnnviz import samples
from cnnviz.topics.convolution import kernel_search, pixel_values

image = pixel_values.whole(samples.read("{name}"), {longest}, grey=True)[0]
puzzle = kernel_search.search(image, {number}, centred={centred})
x = torch.from_numpy(puzzle.x)[None, None].float()
target = torch.from_numpy(puzzle.target)[None, None].float()
layer = nn.Conv2d(1, 1, kernel_size=3, bias=False)
nn.init.zeros_(layer.weight)
optimiser = torch.optim.SGD(layer.parameters(), lr={rate:.4g}, momentum=0.9)
for step in range(500):
    optimiser.zero_grad()
    loss = functional.mse_loss(layer(x), target)
    loss.backward()
    optimiser.step()
print(loss.item(), layer.weight.detach()[0, 0])"""


@st.fragment
def show() -> None:
    """The puzzle, its board, and how steep its loss is."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picture = image_picker.popover()
        number = int(
            st.number_input(
                search_captions.PUZZLE,
                1,
                kernel_search.PUZZLES,
                key="convolution.puzzle",
                bind="query-params",
                width=130,
            )
        )
        centred = st.toggle(
            search_captions.CENTRED, key="convolution.centred", bind="query-params", help=search_captions.CENTRED_HELP
        )
    x = cache.whole(picture.digest, LONGEST, True, _picture=picture.image)[0]
    both = {each: kernel_search.search(x, number, centred=each) for each in (False, True)}
    found = both[centred]
    search_in_link.keep(drawn(search_figures.search_data(found), search_in_link.begun(), key="convolution.search"))
    st.caption(f"{search_captions.bowl(found)} {search_captions.compared(both[False], both[True])}".rstrip())
    proof_badge.badges(*against_torch(found))
    predict.ask("Learn a kernel", ("descended_weight", questions.first_step(found)))
    source_box(
        SNIPPET.format(
            name=picture.name or "chelsea", longest=LONGEST, number=number, centred=centred,
            rate=min(kernel_search.SAFE * found.largest_rate, 1e3),
        ),
        made_by=(kernel_search.search, kernel_search.loss, kernel_search.gradient, kernel_search.descend),
    )  # fmt: skip
