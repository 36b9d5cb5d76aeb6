"""What a thread draws from a seed is what it says, whatever other threads do to torch's one generator meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import Tensor, nn

from cnnviz import capture, models, own_dice

DRAWN: dict[str, Callable[[], Tensor]] = {
    "normal": lambda: nn.init.normal_(torch.empty(20)),
    "uniform": lambda: nn.init.kaiming_uniform_(torch.empty(5, 4)),
    "truncated": lambda: nn.init.trunc_normal_(torch.empty(20)),
    "orthogonal": lambda: nn.init.orthogonal_(torch.empty(5, 4)),
    "linear": lambda: nn.Linear(4, 5).weight.detach(),
    "rand": lambda: torch.rand(20),
    "randn": lambda: torch.randn(4, 5, dtype=torch.float64),
    "randint": lambda: torch.randint(3, 70, (20,)),
    "up to": lambda: torch.randint(70, (20,)),
    "permutation": lambda: torch.randperm(20),
    "bernoulli": lambda: torch.bernoulli(torch.full((20,), 0.5)),
    "dropout": lambda: nn.functional.dropout(torch.ones(20)),
    "multinomial": lambda: torch.multinomial(torch.ones(20), 5),
    "normal of two": lambda: torch.normal(torch.zeros(20), torch.ones(20)),
}


@pytest.mark.parametrize("name", DRAWN)
def test_it_is_what_a_seed_gives_and_leaves_the_common_generator_alone(name: str) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        wanted = [DRAWN[name]() for _ in range(2)]
        torch.manual_seed(1)
        before = torch.get_rng_state()
        with own_dice.drawn_from(7):
            found = [DRAWN[name]() for _ in range(2)]
        assert torch.equal(torch.get_rng_state(), before)
    assert all(map(torch.equal, found, wanted))


def test_another_threads_draws_change_no_weights() -> None:
    """As a recording does beside a network that is being built: it seeds, draws, and puts the generator back."""
    torch_weights = models.build("lenet5").state_dict()

    class Disturbed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Linear(10, 10)
            pool.submit(torch.default_generator.manual_seed, 99).result()
            self.second = nn.Linear(10, 10)

    with torch.random.fork_rng(devices=[]), ThreadPoolExecutor(1) as pool:
        with own_dice.drawn_from(3):
            calm = nn.Sequential(nn.Linear(10, 10), nn.Linear(10, 10))
        with own_dice.drawn_from(3):
            disturbed = Disturbed()
            again = pool.submit(models.build, "lenet5").result()
    assert torch.equal(disturbed.second.weight, calm[1].weight)
    assert all(torch.equal(again.state_dict()[name], value) for name, value in torch_weights.items())


def test_a_network_that_is_built_beside_it_is_no_draw_of_a_recording() -> None:
    """What another thread builds meanwhile is not taken for random numbers of the network that is recorded."""

    class Watched(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            pool.submit(models.build, "lenet5").result()
            return torch.relu(x)

    with ThreadPoolExecutor(1) as pool:
        note = capture.activations(Watched().eval(), torch.zeros(1, 3, 4, 4)).note
    assert "random" not in note


def test_masks_of_a_recording_in_training_are_those_of_its_seed() -> None:
    """Whatever another visitor's recording does to the common generator between two layers."""

    class Dropping(nn.Module):
        def __init__(self, disturbed: bool) -> None:
            super().__init__()
            self.disturbed, self.first, self.second = disturbed, nn.Dropout(0.5), nn.Dropout2d(0.5)

        def forward(self, x: Tensor) -> Tensor:
            x = self.first(x)
            if self.disturbed:
                pool.submit(torch.default_generator.manual_seed, 99).result()
            return self.second(x)

    x = torch.ones(1, 6, 5, 5)
    with torch.random.fork_rng(devices=[]), ThreadPoolExecutor(1) as pool:
        calm, disturbed = (capture.activations(Dropping(wild), x, training=True) for wild in (False, True))
    for layer in calm:
        assert (layer.values == disturbed[layer.key].values).all(), layer.key
    assert 0 < (calm["second"].values == 0).mean() < 1


def test_a_scripted_network_drops_by_its_seed_too() -> None:
    scripted, x = torch.jit.script(nn.Sequential(nn.Dropout(0.5))), torch.ones(1, 6, 5, 5)
    before = torch.get_rng_state()
    one, two = (capture.activations(scripted, x, training=True).logits for _ in range(2))
    assert (one == two).all()
    assert torch.equal(torch.get_rng_state(), before)


def test_nothing_is_drawn_where_there_are_no_numbers() -> None:
    """torch's own way there imports sympy."""
    with own_dice.drawn_from(3):
        shadow = torch.empty(4, 5, device="meta")
        assert nn.init.kaiming_normal_(shadow) is shadow
        drawn = torch.empty(5).normal_()
    assert torch.equal(drawn, torch.empty(5).normal_(generator=torch.Generator().manual_seed(3)))


def test_a_generator_that_is_named_stays() -> None:
    with own_dice.drawn_from(3):
        drawn = torch.rand(5, generator=torch.Generator().manual_seed(8))
        assert torch.empty(5, device="meta").normal_().device.type == "meta"
    assert torch.equal(drawn, torch.rand(5, generator=torch.Generator().manual_seed(8)))
