"""STRUVAL, Eurostat's structural validation: SDMX-ML 2.1 data, and the structures it is checked against.

Sources are Eurostat's description of the process and its list of error codes; each rule names its
own. Codes such as 150/008 are those of STRUVAL's reports.
"""

from __future__ import annotations

from publisher.export import data_rules, structure_rules
from publisher.export.constraint_rules import constraint
from publisher.export.profile import Profile, Rule

_PROCESS = (
    "https://ec.europa.eu/eurostat/web/sdmx-infospace/validation-transformation/structural-validation/"
    "structural-validation-process"
)
_CODES = "https://cros.ec.europa.eu/book-page/struval-error-codes-and-messages"
_GUIDE = "https://webgate.ec.europa.eu/fpfis/wikis/display/RMSDE/User+guide+to+structural+validation+reports_2020"

RULES = (
    Rule(
        "struval-files",
        "The release holds the structures, and one data file for each dataflow.",
        "build the whole release again, without --only",
        _PROCESS,
        structure_rules.files,
        "files",
    ),
    Rule(
        "struval-file-type",
        "The files are well-formed SDMX-ML 2.1, the data structure-specific and of a dataflow of the structures (140).",
        "build the release again",
        _GUIDE,
        structure_rules.file_type,
        "files",
    ),
    Rule(
        "struval-self-contained",
        "The structures hold every codelist, concept and DSD that they refer to, once.",
        "add what is missing to the definition and build again",
        _PROCESS,
        structure_rules.references,
        "structures",
    ),
    Rule(
        "struval-component",
        "Every component has a concept, and a codelist or a text format.",
        "give the component its concept and representation in the definition and build again",
        _PROCESS,
        structure_rules.components,
        "structures",
    ),
    Rule(
        "struval-time-and-measure",
        "Every DSD has a time dimension and a primary measure (150/004, 150/005).",
        "add it to the definition and build again",
        _CODES,
        structure_rules.time_and_measure,
        "structures",
    ),
    Rule(
        "struval-concept",
        "Everything that is reported is a component of the DSD (150/007, 150/009), and no dimension is left out.",
        "build the release again: structures and data are not of one build",
        _CODES,
        data_rules.columns,
    ),
    Rule(
        "struval-one-dataflow",
        "All observations of a file are of one dataflow.",
        "give each dataflow a file of its own",
        _GUIDE,
        data_rules.one_dataflow,
    ),
    Rule(
        "struval-dimension",
        "Every observation has a value for every dimension (150/003).",
        "correct the row in the source and build again",
        _CODES,
        data_rules.missing_dimension,
    ),
    Rule(
        "struval-mandatory",
        "Every mandatory attribute has a value (150/008).",
        "fill in the attribute in the source, or make it conditional in the definition, and build again",
        _CODES,
        data_rules.mandatory_attribute,
    ),
    Rule(
        "struval-code",
        "Every code stands in the codelist of its component (150/029).",
        "correct the code in the source, or add it to the codelist, and build again",
        _CODES,
        data_rules.unknown_code,
    ),
    Rule(
        "struval-value",
        "Every value is of the type that the DSD gives it.",
        "correct the value in the source and build again",
        _PROCESS,
        data_rules.value_format,
    ),
    Rule(
        "struval-status",
        "OBS_STATUS says that a value is missing exactly where it is NaN: a suppressed cell holds no number.",
        "correct the status or the value in the source and build again",
        data_rules.OURS,
        data_rules.status,
    ),
    Rule(
        "struval-duplicate",
        "No series and no observation stands twice.",
        "keep one of the observations in the source and build again",
        _PROCESS,
        data_rules.duplicate,
    ),
    Rule(
        "struval-constraint",
        "Every observation is within the cube regions of the constraints on its dataflow.",
        "build the release again, or correct the constraint",
        _PROCESS,
        constraint,
    ),
    Rule(
        "struval-frequency",
        "Every period is one of the frequency of its row.",
        "correct the period in the source and build again",
        _PROCESS,
        data_rules.period,
    ),
)

PROFILE = Profile(
    "struval",
    "Eurostat STRUVAL",
    "data-2.1.xml",
    ("sdmx-structure", "sdmx-ml"),
    RULES,
    (
        "unpack the zip",
        "have the first file loaded into the registry that the service asks for structures",
        "then send each other file by EDAMIS, one for each dataflow",
    ),
)
