import { Page } from "./browser_page.ts";
import { testClient } from "./client_world.ts";
import { Devtools } from "./devtools.ts";
import { inTime } from "./in_time.ts";
import { whereIs } from "./programs.ts";
import { makeScratch } from "./scratch.ts";
import { Transcript } from "./transcript.ts";

/** A real browser without a window. Disposing of it ends it and forgets all it knew. */
export interface Browser extends AsyncDisposable {
  /** Opens a tab and waits until the page has loaded. */
  open(url: string): Promise<Page>;
}

/** What a test sets of its browser. */
export interface BrowserOptions {
  /** Addresses of names, as a name server of the attacker's might answer. No other name is known. */
  readonly names?: Readonly<Record<string, string>>;
}

const CHROMIUM = {
  name: "Chromium",
  program: whereIs("chromium") ?? whereIs("chromium-browser") ?? whereIs("google-chrome"),
  wanted: "chromium",
};

/** What is on this machine; the browser goes nowhere else. */
const THIS_MACHINE = ["127.*", "0.0.0.0", "localhost", "*.localhost", "[::1]"];

/** How often and how long we wait for the last of its processes to let go of its files. */
const REMOVALS = 50;
const REMOVAL_PAUSE_MS = 100;

/** Registers a test with a real browser. Where this machine has none the test is left out. */
export function testBrowser(name: string, test: () => Promise<void>): void {
  testClient(CHROMIUM, name, test);
}

/** Starts a browser of the test's own, with nothing in its memory. */
export async function startBrowser({ names = {} }: BrowserOptions = {}): Promise<Browser> {
  await using stack = new AsyncDisposableStack();
  const scratch = await makeScratch();
  stack.defer(() => removeAtLast(scratch.folder));
  const child = new Deno.Command(CHROMIUM.program ?? CHROMIUM.wanted, {
    args: [
      ...FLAGS,
      `--user-data-dir=${scratch.folder}/profile`,
      resolverRules(names),
      "about:blank",
    ],
    clearEnv: true,
    env: { ...scratch.env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const stderr = new Transcript(child.stderr);
  stack.defer(() => end(child, stderr));
  const [, url] = await stderr.until(/^DevTools listening on (ws:\S+)$/m);
  const devtools = stack.use(await Devtools.connect(url!));
  const owned = stack.move();
  return {
    async open(url): Promise<Page> {
      const page = await Page.make(devtools);
      await page.goto(url);
      return page;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const FLAGS = [
  "--headless=new",
  // Tests may be root's, whom the sandbox refuses; the pages are our own.
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--remote-debugging-port=0",
  "--no-first-run",
  "--no-proxy-server",
  "--disable-background-networking",
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-breakpad",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-extensions",
  "--disable-popup-blocking",
  "--disable-renderer-backgrounding",
  "--disable-sync",
  "--hide-scrollbars",
  "--mute-audio",
  "--password-store=basic",
];

function resolverRules(names: Readonly<Record<string, string>>): string {
  const rules = [
    ...Object.entries(names).map(([name, address]) => `MAP ${name} ${address}`),
    "MAP * ~NOTFOUND",
    ...THIS_MACHINE.map((name) => `EXCLUDE ${name}`),
  ];
  return `--host-resolver-rules=${rules.join(", ")}`;
}

async function end(child: Deno.ChildProcess, stderr: Transcript): Promise<void> {
  // It ends its own processes on this signal, and leaves them behind on a harder one.
  child.kill("SIGTERM");
  try {
    await inTime(child.status, "the browser to end");
  } catch {
    child.kill("SIGKILL");
    await child.status;
  }
  await stderr.stop();
  await stderr.ended;
}

/** Its processes end one after the other, and until then write into the folder. */
async function removeAtLast(folder: string): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      return await Deno.remove(folder, { recursive: true });
    } catch (error) {
      if (attempt === REMOVALS) throw error;
      await new Promise((resolve) => setTimeout(resolve, REMOVAL_PAUSE_MS));
    }
  }
}
