// Read SDMX-JSON messages with sdmx-json-parser and print what it found: one JSON object, by file.
// The parser only reads from a web address, so each file is served on the loopback interface.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";

const { SDMXParser } = createRequire(import.meta.url)("sdmx-json-parser");
const files = process.argv.slice(2);

const server = createServer((request, response) => {
  response.setHeader("Content-Type", "application/vnd.sdmx.data+json");
  response.end(readFileSync(files[Number(request.url.match(/\d+/)[0])]));
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));

async function parse(position) {
  const parser = new SDMXParser();
  try {
    await parser.getDatasets(`http://127.0.0.1:${server.address().port}/${position}?`);
    const message = parser.getJSON;
    return {
      observations: parser.getObservations(),
      dimensions: parser.getDimensions(),
      attributes: parser.getAttributes(),
      rows: parser.getData(),
      action: message.data.dataSets[0].action,
      links: message.data.dataSets[0].links ?? [],
    };
  } catch (error) {
    return { error: `${error.name}: ${error.message}` };
  }
}

const found = {};
for (const [position, file] of files.entries()) found[file] = await parse(position);
server.close();
server.closeAllConnections();
console.log(JSON.stringify(found));
