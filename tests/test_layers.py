"""Imports point one way: a module imports only what stands before it in the order below."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "publisher"

# The order of the layers; modules of one layer may import each other unless listed as apart.
LAYERS = (
    "errors",
    "visible",
    "naming",
    "digests",
    "periods",
    "rules",
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
    "auditing",
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
    "audit_page",
    "audit_report",
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
    "highspy",
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


def test_a_module_imports_only_from_layers_before_its_own() -> None:
    # The public names of the package itself are imported when they are asked for.
    modules = [path for path in FILES if path != PACKAGE / "__init__.py"]
    assert len(modules) > 300
    assert [f"{shown(path)} imports {name}" for path in modules for name in imports(path) if is_later(name, path)] == []


def test_heavy_packages_are_imported_inside_the_functions_that_need_them() -> None:
    tops = ((path, name) for path in FILES for name in imports(path, top_level_only=True))
    assert [f"{shown(path)} imports {name}" for path, name in tops if name.split(".")[0] in HEAVY] == []


def is_later(name: str, path: Path) -> bool:
    """Say whether a name belongs to a layer that stands after that of a module."""
    package, layer, *_ = (*name.split("."), "")
    place = PACKAGE / layer
    if package != "publisher" or not layer or not (place.is_dir() or place.with_suffix(".py").exists()):
        return False
    return LAYERS.index(layer) > LAYERS.index(layer_of(path))


def shown(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


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
