"""Files of packages found without an import, and the compiler that comes when it is used. In processes of their own."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cnnviz import lazy_imports
from tests.support.exhaustive import sample
from tests.support.waiting import PATIENCE, stays, until

START = """import sys
from cnnviz import lazy_imports
assert lazy_imports.postpone_compiler()
def real(): return not isinstance(sys.modules["torch._dynamo"], lazy_imports._Postponed)
"""


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", START + code], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    return done.stdout


WITHOUT = {
    "listing modules": "import inspect, torch; inspect.getmodule(torch.nn.Linear)",
    "a network of torchvision": "import torchvision; torchvision.models.resnet18(weights=None)",
    "steps of an optimiser": """weight = torch.nn.Parameter(torch.ones(2))
optimizer = torch.optim.Adam([weight], fused=True)
optimizer.zero_grad()
weight.sum().backward()
optimizer.step()
assert bool((weight < 1).all())""",
    "a recording": """from cnnviz import capture, modes
found = capture.activations(torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.ReLU()), torch.ones(1, 1, 5, 5))
assert found["1"].values.shape == (2, 3, 3) and not modes.is_compiled([torch.nn.ReLU()])""",
    "postponing it once more": "assert not lazy_imports.postpone_compiler()",
    "not even sympy": "assert 'sympy' not in sys.modules",  # which shapes without numbers bring
    "shapes of batch normalisation": (
        "x = torch.zeros(1, 3, 8, 8, device='meta')\n"
        "assert torch.nn.BatchNorm2d(3, device='meta')(x).shape == (1, 3, 8, 8)"
    ),
}


LIGHT = {
    "listing networks": (
        "from cnnviz import models; assert 'resnet18' in models.names(); models.title('vgg16')",
        {"torchvision", "timm", "scipy", "sklearn", "torch._dynamo"},
    ),
    "reading samples": (
        "from cnnviz import samples; samples.read('china'); samples.read('digit-3')",
        {"sklearn", "skimage", "torchvision"},
    ),
    "counting": (
        "from cnnviz import lazy_imports; lazy_imports.postpone_compiler(); import cnnviz.anatomy",
        {"triton", "sklearn", "skimage"},
    ),
    "the first page": (
        "import pages.look.explore.page",
        {"torchvision", "timm", "scipy", "sklearn", "skimage", "pandas", "sympy"},
    ),
}


def test_what_is_read_and_counted_brings_no_large_package() -> None:
    """One after the other in one process, in this order: the first that brings one is named."""
    lines = ["import sys"]
    for name, (code, large) in LIGHT.items():
        lines += [code, f"print({name!r}, sorted({large!r} & {{one.split('.')[0] for one in sys.modules}} | "
                        f"{large!r} & sys.modules.keys()))"]  # fmt: skip
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [f"{name} []" for name in LIGHT]
    assert "triton" not in done.stderr


def test_what_is_done_without_the_compiler_does_not_bring_it() -> None:
    """One after the other in one process, in this order: the first that brings it is named."""
    lines = [line for name, code in WITHOUT.items() for line in (code, f"print(real(), {name!r}, sep=': ')")]
    assert run("\n".join(lines)).splitlines() == [f"False: {name}" for name in WITHOUT]


def test_a_file_is_found_without_importing_its_package() -> None:
    code = """import sys
from cnnviz import lazy_imports
lazy_imports.path('sklearn', 'datasets', 'data', 'digits.csv.gz')
print({'sklearn', 'torch'} & sys.modules.keys())"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert done.stdout.strip() == "set()"


def test_a_missing_file_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"nothing\.csv of the package numpy"):
        lazy_imports.path("numpy", "nothing.csv")


USES = (
    "import torch._dynamo.config; torch._dynamo.config.verbose",
    "from torch._dynamo.utils import is_compile_supported; assert is_compile_supported('cpu') in (True, False)",
    "from torch._dynamo.utils import counters; counters.clear()",
)


@pytest.mark.parametrize("use", sample(USES, ()))
def test_whoever_uses_it_gets_it(use: str) -> None:
    assert run(f"{use}\nprint(real())").strip() == "True"


def test_what_is_kept_from_it_runs_before_it_is_there_and_is_kept_from_it_after() -> None:
    """And whoever uses the compiler gets it."""
    code = """import torch
kept = torch._dynamo.disable(lambda x: (x + 1, torch.compiler.is_compiling()))
print(kept(1), real())
torch._dynamo.reset()
print(real())
both = torch.compile(lambda x: (torch.compiler.is_compiling(), kept(x * 2)), backend="eager")
print(both(torch.tensor(3)), real(), lazy_imports.postpone_compiler())"""
    assert run(code).splitlines() == ["(2, False) False", "True", "(True, (tensor(7), False)) True False"]


SLOW = """
import threading
at, go_on = threading.Event(), threading.Event()
Early = 1
at.set()
assert go_on.wait(60)
import slow_package.part as part
Late = 2
class Own:
    x = part.found
"""


def test_what_another_thread_still_imports_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever finds it in `sys.modules` gets what is there at once, and later what comes later; no name is made up."""
    package = tmp_path / "slow_package"
    package.mkdir()
    (package / "__init__.py").write_text(SLOW)
    (package / "part.py").write_text("import sys\nfound = sys.modules['slow_package'].Early\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    before = set(sys.modules)
    lazy_imports.show_whole("slow_package")
    lazy_imports.show_whole("slow_package")  # once more changes nothing
    finders = [one.name for one in sys.meta_path if isinstance(one, lazy_imports._Finder)]
    assert finders.count("slow_package") == 1
    with ThreadPoolExecutor(2) as pool:
        try:
            importing = pool.submit(importlib.import_module, "slow_package")
            until(lambda: "slow_package" in sys.modules and hasattr(sys.modules["slow_package"], "at"))
            found = sys.modules["slow_package"]
            assert found.at.wait(PATIENCE)
            assert found.Early == 1
            asking = pool.submit(lambda: found.Late)
            assert stays(lambda: not asking.done())
            found.go_on.set()
            assert asking.result(PATIENCE) == 2
            whole = importing.result(PATIENCE)
            assert (type(whole), whole.Own.x, whole.part.found) == (type(sys), 1, 1)
            assert inspect.getsource(whole) == SLOW
            assert whole.__spec__ is not None
            assert whole.__spec__.loader is whole.__loader__
            assert not isinstance(whole.__loader__, lazy_imports._Loader)
            with pytest.raises(AttributeError, match="Never"):
                _ = whole.Never
        finally:
            for name in set(sys.modules) - before:
                if name.startswith("slow_package"):
                    del sys.modules[name]


def test_charts_are_drawn_while_another_thread_imports_pandas() -> None:
    """As two who open pages of a new server at the same time have it; plotly looks for pandas at each value."""
    code = """
import threading
import plotly.graph_objects as go
lazy_imports.show_whole("pandas", "pyarrow")
assert "pandas" not in sys.modules
importing = threading.Thread(target=lambda: __import__("pandas"))
importing.start()
while "pandas" not in sys.modules: pass
drawn = 0
while importing.is_alive() or not drawn:
    go.Figure(go.Scatter(x=[1, 2], y=[3, drawn])).update_xaxes(domain=[0, 1])
    drawn += 1
import pandas
assert pandas.Series([1, 2]).sum() == 3 and type(pandas) is type(sys)
"""
    run(code)
