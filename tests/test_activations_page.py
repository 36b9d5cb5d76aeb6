"""The page on activation functions without a browser: every part, its snippets, bad input; what it measures."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnviz import capture, images, networks, samples
from cnnviz.figures import activation_functions as figures
from cnnviz.figures import activation_maps as map_figures
from cnnviz.figures import activation_paths, activation_swaps, predictions
from cnnviz.figures import activation_snippets as snippets
from cnnviz.figures import activation_tables as tables
from cnnviz.measurements import activation_maps, activation_swap, dying_relu
from cnnviz.operations import OperationError, activation, activation_dying
from cnnviz.operations.activation_facts import facts
from cnnviz.operations.activation_softmax import softmax
from cnnviz.operations.activation_zigzag import zigzag
from pages.shared.activations import loading

ROOT = Path(__file__).parent.parent
LENET = "run:mnist-lenet5-df3d2154"
PARTS = ("Curves", "Softmax", "On a real map", "Swapped in a network", "Zig-zag", "Dying ReLU")


@pytest.fixture(autouse=True)
def _own_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CNNVIZ_WARM", "0")


def opened(part: str, **query: str) -> AppTest:
    """The page at that part, with the small network for digits."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page("pages/layers/activations.py")
    for name, value in {"network": LENET, "activations.part": part, **query}.items():
        app.query_params[name] = value
    return app.run()


def words(app: AppTest) -> str:
    return "\n".join(str(item.value) for kind in (app.caption, app.markdown, app.error, app.warning) for item in kind)


# ------------------------------------------------------------------------------------------------------- every part
@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_with_a_result_and_a_proof_that_holds(part: str) -> None:
    app = opened(part)
    assert not app.exception
    assert not app.error
    assert "What does an activation function do" in app.title[0].value
    assert "check_circle" in words(app)
    assert ":material/error:" not in words(app)


def test_another_function_brings_its_own_formula_and_proof() -> None:
    app = opened("Curves")
    app.selectbox(key="activations.function").set_value("gelu").run()
    assert r"\Phi(x)" in app.latex[0].value
    assert "GELU from its definition" in words(app)
    assert "9.77e-04" in words(app)


def test_softmax_takes_the_logits_of_the_network_at_hand() -> None:
    app = opened("Softmax")
    app.segmented_control(key="activations.logits").set_value("network").run()
    assert not app.exception
    assert app.selectbox(key="picker.network").value == LENET


def test_the_map_says_where_it_comes_from_and_counts_the_dead() -> None:
    app = opened("On a real map")
    text = words(app)
    assert "feeds **activation1** (ReLU)" in text
    assert "channels in 4 activation layers are dead" in text
    app.select_slider(key="activations.threshold").set_value(0.25).run()
    assert not app.exception


def test_numbers_of_ones_own_go_through_every_function() -> None:
    app = opened("On a real map")
    app.segmented_control(key="activations.values").set_value("typed").run()
    assert not app.exception
    assert "15 functions and their slopes on these 16 numbers" in words(app)


def test_a_cell_that_is_no_number_is_said_and_the_last_good_ones_stay() -> None:
    app = opened("Softmax")
    turn = app.session_state["activations.typed.turn"]
    app.session_state[f"activations.typed.{turn}"] = {
        "edited_rows": {0: {"0": None}}, "added_rows": [], "deleted_rows": []
    }  # fmt: skip
    app.run()
    assert not app.exception
    assert "Row 1, column 1 holds no number" in app.error[0].value
    assert "check_circle" in words(app)


def test_an_upload_goes_through_the_layers() -> None:
    app = opened("On a real map")
    app.segmented_control(key="picture.source").set_value("Upload").run()
    target = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (60, 60, 3), dtype=np.uint8)).save(target, "PNG")
    app.file_uploader(key="picture.upload").upload("noise.png", target.getvalue(), "image/png").run()
    assert not app.exception
    assert app.session_state["view.picture"] == "own"
    assert "feeds **activation1**" in words(app)
    app.file_uploader(key="picture.upload").upload("bad.png", b"no picture", "image/png").run()
    assert not app.exception
    assert "The picture that was there stays" in words(app)


