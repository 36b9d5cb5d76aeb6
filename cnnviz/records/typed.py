"""Values from outside held against the types of a dataclass: what was written by hand, or damaged, is refused in words.

JSON says less than Python's types: lists stand for tuples, null for a float that is not finite. Text that cannot be
encoded, numbers beyond 64 bits and structures deeper than `DEEPEST` are refused, since they fail later and elsewhere.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")
Check = Callable[[Any], Any]
DEEPEST = 8  # levels of lists in one value
LARGEST = 2**63
LONGEST = 1_000_000  # characters of a text, entries of a list


def checked(kind: type[T], values: Mapping[str, Any], *, nan: bool = False) -> T:
    """kind(**values), each value of its field's type. nan: null stands for NaN where the type is float.

    Raises ValueError that names the field, what it holds and what it can hold, or the fields that are missing or
    unknown.
    """
    fields: Any = kind  # functools.cache knows no type variables
    checks = _checks(fields, nan)
    unknown = sorted(str(name) for name in values if name not in checks)
    if unknown:
        raise ValueError(f"there is no field {', '.join(unknown)[:200]}; there are {', '.join(sorted(checks))}")
    found: dict[str, Any] = {}
    for name, value in values.items():
        try:
            found[name] = checks[name](value)
        except ValueError as error:
            raise ValueError(f"{name} is {_short(value)}; it must be {error}") from error
    missing = sorted(_required(fields) - set(found))
    if missing:
        raise ValueError(f"{', '.join(missing)} is missing")
    return kind(**found)


def of_type(kind: type[T], value: Any) -> T:
    """The value as that type; a dataclass is made of an object. Raises ValueError that says what it must be."""
    fields: Any = kind
    if not dataclasses.is_dataclass(kind):
        found: T = _check(fields, False)(value)
        return found
    if not isinstance(value, Mapping):
        raise ValueError("an object")
    return checked(kind, value)


@functools.cache
def _checks(kind: Any, nan: bool) -> dict[str, Check]:
    hints = typing.get_type_hints(kind)
    return {item.name: _check(hints[item.name], nan) for item in dataclasses.fields(kind)}


@functools.cache
def _required(kind: Any) -> set[str]:
    absent = dataclasses.MISSING
    return {item.name for item in dataclasses.fields(kind) if item.default is absent and item.default_factory is absent}


def _check(hint: Any, nan: bool) -> Check:
    """The check of one type: returns the value as that type, or raises ValueError that says what would do."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _optional(_check(next(one for one in arguments if one is not type(None)), nan))
    if origin is tuple:
        return _list(arguments, nan)
    if origin is not None and issubclass(origin, Mapping):
        return _object
    single: dict[Any, Check] = {int: _whole, float: functools.partial(_number, nan=nan), str: _text, bool: _truth}
    return single.get(hint, _plain)


def _optional(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -LARGEST <= value < LARGEST:
        raise ValueError("a whole number")
    return value


def _number(value: Any, *, nan: bool) -> float:
    if value is None and nan:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGEST**4:
        raise ValueError("a finite number")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST or any("\ud800" <= one <= "\udfff" for one in value):
        raise ValueError("a text")
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _list(arguments: tuple[Any, ...], nan: bool) -> Check:
    """tuple[X, ...] of any length, tuple[X, Y] of just these."""
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        each = _check(arguments[0], nan)
        return lambda value: tuple(each(one) for one in _listed(value))
    checks = [_check(one, nan) for one in arguments]

    def fixed(value: Any) -> tuple[Any, ...]:
        if len(_listed(value)) != len(checks):
            raise ValueError(f"a list of {len(checks)}")
        return tuple(check(one) for check, one in zip(checks, value, strict=True))

    return fixed


def _listed(value: Any) -> list[Any] | tuple[Any, ...]:
    if not isinstance(value, list | tuple) or len(value) > LONGEST:
        raise ValueError("a list")
    return value


def _object(value: Any) -> dict[str, Any]:
    """Of numbers, texts and further objects, such as a step's probes."""
    if not isinstance(value, Mapping):
        raise ValueError("an object")
    return {_text(name): _nested(one, DEEPEST) for name, one in value.items()}


def _nested(value: Any, levels: int) -> Any:
    if isinstance(value, Mapping) and levels:
        return {_text(name): _nested(one, levels - 1) for name, one in value.items()}
    return _plain(value, levels)


def _plain(value: Any, levels: int = DEEPEST) -> Any:
    """A single value, or lists of them as tuples: something that can be hashed."""
    if isinstance(value, list | tuple) and levels:
        return tuple(_plain(one, levels - 1) for one in _listed(value))
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(value, nan=False)
    raise ValueError(f"a number, a text, true, false or null, or a list of them, {DEEPEST} levels deep at most")


def _short(value: Any) -> str:
    try:
        text = ascii(value)
    except (RecursionError, ValueError):  # deeper than Python follows, or a whole number of thousands of digits
        return f"a {type(value).__name__}"
    return text if len(text) <= 60 else text[:57] + "..."
