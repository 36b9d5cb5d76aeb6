"""What is known of a module or a function, so that it need not be found out at each of its calls.

Of a function, only what its own name says. Of a module, what follows from its class and its attributes; it is kept from
one call and one run to the next only for modules of torch's own that nothing has been done to and whose attributes are
plain values, and it holds as long as the module has the very same ones: `holds` asks that at every call.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from dataclasses import dataclass
from types import BuiltinFunctionType, MethodDescriptorType, MethodWrapperType, WrapperDescriptorType
from typing import Any

from torch import nn

from cnnviz.tracing import direct, outside
from cnnviz.tracing import operation_names as names
from cnnviz.tracing.belongings import is_constant
from cnnviz.tracing.calls import HOOKS, HOOKS_ANYWHERE, is_leaf, is_plain
from cnnviz.tracing.elsewhere import twin_of, twin_of_method
from cnnviz.tracing.versions import of as _version
from cnnviz.tracing.writes import may_write, name_of, shows_memory

PARTS = frozenset({"chunk", "split", "tensor_split", "unbind", "hsplit", "vsplit", "dsplit", "split_with_sizes"})
_REVERSED: dict[str, tuple[str, Callable[..., Any]]] = {
    "__rsub__": ("sub", operator.sub),
    "__rdiv__": ("truediv", operator.truediv),
    "__rtruediv__": ("truediv", operator.truediv),
    "__rfloordiv__": ("floordiv", operator.floordiv),
    "__rmod__": ("mod", operator.mod),
    "__rpow__": ("pow", operator.pow),
    "__rmatmul__": ("matmul", operator.matmul),
}
_OPERATORS = {"div": "truediv", "remainder": "mod", "floor_divide": "floordiv"}  # what Python calls a method's work
_LAY_OUT = frozenset({  # a new tensor of this one's shape or type, with numbers of its own, or none that mean anything
    "empty_like", "zeros_like", "ones_like", "rand_like", "randn_like", "randint_like",
    "new_empty", "new_zeros", "new_ones", "new_empty_strided",
})  # fmt: skip
_TAKE_ITS_LOOKS = frozenset({"to", "type_as", "expand_as", "view_as", "reshape_as"})  # numbers of the first alone
_BUILT_IN = (BuiltinFunctionType, MethodDescriptorType, MethodWrapperType, WrapperDescriptorType)
_OF_EVERY_MODULE = frozenset(vars(nn.Module()))  # hooks, parameters, …: watched by themselves


# ------------------------------------------------------------------------------------------------ functions
@dataclass(frozen=True, slots=True)
class WrittenCall:
    """A function as one would write its call: `1 − x` is sub(1, x), `x += y` and `torch.add_` are add.

    plain: its name where it is called with positional arguments only ("truediv" for a method's div). turned: whether
    the operands change places. writes, shows: see `writes`. leaves, returns: see `outside`.
    lays_out: whether it reads no more of a tensor than its shape and type; takes_looks: of any but its first.
    twin: what computes the same in new memory, of one that writes over its first argument.
    """

    name: str
    plain: str
    kind: str
    call: Callable[..., Any]
    turned: bool
    writes: bool
    shows: bool
    twin: Callable[..., Any] | None = None
    leaves: bool = False
    returns: bool = False
    lays_out: bool = False
    takes_looks: bool = False


def function(called: Any) -> WrittenCall:
    """What is known of a function or method by its name."""
    return _kept(called) if isinstance(called, _BUILT_IN) else _found(called)


def _found(called: Any) -> WrittenCall:
    raw = name_of(called)
    writes, shows = may_write(called), shows_memory(raw)
    if raw in _REVERSED:
        name, call = _REVERSED[raw]
        return WrittenCall(name, name, names.function_kind(name), call, True, writes, shows)
    name = (raw.strip("_") or raw).removesuffix("_with_indices")
    if raw.startswith("__i") and name[1:] in names.KIND_OF_FUNCTION:
        name = name[1:]
    is_method = getattr(called, "__qualname__", "").startswith("Tensor")
    plain = _OPERATORS.get(name, name) if is_method else name
    twin = twin_of_method(called) if writes else None
    return WrittenCall(
        name, plain, names.function_kind(plain), called, False, writes, shows, twin,
        leaves=raw in outside.LEAVE, returns=raw in outside.RETURN, lays_out=raw in _LAY_OUT,
        takes_looks=raw in _TAKE_ITS_LOOKS,
    )  # fmt: skip


_kept = functools.lru_cache(maxsize=1024)(_found)


# ------------------------------------------------------------------------------------------------ modules
class KnownModule:
    """What a module is called and does. Holds no module, so that what is kept keeps none alive."""

    __slots__ = (
        "_empty", "_forward", "_owned", "_type", "_values", "_versions", "compute", "is_kept", "is_plain", "kind",
        "label", "name", "operation", "outer", "parameters", "path", "twin", "writes",
    )  # fmt: skip

    def __init__(self, module: nn.Module, path: str) -> None:
        self.path, self.outer = path, path.rpartition(".")[0]
        self.label = type(module).__name__
        self.name = path or self.label
        self.kind, self.operation = names.module_kind(module), names.module_operation(module)
        owned = module.parameters() if module._modules else module._parameters.values()
        self.parameters = tuple([value for value in owned if value is not None])
        self.is_plain = is_leaf(module) and is_plain(module)
        drops = isinstance(module, nn.modules.dropout._DropoutNd)  # nothing, in eval mode
        self.writes = self.is_plain and not drops and getattr(module, "inplace", False) is True
        self.is_kept = self.is_plain and not module._modules and _is_made_of_constants(module)
        self.twin = twin_of(module) if self.is_kept and self.writes else None
        self.compute = direct.of_module(self.twin or module) if self.is_kept else None  # of what stands alone: a twin's
        if self.is_kept:
            self._type, self._forward = type(module), type(module).forward
            self._values = tuple(vars(module).values())
            self._owned = tuple(module._parameters.values())
            self._versions = _versions(vars(module))
            self._empty = [*(vars(module)[name] for name in (*HOOKS, "_modules")), *HOOKS_ANYWHERE]

    @property
    def told(self) -> Any:
        """What a step's name says of the module, to compare with another's."""
        return self if self.is_kept else (self.name, self.label, self.kind, self.operation)

    def holds(self, module: nn.Module) -> bool:
        """Whether the module is still as it was found, if it is one of those that are kept."""
        state = module.__dict__
        return (
            self.is_kept
            and type(module) is self._type
            and self._type.forward is self._forward
            and not any(self._empty)
            and self._same(state)
        )

    def _same(self, state: dict[str, Any]) -> bool:
        """Whether these are the attributes and parameters of then: by the numbers of their states, or one by one."""
        now = _versions(state)
        if now is not None and now == self._versions:
            return True
        same = (
            len(state) == len(self._values)
            and all(map(operator.is_, state.values(), self._values))
            and all(map(operator.is_, state["_parameters"].values(), self._owned))
        )
        self._versions = now if same else None
        return same


def _versions(state: dict[str, Any]) -> tuple[int, int] | None:
    return None if _version is None else (_version(state), _version(state["_parameters"]))


def _is_made_of_constants(module: nn.Module) -> bool:
    """Whether what the module does cannot change without one of its attributes becoming another object."""
    own = (value for key, value in vars(module).items() if key not in _OF_EVERY_MODULE)
    return all(is_constant(value) for value in own) and type(module).__dict__.get("__getattribute__") is None


Known = KnownModule | WrittenCall  # what is called, of which one knows what it does
