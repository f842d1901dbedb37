"""The files of a release, the readers of them, and every way in which a reader is known to fail, with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatch

from . import by_json_parser, by_pysdmx, by_sdmx1, by_sdmxthon, losses
from .facts import DATA_TOPICS, LABELS, STRUCTURE_TOPICS
from .losses import Becomes

READERS = {module.READER.name: module.READER for module in (by_sdmx1, by_pysdmx, by_sdmxthon, by_json_parser)}
SDMX1, PYSDMX, SDMXTHON, JSON_PARSER = READERS

# The observations of the release that docs/interop.md speaks of; a test counts them.
OBSERVATIONS = 4_068

# Kinds of files: those of every release, and those that a definition can ask for.
ALWAYS = (
    "structure-2.1.xml",
    "structure-3.0.xml",
    "structure-3.1.xml",
    "structure-2.0.json",
    "data-2.1.xml",
    "data-2.1-generic.xml",
    "data-3.0.xml",
    "data-3.1.xml",
    "data-1.0.csv",
    "data-2.0.csv",
    "data-2.1.csv",
    "data-1.0.json",
    "data-2.0.json",
)
ASKED_FOR = (
    "data-2.1-flat.xml",
    "data-3.0-flat.xml",
    "data-3.1-flat.xml",
    "data-1.0-both-en.csv",
    "data-2.0-both-en.csv",
    "data-2.0-keys-both.csv",
    "data-2.1-both-keys-series-fr.csv",
    "data-2.1-name-fr.csv",
)
FILES = (*ALWAYS, *ASKED_FOR)
MADE_UP = "made-up"
ON_TEXT = ("observations", "values", "statuses", "attributes", "unit")


@dataclass(frozen=True)
class Fault:
    """A reader loses or changes something of files it can read: what, exactly how, why, and where that is known from.

    ``files`` are patterns of kinds of files. ``becomes`` turns the facts of the file into those that
    the reader finds; a test holds it to that. What is ``equal`` all the same is only another way to
    say it. A fault that ``shows`` in the made-up release alone leaves the real one equal.
    """

    reader: str
    files: tuple[str, ...]
    topics: tuple[str, ...]
    lost: str
    becomes: Becomes
    reason: str
    source: str
    equal: bool = False
    shows: str = "everywhere"


@dataclass(frozen=True)
class Refusal:
    """A reader cannot read some files: the words of its error, why, and where that is known from.

    ``lost`` is for a file that it can read otherwise: only dataflows with ``within`` in their
    reference are refused.
    """

    reader: str
    files: tuple[str, ...]
    words: str
    reason: str
    source: str
    within: str = ""
    lost: str = ""


FAULTS = (
    Fault(
        SDMX1, ("data-2.1*.xml", "data-3.0*.xml"), ("structure",), "action", losses.action_is(None),
        "It keeps no action of a data set in SDMX-ML: neither the attribute of the data set nor the header's.",
        "`sdmx.reader.xml.v21`: `DataSetAction` is popped, and nothing looks at `action` of `DataSet`",
    ),
    Fault(
        SDMX1, ("structure-2.1.xml",), ("annotations",), "annotations of data structures",
        losses.annotations_of_first_dimensions,
        "It gives the annotations of a data structure to its first dimension, which is the first to ask for any.",
        "`sdmx.reader.xml.v21._structure_end`: too late for `pop_all(Annotation)`",
    ),
    Fault(
        SDMX1, ("data-2.*-both-*.csv",), ("observations", "statuses", "unit"), "codes without their labels",
        losses.labels_in_cells,
        "With `labels=both` it takes `A: Annual` for the code: it recognises the labels of the header alone.",
        "`sdmx.reader.csv.KeyValue`, `AttributeValue`",
    ),
    Fault(
        SDMX1, ("data-2.*.csv",), ("attributes",), "line breaks within a cell", losses.without_line_breaks,
        "It splits the text at every line break, also within quotes, and joins the pieces with nothing between.",
        "`sdmx.reader.csv.Reader.convert`: `splitlines()` before `csv.reader`", shows=MADE_UP,
    ),
    Fault(
        SDMX1, ("data-2.*-both-*.csv", "data-2.*-name-*.csv"), (LABELS,), "labels as such", losses.nothing_of(LABELS),
        "It stores no labels from CSV; they are in the structures.",
        "`sdmx.reader.csv.Name`",
    ),
    Fault(
        PYSDMX, ("structure-*.xml",), ("names", "descriptions", "annotations"), "all languages but one",
        losses.one_language,
        "Its model has one name and no language for it: the English one, or the first where none is English.",
        "`pysdmx.model.__base.NameableArtefact`, `pysdmx.io.xml.__structure_aux_reader._extract_text`",
    ),
    Fault(
        PYSDMX, ("structure-*.json",), ("names", "descriptions", "annotations"), "all languages but one",
        losses.first_language,
        "Its model has one name and no language for it: it reads `name`, in the publication's first language, "
        "and not `names`.",
        "`pysdmx.io.json.sdmxjson2.messages.core.NameableType`",
    ),
    Fault(
        PYSDMX, ("structure-*.json",), ("names",), "names of the schemes of organisations", losses.schemes_named_by_id,
        "It does not hand on their names: every one is called AGENCIES or DATA_PROVIDERS.",
        "`pysdmx.io.json.sdmxjson2.messages.agency.JsonAgencyScheme.to_model`, "
        "`provider.JsonDataProviderScheme.to_model`",
    ),
    Fault(
        PYSDMX, ("structure-2.1.xml", "structure-3.0.xml", "structure-2.0.json"), ("names",), "names of constraints",
        losses.without_names_of_constraints,
        "An actual constraint becomes the availability constraint of SDMX 3.1, which has no id and no name.",
        "`pysdmx.io.xml.__structure_aux_reader.__build_constraint` says so",
    ),
    Fault(
        PYSDMX, ("structure-2.*", "structure-3.1.xml"), ("parents",), "parents of codes", losses.nothing_of("parents"),
        "Its codelists are flat by design, and `Parent` is deleted when a code is read. In SDMX-ML 3.0 the parents "
        "stand in hierarchies, which it reads.",
        "the documentation of `pysdmx.model.code`; `pysdmx.io.xml.__structure_aux_reader.__format_item`",
    ),
    Fault(
        PYSDMX, ("data-1.0.csv", "data-2.0.csv", "data-2.1.csv", "data-*-keys-both.csv", "data-*-name-*.csv"), ON_TEXT,
        "text in a column of numbers", losses.guessed_types(()),
        "pandas guesses the type of each column: where every cell looks like a number, `0301` becomes `301` and "
        "`7.50` becomes `7.5`. One other cell in the column, such as `_T` or `NaN`, keeps it text.",
        "`pysdmx.io.csv.sdmx10.reader.read` and its siblings: `read_csv` without `dtype`", shows=MADE_UP,
    ),
    Fault(
        PYSDMX, ("data-*-both-*.csv",), ("values",), "text in a column of numbers",
        losses.guessed_types((), ("values",)),
        "As without labels, for values: `7.50` becomes `7.5`.",
        "`pysdmx.io.csv.sdmx20.reader.read`: `read_csv` without `dtype`",
    ),
    Fault(
        PYSDMX, ("data-*-both-*.csv",), ("attributes",), "what follows a colon in text", losses.cut_at_colons,
        "With `labels=both` it cuts every cell at the first colon and blank, also a text that has no label.",
        "`pysdmx.toolkit.pd._data_utils.drop_labels`",
    ),
    Fault(
        PYSDMX, ("data-*-both-*.csv", "data-*-name-*.csv"), (LABELS,), "labels", losses.nothing_of(LABELS),
        "It drops labels from CSV on purpose; they are in the structures.",
        "`pysdmx.toolkit.pd._data_utils.drop_labels`",
    ),
    Fault(
        SDMXTHON, ("data-2.1*.xml",), ("structure",), "action", losses.action_is("Information"),
        "It keeps no action of a data set in SDMX-ML: `Information` is what every data set begins with.",
        "`sdmxthon.parsers.data_read.create_dataset`",
    ),
    Fault(
        SDMXTHON, ("data-1.0.csv", "data-2.0.csv", "data-2.1.csv", "data-*-keys-both.csv", "data-*-name-*.csv"),
        ON_TEXT, "text in a column of numbers, the word NA", losses.guessed_types(None),
        "pandas guesses the type of each column, and takes `NaN`, `NA` and the like for nothing: `58` becomes `58.0` "
        "where a value is suppressed, `0301` becomes `301`, a comment `NA` is gone.",
        "`sdmxthon.parsers.read.read_sdmx_csv`: `read_csv` without `dtype` and `keep_default_na`",
    ),
    Fault(
        SDMXTHON, ("data-*-both-*.csv",), ("values", "attributes"), "text in a column of numbers, the word NA",
        losses.guessed_types(None, ("values", "attributes")),
        "As without labels.",
        "`sdmxthon.parsers.read.read_sdmx_csv`",
    ),
    Fault(
        SDMXTHON, ("data-*-both-*.csv",), ("attributes",), "what follows a colon in text", losses.cut_at_colons,
        "With `labels=both` it cuts every cell at the first colon and blank, also a text that has no label.",
        "`sdmxthon.parsers.read.read_sdmx_csv`",
    ),
    Fault(
        SDMXTHON, ("data-1.0-both-*.csv",), ("values",), "values", losses.values_lost,
        "Once a header has a label, each column is copied to its id and then dropped; `OBS_VALUE`, which has no label "
        "in SDMX-CSV 1.0, is its own id and is dropped with it.",
        "`sdmxthon.parsers.read.read_sdmx_csv`: `del df_csv[x]`",
    ),
    Fault(
        SDMXTHON, ("data-*-both-*.csv", "data-*-name-*.csv"), (LABELS,), "labels", losses.nothing_of(LABELS),
        "It drops labels from CSV on purpose; they are in the structures.",
        "`sdmxthon.parsers.read.read_sdmx_csv`",
    ),
    Fault(
        JSON_PARSER, ("data-2.0.json",), ("values",), "numbers as such", losses.as_numbers,
        "A value is a number in JSON, and a number has no trailing zeros: `7.50` is read as 7.5, and `DECIMALS` says "
        "how many it has. Compared as decimals of the digits that are there.",
        "SDMX-JSON field guide", equal=True, shows=MADE_UP,
    ),
)  # fmt: skip

REFUSALS = (
    Refusal(
        SDMX1, ("structure-3.1.xml", "data-3.1*.xml"), "AssertionError: Cannot determine SDMX-ML version",
        "It knows SDMX-ML 2.1 and 3.0.",
        "`sdmx.reader.xml.Reader`, `sdmx.format.Version`",
    ),
    Refusal(
        SDMX1, ("structure-3.0.xml",), "DataProviderSchemes",
        "It has no parser for a collection of data providers in SDMX-ML 3.0, and stops at it.",
        "`sdmx.reader.xml.v30`",
    ),
    Refusal(
        SDMX1, ("structure-2.0.json",), "KeyError: 'structures'",
        "It reads SDMX-JSON data only.",
        "[khaeru/sdmx#45](https://github.com/khaeru/sdmx/issues/45)",
    ),
    Refusal(
        SDMX1, ("data-1.0.json",), "KeyError: 'structures'",
        "It looks for `structure` beside `data`, as in drafts of SDMX-JSON; 1.0 has it in `data`.",
        "`sdmx.reader.json.Reader.convert`",
    ),
    Refusal(
        SDMX1, ("data-2.0.json",), "TypeError: list indices must be integers",
        "It takes `structures` for one structure; 2.0 has a list of them.",
        "`sdmx.reader.json.Reader.convert`",
    ),
    Refusal(
        SDMX1, ("data-1.0*.csv",), "Invalid SDMX-CSV 2.0.0: 'DATAFLOW'",
        "It reads SDMX-CSV 2.x.",
        "`sdmx.reader.csv.Reader`",
    ),
    Refusal(
        PYSDMX, ("data-3.*.xml",), "TypeError: string indices must be integers",
        "The letters `URN` in the id of a dataflow stop it: it looks for the key `URN` in the text of the reference.",
        "`pysdmx.io.xml.header.__parse_structure`; the same with `Ref` was "
        "[bis-med-it/pysdmx#596](https://github.com/bis-med-it/pysdmx/issues/596)",
        "URN", "dataflows with `URN` in their id",
    ),
    Refusal(
        PYSDMX, ("data-*.json",), "This flavour of SDMX-JSON is not supported",
        "It reads structures and reference metadata in SDMX-JSON, not data.",
        "[bis-med-it/pysdmx#156](https://github.com/bis-med-it/pysdmx/issues/156)",
    ),
    Refusal(
        SDMXTHON, ("structure-2.1.xml",), "KeyError: 'sm",
        "A name in a language without a two-letter code stops it: here the Sámi names of places.",
        "`sdmxthon.parsers.metadata_read.create_int_str`, `sdmxthon.utils.mappings.Locale_Codes`",
    ),
    Refusal(
        SDMXTHON, ("structure-3.*.xml", "data-3.*.xml"), "Cannot parse this sdmx file",
        "It knows the namespaces of SDMX-ML 2.1.",
        "`sdmxthon.utils.parsing_words.namespaces`",
    ),
    Refusal(
        SDMXTHON, ("*.json",), "Json is not supported",
        "It does not read SDMX-JSON.",
        "[Meaningful-Data/sdmxthon#45](https://github.com/Meaningful-Data/sdmxthon/issues/45)",
    ),
    Refusal(JSON_PARSER, ("*.xml", "*.csv"), "Unexpected", "It reads SDMX-JSON.", "its README"),
    Refusal(
        JSON_PARSER, ("data-1.0.json",), "Cannot read properties of undefined",
        "It looks for `structures`, as in 2.0; 1.0 has one `structure`.",
        "its `getDimensions`",
    ),
    Refusal(
        JSON_PARSER, ("structure-2.0.json",), "Cannot read properties of undefined",
        "It reads SDMX-JSON data.", "its README",
    ),
)  # fmt: skip

# What has no cell of the table; a test holds the reader to it.
REMARK = (
    f"`{JSON_PARSER}` is compared by `getObservations`, `getDimensions` and `getAttributes`. Its `getData` gives an "
    "observation without an optional attribute the first value of that attribute (`e[t][i+1]||0`): months get the "
    "`MONTHS_COVERED` of a year."
)


def faults_of(reader: str, file: str) -> list[Fault]:
    """Return what a reader is known to lose of a kind of file."""
    return [fault for fault in FAULTS if fault.reader == reader and _among(file, fault.files)]


def refusals_of(reader: str, file: str) -> list[Refusal]:
    """Return why a reader cannot read a kind of file, or some of it."""
    return [refusal for refusal in REFUSALS if refusal.reader == reader and _among(file, refusal.files)]


def refuses(reader: str, file: str) -> bool:
    """Say whether a reader cannot read any file of a kind."""
    return any(not refusal.within for refusal in refusals_of(reader, file))


def topics_of(file: str) -> tuple[str, ...]:
    """Return what there is to compare in a kind of file."""
    if file.startswith("structure-"):
        return tuple(topic for topic in STRUCTURE_TOPICS if topic != "counts" or file == "structure-3.1.xml")
    return (*DATA_TOPICS, LABELS) if file.endswith(".json") or "-both-" in file or "-name-" in file else DATA_TOPICS


def _among(file: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(file, pattern) for pattern in patterns)
