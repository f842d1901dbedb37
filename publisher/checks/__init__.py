"""What proves a release: one module per kind of check, and the table of them in the order of running."""

from publisher.checks import (
    catalog_content,
    catalog_search,
    constraints,
    cube_link,
    one_truth,
    package,
    published_reports,
    read_cube_link,
    read_pysdmx,
    read_rdf,
    read_rdf_same,
    read_sdmx_csv,
    read_sdmx_json,
    read_sdmx_ml,
    read_tables,
    read_turtle,
    sdmx_csv_variants,
    sdmx_delta,
    sdmx_headers,
    sdmx_json_headers,
    sdmx_json_schema,
    sdmx_readback,
    sdmx_rules,
    sdmx_schema,
    sdmx_structure_content,
    sdmx_structure_schema,
    sdmx_xsd_content,
    shapes,
    turtle_parse,
)
from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.reader import Reader

# In this order `validate` takes one of them for the truth that the others are compared with.
READERS: tuple[Reader, ...] = (
    *read_tables.READERS,
    *read_turtle.READERS,
    *read_rdf.READERS,
    *read_cube_link.READERS,
    *read_sdmx_ml.READERS,
    *read_sdmx_csv.READERS,
    *read_sdmx_json.READERS,
    *read_pysdmx.READERS,
)

CHECKS: tuple[Check, ...] = (
    *package.CHECKS,
    *turtle_parse.CHECKS,
    *read_rdf_same.CHECKS,
    *cube_link.CHECKS,
    *constraints.CHECKS,
    *sdmx_structure_schema.CHECKS,
    *sdmx_structure_content.CHECKS,
    *sdmx_readback.CHECKS,
    *sdmx_xsd_content.CHECKS,
    *sdmx_schema.CHECKS,
    *sdmx_rules.CHECKS,
    *sdmx_headers.CHECKS,
    *sdmx_json_headers.CHECKS,
    *sdmx_delta.CHECKS,
    *sdmx_csv_variants.CHECKS,
    *sdmx_json_schema.CHECKS,
    *catalog_content.CHECKS,
    *catalog_search.CHECKS,
    *shapes.CHECKS,
    *published_reports.CHECKS,
    *(one_truth.check_of(reader) for reader in READERS),
)

__all__ = ["CHECKS", "READERS", "Check", "Outcome", "Reader", "Subject"]
