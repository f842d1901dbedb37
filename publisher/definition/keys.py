"""The one table of what ``dataset.toml`` may say; it validates, and docs/definition.md is made from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "string", "text", "texts", "strings", "slug", "id", "iri", "integer", "datetime", "date", "boolean", "lists", "any"
]


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its path (``*`` stands for a name of the author's), kind, whether it must be there, meaning."""

    path: str
    kind: Kind
    meaning: str
    required: bool = False
    choices: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """The words of the path."""
        return tuple(self.path.split("."))


KINDS: dict[Kind, str] = {
    "string": "a string",
    "text": "a table of words by language, with every language of `dataset.languages`",
    "texts": "a list of tables of words by language",
    "strings": "a list of strings",
    "slug": "lower-case words joined with `-`",
    "id": "an SDMX id: a letter, then letters, digits, `_`, `-`",
    "iri": "an absolute IRI",
    "integer": "a whole number",
    "datetime": "a date, or a date and time with its offset",
    "date": "a date",
    "boolean": "true or false",
    "lists": "a table of lists of strings",
    "any": "as the format says",
}

KEYS: tuple[Key, ...] = (
    Key(
        "dataset.id", "slug", "Name of the dataset: folder under `schemas/`, `raw/` and `output/`, word of IRIs.", True
    ),
    Key("dataset.sdmx_id", "id", "Word that SDMX ids are made with (`DSD_<sdmx_id>_<CUBE>`).", True),
    Key("dataset.agency", "id", "SDMX maintenance agency.", True),
    Key("dataset.structure_version", "string", "SDMX version of structures and codelists; `1.0` unless given."),
    Key("dataset.base_iri", "iri", "What every IRI begins with, without a final `/`.", True),
    Key("dataset.languages", "strings", "Languages (BCP 47) every text must have, the canonical one first.", True),
    Key("dataset.title", "text", "Title of the dataset.", True),
    Key("dataset.description", "text", "What it holds, for a person who finds it.", True),
    Key("dataset.landing_page", "iri", "Page of the source."),
    Key("dataset.keywords", "texts", "Words to find it by."),
    Key("publisher.name", "text", "Name of the organisation that publishes.", True),
    Key("publisher.identifier", "string", "Its number in the national register."),
    Key("publisher.homepage", "iri", "Its home page."),
    Key("contact.name", "text", "Whom to ask.", True),
    Key("contact.email", "string", "Address for questions; an email or a homepage is needed."),
    Key("contact.homepage", "iri", "Page for questions."),
    Key("licence.name", "string", "SPDX identifier of the licence.", True),
    Key("licence.title", "string", "Title of the licence.", True),
    Key("licence.url", "iri", "Page of its terms.", True),
    Key("licence.authority_iri", "iri", "Its IRI in the EU authority table of licences."),
    Key("suppression.threshold", "integer", "Counts below it are hidden; 4 means that a hidden cell is 0 to 3."),
    Key(
        "suppression.secondary",
        "string",
        "`present` where cells of any size are hidden to protect others: no upper bound is then published.",
        choices=("none", "present"),
    ),
    Key("source.reader", "string", "The reader of `raw/<dataset>/<edition>.*` (`publisher list` names them).", True),
    Key("source.notes", "strings", "`nav_report`: opening words of the prose notes that the report may hold."),
    Key("source.total", "string", "`nav_report`: the word or words a total row begins with; `I alt` unless given."),
    Key("source.cubes.*.tables", "id", "`nav_report`: the dimension whose code the total row of a table names."),
    Key("source.cubes.*.rows", "id", "`nav_report`: the dimension whose codes the other rows of a table name."),
    Key("source.cubes.*.coded_rows", "boolean", "`nav_report`: each row begins with its code, but for `_U`."),
    Key("codelists.*.name", "text", "Name of the codelist; its codes are in `codelists/<ID>.csv`.", True),
    Key("codelists.*.description", "text", "What it classifies, and by whose classification."),
    Key("codelists.*.derived_from", "iri", "IRI or URN of the list it is a copy of."),
    Key("components.*.name", "text", "Name of the concept.", True),
    Key("components.*.description", "text", "What it means."),
    Key("components.*.codelist", "id", "The codelist of its values."),
    Key(
        "components.*.data_type",
        "string",
        "What its values are where there is no codelist; `string` unless given.",
        choices=("period", "number", "integer", "string"),
    ),
    Key("components.*.subproperty_of", "iri", "General RDF property that the dataset's own one specialises."),
    Key("measure.unit", "string", "Unit of every cube that names none: a code of UNIT_MEASURE's codelist."),
    Key("measure.unit_multiplier", "integer", "Power of ten of the unit; 0 unless given."),
    Key("measure.decimals", "integer", "Decimals of the values; 0 unless given, and then values are whole numbers."),
    Key("cubes.*.title", "text", "Title of the cube.", True),
    Key("cubes.*.description", "text", "What it holds."),
    Key(
        "cubes.*.dimensions",
        "strings",
        "Its dimensions in the order of the key, FREQ among them, TIME_PERIOD last.",
        True,
    ),
    Key("cubes.*.attributes", "strings", "Attributes of its observations beside OBS_STATUS and CONF_STATUS."),
    Key("cubes.*.unit", "string", "Its unit, where not that of `[measure]`."),
    Key("cubes.*.unit_multiplier", "integer", "Its multiplier, where not that of `[measure]`."),
    Key("cubes.*.decimals", "integer", "Its decimals, where not those of `[measure]`."),
    Key("cubes.*.required", "strings", "Dimensions whose every code an edition must have; `_U` never must."),
    Key("cubes.*.optional", "lists", "By required dimension, codes that an edition may lack."),
    Key("editions.*.issued", "datetime", "When this edition was first published here."),
    Key("editions.*.modified", "datetime", "When it was last changed here; `Prepared` of SDMX messages."),
    Key("editions.*.revision", "integer", "0, and one more at each revision; last number of the package version."),
    Key("editions.*.note", "text", "What a revision changed; goes into README, catalogue and SDMX."),
    Key("formats.*.*", "any", "Options of a format; docs/formats.md lists them."),
)
