"""Why there is no map: the method does not fit the network, or somebody has stopped it."""


class DoesNotFit(ValueError):
    """The method's theory does not cover this network or this target: which operation, and what would work."""


class Stopped(RuntimeError):
    """The caller's `progress` asked for an end before the method was through."""
