// A worker of Doorward that a test can break: it runs as it always does, until it is told to fail.
import "../../src/library/workers/worker.ts";

const isolate = globalThis as unknown as { onmessage: (event: { readonly data: unknown }) => void };
const hear = isolate.onmessage;
isolate.onmessage = (event) => {
  if (event.data === "throw") throw new Error("a fault of the test");
  if (event.data === "hang") { for (;;); }
  hear(event);
};
