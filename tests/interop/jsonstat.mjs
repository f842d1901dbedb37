// Read JSON-stat files with jsonstat-toolkit and print what it found: one JSON object, by file. What a dimension
// says is asked by its id, and the cells as the table that the toolkit makes of them.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const JSONstat = createRequire(import.meta.url)("jsonstat-toolkit");

function read(file) {
  const dataset = JSONstat(JSON.parse(readFileSync(file, "utf8")));
  const dimensions = {};
  for (const id of dataset.id) {
    const dimension = dataset.Dimension(id);
    const labels = {}, units = {};
    for (const category of dimension.id) {
      labels[category] = dimension.Category(category).label;
      if (dimension.Category(category).unit) units[category] = dimension.Category(category).unit;
    }
    dimensions[id] = { label: dimension.label, role: dimension.role, hierarchy: dimension.hierarchy, labels, units };
  }
  const rows = dataset.toTable({ status: true, content: "id", type: "arrobj" });
  return { class: dataset.class, label: dataset.label, updated: dataset.updated, source: dataset.source, dimensions, rows };
}

const found = {};
for (const file of process.argv.slice(2)) found[file] = read(file);
console.log(JSON.stringify(found));
