"""One forward pass, watched: every call that really ran, with its result, its arguments and its module.

A `TorchFunctionMode` sees every function and method of tensors; `scopes` tells whose `forward` they stand in. A module
of torch.nn (or childless and of a kind that the field has a name for) is one step, whatever it calls inside; every
other module opens up into the calls of its `forward`. Steps that do not depend on the network's input are no rows.

What each call costs beside its arithmetic is Python's work here, in caches that a convolution has just emptied. So as
little as can be is done between two calls; steps are named when the network has returned (`naming`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from cnnviz.tracing import chains, compiled, direct, elsewhere, outside, scopes, transforms
from cnnviz.tracing.belongings import Belongings
from cnnviz.tracing.calls import CallArguments, is_leaf
from cnnviz.tracing.known import PARTS, Known, KnownModule, WrittenCall, function
from cnnviz.tracing.memory import StorageMemory
from cnnviz.tracing.naming import Calls
from cnnviz.tracing.rows import Called, Tensors
from cnnviz.tracing.steps import Options
from cnnviz.tracing.writes import name_of, one_by_one, tensors_in, written

Swap = Callable[[Callable[[], Any]], Any]


class RecordedRun(chains.Chained, TorchFunctionMode):
    """The steps of one forward pass. Use it once: `output = run(x)`, then `run.steps`."""

    def __init__(self, model: nn.Module, belongings: Belongings, options: Options | None = None) -> None:
        super().__init__()
        self.model = model
        self.options = options or Options()
        if (numbers := self.options.numbers) is not None:
            numbers.begin()
        self.memory = StorageMemory(belongings, copies=self.options.copies)
        self.paths = belongings.paths
        self.calls = Calls(self.paths.values())
        self.thread = threading.get_ident()
        self.scope, self._count, self._cost = "", 0, 0.0
        self.is_elsewhere = False  # a module of the network ran in another thread
        self._records = self.calls.records
        self._known: dict[int, KnownModule] = belongings.found.setdefault("modules", {})
        self._only_records, self._needs_names = self.options.only_records, self.options.needs_names
        quick = self._only_records and not (self._needs_names or self.options.copies) and direct.stands()
        self._quick = self._known if quick else {}
        self._chains = belongings.found.setdefault("chains", {}) if quick else None
        self._inside = 0  # within a module that is one step
        self._current = self.memory.current
        self._open: set[type] = set()  # kinds of modules that open up, if they hold others
        self._wrote: Tensors = []
        self._waiting: list[nn.Parameter] = []

    def drew(self) -> bool:
        """Whether random numbers were drawn since the run began; ask while it is watched."""
        return self.memory.belongings.drew()

    @property
    def is_lost(self) -> bool:
        """Whether a value was written over by something that no call told of, and not kept."""
        slots: list[Any] = [record[4] for record in self._records]
        try:
            return any(slot.kept is None and slot.tensor._version != slot.version for slot in slots)
        except (RuntimeError, AttributeError):  # made in inference mode
            return any(slot.is_lost for slot in slots)

    def away(self, module: nn.Module) -> None:
        """A module that was called in another thread: what it makes is no row."""
        self.is_elsewhere = self.is_elsewhere or id(module) in self.paths

    def __call__(self, x: torch.Tensor) -> Any:
        """The network's output for x, which the network may write over."""
        self.memory.arrived = self._arrived
        self._append(None, CallArguments(self.memory, (), {}), self.memory.add(x, (0,), True), (0, True), (x, (), {}))
        try:
            plainly = compiled.eagerly(lambda: compiled.there(self.memory.belongings))
            with scopes.listening(self), transforms.listening(self), plainly, self:
                return self.model(x)
        finally:
            self.memory.settle()
            self.memory.arrived = None  # else the two hold each other, and every value, until garbage is collected

    # -------------------------------------------------------------------------------------------- functions
    def __torch_function__(
        self, func: Any, types: Iterable[type], args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if self._inside:
            victims = written(func, args, kwargs)
            if victims:
                self.memory.overwrite(victims)
                self._wrote += victims
            return func(*args, **kwargs)
        what = function(func)
        if kwargs or not self._only_records:
            return self._function(what, func, args, kwargs)
        if what.writes or what.shows:
            return self._in_new_memory(what, func, args)
        result = func(*args)
        if type(result) is torch.Tensor:
            self._made_one(what, CallArguments(self.memory, args, kwargs), result, (result, args, kwargs))
            return result
        if what.leaves:
            outside.left(self.memory, tensors_in(args))
        if made := tensors_in(result):
            self._made(what, CallArguments(self.memory, args, kwargs), made, [], (result, args, kwargs))
        return result

    def _in_new_memory(self, what: WrittenCall, func: Any, args: tuple[Any, ...]) -> Any:
        """A call that may write over its first argument: done by its twin, where that comes to the same."""
        if what.twin is None:
            return self._function(what, func, args, {})
        reading = CallArguments(self.memory, args, {})
        result = elsewhere.of_method(what.twin, args, self.memory)
        if result is None:
            return self._function(what, func, args, {})
        self._made_one(what, reading, result, (result, args, {}))
        return result

    def _function(self, what: WrittenCall, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A call that may write, or that is measured or changed: its arguments are read before it runs."""
        if what.leaves:
            outside.left(self.memory, tensors_in(args))
        if what.shows:
            self.memory.overwrite(tensors_in(args))
        reading = CallArguments(self.memory, args, kwargs)
        if self.options.numbers is not None:
            self.options.numbers.heard(name_of(func), args, kwargs, depends=reading.depends)
        victims = written(func, args, kwargs)
        swap = self._change(what, args, kwargs) if self.options.change is not None and reading.depends else None
        if swap is not None:
            result = self._swapped(lambda: func(*args, **kwargs), swap, victims)
        else:
            compute = elsewhere.of_function(func, args, kwargs, victims, self.memory) if victims else None
            if victims and compute is None:
                self.memory.overwrite(victims)
            result = self._timed(compute or (lambda: func(*args, **kwargs)))
        made = tensors_in(result) or victims
        if made and reading.depends and self.options.unviewed and what.name in PARTS and torch.is_grad_enabled():
            made = one_by_one(tensors_in(args)[0], made)
            result = tuple(made)
        if made:
            self._made(what, reading, made, victims, (result, args, kwargs))
        return result

    def _change(self, what: WrittenCall, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Swap | None:
        change = self.options.change
        assert change is not None
        key = self.calls.naming.next_function(self.scope, what.name if kwargs else what.plain)
        return lambda compute: change(key, compute, args)

    def _timed(self, compute: Callable[[], Any]) -> Any:
        meter = self.options.meter
        if meter is None:
            return compute()
        before = meter()
        result = compute()
        self._cost += meter() - before
        return result

    def _swapped(self, compute: Callable[[], Any], swap: Swap, victims: Tensors) -> Any:
        """What the caller puts in a step's place; a tensor that the step writes over gets it as its new value."""

        def plain() -> Any:
            if victims:
                self.memory.overwrite(victims)
            return compute()

        result = self._timed(lambda: swap(plain))
        if not victims or result is victims[0] or not isinstance(result, torch.Tensor):
            return result
        return elsewhere.put(victims[0], result, self.memory)

    def _made_one(self, what: WrittenCall, reading: CallArguments, value: torch.Tensor, called: Called) -> None:
        """What `_made` does for the one value of a function that writes over nothing, for nearly all calls."""
        if reading.owned:
            self._waiting += reading.owned
        if not self._depends(what, reading, value, called):
            self.memory.add(value, (), False)
            return
        self._append(what, reading, self.memory.add(value, (self._count,), True), (0, True), called)

    def _made(self, what: Known, reading: CallArguments, made: Tensors, victims: Tensors, called: Called) -> None:
        """Rows of what a call made."""
        self._waiting += (*reading.owned, *(() if isinstance(what, WrittenCall) else what.parameters))
        if not self._depends(what, reading, made[0], called):
            for value in made:
                self.memory.add(value, (), False)
            return
        self._rows(what, reading, made, victims, called)

    def _rows(self, what: Known, reading: CallArguments, made: Tensors, victims: Tensors, called: Called) -> None:
        whole = len(made) == 1
        for part, value in enumerate(made):
            row = self._count
            slot = self.memory.add(value, (row,), True)
            if victims and not part:
                self.memory.wrote(victims, row)
            self._append(what, reading, slot, (part, whole), (value if whole else tuple(made), *called[1:]))

    # -------------------------------------------------------------------------------------------- modules
    def module(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A module's call: one step, or the scope of the steps inside it."""
        number = id(module)
        known = self._quick.get(number)
        if known is not None and not kwargs and not self._inside and len(args) == 1 and known.holds(module):
            x = args[0]
            if type(x) is torch.Tensor:
                return self._at_once(module, known, x)
        if self._chains and not kwargs and not self._inside and len(args) == 1:
            result = self._chained(number, module, args[0])
            if result is not None:
                return result
        path = self.paths.get(number)
        if self._inside or path is None:
            return scopes.PLAIN_CALL(module, *args, **kwargs)
        if not (module._modules and type(module) in self._open) and is_leaf(module):
            return self._leaf(module, self._known_of(module, path), args, kwargs)
        self._open.add(type(module))
        outer, self.scope = self.scope, path
        try:
            result = scopes.PLAIN_CALL(module, *args, **kwargs)
        finally:
            self.scope = outer
        if self._chains is not None and number not in self._chains:
            self._chains[number] = chains.of_module(module, self._known)
        if type(result) is not torch.Tensor or id(result) not in self._current:
            with torch._C.DisableTorchFunction():
                self._unseen(module, path, (args, kwargs), result)
        return result

    def _known_of(self, module: nn.Module, path: str) -> KnownModule:
        known = self._known.get(id(module))
        if known is None or not known.holds(module):
            known = KnownModule(module, path)
            if known.is_kept:
                self._known[id(module)] = known
        return known

    def _at_once(self, module: nn.Module, known: KnownModule, x: torch.Tensor) -> Any:
        """What `_leaf` does, for nearly all calls: a plain module that is known, of one tensor, only recorded."""
        memory = self.memory
        with torch._C.DisableTorchFunction():
            read = memory.read(x)
            compute, victims = known.compute, _NONE
            if known.writes:
                result = elsewhere.of_known(known, x, memory)
                if result is None:
                    victims = [x]
                    memory.overwrite(victims)
            else:
                result = None if compute is None else compute(x)
            if result is None:
                result = module.forward(x)
            if victims or type(result) is not torch.Tensor or read is None or not read.depends:
                reading = CallArguments.of_one(memory, x, read)
                return self._returned(known, reading, victims, (result, (x,), {}))
            row = self._count
            slot = memory.add(result, (row,), True)
            parameters = known.parameters
            if self._waiting:
                parameters, self._waiting = (*self._waiting, *parameters), []
            given = (read,)
            self._records.append((known, given, {}, given, slot, known.outer, 0, True, parameters, 0.0))
            self._count = row + 1
        return result

    def _leaf(self, module: nn.Module, known: KnownModule, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        with torch._C.DisableTorchFunction():
            reading = CallArguments(self.memory, args, kwargs)
            if self.options.numbers is not None:
                self.options.numbers.heard(known.name, (), {}, depends=False)
            if known.is_plain:
                victims = tensors_in(args)[:1] if known.writes else []
                result = self._plain(module, known, args, kwargs, victims)
                return self._returned(known, reading, victims, (result, args, kwargs))
        self._wrote = []
        result = self._opened(module, known, args, kwargs)
        with torch._C.DisableTorchFunction():
            return self._returned(known, reading, self._wrote, (result, args, kwargs))

    def _returned(self, known: KnownModule, reading: CallArguments, victims: Tensors, called: Called) -> Any:
        result = called[0]
        made = [result] if type(result) is torch.Tensor else tensors_in(result) or victims
        if made:
            self._made(known, reading, made, victims, called)
        return result

    def _plain(
        self, module: nn.Module, known: KnownModule, args: tuple[Any, ...], kwargs: dict[str, Any], victims: Tensors
    ) -> Any:
        """A module of torch's own that nothing has been done to: its forward, and nothing else."""
        options = self.options
        self._inside = 1
        try:
            swap = self._swap(known, args)
            if swap is not None:
                return self._swapped(lambda: module.forward(*args, **kwargs), swap, victims)
            compute = elsewhere.of_module(module, args, self.memory) if victims else None
            if victims and compute is None:
                self.memory.overwrite(victims)
            if compute is None and options.compute is not None:
                made = options.compute
                return self._timed(lambda: made(module, args, kwargs))
            return self._timed(compute or (lambda: module.forward(*args, **kwargs)))
        finally:
            self._inside = 0

    def _opened(self, module: nn.Module, known: KnownModule, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A module that may do anything: what it writes over is watched."""
        self._inside = 1
        try:
            if (swap := self._swap(known, args)) is not None:
                return self._swapped(lambda: scopes.PLAIN_CALL(module, *args, **kwargs), swap, [])
            return self._timed(lambda: scopes.PLAIN_CALL(module, *args, **kwargs))
        finally:
            self._inside = 0

    def _swap(self, known: KnownModule, args: tuple[Any, ...]) -> Swap | None:
        change = self.options.change
        if change is None:
            return None
        key = self.calls.naming.next_module(known.name)
        return lambda compute: change(key, compute, args)

    def whole(self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A function of functions, as one call: what happens inside of it is nobody else's."""
        if self._inside:
            return func(*args, **kwargs)
        with torch._C.DisableTorchFunction():
            reading = CallArguments(self.memory, args, kwargs)
        self._inside, self._wrote = 1, []
        try:
            result = self._timed(lambda: func(*args, **kwargs))
        finally:
            self._inside = 0
        with torch._C.DisableTorchFunction():
            if made := tensors_in(result):
                self._made(function(func), reading, made, self._wrote, (result, args, kwargs))
        return result


_NONE: Tensors = []
