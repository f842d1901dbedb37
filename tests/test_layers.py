"""Imports point one way: a module imports only what stands before it in the order below."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "publisher"

# The order of the layers; modules of one layer may import each other unless listed as apart.
LAYERS = (
    "errors",
    "visible",
    "naming",
    "digests",
    "periods",
    "model",
    "columns",
    "refusals",
    "definition",
    "observations",
    "changes",
    "engines",
    "sources",
    "quality",
    "formats",
    "checks",
    "release",
    "query",
    "refresh",
    "inputs",
    "build",
    "validate",
    "export",
    "listing",
    "remedies",
    "scaffold",
    "load",
    "serve",
    "markdown",
    "reports",
    "summaries",
    "report_files",
    "commands",
    "progress",
    "cli",
    "__main__",
)
HEAVY = {
    "pandas",
    "sdmx",
    "rdflib",
    "frictionless",
    "pyarrow",
    "duckdb",
    "lxml",
    "pyoxigraph",
    "jinja2",
    "openpyxl",
    "xlsxwriter",
    "pyjstat",
    "pyaxis",
    "csvw",
    "datapackage",
}
FILES = sorted(PACKAGE.rglob("*.py"))


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path, top_level_only: bool = False) -> Iterator[str]:
    """Yield the dotted names that a module imports, those for type checking aside."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body if top_level_only else _outside_type_checking(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _outside_type_checking(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        yield node
        yield from _outside_type_checking(node)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_from_layers_before_its_own(path: Path) -> None:
    if path == PACKAGE / "__init__.py":
        return  # the public names are imported when they are asked for
    own = LAYERS.index(layer_of(path))
    for name in imports(path):
        parts = name.split(".")
        if (
            parts[0] == "publisher"
            and len(parts) > 1
            and (PACKAGE / parts[1]).with_suffix(".py").exists() | (PACKAGE / parts[1]).is_dir()
        ):
            assert LAYERS.index(parts[1]) <= own, f"{path.name} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_heavy_packages_are_imported_inside_the_functions_that_need_them(path: Path) -> None:
    tops = {name.split(".")[0] for name in imports(path, top_level_only=True)}
    assert not tops & HEAVY


def test_formats_do_not_import_each_other_but_for_what_they_share() -> None:
    table = {path.stem for path in (PACKAGE / "formats").glob("*.py") if "FORMAT = Format(" in path.read_text()}
    shared = {("datapackage", "codelists")}  # the package describes the columns of the codelist tables
    for path in (PACKAGE / "formats").glob("*.py"):
        if path.stem == "__init__":
            continue
        others = {name.split(".")[2] for name in imports(path) if name.startswith("publisher.formats.")}
        assert {(path.stem, other) for other in others & table} <= shared, path.name


def test_help_answers_without_the_heavy_packages() -> None:
    code = (
        "import sys; from publisher.cli import cli\n"
        "try: cli.main(['--help'], prog_name='publisher', standalone_mode=False)\n"
        f"finally: print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "validate" in answer.stdout
    assert answer.stdout.rstrip().endswith("[]")
