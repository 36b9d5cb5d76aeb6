"""What a quick run takes for granted of the model's modules: asked once before it and once after, not at each call.

What is known of a module (`known`, `chains`) follows from its class and its attributes. Between two calls a network's
own code may change these, so a careful run asks at every call: 130 times in an EfficientNet, of objects that its
convolutions have just driven out of the caches. Python gives a dictionary another number at every change, also at one
that is taken back (`versions`). So a run may trust what is known from the run before, if it is found afterwards that
nothing changed meanwhile. Where something did, the pass is recorded again, carefully, and so are all later ones.
"""

from __future__ import annotations

from typing import Any

from torch import nn

from cnnviz.tracing import direct, scopes
from cnnviz.tracing.belongings import Belongings
from cnnviz.tracing.calls import HOOKS_ANYWHERE

_CALL, _WRAPPED = nn.Module.__call__, nn.Module._wrapped_call_impl
_ITERATE = nn.Sequential.__iter__
_FINDINGS = ("modules", "chains", "trust")


class Trust:
    """Of one model, as long as it holds what it held: its classes' forwards as they were when it was first run."""

    def __init__(self, belongings: Belongings) -> None:
        self._kinds: tuple[Any, ...] = tuple(dict.fromkeys(belongings.types))
        self._classes = self._now()

    def stands(self) -> bool:
        """Whether modules of these classes do what they did, and are called as torch calls them."""
        return self._now() == self._classes and are_called_as_torch_does(self._kinds) and not any(HOOKS_ANYWHERE)

    def _now(self) -> list[Any]:
        return [getattr(kind, "forward", None) for kind in self._kinds]


class Watch:
    """Whether one run may trust what is known (`trusting`), and whether that was right (`held`, when it has ended)."""

    def __init__(self, belongings: Belongings, *, quick: bool) -> None:
        self._belongings, self._found = belongings, belongings.found
        self._is_careful = bool(self._found.get("careful"))
        known: Trust | None = self._found.get("trust")
        self._trust = known or Trust(belongings)
        self._may_trust = quick and known is not None and not self._is_careful
        self.trusting = False
        self.held = True

    def __enter__(self) -> None:
        """The run begins; modules' calls are heard by now."""
        self._belongings.begin()
        self.trusting = self._may_trust and self._trust.stands()

    def __exit__(self, *raised: object) -> None:
        """The run is over, however it ended. What was found out during it is kept only if nothing changed meanwhile."""
        if self._is_careful:
            return
        stayed = self._belongings.stayed() and self._trust.stands() and direct.stands()
        if stayed:
            self._found["trust"] = self._trust
            return
        self.held = not self.trusting
        for name in _FINDINGS:
            self._found.pop(name, None)
        self._found["careful"] = True


def are_called_as_torch_does(kinds: tuple[Any, ...]) -> bool:
    """Whether a call of modules of these kinds comes to the listener and nowhere else."""
    return (
        nn.Module._call_impl is scopes.HEARD
        and nn.Module._wrapped_call_impl is _WRAPPED
        and nn.Sequential.__iter__ is _ITERATE
        and all(kind.__call__ is _CALL for kind in kinds)
        and all(kind.__iter__ is _ITERATE for kind in kinds if issubclass(kind, nn.Sequential))
    )
