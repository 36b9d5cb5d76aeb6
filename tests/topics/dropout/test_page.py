"""The dropout page as Streamlit runs it: every part, bad input, links, and every snippet that it shows."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnviz import capture, images, networks, outputs, samples
from cnnviz.records import Activations
from cnnviz.topics.dropout import captions, charts, figures, masks, statistics
from cnnviz.topics.dropout import network as measured
from cnnviz.topics.dropout.records import OwnDropout
from pages.layers.dropout import mask, snippets
from tests.support.app import opened, written
from tests.support.snippets import run

PAGE = "pages/layers/dropout/page.py"
PARTS = ("The mask", "Many masks", "In a network", "The prediction", "Two masks")
RUN = "run:mnist-cnn-19abe802"
X = mask.NUMBERS.ravel()


@pytest.fixture(scope="module")
def network() -> networks.Network:
    return networks.open_network(RUN)


@pytest.fixture(scope="module")
def recording(network: networks.Network) -> Activations:
    x = images.to_tensor(samples.read("digit-on-paper"), network.spec)
    return capture.activations(network.model, x)


# ------------------------------------------------------------------------------------------------ the page
@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_on_a_result(page: AppTest, part: str) -> None:
    opened(page, dropout__part=part, network=RUN)
    assert page.segmented_control(key="dropout.part").value == part
    assert not page.error
    assert page.expander


def test_the_first_paint_proves_itself(page: AppTest) -> None:
    opened(page)
    assert written(page).count(":green[:material/check_circle:]") == 4
    assert ":red[" not in written(page)
    assert "101 values of p" in written(page)


@pytest.mark.parametrize("over", ["image", "layer map", "layer channels"])
def test_masks_over_maps_and_channels(page: AppTest, over: str) -> None:
    opened(page, dropout__over=over, network=RUN, layer="conv2")
    assert written(page).count(":green[:material/check_circle:]") == 4
    assert ("F.dropout2d" in written(page)) == (over == "layer channels")


def test_a_vector_of_a_layer_has_a_mask_too(page: AppTest) -> None:
    opened(page, dropout__over="layer channels", network=RUN, layer="fc1")
    assert "is a vector" in written(page)
    assert not page.error


def test_another_mask_is_another_seed_and_stands_in_the_link(page: AppTest) -> None:
    opened(page, dropout__seed="41")
    assert page.number_input(key="dropout.seed").value == 41
    page.button(key="dropout.again").click().run()
    assert page.number_input(key="dropout.seed").value == 42
    assert page.query_params["dropout.seed"] in ("42", ["42"])


def test_a_bad_number_is_one_sentence_and_the_last_good_ones_stay(page: AppTest) -> None:
    opened(page)
    key = f"dropout.numbers.{page.session_state['dropout.numbers.turn']}"
    page.session_state[key] = {"edited_rows": {0: {"2": None}}, "added_rows": [], "deleted_rows": []}
    page.run()
    assert not page.exception
    assert len(page.error) == 1
    assert "Row 1, column 3 holds no number" in page.error[0].value
    assert written(page).count(":green[:material/check_circle:]") == 4


@pytest.mark.parametrize("p", ["0.0", "1.0"])
@pytest.mark.parametrize("part", ["Many masks", "The prediction"])
def test_the_ends_of_p(page: AppTest, part: str, p: str) -> None:
    opened(page, dropout__part=part, dropout__p=p, network=RUN)
    assert page.slider(key="dropout.p").value == float(p)
    assert not page.error
    if part == "Many masks":
        assert ("every mask drops everything" in written(page)) == (p == "1.0")
        assert ("no error to fit" in written(page)) == (p == "0.0")


@pytest.mark.parametrize("query", [
    {"dropout__p": "7", "dropout__seed": "-3", "dropout__units": "0", "layer": "no such layer"},
    {"dropout__p": "nan", "dropout__seed": "1e99", "dropout__units": "many", "dropout__over": "<b>"},
])  # fmt: skip
@pytest.mark.parametrize("part", ["Many masks", "Two masks"])
def test_a_crooked_link_opens_something_sensible(page: AppTest, part: str, query: dict[str, str]) -> None:
    opened(page, **{"dropout__part": part, "network": RUN, **query})
    assert not page.error


@pytest.mark.parametrize(("said_by_link", "p"), [("0.8", 0.8), ("7", 0.5), ("nan", 0.5), ("much", 0.5)])
def test_the_slider_in_the_browser_starts_where_the_link_says(page: AppTest, said_by_link: str, p: float) -> None:
    opened(page, dropout__p=said_by_link)
    packets = [element.proto.bytes for element in page.main if element.type == "bidi_component"]
    (packet,) = filter(None, packets)  # the one that follows the appearance has none
    assert f'"p":{p}'.encode() in packet


def test_a_network_that_does_not_exist_is_said(page: AppTest) -> None:
    opened(page, dropout__part="In a network", network="no_such_net")
    assert len(page.error) == 1


def test_the_last_layer_has_nothing_after_it(page: AppTest) -> None:
    opened(page, dropout__part="In a network", network=RUN, layer="log_softmax")
    assert [str(item.value) for item in page.error] == ["Nothing follows log_softmax: choose an earlier layer."]


def test_the_prediction_scatters_for_the_picture_and_for_noise(page: AppTest) -> None:
    opened(page, dropout__part="The prediction", network=RUN)
    words = written(page)
    assert words.count("Predictive entropy") == 2
    assert "**Noise**" in words


def test_long_work_waits_for_its_button(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measured, "seconds_for", lambda *args: 99.0)
    opened(page, dropout__part="The prediction", dropout__at="layer at hand", layer="conv1", network=RUN)
    assert "about 198 s" in written(page)
    assert "on `relu3`" in written(page)  # the cheap result is there meanwhile
    page.button(key="dropout.draw").click().run()
    assert "on `conv1`" in written(page)
    assert written(page).count("Predictive entropy") == 2


def test_two_masks_over_a_layer(page: AppTest) -> None:
    opened(page, dropout__part="Two masks", dropout__pair="layer at hand", network=RUN, layer="fc1")
    assert "50 units have 2⁵⁰ = 1,125,899,906,842,624 masks" in written(page)


def test_a_channel_that_another_layer_does_not_have(page: AppTest) -> None:
    opened(page, dropout__over="layer map", network=RUN, layer="conv1")
    page.selectbox(key="dropout.channel").set_value(5).run()
    page.selectbox(key="picker.layer").set_value("input").run()
    assert not page.exception, page.exception


# ------------------------------------------------------------------------------------------------ figures
def test_mask_data_is_what_the_browser_needs() -> None:
    u = masks.uniform(X.shape, seed=1)
    data = figures.mask_data(X, u, title="numbers")
    np.testing.assert_array_equal(np.frombuffer(data["values"], "<f4"), X.astype(np.float32))
    np.testing.assert_array_equal(np.frombuffer(data["uniform"], "<f4"), u)
    assert data["meta"]["shape"] == [8, 1, 1]
    other = figures.mask_data(X, masks.uniform(X.shape, seed=2), title="numbers")
    assert data["meta"]["digest"] != other["meta"]["digest"]
    json.dumps(data["meta"], allow_nan=False)


def test_network_data_holds_both_layers_and_the_classes(network: networks.Network, recording: Activations) -> None:
    found = measured.disturb(network.model, recording, "conv1", seed=1)
    data = figures.network_data(found, outputs.of(recording, network.spec))
    meta = data["meta"]
    json.dumps(meta, allow_nan=False)
    assert meta["probabilities"][0] == 0
    assert len(meta["shift"]) == len(meta["probabilities"]) == 7
    there = np.frombuffer(data["masked"], "<f2").reshape(6, *meta["there"]["shape"])
    np.testing.assert_allclose(there, found.masked_following[:, meta["there"]["names"]], rtol=2e-3, atol=1e-2)
    best = int(recording.logits.argmax())
    assert meta["classes"][0]["label"] == network.spec.classes[best]
    assert meta["classes"][0]["shares"][0] == pytest.approx(np.exp(recording.logits[best]), rel=1e-4)  # log-softmax


def test_the_strongest_channels_come_in_channel_order() -> None:
    values = np.array([1.0, 5.0, 0.0, 3.0])[:, None, None] * np.ones((4, 3, 3))
    assert figures.strongest(values, most=2).tolist() == [1, 3]
    assert figures.strongest(values, cells=9).tolist() == [1]
    assert figures.strongest_units(np.array([1.0, -5.0, 0.0, 3.0]), count=2).tolist() == [-5.0, 3.0]


def test_words_say_the_numbers(network: networks.Network, recording: Activations) -> None:
    found = measured.disturb(network.model, recording, "conv1", probabilities=(0.0, 1.0))
    assert "At p = 0 the mask changes `conv2` by 0 % of its own length" in captions.change(
        found, outputs.unnamed(recording), 0
    )
    assert "no dropout layer of its own" in captions.own_layers((), "A net")
    several = tuple(OwnDropout(f"drop{at}", "Dropout", 0.5) for at in range(8))
    assert "8 dropout layers" in captions.own_layers(several, "A net")
    assert "and 2 more" in captions.own_layers(several, "A net")
    assert "2⁸ = 256" in captions.subnetworks(statistics.subnetworks(8))
    assert "10³⁸⁵" in captions.subnetworks(statistics.subnetworks(1280))
    assert "386 digits" in captions.subnetworks(statistics.subnetworks(1280))
    averages = statistics.averages(X, 0.5, masks=100)
    assert f"**−{abs(averages.slope or 0):.3f}" in captions.slope(averages)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_charts_show_what_was_measured(network: networks.Network, recording: Activations, theme: str) -> None:
    averages = statistics.averages(X, 0.3, masks=1000)
    means = charts.means(averages, theme=theme)
    measured_line = next(trace for trace in means.data if trace.name == "upscale_in_train")
    np.testing.assert_allclose(measured_line.y, averages.rms)
    assert means.layout.xaxis.type == means.layout.yaxis.type == "log"
    np.testing.assert_allclose(charts.variances(averages, theme=theme).data[0].y, averages.variance)
    found = measured.monte_carlo(network.model, recording, "relu3", 0.5)
    strip = charts.scatter(found, network.spec.classes, theme=theme)
    order = charts.top_classes(found)
    np.testing.assert_allclose(strip.data[0].x, found.samples[:, order[0]])
    sharing = statistics.sharing(20, pairs=50)
    np.testing.assert_allclose(charts.sharing(sharing, theme=theme).data[0].y, sharing.both.mean(1) / 20)


# ------------------------------------------------------------------------------------------------ snippets
def test_the_mask_snippet_computes_what_the_page_does() -> None:
    found = run(snippets.MASK.format(x=X.tolist(), seed=1, count=len(X)))
    ours = masks.drop(X, found["mask"].numpy(), 0.5)
    np.testing.assert_allclose(found["upscale"].numpy(), ours.upscale.train, atol=1e-6)
    np.testing.assert_allclose(found["downscale"].numpy(), ours.downscale.train, atol=1e-6)


def test_the_means_snippet_falls_as_the_page_says() -> None:
    found = run(snippets.MEANS.format(x=X.tolist(), p=0.5, seed=1))
    outputs = found["outputs"].numpy()
    assert outputs.shape == (10_000, 8)
    assert (np.abs(outputs.mean(0) - X) <= 5 * np.abs(X) * np.sqrt(1 / 10_000) + 1e-6).all()
    np.testing.assert_allclose(outputs.var(0), X**2, rtol=0.05)


@pytest.mark.parametrize("function", ["dropout", "dropout2d"])
def test_the_network_snippet_runs_and_leaves_no_hook(function: str) -> None:
    where = {"module": "samples", "reading": "digit-on-paper", "choice": RUN, "fit": "crop"}
    found = run(snippets.NETWORK.format(**where, layer="conv1", function=function, p=0.5))
    assert not found["layer"]._forward_hooks
    assert float((found["masked"] - found["plain"]).abs().max()) > 0
    assert float(found["masked"].sum()) == pytest.approx(1, abs=1e-5)


def test_the_prediction_snippet_gives_the_pages_numbers(network: networks.Network, recording: Activations) -> None:
    where = {"module": "samples", "reading": "digit-on-paper", "choice": RUN, "fit": "crop"}
    found = run(snippets.PREDICTION.format(**where, key="relu3", p=0.5))["found"]
    ours = measured.monte_carlo(network.model, recording, "relu3", 0.5)
    np.testing.assert_allclose(found.samples, ours.samples, atol=1e-5)


def test_the_sharing_snippet_lies_within_five_sigma() -> None:
    found = run(snippets.SHARING.format(units=1280, seed=3))
    assert abs(found["both"] - 320) <= 5 * np.sqrt(1280 * 0.25 * 0.75)


def test_what_one_takes_along_can_be_read_again(tmp_path: Path) -> None:
    data = snippets.npz(x=X, uniform=np.zeros(8))
    (tmp_path / "mask.npz").write_bytes(data)
    with np.load(tmp_path / "mask.npz") as held:
        np.testing.assert_array_equal(held["x"], X)
    rows = snippets._means_csv(statistics.averages(X, 0.5, masks=100)).splitlines()
    assert rows[0].startswith("n,")
    assert rows[1].startswith("1,")
