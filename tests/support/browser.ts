import { Page } from "./browser_page.ts";
import { type Needed, needing, testClient } from "./client_world.ts";
import { Devtools } from "./devtools.ts";
import { inTime } from "./in_time.ts";
import { runProgram, whereIs } from "./programs.ts";
import { makeScratch, type Scratch } from "./scratch.ts";
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
  /** The proxy that it is sent to for everything, this machine included; none unless said otherwise. */
  readonly proxy?: string;
  /** A file with a certificate authority that it trusts besides its own. */
  readonly authority?: string;
}

const CHROMIUM: Needed = {
  name: "Chromium",
  program: whereIs("chromium") ?? whereIs("chromium-browser") ?? whereIs("google-chrome"),
  wanted: "chromium",
};

/** What has it trust somebody. */
const CERTUTIL: Needed = {
  name: "certutil",
  program: whereIs("certutil"),
  wanted: "libnss3-tools",
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

/** Registers a test with a real browser that trusts an authority of the test's. */
export function testTrustingBrowser(name: string, test: () => Promise<void>): void {
  testClient(needing(CHROMIUM, CERTUTIL), name, test);
}

/** Starts a browser of the test's own, with nothing in its memory. */
export async function startBrowser(
  { names = {}, proxy, authority }: BrowserOptions = {},
): Promise<Browser> {
  await using stack = new AsyncDisposableStack();
  const scratch = await makeScratch();
  stack.defer(() => removeAtLast(scratch.folder));
  if (authority !== undefined) await trust(authority, scratch);
  const child = new Deno.Command(CHROMIUM.program ?? CHROMIUM.wanted, {
    args: [
      ...FLAGS,
      ...(proxy === undefined ? ["--no-proxy-server"] : proxyFlags(proxy)),
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

function proxyFlags(proxy: string): readonly string[] {
  // It would go to this machine directly otherwise.
  return [`--proxy-server=${proxy}`, "--proxy-bypass-list=<-loopback>"];
}

/** Puts an authority where Chromium on Linux looks for those of its user. */
async function trust(authority: string, scratch: Scratch): Promise<void> {
  const folder = `${scratch.home}/.pki/nssdb`;
  await Deno.mkdir(folder, { recursive: true });
  const [store, certutil] = [`sql:${folder}`, CERTUTIL.program ?? CERTUTIL.wanted];
  for (
    const words of [
      ["-N", "--empty-password"],
      ["-A", "-t", "C,,", "-n", "the authority of a test", "-i", authority],
    ]
  ) {
    const { code, stderr } = await runProgram([certutil, "-d", store, ...words], scratch);
    if (code !== 0) throw new Error(`Cannot have the browser trust ${authority}: ${stderr}`);
  }
}

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
