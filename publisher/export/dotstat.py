"""The .Stat Suite (OECD, SIS-CC): a file of structures, and one SDMX-CSV 2.0 file for each dataflow.

Sources are pages of its documentation, and issues of its repositories; each rule names its own. The
structures leave out what .Stat makes itself (actual constraints, from the data) and what it does
not use (organisations, provision agreements): an actual constraint without dates would go on saying
what there is after the next upload, and a scheme of SDMX asks for permission on SDMX's artefacts.
"""

from __future__ import annotations

from collections.abc import Iterator

from publisher import periods
from publisher.errors import Finding
from publisher.export import data_rules, structure_rules
from publisher.export.constraint_rules import constraint
from publisher.export.data_rules import MISSING
from publisher.export.profile import Bundle, Profile, Rule
from publisher.export.structures import FILE, Annotation, Artefact, DataStructure
from publisher.export.tables import quoted

_DOCS = "https://sis-cc.gitlab.io/dotstatsuite-documentation"
_DATA = f"{_DOCS}/using-api/data/upload-data-sdmx-file/"
_UPLOAD_DATA = f"{_DOCS}/using-dlm/manage-data/upload-data/upload-data-and-metadata/"
_UPLOAD_STRUCTURE = f"{_DOCS}/using-dlm/manage-structures/upload-structure/"
_FEATURES = f"{_DOCS}/using-api/api-main-features/"
_VALIDATION = f"{_FEATURES}#data-validation-process"
_MODEL = f"{_DOCS}/using-api/core-data-model/"
_LAYOUT = f"{_DOCS}/using-de/viewing-data/preview-table/custom-data-view/default-layout/"
_SELECTION = f"{_DOCS}/using-de/viewing-data/preview-table/custom-data-view/default-selection/"
_TEXTS = f"{_UPLOAD_STRUCTURE}text-attribute-length/"
_IDS = "https://gitlab.com/sis-cc/.stat-suite/dotstatsuite-core-common/-/issues/27"

_COLLECTIONS = (
    "Dataflows",
    "CategorySchemes",
    "Categorisations",
    "Codelists",
    "Concepts",
    "DataStructures",
    "Constraints",
)

_LARGEST_FILE = 30 * 1024 * 1024
_LONGEST_ID = 255
_LONGEST_TEXT = 150
_NO_LIMIT = 4_000
_AXES = ("LAYOUT_COLUMN", "LAYOUT_ROW", "LAYOUT_ROW_SECTION")
_PERIOD_BOUNDS = ("TIME_PERIOD_START", "TIME_PERIOD_END")


def file_size(bundle: Bundle) -> Iterator[Finding]:
    """Yield files above the size that an installation takes unless it is configured otherwise."""
    size = len(bundle.structure_file())
    if size > _LARGEST_FILE:
        yield Finding("", f"the structures are {size:,} bytes", file=FILE)
    for path in bundle.data:
        if (size := (bundle.folder / path).stat().st_size) > _LARGEST_FILE:
            yield Finding("", f"is {size:,} bytes", severity="warning", file=path, cube=path.split("/")[1])


def id_length(bundle: Bundle) -> Iterator[Finding]:
    """Yield artefacts and items whose id is longer than SDMX lets ids be."""
    for artefact in bundle.known.artefacts.values():
        for name, line in ((artefact.key.id, artefact.line), *artefact.items.items()):
            if len(name) > _LONGEST_ID:
                yield Finding("", f"the id {name[:20]}… has {len(name)} characters", file=FILE, line=line)


def coded_dimension(bundle: Bundle) -> Iterator[Finding]:
    """Yield dimensions other than time that no codelist enumerates."""
    for _, dsd in structure_rules.data_structures(bundle):
        for component in dsd.of_role("dimension"):
            if component.codelist is None:
                fault = f"the dimension {component.id} of {dsd.artefact.key} has no codelist"
                yield Finding("", fault, file=FILE, line=component.line)


def layout(bundle: Bundle) -> Iterator[Finding]:
    """Yield dataflows without a layout, and layouts that name what is no dimension, or one twice."""
    for flow, dsd in structure_rules.data_structures(bundle):
        found = [note for axis in _AXES for note in _annotations(flow, dsd, axis)]
        for axis in _AXES[:2]:
            if axis not in (note.type for note in found):
                yield Finding("", f"{flow.key} has no annotation {axis}", file=FILE, line=flow.line)
        placed: set[str] = set()
        for note in found:
            for name in note.title.split(","):
                if name not in (component.id for component in dsd.key):
                    fault = f"{note.type} of {flow.key} names '{name}', which is no dimension"
                    yield Finding("", fault, file=FILE, line=note.line)
                elif name in placed:
                    yield Finding("", f"{note.type} of {flow.key} names {name} again", file=FILE, line=note.line)
                placed.add(name)


