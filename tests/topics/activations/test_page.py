"""The page on activation functions without a browser: every part, its snippets, bad input; what it measures."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnviz.operations import activation
from cnnviz.topics.activations import dying_relu, maps, snippets
from cnnviz.topics.activations.softmax import softmax
from cnnviz.topics.activations.zigzag import zigzag
from tests.support import ROOT
from tests.support.app import chooser, turn_to, written
from tests.support.waiting import PATIENCE

LENET = "run:mnist-lenet5-df3d2154"
PARTS = ("Curves", "Softmax", "On a real map", "Swapped in a network", "Zig-zag", "Dying ReLU")


def opened(part: str, **query: str) -> AppTest:
    """The page at that part, with the small network for digits."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    turn_to(app, "pages/layers/activations/page.py")
    for name, value in {"network": LENET, "activations.part": part, **query}.items():
        app.query_params[name] = value
    return app.run()


# ------------------------------------------------------------------------------------------------------- every part
@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_with_a_result_and_a_proof_that_holds(part: str) -> None:
    app = opened(part)
    assert not app.exception
    assert not app.error
    assert "What does an activation function do" in app.title[0].value
    assert "check_circle" in written(app)
    assert ":material/error:" not in written(app)


def test_another_function_brings_its_own_formula_and_proof() -> None:
    app = opened("Curves")
    app.selectbox(key="activations.function").set_value("gelu").run()
    assert r"\Phi(x)" in app.latex[0].value
    assert "GELU from its definition" in written(app)
    assert "9.8e−4" in written(app)


def test_softmax_takes_the_logits_of_the_network_at_hand() -> None:
    app = opened("Softmax")
    app.segmented_control(key="activations.logits").set_value("network").run()
    assert not app.exception
    assert app.selectbox(key="picker.network").value == LENET


def test_the_map_says_where_it_comes_from_and_counts_the_dead() -> None:
    app = opened("On a real map")
    text = written(app)
    assert "is the input of **activation1** (ReLU)" in text
    assert "channels in 4 activation layers are dead" in text
    app.select_slider(key="activations.threshold").set_value(0.25).run()
    assert not app.exception


def test_numbers_of_ones_own_go_through_every_function() -> None:
    app = opened("On a real map")
    app.segmented_control(key="activations.values").set_value("typed").run()
    assert not app.exception
    assert "15 functions and their slopes on these 16 numbers" in written(app)


def test_a_cell_that_is_no_number_is_said_and_the_last_good_ones_stay() -> None:
    app = opened("Softmax")
    turn = app.session_state["activations.typed.turn"]
    app.session_state[f"activations.typed.{turn}"] = {
        "edited_rows": {0: {"0": None}}, "added_rows": [], "deleted_rows": []
    }  # fmt: skip
    app.run()
    assert not app.exception
    assert "Row 1, column 1 holds no number" in app.error[0].value
    assert "check_circle" in written(app)


def test_an_upload_goes_through_the_layers() -> None:
    app = opened("On a real map")
    app.segmented_control(key="picture.source").set_value("Upload").run()
    target = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (60, 60, 3), dtype=np.uint8)).save(target, "PNG")
    chooser(app).upload("noise.png", target.getvalue(), "image/png").run()
    assert not app.exception
    assert app.session_state["view.picture"] == "own"
    assert "is the input of **activation1**" in written(app)
    chooser(app).upload("bad.png", b"no picture", "image/png").run()
    assert not app.exception
    assert "The image that was there stays" in written(app)


def test_swapping_says_what_became_of_the_answer() -> None:
    app = opened("Swapped in a network")
    assert "It is replaced in 1 layer" in written(app)
    app.selectbox(key="activations.where").set_value("all").run()
    assert "It is replaced in 4 layers" in written(app)
    assert not app.exception


def test_every_function_can_be_compared_in_one_place() -> None:
    app = opened("Swapped in a network")
    app.toggle(key="activations.every").set_value(True).run()
    assert not app.exception
    table = next(frame.value for frame in app.dataframe if "of the old prediction" in frame.value)
    own = table[table["function"] == "ReLU"].iloc[0]
    assert len(table) == len(activation.names())
    assert own["its rank"] == "1"
    assert own["probability"] == own["of the old prediction"]


def test_a_rate_that_runs_away_is_said_and_the_last_paths_stay() -> None:
    app = opened("Zig-zag")
    before = next(text for text in written(app).splitlines() if "With sigmoid inputs both" in text)
    app.select_slider(key="activations.rate").set_value(1.2).run()
    assert not app.exception
    assert "choose a smaller one" in app.error[0].value
    assert before in written(app)


def test_the_same_digit_twice_is_said_and_the_last_pair_stays() -> None:
    app = opened("Dying ReLU")
    app.selectbox(key="activations.other").set_value(8).run()
    assert not app.exception
    assert "choose two different ones" in app.error[0].value
    assert "0.11386" in written(app)


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
    found = maps.of_numbers(numbers)
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
