"""The components' JavaScript: how modules are joined, and lint, types and unit tests where the tools are there."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pages.shared.components.modules import JoinError, imports, joined, ordered
from tests.support import ROOT

ENTRIES = sorted((ROOT / "pages").rglob("components/*/main.js"))
MODULES = sorted((ROOT / "pages").rglob("*.js"))
REQUIRED = os.environ.get("CNNVIZ_REQUIRE_JS") == "1"


def node() -> str | None:
    """Node.js from the path, else the one that Playwright brings."""
    on_path = shutil.which("node")
    if on_path:
        return on_path
    driver = pytest.importorskip("playwright._impl._driver")
    found = Path(driver.compute_driver_executable()[0])
    return str(found) if found.exists() else None


def run(*command: str) -> None:
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert found.returncode == 0, found.stdout + found.stderr


# ------------------------------------------------------------------------------------------------ the join
def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.js").write_text(text)
    return folder / "main.js"


def test_a_module_stands_after_all_that_it_imports_and_once(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        a="export const one = 1;\n",
        b='// b.\nimport { one } from "./a.js";\n\n/** Two. */\nexport function two() {\n  return one + 1; // 2\n}\n',
        main='import { one } from "./a.js";\nimport {\n  two,\n} from "./b.js";\n\nexport default () => one + two();\n',
    )
    assert [path.name for path in ordered(entry)] == ["a.js", "b.js", "main.js"]
    two = "\nfunction two() {\n  return one + 1; // 2\n}\n"
    assert joined(entry) == f"const one = 1;\n\n{two}\n\nexport default () => one + two();\n"


def test_modules_that_import_each_other_are_joined_as_a_browser_evaluates_them(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        draw='import { again } from "./main.js";\nexport const draw = () => again();\n',
        main='import { draw } from "./draw.js";\nexport const again = () => 1;\nexport default () => draw();\n',
    )
    assert [path.name for path in ordered(entry)] == ["draw.js", "main.js"]


@pytest.mark.parametrize(
    ("main", "says"),
    [
        ('import { two } from "./a.js";\nexport default two;\n', "imports two, which .*a.js does not export"),
        ('import { one } from "./b.js";\nexport default one;\n', "there is no such file"),
        ('import { one } from "./a.js";\nconst one = 2;\nexport default one;\n', "one is declared in .* rename"),
        ('import * as a from "./a.js";\nexport default a;\n', "cannot join"),
        ("export { x };\nexport default 1;\n", "cannot join"),
        ("export const x = 1;\n", "only the entry, has an export default"),
    ],
)
def test_what_cannot_be_joined_is_an_error_that_names_it(tmp_path: Path, main: str, says: str) -> None:
    entry = write(tmp_path, a="export const one = 1;\n", main=main)
    with pytest.raises(JoinError, match=says):
        joined(entry)


def test_every_component_is_one_module_that_loads(tmp_path: Path) -> None:
    for entry in ENTRIES:
        text = joined(entry)
        assert "\nimport " not in text, entry
        assert text.count("export default") == 1, entry
        (tmp_path / f"{entry.parent.name}.mjs").write_text(text)
    program = node()
    if program is None:
        pytest.skip("there is no Node.js")
    each = "for (const file of process.argv.slice(1)) if (!(await import(file)).default) throw file"
    run(program, "--input-type=module", "--eval", each, *(str(path) for path in sorted(tmp_path.iterdir())))


def test_every_module_belongs_to_a_component() -> None:
    reached = {path for entry in ENTRIES for path in ordered(entry)}
    assert set(MODULES) - reached == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_modules_import_their_own_topic_and_what_is_shared(path: Path) -> None:
    own = path.relative_to(ROOT).parts[:3]
    for target, _ in imports(path):
        parts = target.relative_to(ROOT).parts
        assert parts[:2] == ("pages", "shared") or parts[:3] == own, f"{path.name} imports {target.name}"


OF_THE_RUNTIME = {"root", "header", "find", "whole", "drawn", "begun", "digest", "room", "theme", "narrow", "send"}


def test_no_component_takes_for_itself_what_the_runtime_keeps_on_its_view() -> None:
    """Each is set by mount.js, which would write over the component's own, or read it as its own."""
    mounted = {path for entry in ENTRIES if "mount(" in entry.read_text("utf-8") for path in ordered(entry)}
    taken = [
        f"{path.relative_to(ROOT)}: view.{name}"
        for path in sorted(mounted)
        if path.parent != ROOT / "pages/shared/js"
        for name in re.findall(r"\bview\.(\w+) = ", path.read_text("utf-8"))
        if name in OF_THE_RUNTIME
    ]
    assert not taken, "choose another name: " + ", ".join(taken)


