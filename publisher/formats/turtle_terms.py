"""What an observation's line says in Turtle: each component with its value, as ``; predicate object``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.columns import number_texts
from publisher.formats import rdf_common
from publisher.formats.rows import spell
from publisher.model import Attribute, Cube, Dataset, Dimension
from publisher.naming import segment

if TYPE_CHECKING:
    import pyarrow as pa


def code_prefixes(dataset: Dataset, cube: Cube) -> dict[str, str]:
    """Return the prefixes of the cube's properties, periods and codes, in the order they stand in its files."""
    names = dataset.names
    components = [*(item.concept for item in cube.dimensions), *(item.concept for item in cube.attributes)]
    coded = [concept.codelist for concept in (*components, cube.series_attributes[0].concept)]
    codelists = dict.fromkeys(codelist.id for codelist in coded if codelist is not None)
    return {
        **{role[:3]: names.iri(role) + "/" for role in ("dimension", "measure", "attribute")},
        "period": names.iri("period") + "/",
        **{rdf_common.codelist_prefix(codelist): names.codelist(codelist) + "/" for codelist in codelists},
    }


def key(batch: pa.RecordBatch, cube: Cube) -> list[pa.StringArray | str]:
    """Return the parts of the name of each row's observation."""
    first, *others = cube.key_ids
    later = [spell(batch[component], lambda code: f".{local(code)}") for component in others]
    return ["obs:", spell(batch[first], local), *later]


def dimension(batch: pa.RecordBatch, item: Dimension) -> pa.StringArray:
    """Return what the rows say by a dimension."""
    codelist = None if item.codelist is None else item.codelist.id
    return spell(batch[item.id], lambda code: coded("dim", item.id, codelist, code))


def attribute(batch: pa.RecordBatch, item: Attribute) -> pa.StringArray:
    """Return what the rows say by an attribute; null where they say nothing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    column = batch[item.id]
    codelist = item.codelist
    if codelist is not None:
        return spell(column, lambda code: coded("att", item.id, codelist.id, code))
    start = f" ; att:{item.id} "
    if item.concept.data_type == "integer":
        return pc.binary_join_element_wise(pa.scalar(start), number_texts(column), "")
    return pc.binary_join_element_wise(pa.scalar(start), literal(column), "")


def literal(column: pa.StringArray) -> pa.StringArray:
    """Return texts as Turtle literals; the separator of a line never stands inside one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for plain, code in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"), (" ;", " \\u003B")):
        column = pc.replace_substring(column, plain, code)
    return pc.binary_join_element_wise(pa.scalar('"'), column, pa.scalar('"'), "")


def coded(role: str, component: str, codelist: str | None, code: str) -> str:
    """Return what is said by a code, or by a period where there is no codelist."""
    prefix = "period" if codelist is None else rdf_common.codelist_prefix(codelist)
    return f" ; {role}:{component} {prefix}:{local(code)}"


def local(code: str) -> str:
    """Return a code as the local part of a prefixed name."""
    return rdf_common.local(segment(code))
