"""What proves a release: one module per kind of check, and the table of them in the order of running."""

from publisher.checks import (
    catalog_content,
    catalog_search,
    constraints,
    csvw_triples,
    cube_link,
    json_stat_labels,
    one_truth,
    package,
    package_content,
    package_datapackage,
    package_profile,
    parquet_metadata,
    published_reports,
    px_content,
    read_csvw,
    read_cube_link,
    read_json_stat,
    read_px,
    read_pysdmx,
    read_rdf,
    read_rdf_same,
    read_sdmx_csv,
    read_sdmx_json,
    read_sdmx_ml,
    read_tables,
    read_turtle,
    read_workbook,
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
    workbook_form,
)
from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.reader import Reader

# In this order `validate` takes one of them for the truth that the others are compared with.
READERS: tuple[Reader, ...] = (
    *read_tables.READERS,
    *read_csvw.READERS,
    *read_json_stat.READERS,
    *read_px.READERS,
    *read_turtle.READERS,
    *read_rdf.READERS,
    *read_cube_link.READERS,
    *read_sdmx_ml.READERS,
    *read_sdmx_csv.READERS,
    *read_sdmx_json.READERS,
    *read_pysdmx.READERS,
    *read_workbook.READERS,
)

_OF_FILES: tuple[Check, ...] = (
    *package.CHECKS,
    *csvw_triples.CHECKS,
    *package_profile.CHECKS,
    *package_content.CHECKS,
    *package_datapackage.CHECKS,
    *parquet_metadata.CHECKS,
    *json_stat_labels.CHECKS,
    *px_content.CHECKS,
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
    *workbook_form.CHECKS,
)
_ONE_TRUTH = tuple(one_truth.check_of(reader) for reader in READERS)

# The check of the reports is told the others, for they must say which of them have passed.
CHECKS: tuple[Check, ...] = (
    *_OF_FILES,
    published_reports.check_of((*_OF_FILES, *_ONE_TRUTH)),
    *_ONE_TRUTH,
)

__all__ = ["CHECKS", "READERS", "Check", "Outcome", "Reader", "Subject"]