def default_selection(bundle: Bundle) -> Iterator[Finding]:
    """Yield selections in the annotation DEFAULT of dimensions, codes or periods that there are not."""
    for flow, dsd in structure_rules.data_structures(bundle):
        codelists = {component.id: component.codelist for component in dsd.of_role("dimension")}
        for note in _annotations(flow, dsd, "DEFAULT"):
            for part in filter(None, note.title.split(",")):
                name, _, said = part.partition("=")
                if name in _PERIOD_BOUNDS:
                    wrong = [] if any(periods.belongs(each, said) for each in periods.FREQUENCIES) else [said]
                elif name in codelists:
                    codes = bundle.known.codes(codelists[name])
                    wrong = [code for code in said.split("+") if code and code not in codes]
                else:
                    wrong = [name]
                for word in wrong:
                    fault = f"DEFAULT of {flow.key} says '{part}', and there is no '{word}'"
                    yield Finding("", fault, file=FILE, line=note.line)


def action(bundle: Bundle) -> Iterator[Finding]:
    """Yield rows whose action is not R."""
    for table in bundle.tables:
        yield from data_rules.actions(table, "R")


def missing_value(bundle: Bundle) -> Iterator[Finding]:
    """Yield DSDs that do not say that values are missing, or whose measure cannot be, where the data have such."""
    for table in bundle.tables:
        dsd = table.dsd.artefact
        for measure in table.dsd.of_role("measure"):
            missing = table.count(f"{quoted(measure.id)} = '{MISSING}'")
            have = f"{missing:,} of its observations are {MISSING}"
            if missing and measure.text_type not in ("Double", "Float"):
                fault = f"{measure.id} of {dsd.key} is {measure.text_type}, and {have}"
                yield Finding("", fault, file=FILE, line=measure.line, cube=table.cube)
            if missing and not any(note.type == "SUPPORT_INTENT_MISS_VALUES" for note in dsd.annotations):
                fault = f"{dsd.key} has no annotation SUPPORT_INTENT_MISS_VALUES, and {have}"
                yield Finding("", fault, file=FILE, line=dsd.line, cube=table.cube)


def text_length(bundle: Bundle) -> Iterator[Finding]:
    """Yield texts of attributes that are longer than the DSD announces, or the default."""
    for table in bundle.tables:
        said = [note.title for note in table.dsd.artefact.annotations if note.type == "MAXTEXTATTRIBUTELENGTH"]
        longest = int(said[0]) if said and said[0].isdecimal() else _LONGEST_TEXT
        if not 0 < longest <= _NO_LIMIT:
            continue
        for component in table.dsd.of_role("attribute"):
            if component.codelist is None:
                length = f"length({quoted(component.id)})"

                def word(size: str, name: str = component.id, most: int = longest) -> str:
                    return f"{name} has {size} characters, {most} is the most"

                yield from table.findings(f"{length} > ?", [longest], word, length)


def allowed(bundle: Bundle) -> Iterator[Finding]:
    """Yield observations outside of a constraint on what is allowed; actual ones .Stat makes itself."""
    return constraint(bundle, ("Allowed",))


def _annotations(flow: Artefact, dsd: DataStructure, kind: str) -> tuple[Annotation, ...]:
    """Return the annotations of a type; those of the dataflow supersede those of the DSD."""
    for artefact in (flow, dsd.artefact):
        if found := tuple(note for note in artefact.annotations if note.type == kind):
            return found
    return ()