def test_swapping_says_what_became_of_the_answer() -> None:
    app = opened("Swapped in a network")
    assert "Replaced in 1 place" in words(app)
    app.selectbox(key="activations.where").set_value("all").run()
    assert "Replaced in 4 places" in words(app)
    assert not app.exception


def test_every_function_can_be_compared_in_one_place() -> None:
    app = opened("Swapped in a network")
    app.toggle(key="activations.every").set_value(True).run()
    assert not app.exception
    table = next(frame.value for frame in app.dataframe if "of the old answer" in frame.value)
    own = table[table["function"] == "ReLU"].iloc[0]
    assert len(table) == len(activation.names())
    assert own["its rank"] == "1"
    assert own["probability"] == own["of the old answer"]


def test_a_rate_that_runs_away_is_said_and_the_last_paths_stay() -> None:
    app = opened("Zig-zag")
    before = next(text for text in words(app).splitlines() if "Fed by sigmoids" in text)
    app.select_slider(key="activations.rate").set_value(1.2).run()
    assert not app.exception
    assert "choose a smaller one" in app.error[0].value
    assert before in words(app)


def test_the_same_digit_twice_is_said_and_the_last_pair_stays() -> None:
    app = opened("Dying ReLU")
    app.selectbox(key="activations.other").set_value(8).run()
    assert not app.exception
    assert "choose two different ones" in app.error[0].value
    assert "0.11386" in words(app)


def test_a_network_that_is_not_there_is_said() -> None:
    app = opened("On a real map", network="run:mnist-cnn-00000000")
    assert not app.exception
    assert "cannot be opened" in app.error[0].value


# --------------------------------------------------------------------------------------------------------- snippets
def executed(code: str) -> tuple[dict, str]:
    """What the snippet left behind, and what it printed."""
    space: dict = {}
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(code, space)
    return space, said.getvalue()


@pytest.mark.parametrize("name", activation.names())
def test_the_snippet_of_every_function_runs_and_agrees(name: str) -> None:
    line = activation.family[name].torch.format(p=activation.parameter(name))
    space, said = executed(snippets.function(line))
    x = space["x"].detach().numpy()
    np.testing.assert_allclose(space["y"].detach().numpy(), activation.value(name, x), atol=1e-12)
    assert len(said.splitlines()) == 25


def test_the_softmax_snippet_agrees() -> None:
    space, _ = executed(snippets.softmax([3.0, 1.0, -2.0], 0.5))
    ours = softmax(np.array([3.0, 1.0, -2.0]), 0.5)
    np.testing.assert_allclose(space["p"].numpy(), ours.probabilities, atol=1e-14)


def test_the_map_and_swap_snippets_agree() -> None:
    space, said = executed(snippets.on_a_map(LENET, "sample:digit-on-paper", "activation1"))
    assert said.count("\n") == len(activation.names())
    assert space["found"].own == "relu"
    space, said = executed(snippets.swap(LENET, "sample:digit-on-paper", ("activation1", "activation2"), "tanh"))
    assert space["found"].swapped == 4
    assert said.startswith("before")


def test_the_snippet_on_numbers_agrees() -> None:
    numbers = np.array([[-6.0, 0.5], [2.0, -0.75]])
    space, said = executed(snippets.of_numbers(numbers.tolist()))
    found = activation_maps.of_numbers(numbers)
    for effect in found.effects:
        assert space["results"][effect.name].mean() == pytest.approx(effect.mean, abs=1e-6)
        assert f"{effect.name:12} zeros {effect.zeros:.3f} saturated {effect.saturated:.3f}" in said


