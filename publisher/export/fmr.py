"""The Fusion Metadata Registry (BIS, Metadata Technology): structures with provision agreements, and data to validate.

Sources are pages of its knowledge base; each rule names its own. Codes such as 201-051 are those of
its reports of data validation.
"""

from __future__ import annotations

from collections.abc import Iterator

from publisher.errors import Finding
from publisher.export import data_rules, structure_rules
from publisher.export.constraint_rules import constraint
from publisher.export.profile import Bundle, Profile, Rule
from publisher.export.structures import FILE

_WIKI = "https://fmrwiki.sdmxcloud.org"
_SUBMIT = f"{_WIKI}/Submit_Structures_Web_Service"
_AGREEMENT = f"{_WIKI}/Data_Provision_Agreement"
_ERRORS = "https://wiki.sdmxcloud.org/Error_Codes"
_VALIDATION = f"{_WIKI}/Data_Validation"
_FORMATS = f"{_WIKI}/Data_Formats"
_RULES = "https://www.sdmx.io/resources/elearning/getting-started-running-fmr-in-docker/002-what-is-fmr/"


def provision_agreement(bundle: Bundle) -> Iterator[Finding]:
    """Yield dataflows that no provider of the file has agreed to provide."""
    provided = set()
    for agreement in bundle.known.of_kind("ProvisionAgreement"):
        usage = bundle.known.refers(agreement, "StructureUsage")
        provider = bundle.known.refers(agreement, "DataProvider")
        if provider is None or not bundle.known.holds(provider):
            yield Finding("", f"{agreement.key} names no data provider of the file", file=FILE, line=agreement.line)
        elif usage is not None:
            provided.add(usage.key)
    for flow in bundle.known.of_kind("Dataflow"):
        if flow.key not in provided:
            yield Finding("", f"{flow.key} has no provision agreement", file=FILE, line=flow.line)


RULES = (
    Rule(
        "fmr-files",
        "The release holds the structures, and one data file for each dataflow.",
        "build the whole release again, without --only",
        _VALIDATION,
        structure_rules.files,
        "files",
    ),
    Rule(
        "fmr-file-type",
        "The files are well-formed SDMX-ML 2.1, the data structure-specific and of a dataflow of the structures.",
        "build the release again",
        _FORMATS,
        structure_rules.file_type,
        "files",
    ),
    Rule(
        "fmr-references",
        "What an artefact refers to stands in the same file, once.",
        "add what is missing to the definition and build again",
        _SUBMIT,
        structure_rules.references,
        "structures",
    ),
    Rule(
        "fmr-component",
        "Every component has a concept, and a codelist or a text format.",
        "give the component its concept and representation in the definition and build again",
        _SUBMIT,
        structure_rules.components,
        "structures",
    ),
    Rule(
        "fmr-provision-agreement",
        "Each dataflow has a provision agreement with a data provider of the file: data are loaded against it.",
        "build the release again with the provision agreement",
        _AGREEMENT,
        provision_agreement,
        "structures",
    ),
    Rule(
        "fmr-structure",
        "Everything that is reported is a component of the DSD, and no dimension is left out (201-001).",
        "build the release again: structures and data are not of one build",
        _ERRORS,
        data_rules.columns,
    ),
    Rule(
        "fmr-dimension",
        "Every observation has a value for every dimension.",
        "correct the row in the source and build again",
        _VALIDATION,
        data_rules.missing_dimension,
    ),
    Rule(
        "fmr-one-dataflow",
        "All observations of a file are of one dataflow, and so of one provision agreement.",
        "give each dataflow a file of its own",
        _AGREEMENT,
        data_rules.one_dataflow,
    ),
    Rule(
        "fmr-code",
        "Every code stands in the codelist of its component.",
        "correct the code in the source, or add it to the codelist, and build again",
        _RULES,
        data_rules.unknown_code,
    ),
    Rule(
        "fmr-representation",
        "Every value is of the type that the DSD gives it.",
        "correct the value in the source and build again",
        _RULES,
        data_rules.value_format,
    ),
    Rule(
        "fmr-frequency",
        "Every period is one of the frequency of its row (201-150, 201-151).",
        "correct the period in the source and build again",
        _ERRORS,
        data_rules.period,
    ),
    Rule(
        "fmr-duplicate",
        "No key stands twice.",
        "keep one of the observations in the source and build again",
        _VALIDATION,
        data_rules.duplicate,
    ),
    Rule(
        "fmr-mandatory",
        "Every mandatory attribute has a value (201-051).",
        "fill in the attribute in the source, or make it conditional in the definition, and build again",
        _ERRORS,
        data_rules.mandatory_attribute,
    ),
    Rule(
        "fmr-status",
        "OBS_STATUS says that a value is missing exactly where it is NaN (201-130, 201-131).",
        "correct the status or the value in the source and build again",
        _ERRORS,
        data_rules.status,
    ),
    Rule(
        "fmr-constraint",
        "Every observation is within the constraints on its dataflow.",
        "build the release again, or correct the constraint",
        _RULES,
        constraint,
    ),
)

PROFILE = Profile(
    "fmr",
    "Fusion Metadata Registry",
    "data-2.1.xml",
    ("sdmx-structure", "sdmx-ml"),
    RULES,
    (
        "unpack the zip",
        "load the first file as structures, with the action Merge",
        "then validate each other file against its provision agreement",
    ),
)
