import { assertEquals } from "@std/assert";
import { type Browser, startBrowser, testBrowser } from "./browser.ts";
import type { Page } from "./browser_page.ts";
import { curl } from "./clients.ts";
import { doorward, type DoorwardStart, startDoorward } from "./doorward_cli.ts";
import { type RunningProgram, startProgram } from "./programs.ts";
import { makeScratch, type Scratch } from "./scratch.ts";
import { greet, type Handler, startWebOrigin, type WebOrigin } from "./web_origin.ts";

/** A running proxy, its dashboard in a browser, and a server that no rule names. Disposing of it ends all. */
export interface DashboardWorld extends AsyncDisposable {
  readonly scratch: Scratch;
  readonly start: DoorwardStart;
  readonly browser: Browser;
  /** The dashboard, opened by a link and up to date. */
  readonly page: Page;
  /** Where the dashboard is. */
  readonly home: string;
  readonly origin: WebOrigin;
  /** The server, as questions and patterns name it. */
  readonly place: string;
  /** Curl on its way through the proxy; with `words` before the URL. It ends with the world. */
  fetch(url: string, ...words: string[]): RunningProgram;
  /** What `doorward dashboard` prints. */
  link(): Promise<string>;
}

/** What a test sets of its world. */
export interface DashboardOptions {
  readonly toml?: string;
  readonly handler?: Handler;
  /** Whether it takes minutes: it is left out unless DOORWARD_TEST_LONG is set. */
  readonly isLong?: boolean;
}

/** A configuration that asks about everything but `denied.test`, and keeps its comments. */
export const ASKING = `# Mine: do not touch.
[network]
enabled = true
ask = true
ask_hold_seconds = 60
denied_domains = ["denied.test"] # keep me
`;

/** Registers a test of the dashboard in a real browser. A page that complains of anything fails it. */
export function testDashboard(
  name: string,
  test: (world: DashboardWorld) => Promise<void>,
  options: DashboardOptions = {},
): void {
  if (options.isLong && !Deno.env.get("DOORWARD_TEST_LONG")) {
    Deno.test({ name: `${name} (left out: it takes minutes)`, ignore: true, fn() {} });
    return;
  }
  testBrowser(name, async () => {
    await using world = await makeDashboard(options);
    await test(world);
    assertEquals([...world.page.console, ...world.page.dialogs], []);
  });
}

/** Starts a proxy, and opens its dashboard. */
export async function makeDashboard(options: DashboardOptions = {}): Promise<DashboardWorld> {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  await scratch.configure(options.toml ?? ASKING);
  const origin = stack.use(startWebOrigin(options.handler ?? greet, { hostname: "127.0.0.2" }));
  const start = stack.use(await startDoorward([], scratch));
  const browser = stack.use(await startBrowser());
  const home = `http://127.0.0.1:${start.adminPort}`;
  const link = async () => {
    const { stdout } = await doorward(["dashboard", "--admin", home], scratch);
    return stdout.trim();
  };
  const page = await browser.open(await link());
  await page.until(isLive);
  const owned = stack.move();
  return {
    scratch,
    start,
    browser,
    page,
    home,
    origin,
    place: `127.0.0.2:${origin.port}`,
    link,
    fetch(url: string, ...words: string[]): RunningProgram {
      const program = curl.program ?? "curl";
      const all = [program, "-sS", "-i", "--noproxy", "", "-x", start.url, ...words, url];
      return owned.use(startProgram(all, { env: scratch.env }));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Whether the page listens to the proxy. */
export const isLive = `${text("state")} === "live"`;

/** The selector of what has a test id; with `more` attributes, as in `[data-host="a.test"]`. */
export function testId(id: string, more = ""): string {
  return `[data-testid="${id}"]${more}`;
}

/** The expression for the text of what has a test id. */
export function text(id: string, more = ""): string {
  return `document.querySelector(${JSON.stringify(testId(id, more))}).textContent.trim()`;
}

/** The expression for how many of them can be seen. */
export function count(id: string, more = ""): string {
  const selector = JSON.stringify(testId(id, more));
  return `[...document.querySelectorAll(${selector})].filter((one) => one.checkVisibility()).length`;
}
