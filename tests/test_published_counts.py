"""Every classifier of torchvision, counted without weights: parameters and multiply-adds are the published ones."""

from __future__ import annotations

import pytest
import torchvision

from cnnviz import models
from cnnviz.measurements import architectures
from cnnviz.models import history, papers, torchvision_zoo
from cnnviz.models.torchvision_families import NAMES
from cnnviz.topics.architectures import paper_variants
from tests.support.exhaustive import sample

# Published files and counts that include what no operation asks in eval mode: the auxiliary classifiers.
IN_HEADS = {"inception_v3": 3_326_696}
OF_EACH_FAMILY = (
    "alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "efficientnet_v2_s", "googlenet", "inception_v3",
    "maxvit_t", "mnasnet0_5", "mobilenet_v2", "mobilenet_v3_small", "regnet_x_400mf", "regnet_y_400mf", "resnet18",
    "resnet50", "resnext50_32x4d", "shufflenet_v2_x0_5", "squeezenet1_1", "swin_t", "swin_v2_t", "vgg11", "vgg16_bn",
    "vit_b_16", "wide_resnet50_2",
)  # fmt: skip


@pytest.mark.parametrize("name", sample(NAMES, OF_EACH_FAMILY))
def test_counts_are_torchvisions_to_the_last_digit(name: str) -> None:
    """num_params exactly, _ops to its third decimal, for all eighty: there is no exception."""
    network = architectures.survey(name, training=False)
    meta = torchvision_zoo.weights(name).meta
    assert network.parameters == meta["num_params"]
    assert f"{network.macs / 1e9:.3f}" == f"{meta['_ops']:.3f}"
    assert sum(row.parameters for row in network.rows) == meta["num_params"] - IN_HEADS.get(name, 0)
    assert sum(head.parameters for head in network.heads) == IN_HEADS.get(name, 0)


def test_all_of_torchvision_was_counted() -> None:
    assert set(NAMES) == set(torchvision.models.list_models(module=torchvision.models))


@pytest.mark.parametrize(
    ("name", "depth"),
    [
        ("vgg16", 16),
        ("googlenet", 22),
        ("resnet50", 50),
        pytest.param("resnet152", 152, marks=pytest.mark.exhaustive),
        ("densenet121", 121),
        pytest.param("densenet201", 201, marks=pytest.mark.exhaustive),
    ],
)
def test_the_longest_path_is_as_long_as_the_name_says(name: str, depth: int) -> None:
    assert architectures.survey(name).depth == depth


def test_blocks_cover_every_row_once_and_sum_to_the_totals() -> None:
    for name in ("inception_v3", "vgg16", "mobilenet_v1", "swin_t"):
        network = architectures.survey(name)
        assert [place for block in network.blocks for place in range(block.first, block.last + 1)] == list(
            range(len(network.rows))
        )
        assert sum(block.macs for block in network.blocks) == network.macs
        assert sum(block.activation_bytes for block in network.blocks) == network.activation_bytes


def test_inceptions_blocks_have_their_names() -> None:
    network = architectures.survey("inception_v3")
    kinds = "".join(block.title[-1] for block in network.blocks if block.title.startswith("Inception"))
    assert kinds == "AAABCCCCDEE"


def test_the_heads_by_themselves() -> None:
    """GoogLeNet's two hold half of its parameters; each is a 1 × 1 convolution and two linear layers."""
    network = architectures.survey("googlenet_aux")
    by_hand = [channels * 128 + 2 * 128 + 2048 * 1024 + 1024 + 1024 * 1000 + 1000 for channels in (512, 528)]
    assert [head.parameters for head in network.heads] == by_hand
    assert [head.input_shape for head in network.heads] == [(512, 14, 14), (528, 14, 14)]
    assert sum(row.parameters for row in network.rows) + sum(by_hand) == network.parameters == 13_004_888


def test_mobilenet_v1_by_hand() -> None:
    """The paper's table 1, layer by layer: depthwise 9·C·H·W, pointwise C·K·H·W, 1.024 million for the classes."""
    side, channels, macs, parameters = 112, 32, 27 * 32 * 112 * 112, 27 * 32 + 64
    for outputs, stride in (
        (64, 1),
        (128, 2),
        (128, 1),
        (256, 2),
        (256, 1),
        (512, 2),
        *[(512, 1)] * 5,
        (1024, 2),
        (1024, 1),
    ):
        side //= stride
        macs += side * side * channels * (9 + outputs)
        parameters += channels * (9 + outputs) + 2 * channels + 2 * outputs
        channels = outputs
    network = architectures.survey("mobilenet_v1")
    assert (network.macs, network.parameters) == (macs + 1_024_000, parameters + 1_025_000)
    assert (network.macs, network.parameters) == (568_740_352, 4_231_976)


def test_another_size_changes_the_work_and_not_the_parameters() -> None:
    own, large = architectures.survey("resnet18"), architectures.survey("resnet18", (3, 448, 448))
    assert large.parameters == own.parameters
    assert large.macs - 512_000 == 4 * (own.macs - 512_000)  # all but the last layer
    assert large.rows[1].output_shape == (64, 224, 224)


# ------------------------------------------------------------------------------------------------ papers
def test_the_papers_networks() -> None:
    """AlexNet's two groups, GoogLeNet as Caffe has it (6,998,552), ResNet v1 as its paper counts (3.8 · 10⁹)."""
    assert paper_variants.survey("googlenet|2014").parameters == 6_998_552
    assert paper_variants.survey("inception_v3|no_aux").parameters == 23_834_568
    original = paper_variants.survey("resnet50|strided_1x1")
    assert (original.parameters, original.macs) == (25_557_032, 3_857_973_248)
    assert papers.printed("3.8 G")[0] == pytest.approx(original.macs, abs=0.06e9)
    plain, normalised = paper_variants.survey("vgg16_bn|no_bn"), architectures.survey("vgg16_bn")
    assert plain.parameters == 138_357_544
    assert normalised.parameters - plain.parameters == 2 * 4224
    assert paper_variants.survey("resnet18|option_a").parameters == 11_689_512 - 173_824
    assert paper_variants.survey("mobilenet_v1|last_stride_2").rows[-4].output_shape == (1024, 4, 4)
    with pytest.raises(KeyError, match="variant"):
        paper_variants.survey("resnet50|nonsense")


def test_every_difference_can_be_counted() -> None:
    for name in ("lenet5", "alexnet", "squeezenet1_0", "efficientnet_lite0", "efficientnet_b2", "googlenet_aux"):
        for item in papers.differences(name):
            for key in (item.theirs, item.ours) if item.theirs else ():
                assert paper_variants.survey(key.replace("{}", name)).parameters > 0


def test_claims_are_of_known_networks_and_can_be_read() -> None:
    assert set(papers.CLAIMS) <= set(models.names())
    for claim in papers.CLAIMS.values():
        for text in (claim.parameters, claim.macs):
            assert not text or papers.printed(text)[0] > 0
    assert papers.printed("60000") == (60_000.0, 0.5)


# ------------------------------------------------------------------------------------------------ the line
def test_the_line_is_connected_and_goes_forward() -> None:
    keys = {item.key: item for item in history.CHAPTERS}
    assert set(keys) <= set(models.names())
    for item in history.CHAPTERS:
        assert history.chapter(item.key) is item
        assert all(keys[other].year <= item.year for other in item.follows)
        assert item.follows or item.year == 1998
        assert all(item in history.after(other) for other in history.before(item))
    assert not [name for name in NAMES if history.chapter(name) is None]
