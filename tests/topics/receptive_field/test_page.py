"""The receptive field page as Streamlit runs it, the effective field against finite differences, and every snippet."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import io

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnviz import anatomy, capture, images, networks, samples
from cnnviz.topics.receptive_field import effective_field, figures
from cnnviz.topics.receptive_field import stack as field_stack
from cnnviz.topics.receptive_field.records import FieldCell
from pages.networks.receptive_field import network as network_part
from pages.networks.receptive_field import snippets
from pages.networks.receptive_field import stack as stack_part
from tests.support.app import app_at, opened

PAGE = "pages/networks/receptive_field/page.py"
RUN = "run:mnist-lenet5-df3d2154"


@pytest.fixture(scope="module")
def network() -> networks.Network:
    return networks.open_network(RUN)


@pytest.fixture(scope="module")
def x(network: networks.Network) -> torch.Tensor:
    return images.to_tensor(samples.read("digit-on-paper"), network.spec)


# ------------------------------------------------------------------------------------------------ what is measured
class Small(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = nn.Conv2d(2, 3, 3, stride=2, padding=1), nn.Conv2d(3, 2, 3, dilation=2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.two(torch.tanh(self.one(x)))


@pytest.mark.parametrize("channel", [None, 1])
def test_the_effective_field_by_finite_differences(channel: int | None) -> None:
    torch.manual_seed(3)
    model, shape = Small().double().eval(), (2, 14, 15)
    picture, cell, step = torch.randn(1, *shape, dtype=torch.float64), FieldCell("two", 1, 2, channel), 1e-6
    found = effective_field.effective(model, [picture], cell)
    row = effective_field.row_of(model, shape, "two")
    for place in [(0, 0), (5, 7), (7, 9), (13, 14)]:
        slopes = []
        for colour in range(2):
            sides = []
            for sign in (1, -1):
                moved = picture.clone()
                moved[0, colour, place[0], place[1]] += sign * step
                with torch.no_grad():
                    sides.append(float(effective_field.cell_values(model(moved), row, cell).sum()))
            slopes.append((sides[0] - sides[1]) / (2 * step))
        assert found.gradient[place] == pytest.approx(sum(map(abs, slopes)), abs=1e-8)
    assert found.inside == pytest.approx(1.0)


def test_the_mean_over_pictures_is_the_mean(network: networks.Network, x: torch.Tensor) -> None:
    cell, other = FieldCell("conv2", 4, 5), torch.flip(x, (3,))
    both = effective_field.effective(network.model, [x, other], cell).gradient
    each = [effective_field.effective(network.model, [one], cell).gradient for one in (x, other)]
    np.testing.assert_allclose(both, np.mean(each, axis=0))


@pytest.mark.parametrize("key", ["conv1", "pool1", "conv2", "pool2"])
def test_blank_outside_nothing_changes_and_blank_inside_something_does(
    network: networks.Network, x: torch.Tensor, key: str
) -> None:
    found = effective_field.blanked(network.model, x, FieldCell(key, 2, 2))
    assert found.proof is not None
    assert found.proof.holds
    assert found.changed > 100 * found.proof.tolerance
    assert sum(found.pixels) == 28 * 28
    recorded = capture.activations(network.model, x)[key].values[:, 2, 2]
    np.testing.assert_allclose(found.values[0], recorded, atol=1e-5)


def test_a_smaller_box_would_not_hold(network: networks.Network, x: torch.Tensor) -> None:
    """Blanking one row more than the proof does changes the cell: the proof can fail."""
    field = anatomy.fields(network.model, network.spec.input_shape)["conv2"]
    top, left, bottom, right = field.box(4, 4)
    part = torch.zeros_like(x)
    part[..., top + 6 : bottom, left:right] = x[..., top + 6 : bottom, left:right]
    row = effective_field.row_of(network.model, (1, 28, 28), "conv2")
    with torch.no_grad():
        values = [effective_field.run_to(network.model, one, "conv2") for one in (x, part)]
    apart = [effective_field.cell_values(value, row, FieldCell("conv2", 4, 4)) for value in values]
    assert float((apart[0] - apart[1]).abs().max()) > 0.01


def test_a_map_with_its_channels_last_is_read_by_its_axes() -> None:
    class Last(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.linear = nn.Conv2d(1, 4, 3), nn.Linear(4, 5)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.linear(self.conv(x).permute(0, 2, 3, 1))

    model = Last().eval()
    row = effective_field.row_of(model, (1, 8, 9), "linear")
    assert (row.output_shape, row.axes, row.cells) == ((6, 7, 5), (0, 1), (6, 7))
    value = torch.arange(6 * 7 * 5).reshape(1, 6, 7, 5)
    assert effective_field.cell_values(value, row, FieldCell("linear", 2, 3)).tolist() == value[:, 2, 3].tolist()
    assert figures.as_channels(value[0].numpy(), row)[:, 2, 3].tolist() == value[0, 2, 3].tolist()


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        (FieldCell("conv9", 0, 0), "no layer 'conv9'"),
        (FieldCell("conv2", 10, 0), "10 × 10 cells; there is no row 10"),
        (FieldCell("conv2", 0, 0, 16), "16 channels; there is no channel 16"),
    ],
)
def test_what_is_not_there_is_one_sentence(
    network: networks.Network, x: torch.Tensor, cell: FieldCell, sentence: str
) -> None:
    with pytest.raises(effective_field.CellError, match=sentence):
        effective_field.effective(network.model, [x], cell)


def test_the_squares_hold_what_they_say() -> None:
    gradient = np.zeros((21, 21))
    gradient[10, 10], gradient[8, 10], gradient[3, 3] = 50, 45, 5
    row = effective_field.row_of(nn.Sequential(nn.Conv2d(1, 1, 21, padding=10)), (1, 21, 21), "0")
    inside, squares = effective_field.spread(gradient, row.receptive_field, FieldCell("0", 10, 10))
    assert (inside, squares) == (1.0, ((0.5, 1), (0.95, 5)))
    assert effective_field.spread(np.zeros((21, 21)), row.receptive_field, FieldCell("0", 10, 10)) == (0.0, ())


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 9), st.integers(1, 4), st.integers(1, 4), st.integers(0, 8), st.integers(1, 4))
def test_the_recursion_is_what_autograd_finds(
    kernel: int, stride: int, dilation: int, padding: int, depth: int
) -> None:
    stack = field_stack.build(kernel, stride, dilation, padding, depth)
    assert [proof.difference for proof in field_stack.proofs(stack)] == [0.0, 0.0]
    rows = anatomy.inspect(field_stack.network(stack), (1, 1, stack.width), run=True) if stack.layers[-1].cells else ()
    assert [row.output_shape[2] for row in rows[1:]] == [layer.cells for layer in stack.layers if rows]


def test_a_wrong_recursion_is_refuted() -> None:
    stack = field_stack.build(3, 2, 1, 1, 3)
    wrong = dataclasses.replace(stack.layers[2], size=16)
    proofs = field_stack.proofs(dataclasses.replace(stack, layers=(*stack.layers[:2], wrong)))
    assert [proof.holds for proof in proofs] == [False, False]


# ------------------------------------------------------------------------------------------------ the page
def test_it_opens_with_a_result() -> None:
    page = opened(app_at(PAGE))
    said = " ".join(item.value for item in page.markdown)
    assert "the cell stays as it was" in said
    assert "half of the gradient's sum lies within" in said
    assert "stage4.1.expand.relu6" in str(page.selectbox(key="receptive_field.layer").value)


def test_a_link_brings_the_cell_back_and_another_channel_is_asked_for() -> None:
    page = opened(app_at(PAGE), network=RUN, layer="conv2", row="1", column="8", channel="3")
    assert page.number_input(key="receptive_field.channel").value == 3
    assert any("channel 3" in item.value for item in page.caption)
    page.selectbox(key="receptive_field.pictures").select(4).run()
    assert any("Over 4 images" in item.value for item in page.markdown)
    assert not page.exception


@pytest.mark.parametrize(("layer", "words"), [("fc1", "there is no pixel outside"), ("conv1", "stays as it was")])
def test_vectors_and_maps(layer: str, words: str) -> None:
    page = opened(app_at(PAGE), network=RUN, layer=layer)
    assert any(words in item.value for item in page.markdown)


def test_a_network_without_boxes_says_why() -> None:
    page = opened(app_at(PAGE), network="swin_t", layer="features.1.0.attn.reshape")
    said = " ".join(item.value for item in page.markdown)
    assert "No box is claimed for this layer (rows and columns are no axes of their own" in said


def test_the_stack_says_its_proofs() -> None:
    page = opened(app_at(PAGE), receptive_field__part="A stack of your own")
    said = [item.value for item in page.markdown if "largest difference" in item.value]
    assert len(said) == 2
    assert all("check_circle" in one for one in said)


def test_settings_from_a_browser_are_held_to_the_sliders() -> None:
    assert stack_part.held({"kernel": 99, "stride": -1, "padding": 3}) == {
        **stack_part.START, "kernel": 9, "stride": 1, "padding": 3,
    }  # fmt: skip


def test_the_tables_to_take_along(network: networks.Network) -> None:
    rows = anatomy.inspect(network.model, network.spec.input_shape)
    lines = list(csv.DictReader(io.StringIO(network_part.table(rows))))
    conv2 = next(line for line in lines if line["layer"] == "conv2")
    assert (conv2["size_rows"], conv2["stride_rows"], conv2["padding_rows"], conv2["status"]) == (
        "14",
        "2",
        "2",
        "exact",
    )
    recursion = list(csv.DictReader(io.StringIO(stack_part.table(field_stack.build(3, 2, 1, 1, 3)))))
    assert [line["field size"] for line in recursion] == [
        "1", "1 + (3 − 1) · 1 · 1 = 3", "3 + (3 − 1) · 1 · 2 = 7", "7 + (3 − 1) · 1 · 4 = 15",
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------------ snippets
class Here:
    choice, fit = RUN, "crop"

    class picture:
        name = "digit-on-paper"


def said_by(snippet: str) -> str:
    target = io.StringIO()
    with contextlib.redirect_stdout(target):
        exec(compile(snippet, "snippet", "exec"), {})
    return target.getvalue()


def test_the_snippets_run_as_they_stand(network: networks.Network, x: torch.Tensor) -> None:
    cell = FieldCell("conv2", 4, 5)
    said = said_by(snippets.network(Here(), cell))  # type: ignore[arg-type]
    changed = effective_field.blanked(network.model, x, cell).changed
    assert "(6, 8, 20, 22) exact" in said
    assert f"inside: {changed}" in said
    assert "size 15 jump 8" in (stacked := said_by(snippets.stack(3, 2, 1, 1, 3)))
    assert stacked.strip().endswith("gradient: 15")
