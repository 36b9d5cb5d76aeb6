"""Whatever a network that somebody brings with --model raises, at whatever moment: one sentence, and the app lives."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz import capture, models, networks, outputs
from cnnviz.models import first_forward, own_networks
from cnnviz.records import Spec
from pages.shared import command_line
from tests.support.app import app_at, opened, written
from tests.support.own_network import MODULE, forgotten, stranger

EXPLORE, POOLING, FIELD = (
    f"pages/{name}/page.py" for name in ("look/explore", "layers/pooling", "networks/receptive_field")
)


class Unwritable(Exception):
    """An error whose message cannot be made, either."""

    def __str__(self) -> str:
        raise KeyError("message")


RAISED: tuple[BaseException, ...] = (
    AttributeError("'Net' object has no attribute 'fc1'"), KeyError("fc"), ImportError("no x (/home/me/my nets/a.py)"),
    ZeroDivisionError("division by zero"), SystemExit(2), RuntimeError("![x](http://a.b/c.png) $1$"), Unwritable(),
    FileNotFoundError(2, "No such file or directory", "/home/me/weights/net.pt"), GeneratorExit(), StopIteration(),
    NotImplementedError(), AssertionError(), RecursionError("maximum recursion depth"), OSError("/srv/x/y/z.bin"),
)  # fmt: skip


def plain() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))


class Failing(nn.Module):
    """A network that works `good` times and raises at each forward pass after that."""

    def __init__(self, error: BaseException, good: int) -> None:
        super().__init__()
        self.net, self.error, self.good = plain(), error, good

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.good -= 1
        if self.good < 0:
            raise self.error
        result: torch.Tensor = self.net(x)
        return result


@pytest.fixture(autouse=True)
def _nothing_of_ones_own() -> Iterator[None]:
    yield from forgotten()


def raising(error: BaseException) -> Callable[[], nn.Module]:
    def make() -> nn.Module:
        raise error

    return make


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("moment", ["built", "first forward"])
def test_whatever_it_raises_is_one_sentence_with_a_remedy(moment: str, error: BaseException) -> None:
    place = stranger(raising(error) if moment == "built" else lambda: Failing(error, 0))
    named = command_line.open_named(("--model", place))
    (problem,) = named.problems
    assert not named.choice
    assert not own_networks.OWN
    assert problem.startswith("Your network cannot be opened: ")
    assert type(error).__name__ in problem
    assert "let it return" in problem or "mend its forward" in problem
    assert "\n" not in problem
    assert not [folder for folder in ("/home", "/srv", "my nets") if folder in problem]
    assert len(problem) < command_line.LONGEST


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("import sys; sys.exit(2)", "__main__"),
        ("import a_library_that_is_not_here", "install a_library_that_is_not_here"),
        ("raise KeyError('x')", "mend the line"),
        ("def make(:", "mend the line"),
        ("from os import nothing_like_this", "mend the line"),
        ("def __getattr__(name): raise KeyError(name)", "plain function"),
    ],
)
def test_an_import_that_fails_says_what_would_work(
    lines: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / f"{MODULE}.py").write_text(lines)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    (problem,) = command_line.open_named(("--model", f"{MODULE}:make")).problems
    assert said in problem
    assert str(tmp_path) not in problem


def test_ctrl_c_is_no_fault_of_the_network() -> None:
    with pytest.raises(KeyboardInterrupt):
        models.own(stranger(raising(KeyboardInterrupt())))


@pytest.mark.parametrize("moment", ["built", "first forward"])
def test_a_page_lives_where_the_network_could_not_be_opened(moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place = stranger(raising(RAISED[5]) if moment == "built" else lambda: Failing(RAISED[4], 0))
    monkeypatch.setattr(sys, "argv", ["app.py", "--model", place])
    page = opened(app_at(POOLING))
    assert "Your network cannot be opened" in page.error[0].value
    assert "![x](" not in page.error[0].value
    assert page.title


@pytest.mark.parametrize("error", [RAISED[0], SystemExit(3)], ids=lambda error: type(error).__name__)
def test_a_forward_that_fails_on_a_page_is_said_there_and_the_other_pages_live(error: BaseException) -> None:
    choice = networks.own(stranger(lambda: Failing(error, 0 if own_networks.OWN else 3)))
    page = opened(app_at(EXPLORE), network=choice)
    assert f"raised {type(error).__name__}" in page.error[0].value.replace("\\", "")
    assert not opened(app_at(EXPLORE), network="lenet5").error


def test_a_network_that_cannot_be_built_a_second_time_is_said_where_it_was_chosen() -> None:
    made: list[nn.Module] = []

    def once() -> nn.Module:
        if made:
            raise KeyError("weights")
        made.append(plain())
        return made[0]

    page = opened(app_at(EXPLORE), network=networks.own(stranger(once)))
    assert "KeyError" in page.error[0].value


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float64])
def test_a_network_of_another_type_is_given_its_input_in_that_type(kind: torch.dtype) -> None:
    found = networks.open_network(networks.own(stranger(lambda: plain().to(kind))))
    assert first_forward.floating_type(found.model) is kind
    assert capture.activations(found.model, torch.ones(1, 3, 224, 224)).logits.shape == (2,)


def lazy() -> nn.Module:
    return nn.Sequential(
        nn.LazyConv2d(4, 3), nn.LazyBatchNorm2d(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.LazyLinear(3)
    )


def test_lazy_parts_get_their_shapes_before_anything_looks_at_them() -> None:
    choice = networks.own(stranger(lazy))
    opened_, again = networks.open_network(choice), networks.open_network(choice)
    assert not first_forward.is_lazy(opened_.model)
    assert not first_forward.is_lazy(models.shadow(choice))
    x = torch.ones(1, 3, 224, 224)
    assert len(capture.contributions(opened_.model, x, 0)) > 4
    torch.testing.assert_close(opened_.model(x), again.model(x), rtol=0, atol=0)


class Two(nn.Module):
    def forward(self, image: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return image * mask


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (Two, "wants 2 inputs (image, mask)"),
        (lambda: nn.Sequential(nn.Embedding(10, 4), nn.Flatten(), nn.Linear(4, 2)), "whole numbers (tokens)"),
        (lambda: nn.Linear(17, 3), "(1, 28, 28) raised RuntimeError"),
    ],
)
def test_what_is_no_classifier_of_images_is_told_exactly_why(make: Callable[[], nn.Module], said: str) -> None:
    with pytest.raises(models.ModelError) as caught:
        models.own(stranger(make))
    assert said in str(caught.value)


@pytest.mark.parametrize("path", [EXPLORE, FIELD, POOLING])
@pytest.mark.parametrize("make", [lazy, lambda: plain().half(), lambda: torch.jit.script(plain())])
def test_odd_modules_live_on_the_pages_that_look_into_networks(path: str, make: Callable[[], nn.Module]) -> None:
    assert written(opened(app_at(path), network=networks.own(stranger(make))))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 1)), "is its sigmoid"),
        (lambda: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 1), nn.Sigmoid()), "in a sigmoid"),
        (lambda: nn.Sequential(plain(), nn.Softmax(1)), "add up to 1"),
    ],
)
def test_explore_says_how_it_read_outputs_that_are_no_logits_of_classes(
    make: Callable[[], nn.Module], said: str
) -> None:
    page = app_at(EXPLORE)
    page.session_state["explore.begun"] = True  # the canvas is painted
    assert said in written(opened(page, network=networks.own(stranger(make))))


def described(**changes: object) -> Spec:
    known: dict[str, object] = {
        "name": "mine", "title": "Mine", "input_shape": (3, 32, 32), "mean": (0.5,) * 3, "std": (0.5,) * 3,
        "classes": ("a", "b"),
    }  # fmt: skip
    return Spec(**(known | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"input_shape": (3, 32)}, "(channels, height, width)"),
        ({"input_shape": (3, 0, 32)}, "(channels, height, width)"),
        ({"input_shape": 32}, "(channels, height, width)"),
        ({"input_shape": (1, 32, 32), "mean": (0.5,), "std": (0.5,)}, "the input size that it takes"),
        ({"mean": (0.5,)}, "mean"),
        ({"mean": (0.5, float("nan"), 0.5)}, "mean"),
        ({"std": (0.5,) * 4}, "std"),
        ({"std": (0.5, 0.0, 0.5)}, "std"),
        ({"std": 0.5}, "std"),
        ({"classes": ("a", "b", "c")}, "3 class names for 2 outputs"),
        ({"classes": ()}, "0 class names for 2 outputs"),
        ({"classes": ("a",)}, "1 class name for 2 outputs"),
        ({"classes": "ab"}, "no list of names"),
        ({"classes": 2}, "no list of names"),
        ({"classes": None}, "no list of names"),
        ({"mean": (123.7, 116.3, 103.5), "std": (58.4, 57.1, 57.4)}, "divide a mean and std of pixels from 0 to 255"),
    ],
)
def test_a_spec_that_does_not_fit_its_network_is_refused_when_it_is_opened(
    changes: dict[str, object], said: str
) -> None:
    with pytest.raises(models.ModelError) as caught:
        models.own(stranger(lambda: (plain(), described(**changes))))
    assert said in str(caught.value)
    assert not own_networks.OWN


def test_a_spec_of_lists_is_one_of_tuples() -> None:
    lists = described(input_shape=[3, 32, 32], mean=[0.5] * 3, std=[0.5] * 3, classes=["a", "b"])
    choice = models.own(stranger(lambda: [plain(), lists]))
    assert models.spec(choice) == described()
    others = described(mean=np.full(3, 0.5), std=torch.full((3,), 0.5), classes={0: "a", 1: "b"})
    assert models.spec(models.own(stranger(lambda: (plain(), others)))) == described()
    assert models.build(choice)(torch.zeros(1, 3, 32, 32)).shape == (1, 2)


def test_a_map_needs_a_name_for_each_channel_and_not_for_each_cell() -> None:
    choice = networks.own(stranger(lambda: (nn.Conv2d(3, 2, 1), described())))
    found = networks.open_network(choice)
    reading = outputs.of(capture.activations(found.model, torch.ones(1, 3, 32, 32)), found.spec)
    assert (reading.kind, reading.names) == ("map", ("a", "b"))


def test_lazy_layers_get_their_shapes_from_the_first_image() -> None:
    parts = (nn.LazyConv2d(4, 3), nn.Flatten(), nn.LazyLinear(2))
    net, x = nn.Sequential(*parts).train(), torch.randn(1, 3, 12, 12)
    record = capture.activations(net, x)
    assert type(net[0]) is nn.Conv2d
    assert all(module.training for module in net.modules())
    np.testing.assert_array_equal(record.logits, net.eval()(x)[0].detach().numpy())
    assert set(capture.contributions(net, x, 0)) == set(record.keys)


def test_a_function_that_returns_one_and_the_same_module_keeps_its_numbers() -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.AdaptiveAvgPool2d(1)).eval()
    before = net(torch.ones(1, 3, 32, 32))
    choice = networks.own(stranger(lambda: net))
    assert models.shadow(choice) is not net
    assert models.shadow(choice)[0].weight.is_meta  # type: ignore[index,union-attr]
    assert torch.equal(networks.open_network(choice).model(torch.ones(1, 3, 32, 32)), before)


class Dropping(nn.Module):
    """Drops at random in eval mode, too, as `F.dropout` without `training` does."""

    def __init__(self) -> None:
        super().__init__()
        self.net = plain()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.dropout(self.net(x))


def test_explore_says_that_another_pass_may_give_other_values() -> None:
    page = app_at(EXPLORE)
    page.session_state["explore.begun"] = True  # the canvas is painted
    said = written(opened(page, network=networks.own(stranger(Dropping))))
    assert "About this network: it draws random numbers, so another pass may give other values." in said


class InAThread(nn.Module):
    """A part of it runs in a thread of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.net, self.head = plain(), nn.Linear(2, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        made: list[torch.Tensor] = []
        worker = threading.Thread(target=lambda: made.append(self.net(x)))
        worker.start()
        worker.join()
        return self.head(made[0])


def test_layers_that_run_in_other_threads_are_said_to_be_missing() -> None:
    model, x = InAThread().eval(), torch.rand(1, 3, 32, 32)
    record = capture.activations(model, x)
    assert record.note == "some of its layers run in threads of their own, and what they make there is not recorded"
    np.testing.assert_array_equal(record.logits, model(x)[0].detach().numpy())
    net = plain().eval()
    stranger_thread = threading.Thread(target=lambda: net(x))  # another network's thread says nothing of this one
    stranger_thread.start()
    assert capture.activations(plain().eval(), x).note == ""
    stranger_thread.join()
    page = app_at(EXPLORE)
    page.session_state["explore.begun"] = True
    said = written(opened(page, network=networks.own(stranger(InAThread))))
    assert "About this network: some of its layers run in threads of their own" in said