DONE_ONCE = {  # what one file of the runtime does for all
    "new ResizeObserver": "sizes.js",
    "prefers-reduced-motion": "play.js",
    "devicePixelRatio": "canvas.js",
    '"#000000" : "#ffffff"': "ink.js",
    "--st-background-color": "theme.js",
    "LUTS": "palette.js",
}


def test_what_the_runtime_does_no_component_does_again() -> None:
    runtime = ROOT / "pages/shared/js"
    texts = {path: path.read_text("utf-8") for path in MODULES}
    for text, file in DONE_ONCE.items():
        assert text in texts[runtime / file], f"{file} has no {text} any more"
        others = {str(path.relative_to(ROOT)) for path in MODULES if text in texts[path]}
        others -= {f"pages/shared/js/{file}", "pages/shared/js/luts.js"}
        assert not others, f"{text}: {file} does this; {sorted(others)}"


# ------------------------------------------------------------------------------------------------ the tools
def test_the_runtime_keeps_its_promises() -> None:
    program = node()
    if program is None:
        pytest.skip("there is no Node.js")
    run(program, "--test", *(str(path) for path in sorted((ROOT / "tests/js").glob("*.test.js"))))


# ------------------------------------------------------------------------------------------------ what travels
ADDED = {"key", "view", "wants", "selected", "pushed", "picture", "chosen"}  # by the component's Python
_Fields = dict[str, ast.expr]


def typed_dicts() -> dict[str, _Fields]:
    """Every TypedDict of cnnviz by its name: field → annotation, with those of the classes that it extends."""
    found: dict[str, _Fields] = {}
    bases: dict[str, list[str]] = {}
    for path in sorted((ROOT / "cnnviz").rglob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.bases:
                lines = [line for line in node.body if isinstance(line, ast.AnnAssign)]
                found[node.name] = {
                    line.target.id: line.annotation for line in lines if isinstance(line.target, ast.Name)
                }
                bases[node.name] = [base.id for base in node.bases if isinstance(base, ast.Name)]

    def whole(name: str) -> _Fields:
        inherited = [whole(base) for base in bases.get(name, ())]
        return {field: kind for fields in [*inherited, found.get(name, {})] for field, kind in fields.items()}

    return {name: whole(name) for name in found}


def test_the_browser_reads_no_field_that_python_does_not_send() -> None:
    declared = (ROOT / "pages/shared/js/packets.d.ts").read_text("utf-8")
    interfaces = re.findall(r"^export interface (\w+)[^{]*\{\n(.*?)^\}", declared, re.MULTILINE | re.DOTALL)
    sent = typed_dicts()
    assert len(interfaces) > 25
    for name, body in interfaces:
        assert name in sent, f"packets.d.ts has {name}, and no TypedDict of cnnviz is called so"
        inner = [ast.unparse(kind) for field, kind in sent[name].items() if field in ("meta", "header")]
        known = {field for one in (name, *inner) for field in sent[one]}
        fields = set(re.findall(r"^  (\w+)\??:", body, re.MULTILINE))
        assert fields - known - ADDED == set(), f"{name} in packets.d.ts"


# ------------------------------------------------------------------------------------------------ the tools' versions
OLDEST = (18, 18, 0)  # the Node.js of Debian 12, which `.ci/run` installs where there is none


def admits(spec: str, version: tuple[int, int, int]) -> bool:
    """Whether npm's range of versions holds one: alternatives "^18.18.0", ">=16", "18", "*"; others are an error."""

    def within(alternative: str) -> bool:
        sign, text = re.fullmatch(r"(\^|>=|)\s*([\d.]+)", alternative.strip()).groups()  # type: ignore[union-attr]
        least = tuple(int(part) for part in text.split("."))
        least = least + (0,) * (3 - len(least))
        return version >= least and (sign == ">=" or version[0] == least[0])

    return any(within(alternative) for alternative in spec.replace("*", ">=0").split("||"))


def test_every_tool_runs_on_the_oldest_node_that_is_promised() -> None:
    assert admits("^12.22.0 || ^14.17.0 || >=16.0.0", OLDEST)
    assert admits("18 || 20 || >=22", OLDEST)
    assert not admits("^20.19.0 || ^22.13.0 || >=24", OLDEST)
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    assert packages[""]["engines"]["node"] == ">=18.18"
    wanted = {
        name: package["engines"]["node"] for name, package in packages.items() if "node" in package.get("engines", {})
    }
    assert {name: spec for name, spec in wanted.items() if not admits(spec, OLDEST)} == {}


def test_lint_and_types_are_installed_where_they_are_required() -> None:
    if not REQUIRED:
        pytest.skip("CNNVIZ_REQUIRE_JS=1 makes the JavaScript tools count")
    assert (ROOT / "node_modules/.bin/tsc").exists(), "run make js, which installs them with npm ci"
