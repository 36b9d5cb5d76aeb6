"""What training keeps, by hand and by autograd on real numbers; centres, clipping, and the projective field."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cnnviz import anatomy, models
from cnnviz.records import Field, Interval


def test_what_training_keeps_of_lenet_by_hand() -> None:
    """A convolution its input, ReLU its output, max pooling its winners' places (int64): each block once."""
    rows = {row.name: row for row in anatomy.inspect(models.build("lenet5"), (1, 28, 28), training=True)}
    kept = {name: row.kept_bytes for name, row in rows.items() if row.kept_bytes}
    assert kept == {
        "conv1": 4 * 28 * 28,
        "activation1": 4 * 6 * 28 * 28,
        "pool1": 8 * 6 * 14 * 14,
        "conv2": 4 * 6 * 14 * 14,
        "activation2": 4 * 16 * 10 * 10,
        "pool2": 8 * 16 * 5 * 5,
        "fc1": 4 * 400,
        "activation3": 4 * 120,
        "activation4": 4 * 84,
    }
    assert anatomy.totals(models.build("lenet5"), (1, 28, 28), training=True).kept_bytes == sum(kept.values())


def kept_on_numbers(model: nn.Module, shape: tuple[int, ...]) -> int:
    """Bytes of the memory blocks that autograd saves of two real images on the CPU, halved."""
    owned = {value.untyped_storage().data_ptr() for value in (*model.parameters(), *model.buffers())}
    blocks: dict[int, int] = {}

    def save(tensor: torch.Tensor) -> torch.Tensor:
        block = tensor.untyped_storage()
        if block.data_ptr() not in owned:
            blocks[block.data_ptr()] = block.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(save, lambda tensor: tensor):
        output = model.train()(torch.randn(2, *shape))
    assert output.requires_grad
    return sum(blocks.values()) // 2


@pytest.mark.parametrize("name", ["alexnet", "resnet18", "squeezenet1_1", "mobilenet_v3_small", "vgg_cifar"])
def test_what_training_keeps_is_what_autograd_saves_of_real_pictures(name: str) -> None:
    shape = models.spec(name).input_shape
    found = anatomy.totals(models.build(name), shape, training=True).kept_bytes
    assert found == kept_on_numbers(models.build(name), shape)


class Blind(nn.Module):
    """Which way it goes depends on numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.fc = nn.Conv2d(3, 4, 3), nn.Linear(4, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.conv(x).mean(dim=(2, 3))
        return self.fc(y if y.sum() > 0 else -y)


def test_what_cannot_be_walked_without_numbers_says_so() -> None:
    model = Blind().train()
    assert {row.kept_bytes for row in anatomy.inspect(model, (3, 8, 8), training=True)} == {None}
    assert anatomy.totals(model, (3, 8, 8), training=True).kept_bytes is None
    assert model.training
    assert all(parameter.requires_grad for parameter in model.parameters())


def test_asking_for_it_changes_nothing_else() -> None:
    model = models.build("resnet20")
    before = {key: value.clone() for key, value in model.state_dict().items()}
    plain, full = (anatomy.inspect(model, (3, 32, 32), training=training) for training in (False, True))
    assert [row.macs for row in plain] == [row.macs for row in full]
    assert all(row.kept_bytes is None for row in plain)
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    assert not model.training


# ------------------------------------------------------------------------------------------------ centre, box, reach
def test_the_centre_of_a_cell_moves_by_the_stride() -> None:
    fields = anatomy.fields(models.build("resnet18"), (3, 224, 224))
    assert fields["conv1"].centre(0, 0) == (0.0, 0.0)  # 7 wide, padded by 3
    assert fields["conv1"].centre(2, 3) == (4.0, 6.0)
    assert fields["maxpool"].centre(1, 0) == (4.0, 0.0)


def test_a_box_is_clipped_to_the_picture() -> None:
    field = Field(Interval(7, 2, 3), Interval(7, 2, 3))
    assert field.box(0, 1) == (-3, -1, 4, 6)
    assert field.clipped(0, 1, 5, 5) == (0, 0, 4, 5)
    assert field.clipped(20, 0, 5, 5)[0] == field.clipped(20, 0, 5, 5)[2] == 5


intervals = st.builds(Interval, st.integers(1, 12), st.integers(1, 5), st.integers(-4, 8))


@given(intervals, st.integers(0, 40), st.integers(1, 12))
def test_a_pixel_reaches_the_cells_that_see_it(interval: Interval, pixel: int, cells: int) -> None:
    """The definition, cell by cell."""
    seeing = [cell for cell in range(cells) if interval.span(cell)[0] <= pixel < interval.span(cell)[1]]
    assert list(range(*interval.reached(pixel, cells))) == seeing


@pytest.mark.parametrize("pixel", [(0, 0), (13, 20), (27, 27)])
def test_the_projective_field_is_what_a_changed_pixel_changes(pixel: tuple[int, int]) -> None:
    """Average pooling, identity and positive weights in float64: a change anywhere cannot be lost on its way."""
    torch.manual_seed(0)
    layers = [nn.Conv2d(1, 2, 5, padding=2), nn.AvgPool2d(2), nn.Conv2d(2, 3, 3, stride=2), nn.Conv2d(3, 1, 3)]
    model = nn.Sequential(*layers).double().eval()
    for parameter in model.parameters():
        nn.init.uniform_(parameter, 0.5, 1.5)
    x = torch.rand(1, 1, 28, 28, dtype=torch.float64)
    other = x.clone()
    other[0, 0, pixel[0], pixel[1]] += 1
    boxes = anatomy.reached(model, (1, 28, 28), *pixel)
    for index in range(4):
        changed = (model[: index + 1](other) != model[: index + 1](x))[0].any(0)
        there = changed.nonzero().tolist()
        box = boxes[str(index)]
        assert box == (None if not there else _around(there)), index


def _around(cells: list[list[int]]) -> tuple[int, int, int, int]:
    rows, columns = zip(*cells, strict=True)
    return min(rows), min(columns), max(rows) + 1, max(columns) + 1


def test_what_sees_everything_is_reached_by_every_pixel() -> None:
    boxes = anatomy.reached(models.build("resnet18"), (3, 224, 224), 0, 223)
    assert boxes["avgpool"] == (0, 0, 1, 1)
    assert boxes["conv1"] == (0, 110, 2, 112)
    assert "fc" not in boxes


def test_the_status_in_words() -> None:
    torch.manual_seed(0)
    layers = [nn.Conv2d(1, 1, 3), nn.FractionalMaxPool2d(2, output_size=3)]
    rows = anatomy.fields(nn.Sequential(*layers), (1, 8, 8))
    assert rows["0"].words == "exact"
    assert rows["1"].words.startswith("unknown, at most the whole image: no rule for FractionalMaxPool2d")
    assert anatomy.fields(models.build("resnet18"), (3, 224, 224))["avgpool"].words == (
        "the whole image: pooled over the whole map"
    )
