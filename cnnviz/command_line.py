"""The command `cnnviz`: opens the app in the browser, from any folder, with an image and a network of one's own.

cnnviz [image] [--model package.module:function] [--weights file.safetensors]
streamlit run app.py -- [image] [--model …] [--weights …]
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

USAGE = "[image] [--model package.module:function] [--weights file.safetensors]"


class ArgumentsError(ValueError):
    """Arguments that name nothing that can be opened: what is wrong, and what may be given."""


@dataclass(frozen=True)
class Arguments:
    """image: a file, or None. model: "package.module:function", or "". weights: a safetensors file for it, or None."""

    image: Path | None = None
    model: str = ""
    weights: Path | None = None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ArgumentsError(f"{message}; what may be given: {USAGE}")


def read(arguments: list[str]) -> Arguments:
    """What these words of a command line name; files are not looked at. Raises ArgumentsError."""
    found = Arguments(**vars(_parser(add_help=False).parse_args(arguments)))
    if found.weights is not None and not found.model:
        raise ArgumentsError(f"--weights was given without --model; what may be given: {USAGE}")
    return found


def _parser(*, add_help: bool) -> _Parser:
    parser = _Parser(
        prog="cnnviz", usage=f"cnnviz {USAGE}", add_help=add_help, allow_abbrev=False,
        description="See inside convolutional neural networks: opens the app in the browser.",
        epilog="Streamlit's settings are read from the environment: STREAMLIT_SERVER_PORT=8600 cnnviz",
    )  # fmt: skip
    parser.add_argument("image", nargs="?", type=Path, help="a PNG, JPEG, WebP, GIF, BMP or TIFF file to open")
    parser.add_argument("--model", default="", help="a function that returns a torch.nn.Module, looked for here too")
    parser.add_argument("--weights", type=Path, help="a safetensors file with that network's weights")
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
    for kind, path in (("image", found.image), ("weights", found.weights)):
        if path is not None and not path.is_file():
            raise ArgumentsError(f"there is no file {str(path)!r} to read the {kind} from; what may be given: {USAGE}")


def _run(words: list[str]) -> int:
    """The program in this one's place, so that signals and Ctrl-C reach it; Windows has no such thing."""
    if os.name == "posix":
        os.execv(words[0], words)
    return subprocess.run(words, check=False).returncode
