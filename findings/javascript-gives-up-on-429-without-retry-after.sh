#!/usr/bin/env bash
# Of all answers that are worth another try, Microsoft's JavaScript client gives up on "too many requests" at once.
#
# @azure/core-rest-pipeline 1.25.1, which every @azure/arm-* client sends its requests with, and its default policies. A server
# refuses the first request and takes the second. One would expect 429 to be repeated as 408, 500, 502, 503 and 504 are, after a pause of
# the client's own when the server names none; Microsoft's Go client does that.
#
# Seen: 429 without Retry-After is final after one request. With Retry-After it is repeated, as are all the others without.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @azure/core-rest-pipeline@1.25.1 >/dev/null

cat >main.mjs <<'JS'
import http from "node:http";
import { createDefaultHttpClient, createPipelineFromOptions, createPipelineRequest } from "@azure/core-rest-pipeline";

const seen = {};
const server = http.createServer((request, response) => {
  const [, status, pause] = request.url.split("/");
  seen[request.url] = (seen[request.url] ?? 0) + 1;
  if (seen[request.url] > 1) {
    response.writeHead(200).end();
    return;
  }
  response.writeHead(Number(status), pause ? { "retry-after": pause } : {}).end();
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const base = `http://127.0.0.1:${server.address().port}`;

const pipeline = createPipelineFromOptions({ retryOptions: { retryDelayInMs: 1 } });
for (const path of ["/408", "/429", "/429/1", "/500", "/502", "/503", "/504"]) {
  const request = createPipelineRequest({ url: base + path, allowInsecureConnection: true });
  const { status } = await pipeline.sendRequest(createDefaultHttpClient(), request);
  console.log(`${path}: ${status} after ${seen[path]}`);
}
server.close();
JS

cat >expected <<'SEEN'
/408: 200 after 2
/429: 429 after 1
/429/1: 200 after 2
/500: 200 after 2
/502: 200 after 2
/503: 200 after 2
/504: 200 after 2
SEEN
node main.mjs >seen
cat seen
diff expected seen
