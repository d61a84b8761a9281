// `deno task screenshots [terminals|SECONDS]`: pictures of terminals, and of the dashboard over a real proxy, for the
// documentation. The traffic is made up: every host is one of a proxy upstream that answers whatever it is asked.
import type { Page } from "../support/browser_page.ts";
import { startBrowser } from "../support/browser.ts";
import { count, isLive } from "../support/dashboard.ts";
import { doorward, type DoorwardStart, startDoorward } from "../support/doorward_cli.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { terminalPictures } from "./terminals.ts";
import { ask, keepTunnels, makeTraffic } from "./traffic.ts";
import { startUpstream, type Upstream } from "./upstream.ts";

/** Half of the chart. No program of the tests runs for longer than three minutes. */
const SECONDS = 150;
const SIZE = { width: 1280, height: 900 };
const FOLDER = `${import.meta.dirname}/../../docs`;

/** The rules of a team whose agents write code. */
function configuration(upstream: Upstream): string {
  return `[network]
enabled = true
ask = true
ask_hold_seconds = 40
allowed_domains = [
  "rubygems.org",
  "*.githubusercontent.com:443",
  "api.github.com:443",
  "pypi.org",
]
denied_domains = ["**.doubleclick.net", "gist.github.com"]
upstream_proxy = "http://127.0.0.1:${upstream.port}"
`;
}

async function takePictures(seconds: number): Promise<void> {
  await using scratch = await makeScratch();
  await using upstream = startUpstream();
  await scratch.write("doorward.toml", configuration(upstream));
  await using start = await startDoorward(["--config", "doorward.toml"], scratch);
  await using browser = await startBrowser();
  const page = await browser.open(await link(start, scratch));
  await page.until(isLive);
  await page.emulate({ ...SIZE, colorScheme: "light" });
  await using _tunnels = await keepTunnels(start.port);
  await makeTraffic(start.port, seconds);
  await using _questions = await ask(start.port);
  await page.until(`${count("question")} === 2`);
  await takePicture(page, "light");
  await takePicture(page, "dark");
}

/** A link for a page that may answer. */
async function link({ adminPort }: DoorwardStart, scratch: Scratch): Promise<string> {
  const admin = `http://127.0.0.1:${adminPort}`;
  return (await doorward(["dashboard", "--admin", admin], scratch)).stdout.trim();
}

async function takePicture(page: Page, colorScheme: "dark" | "light"): Promise<void> {
  await page.emulate({ colorScheme });
  // Two rounds of what is asked for again and again: the numbers are those of now.
  await page.evaluate("new Promise((done) => setTimeout(done, 4500))");
  await page.screenshot(`${FOLDER}/dashboard-${colorScheme}.png`);
}

for (const [name, svg] of await terminalPictures(true)) {
  await Deno.writeTextFile(`${FOLDER}/${name}`, svg);
}
if (Deno.args[0] !== "terminals") await takePictures(Number(Deno.args[0] ?? SECONDS));