def test_the_zigzag_snippet_agrees() -> None:
    space, said = executed(snippets.zigzag(0.2, 1, 0))
    ours = zigzag("tanh", rate=0.2, steps=100, batch=1, seed=0)
    assert space["length"] == pytest.approx(ours.length, rel=1e-9)
    np.testing.assert_allclose(space["w"], ours.path[-1], atol=1e-10)
    assert "sigmoid: ends at" in said
    assert "same sign in 100 of 100" in said


def test_the_dying_snippet_agrees() -> None:
    found = dying_relu.deaths(8, 3)
    place = int(np.flatnonzero(found.relu.dead_at >= 0)[0])
    space, said = executed(snippets.dying(8, 3, float(found.relu.rates[place])))
    np.testing.assert_allclose(space["w"].detach().numpy(), found.relu.weights[place, -1], atol=1e-6)
    assert "active 0.000" in said.splitlines()[-1]


# ----------------------------------------------------------------------------------------------------- measurements
@pytest.fixture(scope="module")
def lenet() -> SimpleNamespace:
    network = networks.open_network(LENET)
    x = images.to_tensor(samples.read("digit-on-paper"), network.spec)
    return SimpleNamespace(model=network.model, x=x, recording=capture.activations(network.model, x), spec=network.spec)


def test_the_networks_own_function_gives_what_it_recorded(lenet: SimpleNamespace) -> None:
    found = activation_maps.effects(lenet.recording, "activation1")
    assert found.own == "relu"
    assert found.largest == 0.0
    relu = next(effect for effect in found.effects if effect.name == "relu")
    assert relu.zeros == pytest.approx((lenet.recording["activation1"].values == 0).mean())
    assert relu.mean == pytest.approx(lenet.recording["activation1"].values.mean(), abs=1e-6)
    assert relu.counts.sum() == found.sampled == found.cells


@pytest.mark.parametrize("name", activation.names())
def test_a_channel_is_dead_where_every_slope_is_zero(lenet: SimpleNamespace, name: str) -> None:
    found = activation_maps.effects(lenet.recording, "activation2")
    slopes = activation.slope(name, found.before)
    effect = next(effect for effect in found.effects if effect.name == name)
    assert effect.dead.tolist() == (slopes == 0).all(axis=(1, 2)).tolist()
    assert effect.saturated == pytest.approx((np.abs(slopes) < found.threshold).mean())


def test_counters_agree_with_the_recording(lenet: SimpleNamespace) -> None:
    found = activation_maps.counters(lenet.recording)
    assert [one.key for one in found] == ["activation1", "activation2", "activation3", "activation4"]
    for one in found:
        values = lenet.recording[one.key].values.reshape(one.channels, -1)
        assert one.zeros == pytest.approx((values == 0).mean())
        assert one.dead == (values == 0).all(axis=1).sum()


def test_a_layer_that_is_no_activation_is_refused(lenet: SimpleNamespace) -> None:
    with pytest.raises(ValueError, match="choose another activation layer"):
        activation_maps.effects(lenet.recording, lenet.recording.keys[1])


@pytest.mark.parametrize(
    ("words", "name"),
    [("ReLU", "relu"), ("ReLU6", "relu6"), ("relu_", "relu"), ("SiLU", "silu"), ("Hardswish", "hard_swish"),
     ("LeakyReLU slope 0.1", "leaky_relu"), ("GELU", "gelu"), ("PReLU", ""), ("Mish", "")],
)  # fmt: skip
def test_functions_are_known_by_their_words(words: str, name: str) -> None:
    assert activation_maps.own_function(words) == name


def test_swapping_its_own_function_in_changes_nothing(lenet: SimpleNamespace) -> None:
    found = activation_swap.swap(lenet.model, lenet.x, ["activation1", "activation2"], "relu")
    np.testing.assert_array_equal(found.logits, found.original)
    np.testing.assert_allclose(found.original, lenet.recording.logits, atol=1e-5)
    assert (found.change == 0).all()


