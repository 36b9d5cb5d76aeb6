"""Each operation from its definition: numpy in, frozen record out, every intermediate kept. float64, no torch.

One file an operation. What cannot be computed raises `OperationError` with one sentence that says the remedy.
"""


class OperationError(ValueError):
    """These numbers and settings give no result; the message says what would."""
