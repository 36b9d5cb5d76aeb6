"""The command `cnnviz`: opens the app in the browser, from any folder, with an image and a network of one's own.

cnnviz [image] [--model net.py:Net] [--weights file.safetensors] [what is said of the network]
streamlit run app.py -- [image] [--model …] [--weights …] …
cnnviz doctor [--url http://127.0.0.1:8501] [--json]

Both are read by the one parser here: the command to answer at once, and the app (`pages/shared/command_line.py`) to
open what was named. Streamlit is started as a program; this package never imports it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from cnnviz import __version__
from cnnviz.places import PACKAGE, home

USAGE = (
    "[image] [--model net.py:Net] [--weights file.safetensors] [--input 3x224x224] [--mean 0.5,0.5,0.5] "
    "[--std 0.5,0.5,0.5] [--channels RGB] [--output classes] [--classes names.txt]"
)
OF_THE_MODEL = ("weights", "input", "mean", "std", "channels", "output", "classes")


class ArgumentsError(ValueError):
    """Arguments that name nothing that can be opened: what is wrong, and what may be given."""


@dataclass(frozen=True)
class Arguments:
    """image: a file, or None. model: "net.py:Net", "package.module:function", or "".

    weights: a file of weights for it, or None.
    input, mean, std, channels, output: what is said of the model, as it was written (`models.told.Told`), or "".
    classes: a file with the names of its outputs, or None.
    """

    image: Path | None = None
    model: str = ""
    weights: Path | None = None
    input: str = ""
    mean: str = ""
    std: str = ""
    channels: str = ""
    output: str = ""
    classes: Path | None = None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ArgumentsError(f"{message}; what may be given: {USAGE}")


def read(arguments: list[str]) -> Arguments:
    """What these words of a command line name; files are not looked at. Raises ArgumentsError."""
    found = Arguments(**vars(_parser(add_help=False).parse_args(arguments)))
    given = [name for name in OF_THE_MODEL if getattr(found, name)]
    if given and not found.model:
        raise ArgumentsError(f"--{given[0]} was given without --model; what may be given: {USAGE}")
    return found


def _parser(*, add_help: bool) -> _Parser:
    parser = _Parser(
        prog="cnnviz", usage=f"cnnviz {USAGE}", add_help=add_help, allow_abbrev=False,
        description="See inside convolutional neural networks: opens the app in the browser.",
        epilog="Streamlit's settings are read from the environment: STREAMLIT_SERVER_PORT=8600 cnnviz",
    )  # fmt: skip
    parser.add_argument("image", nargs="?", type=Path, help="a PNG, JPEG, WebP, GIF, BMP or TIFF file to open")
    parser.add_argument("--model", default="", help="a file and the torch.nn.Module in it, or package.module:function")
    parser.add_argument("--weights", type=Path, help="a safetensors, .pt or .pth file with its weights")
    parser.add_argument("--input", default="", help="channels x rows x columns that it takes, as 3x224x224, or 224")
    parser.add_argument("--mean", default="", help="what is subtracted from each channel in [0, 1]: 0.485,0.456,0.406")
    parser.add_argument("--std", default="", help="what each channel is divided by: 0.229,0.224,0.225")
    parser.add_argument("--channels", default="", help="a letter a channel: R, G, B, L (grey), 0, 1; as RGB, BGR, RGBL")
    parser.add_argument("--output", default="", help="classes, labels, numbers, map, boxes or unread")
    parser.add_argument("--classes", type=Path, help="a file with the outputs' names, one a line, or a JSON list")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Open the app; what `cnnviz` and `python -m cnnviz` call. Returns the exit status, 2 for wrong arguments."""
    words = sys.argv[1:] if arguments is None else arguments
    if "--version" in words:
        print(f"cnnviz {__version__}")
        return 0
    if words[:1] == ["doctor"]:
        return _run(doctor(words[1:]))
    if {"-h", "--help"} & set(words):
        _parser(add_help=True).print_help()
        return 0
    try:
        _look_for_files(read(words))
    except ArgumentsError as error:
        print(f"cnnviz: {error}", file=sys.stderr)
        return 2
    return _run(command(words))


def command(arguments: list[str]) -> list[str]:
    """The program that serves the app with these arguments.

    -P: the folder it is started in may hold a file that is called like a module of the standard library.
    """
    served = [sys.executable, "-P", "-m", "streamlit", "run", str(home() / "app.py"), "--server.showEmailPrompt=false"]
    return [*served, "--", *arguments]


def doctor(arguments: list[str]) -> list[str]:
    """The program that looks whether a server could do its work here, with these arguments."""
    code = f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r}); from cnnviz import doctor; "
    return [sys.executable, "-P", "-c", code + "sys.exit(doctor.main(sys.argv[1:]))", *arguments]


def _look_for_files(found: Arguments) -> None:
    for kind, path in (("image", found.image), ("weights", found.weights), ("class names", found.classes)):
        if path is not None and not path.is_file():
            raise ArgumentsError(f"there is no file {str(path)!r} to read the {kind} from; what may be given: {USAGE}")


def _run(words: list[str]) -> int:
    """The program in this one's place, so that signals and Ctrl-C reach it; Windows has no such thing."""
    if os.name == "posix":
        os.execv(words[0], words)
    return subprocess.run(words, check=False).returncode
