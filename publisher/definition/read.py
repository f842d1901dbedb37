"""A folder under ``schemas/`` read into a ``Dataset``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from publisher.definition import labels, patterns
from publisher.definition.assemble import assemble
from publisher.definition.codelists import read_codelist, read_spellings
from publisher.definition.references import Known, check, check_known
from publisher.definition.rules import read_rules
from publisher.definition.toml import Toml, read_toml
from publisher.errors import DefinitionError, Finding, nearest
from publisher.model import Codelist, Dataset, NotationSystem, Text
from publisher.naming import Names

DEFINITION_FILE = "dataset.toml"
# Namespaces whose datatypes are everybody's: none is the name of a system of codes.
_GENERAL_DATATYPES = (
    "http://www.w3.org/2001/XMLSchema#",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://www.w3.org/2000/01/rdf-schema#",
)


def find_datasets(project: Path) -> tuple[str, ...]:
    """Return the ids of the datasets a project defines: folders of ``schemas/`` with a dataset.toml."""
    return tuple(sorted(path.parent.name for path in (project / "schemas").glob(f"*/{DEFINITION_FILE}")))


def read_definition(project: Path, dataset: str, base_iri: str | None = None, known: Known | None = None) -> Dataset:
    """Read ``schemas/<dataset>/`` of a project.

    ``base_iri`` replaces the one of the definition; ``known`` are the readers and formats it may
    name, where that is to be checked. Raises DefinitionError with every fault found,
    each with file and line; an unknown dataset is answered with the nearest name.
    """
    defined = find_datasets(project)
    if dataset not in defined:
        listed = f": there are {', '.join(defined)}" if defined else f": no folder of {project / 'schemas'} has one"
        raise DefinitionError(f"unknown dataset '{dataset}'{listed}{nearest(dataset, defined)}")
    base = base_iri and base_iri.rstrip("/")
    if base is not None and not patterns.BASE_IRI.fullmatch(base):
        message = "is no absolute http or https IRI without query and fragment, as in https://data.example.org"
        raise DefinitionError(f"base IRI '{base_iri}' {message}")
    return read_definition_folder(project / "schemas" / dataset, dataset, f"schemas/{dataset}", base, known)


def read_definition_folder(
    folder: Path, dataset: str, shown: str, base_iri: str | None = None, known: Known | None = None
) -> Dataset:
    """Read a definition from the folder it is in; ``shown`` is how findings call the folder.

    ``dataset`` is the id it must have. Raises DefinitionError with every fault found.
    """
    toml = read_toml(folder / DEFINITION_FILE, f"{shown}/{DEFINITION_FILE}")
    if not toml.values and toml.findings:
        raise DefinitionError(*toml.findings)
    codelists, findings = _read_codelists(toml, folder, shown, base_iri)
    check(toml, codelists, folder, dataset)
    if known is not None:
        check_known(toml, known)
    everything = {*toml.findings, *findings}
    if everything:
        raise DefinitionError(*sorted(everything, key=lambda found: (found.file or "", found.line or 0, str(found))))
    dataset_read = assemble(toml, codelists, base_iri)
    return replace(dataset_read, rules=read_rules(folder, shown, dataset_read))


def definition_files(folder: Path) -> tuple[Path, ...]:
    """Return the files that a definition's folder is read from, in a fixed order."""
    return tuple(sorted(file for file in folder.rglob("*") if file.suffix in (".toml", ".csv") and file.is_file()))


def notation_systems(toml: Toml) -> tuple[NotationSystem, ...]:
    """Return the systems of ``[notations]``, as far as they are described; what is missing is noted elsewhere."""
    languages = tuple(toml.names("dataset", "languages"))
    found = []
    seen: dict[str, str] = {}
    for name, values in toml.table("notations").items():
        datatype = values.get("datatype", "")
        path, key = ("notations", name, "datatype"), f"'notations.{name}.datatype'"
        if datatype.startswith(_GENERAL_DATATYPES):
            toml.fault("choice", path, f"{key} is {datatype}: a system of codes has an IRI of its own")
        elif datatype and (other := seen.setdefault(datatype, name)) != name:
            toml.fault("choice", path, f"{key} is that of 'notations.{other}' already: keep one")
        if not patterns.NOTATION.fullmatch(name):
            message = f"'notations.{name}': a name has lower-case letters, digits and `_`, as in klass_104"
            toml.fault("id", ("notations", name), message)
        elif (words := labels.text(values.get("name", {}), languages)) and "datatype" in values:
            found.append(NotationSystem(name, values["datatype"], words))
    return tuple(found)


def _own_codes(toml: Toml, codelist: str, base_iri: str | None) -> tuple[str, ...]:
    """Return what the IRIs and URNs of a list's codes begin with, as far as the dataset is described."""
    table = toml.table("dataset")
    names = [
        Names(base, table["id"], table["agency"], table.get("sdmx_id", ""), table.get("structure_version", "1.0"))
        for base in (table.get("base_iri"), base_iri)
        if base and {"id", "agency"} <= table.keys()
    ]
    iris = (f"{name.codelist(codelist)}/" for name in names)
    return (*iris, *(f"{name.urn('codelist.Code', codelist)}." for name in names))


def _read_codelists(
    toml: Toml, folder: Path, shown: str, base_iri: str | None
) -> tuple[dict[str, Codelist], list[Finding]]:
    """Read every codelist that is declared, and the spellings; a list with faults has no codes."""
    findings: list[Finding] = []
    lists: dict[str, Codelist] = {}
    languages = tuple(toml.names("dataset", "languages"))
    systems = notation_systems(toml)
    files = {path.stem: path for path in sorted((folder / "codelists").glob("*.csv"))}
    for name, path in files.items():
        if name not in toml.table("codelists"):
            near = nearest(name, toml.table("codelists"))
            message = f"'codelists.{name}' is missing: {shown}/codelists/{path.name} is there{near}"
            toml.fault("missing-key", ("codelists",), message)
    for name, values in toml.table("codelists").items():
        file = f"{shown}/codelists/{name}.csv"
        empty = Codelist(
            name,
            labels.text(values.get("name", {}), languages) or Text((("und", name),)),
            (),
            labels.text(values.get("description", {}), languages),
            values.get("derived_from"),
            systems,
        )
        if name in files:
            lists[name], rows = read_codelist(files[name], file, empty, languages, _own_codes(toml, name, base_iri))
            findings += rows.findings
        else:
            toml.fault("unknown-codelist", ("codelists", name), f"{file} is missing{nearest(name, files)}")
    if (folder / "spellings.csv").exists():
        lists, rows = read_spellings(folder / "spellings.csv", f"{shown}/spellings.csv", lists)
        findings += rows.findings
    return lists, findings
