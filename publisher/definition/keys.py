"""The one table of what ``dataset.toml`` may say; it validates, and docs/definition.md is made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from publisher.definition import authorities
from publisher.definition.kinds import KindName
from publisher.rules import PROFILES

Need = Literal["no", "yes", "with its table"]


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its path (``*`` stands for a name of the author's), kind, meaning, and whether it must be there.

    ``yes`` holds even where the tables around it are absent, as far as they have a name of their
    own; ``with its table`` holds where its table is there.
    """

    path: str
    kind: KindName
    meaning: str
    required: Need = "no"
    choices: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """The words of the path."""
        return tuple(self.path.split("."))

    def missed(self, table: Mapping[str, object], depth: int) -> bool:
        """Say whether a table, which stands at ``depth`` of the path, lacks the key and must not."""
        below = self.parts[depth:]
        if "*" in below or below[0] in table:
            return False
        return self.required == "yes" or (self.required == "with its table" and len(below) == 1)


KEYS: tuple[Key, ...] = (
    Key(
        "dataset.id", "slug", "Name of the dataset: folder under `schemas/`, `raw/` and `output/`, word of IRIs.", "yes"
    ),
    Key("dataset.sdmx_id", "id", "Word that SDMX ids are made with (`DSD_<sdmx_id>_<CUBE>`).", "yes"),
    Key("dataset.agency", "id", "SDMX maintenance agency.", "yes"),
    Key("dataset.structure_version", "version", "SDMX version of structures and codelists; `1.0` unless given."),
    Key("dataset.base_iri", "base", "What every IRI begins with, without a final `/`.", "yes"),
    Key("dataset.languages", "languages", "Languages (BCP 47) every text must have, the canonical one first.", "yes"),
    Key("dataset.title", "text", "Title of the dataset.", "yes"),
    Key("dataset.description", "text", "What it holds, for a person who finds it.", "yes"),
    Key("dataset.landing_page", "iri", "Page of the source."),
    Key("dataset.keywords", "texts", "Words to find it by."),
    Key("publisher.name", "text", "Name of the organisation that publishes.", "yes"),
    Key("publisher.identifier", "string", "Its number in the national register."),
    Key("publisher.homepage", "iri", "Its home page."),
    Key("contact.name", "text", "Whom to ask.", "yes"),
    Key("contact.email", "email", "Address for questions; an email or a homepage is needed."),
    Key("contact.homepage", "iri", "Page for questions."),
    Key("licence.name", "string", "SPDX identifier of the licence.", "yes"),
    Key("licence.title", "string", "Title of the licence.", "yes"),
    Key("licence.url", "iri", "Page of its terms.", "yes"),
    Key(
        "licence.authority_iri",
        "iri",
        "Its IRI in the EU authority table of licences; known for the usual ones (CC0, CC BY, CC BY-SA, NLOD, ODC).",
    ),
    Key(
        "catalogue.download_url",
        "base",
        "What the address of every file of the release begins with; `<base_iri>/<dataset>/download` unless given.",
    ),
    Key(
        "catalogue.themes",
        "strings",
        "What it is about: codes of the EU table of data themes; none unless given, and DCAT-AP-NO demands one.",
        choices=tuple(authorities.THEMES.labels),
    ),
    Key(
        "catalogue.frequency",
        "string",
        "How often an edition comes out: a code of the EU table of frequencies; as the finest periods unless given.",
        choices=tuple(authorities.FREQUENCIES.labels),
    ),
    Key(
        "catalogue.access_rights",
        "string",
        "Who may have it; `PUBLIC` unless given.",
        choices=tuple(authorities.ACCESS_RIGHTS.labels),
    ),
    Key(
        "catalogue.status",
        "string",
        "How mature the files are; `COMPLETED` unless given.",
        choices=tuple(authorities.STATUSES.labels),
    ),
    Key(
        "catalogue.availability",
        "string",
        "How long the files are planned to be there; `AVAILABLE` (for some years) unless given.",
        choices=tuple(authorities.AVAILABILITIES.labels),
    ),
    Key(
        "catalogue.spatial",
        "iris",
        "Places it covers: IRIs of the EU tables of countries, continents or places, else of GeoNames.",
    ),
    Key(
        "catalogue.publisher_type",
        "string",
        "What the publisher is: a type of publisher of ADMS.",
        choices=tuple(authorities.PUBLISHER_TYPES.labels),
    ),
    Key(
        "suppression.threshold",
        "positive",
        "Counts below it are hidden; 4 means that a hidden cell is 0 to 3.",
        "with its table",
    ),
    Key(
        "suppression.secondary",
        "string",
        "`present` where cells of any size are hidden to protect others: no upper bound is then published.",
        choices=("none", "present"),
    ),
    Key(
        "audit.profile",
        "string",
        "`pre-release` stops a build where a reader could compute hidden cells; `republish` warns: all is public.",
        choices=PROFILES,
    ),
    Key("source.reader", "string", "The reader of `raw/<dataset>/<edition>.*` (`publisher list` names them).", "yes"),
    Key("source.notes", "strings", "`nav_report`: opening words of the prose notes that the report may hold."),
    Key("source.total", "string", "`nav_report`: the word or words a total row begins with; `I alt` unless given."),
    Key(
        "source.cubes.*.tables",
        "id",
        "`nav_report`: the dimension whose code the total row of a table names.",
        "with its table",
    ),
    Key(
        "source.cubes.*.rows",
        "id",
        "`nav_report`: the dimension whose codes the other rows of a table name.",
        "with its table",
    ),
    Key("source.cubes.*.coded_rows", "boolean", "`nav_report`: each row begins with its code, but for `_U`."),
    Key("codelists.*.name", "text", "Name of the codelist; its codes are in `codelists/<ID>.csv`.", "yes"),
    Key("codelists.*.description", "text", "What it classifies, and by whose classification."),
    Key("codelists.*.derived_from", "iri", "IRI or URN of the list it is a copy of."),
    Key(
        "notations.*.datatype",
        "iri",
        "IRI of a system of codes without an IRI for each code: the datatype of the codes in column `notation_<name>` "
        "of codelists.",
        "with its table",
    ),
    Key("notations.*.name", "text", "What the system is called.", "with its table"),
    Key("components.*.name", "text", "Name of the concept.", "yes"),
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
    Key("measure.decimals", "decimals", "Decimals of the values; 0 unless given, and then values are whole numbers."),
    Key("cubes.*.title", "text", "Title of the cube.", "yes"),
    Key("cubes.*.description", "text", "What it holds."),
    Key(
        "cubes.*.dimensions",
        "strings",
        "Its dimensions in the order of the key, FREQ among them, TIME_PERIOD last.",
        "yes",
    ),
    Key("cubes.*.attributes", "strings", "Attributes of its observations beside OBS_STATUS and CONF_STATUS."),
    Key("cubes.*.unit", "string", "Its unit, where not that of `[measure]`."),
    Key("cubes.*.unit_multiplier", "integer", "Its multiplier, where not that of `[measure]`."),
    Key("cubes.*.decimals", "decimals", "Its decimals, where not those of `[measure]`."),
    Key("cubes.*.required", "strings", "Dimensions whose every code an edition must have; `_U` never must."),
    Key("cubes.*.optional", "lists", "By required dimension, codes that an edition may lack."),
    Key("editions.*.issued", "datetime", "When this edition was first published here."),
    Key("editions.*.modified", "datetime", "When it was last changed here; `Prepared` of SDMX messages."),
    Key("editions.*.revision", "count", "0, and one more at each revision; last number of the package version."),
    Key("editions.*.note", "text", "What a revision changed; goes into README, catalogue and SDMX."),
    Key("formats.*.*", "any", "Options of a format; docs/formats.md lists them."),
)
