// Convert CSV files to RDF with rdf-parser-csvw and print the triples of their cells, as N-Triples.
// Arguments: pairs of a CSV file and its description, the triples of one table in CSVW's vocabulary as JSON.
import { createReadStream, readFileSync } from "node:fs";
import { DataFactory, Store, Writer } from "n3";
import CsvwParser from "rdf-parser-csvw";

const { blankNode, literal, namedNode, quad } = DataFactory;
const terms = { iri: namedNode, blank: blankNode, text: literal };
const term = ([kind, value, type]) => terms[kind](value, type?.includes(":") ? namedNode(type) : (type ?? undefined));

const writer = new Writer(process.stdout, { format: "N-Triples", end: false });
const files = process.argv.slice(2);
for (let place = 0; place < files.length; place += 2) {
  const described = JSON.parse(readFileSync(files[place + 1], "utf8"));
  const metadata = new Store(described.map((triple) => quad(...triple.map(term))));
  const parser = new CsvwParser({ metadata, baseIRI: "http://example.org/table.csv" });
  for await (const found of parser.import(createReadStream(files[place]))) {
    // Rows and tables, which only the standard mode tells of, are blank nodes.
    if (found.subject.termType === "NamedNode") writer.addQuad(found);
  }
}
writer.end();