@pytest.mark.parametrize("name", ["tanh", "identity", "gelu"])
def test_a_swap_is_what_replacing_the_module_in_a_copy_gives(lenet: SimpleNamespace, name: str) -> None:
    import copy

    twin = copy.deepcopy(lenet.model)
    modules = {"tanh": torch.nn.Tanh(), "identity": torch.nn.Identity(), "gelu": torch.nn.GELU()}
    before = {key: value.clone() for key, value in lenet.model.state_dict().items()}
    twin.activation2 = modules[name]
    with torch.inference_mode():
        wanted = twin.eval()(lenet.x)[0].numpy()
    found = activation_swap.swap(lenet.model, lenet.x, ["activation2"], name)
    np.testing.assert_allclose(found.logits, wanted, atol=1e-5)
    assert found.keys[0] == "activation2"
    assert found.change[0] > 0
    assert all(torch.equal(value, before[key]) for key, value in lenet.model.state_dict().items())
    np.testing.assert_array_equal(capture.logits(lenet.model, lenet.x), lenet.recording.logits)


def test_functional_and_in_place_activations_can_be_swapped() -> None:
    class Small(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = torch.nn.Conv2d(1, 3, 3)
            self.relu = torch.nn.ReLU(inplace=True)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = self.relu(self.conv(x))
            return torch.nn.functional.relu(x - 0.1).flatten(1)

    torch.manual_seed(0)
    model, x = Small().eval(), torch.randn(1, 1, 6, 6)
    keys = [layer.key for layer in capture.activations(model, x).layers if layer.kind == "activation"]
    with torch.inference_mode():
        wanted = torch.tanh(torch.tanh(model.conv(x)) - 0.1).flatten(1)[0]
    np.testing.assert_allclose(activation_swap.swap(model, x, keys, "tanh").logits, wanted.numpy(), atol=1e-6)
    assert len(keys) == 2


def test_a_swap_at_no_layer_of_the_network_is_refused(lenet: SimpleNamespace) -> None:
    with pytest.raises(activation_swap.SwapError, match="no node 'nowhere'"):
        activation_swap.swap(lenet.model, lenet.x, ["nowhere"], "tanh")


def test_the_rate_that_kills_lies_where_the_sweep_says() -> None:
    found = dying_relu.deaths(8, 3)
    assert found.inputs.shape == (160, 64)
    assert 0 <= found.inputs.min() < found.inputs.max() <= 1
    assert found.threshold is not None
    assert found.alive_below is not None
    around = np.array([found.alive_below, found.threshold])
    ends = activation_dying.train("relu", found.inputs, found.labels, around, steps=dying_relu.STEPS)
    assert ends.dead_at[0] == -1
    assert ends.dead_at[1] >= 0
    assert (found.leaky.dead_at == -1).all()
    with pytest.raises(OperationError, match="different"):
        dying_relu.deaths(4, 4)


# ---------------------------------------------------------------------------------------------------------- figures
def plain(data: dict) -> dict:
    """The header as JSON carries it; fails for anything that is not plain."""
    return json.loads(
        json.dumps({name: part for name, part in data.items() if not isinstance(part, bytes)}, allow_nan=False)
    )


def test_the_packets_hold_what_was_computed(lenet: SimpleNamespace) -> None:
    curves = plain(loading.curves())
    assert [one["name"] for one in curves["functions"]] == list(activation.names())
    x, value, slope = curves["checks"]["tanh"][3]
    assert (value, slope) == (pytest.approx(np.tanh(x)), pytest.approx(1 - np.tanh(x) ** 2))
    effects = activation_maps.effects(lenet.recording, "activation1")
    packet = loading.map_packet(effects)
    values = np.frombuffer(packet["values"], dtype="<f4").reshape(packet["shape"])
    np.testing.assert_array_equal(values, effects.before[packet["channels"]])
    assert plain(packet)["own"] == "relu"


def test_a_vector_becomes_one_map_of_its_units(lenet: SimpleNamespace) -> None:
    packet = loading.map_packet(activation_maps.effects(lenet.recording, "activation4"))
    values = np.frombuffer(packet["values"], dtype="<f4")
    known = values[np.isfinite(values)]
    np.testing.assert_array_equal(known, lenet.recording[lenet.recording["activation4"].inputs[0]].values)
    assert packet["vector"]
    assert packet["total"] == 84


def test_many_channels_are_thinned_to_the_liveliest_and_some_dead() -> None:
    random = np.random.default_rng(0)
    before = random.normal(size=(64, 112, 112)).astype(np.float32) * np.arange(64, dtype=np.float32)[:, None, None]
    before[5] = -1.0
    effect = SimpleNamespace(name="relu", dead=np.arange(64) == 5)
    shown = map_figures.channels_shown(SimpleNamespace(before=before, own="relu", effects=(effect,)))  # type: ignore[arg-type]
    assert shown[0] == 63
    assert shown[-1] == 5
    assert len(shown) == map_figures.CELLS // 112**2


def test_softmax_terms_keep_every_logit() -> None:
    z = np.random.default_rng(0).normal(size=50)
    found = figures.softmax_terms([softmax(z), softmax(z, 2.0)], [f"c{i}" for i in range(50)])
    rest = np.frombuffer(found["rest"], dtype="<f8")
    together = np.sort([*(one["logit"] for one in found["shown"]), *rest])
    np.testing.assert_array_equal(together, np.sort(z))
    assert found["shown"][0]["label"] == f"c{z.argmax()}"


def test_the_paths_and_the_deaths_travel_whole() -> None:
    both = [zigzag("sigmoid", steps=20), zigzag("tanh", steps=20)]
    packet = plain(activation_paths.descents(both, loading.titles()))
    for sent, one in zip(packet["paths"], both, strict=True):
        inputs = np.array(sent["examples"])[:, 0]
        np.testing.assert_allclose(2 * np.array(sent["errors"])[:, None] * inputs, one.gradients, atol=1e-12)
    found = dying_relu.deaths(8, 3)
    sent = activation_paths.deaths(found, loading.titles())
    weights = np.frombuffer(sent["weights0"], dtype="<f4").reshape(found.relu.weights.shape)
    np.testing.assert_allclose(weights, found.relu.weights, rtol=1e-6)
    assert found.relu.dead_at[plain(sent)["start"]] >= 0


def test_the_words_on_a_swap_follow_the_scores() -> None:
    names = ["cat", "dog", "cup"]
    before, same, other = (predictions.scores(np.array(z), names) for z in ([3.0, 1, 0], [2.0, 1, 0], [0.0, 3, 1]))
    assert "stays **cat**" in activation_swaps.words(before, same, swapped=1)
    said = activation_swaps.words(before, other, swapped=2)
    assert "into **dog**" in said
    assert "cat falls to rank 3 of 3" in said
    assert "2 places" in said


def test_tables_have_a_line_for_everything(lenet: SimpleNamespace) -> None:
    def lines(text: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(text)))

    found = activation_maps.effects(lenet.recording, "activation1")
    both = [zigzag("sigmoid", steps=20), zigzag("tanh", steps=20)]
    deaths = dying_relu.deaths(8, 3)
    swap = activation_swap.swap(lenet.model, lenet.x, ["activation1"], "tanh")
    assert len(lines(tables.facts([facts(name) for name in activation.names()]))) == len(activation.names()) + 1
    assert len(lines(tables.effects(found))) == len(activation.names()) + 1
    assert len(lines(tables.counters(activation_maps.counters(lenet.recording)))) == 5
    assert len(lines(tables.descents(both))) == 2 * 21 + 1
    assert len(lines(tables.deaths(deaths))) == 2 * 33 + 1
    assert len(lines(tables.swapped(swap))) == len(swap.keys) + 1
    head, first, *_ = lines(tables.softmax([softmax(np.array([1.0, 2.0]))], ["a", "b"]))
    assert head[2] == "p at T = 1"
    assert float(first[2]) == pytest.approx(1 / (1 + np.e), rel=1e-9)
