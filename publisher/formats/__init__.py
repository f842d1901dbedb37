"""What a release is written as: one module per format, and the table of them in the order of writing."""

from publisher.formats import (
    catalog,
    codelists,
    csv,
    cube_link,
    datapackage,
    definition,
    jsonld,
    ntriples,
    parquet,
    rdf_codelists,
    rdf_structure,
    readme,
    schema_org,
    sdmx_csv,
    sdmx_delta,
    sdmx_generic,
    sdmx_json,
    sdmx_ml,
    sdmx_structure,
    sdmx_xsd,
    turtle,
)
from publisher.formats.draft import Draft, File, Format, Publication, SourceFile

FORMATS: tuple[Format, ...] = (
    definition.FORMAT,
    codelists.FORMAT,
    csv.FORMAT,
    parquet.FORMAT,
    rdf_codelists.FORMAT,
    rdf_structure.FORMAT,
    turtle.FORMAT,
    ntriples.FORMAT,
    jsonld.FORMAT,
    cube_link.FORMAT,
    sdmx_structure.FORMAT,
    sdmx_ml.FORMAT,
    sdmx_generic.FORMAT,
    sdmx_xsd.FORMAT,
    sdmx_csv.FORMAT,
    sdmx_json.FORMAT,
    sdmx_delta.FORMAT,
    catalog.FORMAT,
    schema_org.FORMAT,
    readme.FORMAT,
    datapackage.FORMAT,  # last: it describes every file before it
)

__all__ = ["FORMATS", "Draft", "File", "Format", "Publication", "SourceFile"]
