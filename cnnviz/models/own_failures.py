"""Why a network that somebody brings cannot be opened: what was asked, what was found, what would work."""

from __future__ import annotations

from collections.abc import Mapping

from torch import nn

from cnnviz.models import first_forward
from cnnviz.models.entries import Shape

SHOWN = 3  # shapes that are named


def how_to_import(module_name: str, cause: BaseException | None) -> str:
    """The remedy for an import that failed."""
    missing = str(cause.name or "") if isinstance(cause, ModuleNotFoundError) else ""
    if missing and missing != module_name and not module_name.startswith(f"{missing}."):
        return f"install {missing} where the app runs"
    if missing:
        return "start the app in the folder that holds it, or put that folder on PYTHONPATH"
    if isinstance(cause, SystemExit):
        return 'it ends the program: put what it runs under if __name__ == "__main__"'
    return "mend the line that raises it: importing the module must do no more than define things"


def without_numbers(place: str, module: nn.Module) -> str:
    """What is said of a network whose weights are on the meta device, shapes without numbers; "" if none is."""
    own = [*module.named_parameters(), *module.named_buffers()]
    empty = [name for name, value in own if value.is_meta]
    if not empty:
        return ""
    which = f"{len(empty)} of its {len(own)} tensors, {empty[0]} among them, are" if len(empty) < len(own) else "it is"
    return (
        f"the weights of {place} were never loaded: {which} on the meta device, shapes without numbers; make it "
        f"without torch.device('meta'), or, before it is returned, call to_empty(device='cpu') and then "
        f"load_state_dict, which must bring every tensor; load_state_dict(…, assign=True) does both"
    )


def forward_failed(place: str, module: nn.Module, failed: Mapping[Shape, str]) -> str:
    """Why no image went through it, as exactly as can be told, and what would work. failed: shape → what it raised."""
    inputs = first_forward.needed_inputs(module)
    if len(inputs) > 1:
        first, *others = inputs[:6]
        rest = ", ".join(others)
        return (
            f"the forward of {place} wants {len(inputs)} inputs ({', '.join(inputs[:6])}), and the app gives it one "
            f"image; let the function return a module whose forward takes {first} alone and gives {rest} a fixed value"
        )
    if first_forward.takes_tokens(module):
        return (
            f"{place} begins with a table of embeddings: it takes whole numbers (tokens), and the app gives it an "
            f"image, [1, C, H, W]; only networks of images can be opened: let the function return the part that takes "
            f"one"
        )
    reasons = list(dict.fromkeys(failed.values()))
    listed = list(failed)
    if len(reasons) == 1:
        shapes = " or ".join(str(shape) for shape in listed[:SHOWN]) + _more(listed)
        remedy = "mend its forward, or say the input size that it takes: --input 3x64x64, or (module, Spec)"
        return f"the forward of {place} raised {reasons[0]} for an image of {shapes}; {remedy}"
    told = "; ".join(f"{shape} raised {failed[shape]}" for shape in listed[:SHOWN])
    return (
        f"{place} takes none of the input shapes that were tried ({told}{_more(listed)}); say the one that it takes: "
        f"--input 3x64x64, or let it return (module, Spec)"
    )


def _more(listed: list[Shape]) -> str:
    return f" and {len(listed) - SHOWN} others" if len(listed) > SHOWN else ""
