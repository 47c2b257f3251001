// The rows of the table that scripts/interop.sh prints.

/** Runs one operation and writes its row; undefined when it failed. */
export async function row(client, operation, run) {
  const started = performance.now();
  let result = "ok";
  let value;
  let detail = "";
  try {
    value = await run();
  } catch (error) {
    result = "FAILED";
    detail = describe(error);
  }
  const ms = Math.round(performance.now() - started);
  console.log([client, operation, result, ms, detail].join("\t"));
  return value;
}

/** Runs what the service has to refuse with this code. */
export async function refused(client, operation, code, run) {
  await row(client, `${operation}, refused with ${code}`, async () => {
    try {
      await run();
    } catch (error) {
      expect("code", error.code, code);
      return;
    }
    throw new Error("it was not refused");
  });
}

/** Fails the row whose answer is not what it has to be. */
export function expect(what, got, want) {
  if (got !== want) {
    throw new Error(`${what} is ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
  }
}

/** Reads all pages. */
export async function all(pages) {
  const found = [];
  for await (const one of pages) {
    found.push(one);
  }
  return found;
}

function describe(error) {
  const parts = [error.statusCode, error.code, error.message].filter(Boolean);
  return parts.join(" ").replace(/\s+/g, " ");
}
