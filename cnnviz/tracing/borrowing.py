"""A model for oneself, in eval mode, and given back as it was: modes, attributes, values and random numbers."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import nn

from cnnviz import own_dice
from cnnviz.modes import has_own_modes, is_compiled, to_eval, to_mode
from cnnviz.tracing.belongings import Belongings
from cnnviz.tracing.random_states import RandomStates
from cnnviz.tracing.remembered import belongings_of, known_belongings

_guard = threading.Lock()
_locks: weakref.WeakKeyDictionary[nn.Module, threading.RLock] = weakref.WeakKeyDictionary()


@contextmanager
def borrowed(model: nn.Module) -> Iterator[nn.Module]:
    """The model for oneself and in eval mode; given back as it was, also after an exception.

    One lock a model: a second thread waits. The lock may be taken again by the thread that holds it.
    """
    with _guard:
        lock = _locks.setdefault(model, threading.RLock())
    with lock, _evaluating(model):
        yield model


class Lent(NamedTuple):
    """belongings: what the model holds, where that is known and has just been compared; else its modules are looked up.

    modules() gives them in any case.
    """

    modules: Callable[[], list[nn.Module]]
    belongings: Belongings | None


@contextmanager
def lent(model: nn.Module) -> Iterator[Lent]:
    """The same, with what was looked at on the way, so that a recording looks once."""
    with _guard:
        lock = _locks.setdefault(model, threading.RLock())
    with lock:
        known = known_belongings(model)
        if known is not None and "is ready" in known.found and known.is_current():
            yield Lent(lambda: known.modules, known)
            return
        with _evaluating(model) as modules:
            yield Lent(lambda: modules, None)


@contextmanager
def _evaluating(model: nn.Module) -> Iterator[list[nn.Module]]:
    """The model's modules, all in eval mode."""
    modules, was = modules_of(model), model.training
    training = [module for module in modules if module.training]
    own = bool(training) and any(map(has_own_modes, modules))
    if own:
        to_eval(model)
    else:
        for module in training:
            module.training = False
    try:
        yield modules
    finally:
        if own:
            to_mode(model, was)
            for module in modules:
                module.training = False
        for module in training:
            module.training = True


@contextmanager
def in_training(model: nn.Module) -> Iterator[nn.Module]:
    """A borrowed model in training mode, with chance drawn from seed 0; both are as they were afterwards.

    The dice are this thread's own, unless the network is compiled or scripted: then one at a time draws from torch's.
    """
    modules = modules_of(model)
    own = any(map(has_own_modes, modules))
    foreign = is_compiled(modules) or any(isinstance(module, torch.jit.ScriptModule) for module in modules)
    if own:
        to_mode(model, True)
    for module in modules:
        module.training = True
    try:
        with (own_dice.drawn_for_all if foreign else own_dice.drawn_from)(0):
            yield model
    finally:
        if own:
            to_eval(model)
        for module in modules:
            module.training = False


def modules_of(model: nn.Module) -> list[nn.Module]:
    """The model and all modules in it, each once (`model.modules()`, without its names and its generators)."""
    found = {id(model): model}
    waiting = [model]
    for module in waiting:
        for child in module._modules.values() if module._modules else ():
            if child is not None and id(child) not in found:
                found[id(child)] = child
                waiting.append(child)
    return waiting


@contextmanager
def untouched(model: nn.Module, belongings: Belongings | None = None) -> Iterator[Belongings]:
    """What a forward pass stores in the model, writes into its tensors or draws at random is undone afterwards.

    belongings: the model's, if somebody has just compared them.
    """
    if belongings is None:
        belongings = belongings_of(model)
    numbers = RandomStates(belongings)
    belongings.drew = numbers.drew
    try:
        yield belongings
    finally:
        belongings.restore()
        numbers.restore()