RULES = (
    Rule(
        "dotstat-files",
        "The release holds the structures, and one data file for each dataflow.",
        "build the whole release again, without --only",
        _UPLOAD_DATA,
        structure_rules.files,
        "files",
    ),
    Rule(
        "dotstat-file-type",
        "The structures are SDMX-ML 2.1, the data SDMX-CSV 2.0 in UTF-8, of a dataflow of the structures.",
        "build the release again",
        _UPLOAD_DATA,
        structure_rules.file_type,
        "files",
    ),
    Rule(
        "dotstat-file-size",
        "No file is above 30 MB, which is the limit unless an installation has another.",
        "ask who runs the portal for another limit; a data file can also be uploaded as a zip of its own",
        _UPLOAD_STRUCTURE,
        file_size,
        "structures",
    ),
    Rule(
        "dotstat-references",
        "What an artefact refers to stands in the same file, once.",
        "add what is missing to the definition and build again",
        f"{_FEATURES}#adding-or-replacing-structures",
        structure_rules.references,
        "structures",
    ),
    Rule(
        "dotstat-component",
        "Every component has a concept, and a codelist or a text format.",
        "give the component its concept and representation in the definition and build again",
        _MODEL,
        structure_rules.components,
        "structures",
    ),
    Rule(
        "dotstat-coded-dimension",
        "Every dimension but time has a codelist.",
        "give the dimension a codelist in the definition and build again",
        _MODEL,
        coded_dimension,
        "structures",
    ),
    Rule(
        "dotstat-id-length",
        "Ids have at most 255 characters.",
        "choose a shorter id in the definition and build again",
        _IDS,
        id_length,
        "structures",
    ),
    Rule(
        "dotstat-layout",
        "Each dataflow says by LAYOUT_ROW and LAYOUT_COLUMN how its table lies, and names each dimension at most once.",
        "correct the annotation and build again",
        _LAYOUT,
        layout,
        "structures",
    ),
    Rule(
        "dotstat-default",
        "The annotation DEFAULT selects dimensions, codes and periods that there are.",
        "correct the annotation and build again",
        _SELECTION,
        default_selection,
        "structures",
    ),
    Rule(
        "dotstat-column",
        "Every column is a component of the DSD, and the dimensions and the measure have a column.",
        "build the release again: structures and data are not of one build",
        _VALIDATION,
        data_rules.columns,
    ),
    Rule(
        "dotstat-one-dataflow",
        "All rows of a file are of one dataflow.",
        "give each dataflow a file of its own",
        _UPLOAD_DATA,
        data_rules.one_dataflow,
    ),
    Rule(
        "dotstat-action",
        "Every row has the action R, which replaces what the portal has.",
        "build the release again; a delta is not what this profile uploads",
        f"{_DATA}#supported-type-of-actions",
        action,
    ),
    Rule(
        "dotstat-dimension",
        "Every row has a value for every dimension.",
        "correct the row in the source and build again",
        _VALIDATION,
        data_rules.missing_dimension,
    ),
    Rule(
        "dotstat-code",
        "Every code stands in the codelist of its component.",
        "correct the code in the source, or add it to the codelist, and build again",
        _VALIDATION,
        data_rules.unknown_code,
    ),
    Rule(
        "dotstat-value",
        "Every value is of the type that the DSD gives it.",
        "correct the value in the source and build again",
        _VALIDATION,
        data_rules.value_format,
    ),
    Rule(
        "dotstat-missing-value",
        "Where values are missing the measure is Double or Float, and the DSD has SUPPORT_INTENT_MISS_VALUES.",
        "build the release again: otherwise the portal does not keep that a value is missing",
        f"{_DATA}#intentionally-missing-values",
        missing_value,
    ),
    Rule(
        "dotstat-status",
        "OBS_STATUS says that a value is missing exactly where it is NaN: a suppressed cell holds no number.",
        "correct the status or the value in the source and build again",
        data_rules.OURS,
        data_rules.status,
    ),
    Rule(
        "dotstat-period",
        "Every period is one of the frequency of its row.",
        "correct the period in the source and build again",
        _VALIDATION,
        data_rules.period,
    ),
    Rule(
        "dotstat-duplicate",
        "No key stands twice.",
        "keep one of the rows in the source and build again",
        _VALIDATION,
        data_rules.duplicate,
    ),
    Rule(
        "dotstat-mandatory",
        "Every mandatory attribute has a value.",
        "fill in the attribute in the source, or make it conditional in the definition, and build again",
        _VALIDATION,
        data_rules.mandatory_attribute,
    ),
    Rule(
        "dotstat-text-length",
        "Texts have at most 150 characters, or what MAXTEXTATTRIBUTELENGTH of the DSD says.",
        "shorten the text in the source and build again",
        _TEXTS,
        text_length,
    ),
    Rule(
        "dotstat-constraint",
        "Every observation is one that the constraints allow.",
        "correct the observation, or the constraint, and build again",
        f"{_MODEL}#constraints",
        allowed,
    ),
)

PROFILE = Profile(
    "dotstat",
    ".Stat Suite",
    "data-2.0.csv",
    ("sdmx-structure", "sdmx-csv"),
    RULES,
    (
        "unpack the zip",
        "upload the first file with 'Upload structures' of the Data Lifecycle Manager",
        "then each other file with 'Upload data'",
    ),
    frozenset(_COLLECTIONS),
)
