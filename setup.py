"""What `pyproject.toml` cannot say: the wheel carries the app inside of the package, as `cnnviz/_app/`.

`streamlit run app.py` wants app.py and pages/ side by side, where the checkout has them. Installed, they would lie in
site-packages under names that others use (`pages`, `app`), so they are copied below the library, in the same order.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
CARRIED = ("app.py", "pages", ".streamlit", "checkpoints", "docs/icon.png")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "runs")  # checkpoints/runs holds a person's own


class BuildWithApp(build_py):
    """The library, then the app inside of it. What an earlier build left behind goes first."""

    def run(self) -> None:
        if not self.editable_mode:
            shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()
        if not self.editable_mode:
            self._carry(Path(self.build_lib) / "cnnviz" / "_app")

    def _carry(self, target: Path) -> None:
        for name in CARRIED:
            place = target / name
            place.parent.mkdir(parents=True, exist_ok=True)
            if (HERE / name).is_dir():
                shutil.copytree(HERE / name, place, ignore=LEFT_OUT)
            else:
                shutil.copyfile(HERE / name, place)


setup(cmdclass={"build_py": BuildWithApp})
