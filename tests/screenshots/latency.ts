// How long after its answer a blocked request stands on the dashboard: run with `deno run -A`, prints milliseconds.
import { count, makeDashboard } from "../support/dashboard.ts";
import { say } from "./traffic.ts";

const REQUESTS = 50;

await using world = await makeDashboard({ toml: "[network]\nenabled = true\nask = false\n" });
const { page, start } = world;
await page.evaluate(`globalThis.shownAt = {};
  new MutationObserver(() => {
    for (const row of document.querySelectorAll("[data-testid=feed-row]")) {
      shownAt[row.dataset.host] ??= Date.now();
    }
  }).observe(document.querySelector("#feed"), { childList: true });`);
const took: number[] = [];
for (let index = 0; index < REQUESTS; index++) {
  const host = `host-${index}.test`;
  const asked = Date.now();
  await using wire = await say(start.port, `GET http://${host}/`);
  await wire.readUntil("\r\n\r\n");
  await page.until(`${count("feed-row", `[data-host="${host}"]`)} === 1`);
  took.push(Number(await page.evaluate(`shownAt["${host}"]`)) - asked);
}
took.sort((a, b) => a - b);
const at = (part: number) => took[Math.ceil(part * REQUESTS) - 1];
Deno.stdout.writeSync(
  new TextEncoder().encode(
    `from the request to its row on the page, ${REQUESTS} requests: ` +
      `median ${at(0.5)} ms, 95th percentile ${at(0.95)} ms, most ${at(1)} ms\n`,
  ),
);
