// A newcomer who types what the README says, from top to bottom, must see what it says.
import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { testClient } from "../support/client_world.ts";
import { curl } from "../support/clients.ts";
import { isAlive } from "../support/doorward_terminal.ts";
import { type Block, blocksOf, shown, type Typed, typedIn } from "../support/markdown.ts";
import { onTerminal, type TerminalSession } from "../support/terminal_session.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { type ShellSession, startShell } from "../support/shell_session.ts";
import { startWebOrigin, type WebOrigin } from "../support/web_origin.ts";

const root = `${import.meta.dirname}/../..`;
const readme = await Deno.readTextFile(`${root}/README.md`);

/** What a clone has that the commands of the README need. */
const CLONED = ["main.ts", "deno.json", "deno.lock", "src", "types"];

const PAGE = '<!doctype html><html lang="en"><head><title>Example Domain</title></head></html>\n';

testClient(curl, "every command of the README does what the README says", async () => {
  await using newcomer = await makeNewcomer();
  for (const block of blocksOf(readme)) await follow(block, newcomer);
  assertEquals(newcomer.origin.requests, [
    "GET / via doorward",
    "GET /",
    "GET / via doorward",
  ]);
});

Deno.test("the README is short", () => {
  assertLess(readme.trimEnd().split("\n").length, 151);
});

Deno.test("the README names the Deno and the test command that CI runs", async () => {
  const ci = await Deno.readTextFile(`${root}/.ci/run`);
  const [, deno] = /^deno="(.*)"$/m.exec(ci)!;
  const versions = readme.match(/npx -y deno@\S+/g);
  assertEquals(new Set(versions), new Set([deno]));
  assertMatch(ci, /^\$deno task test\b/m);
  assert(commandsOf(readme).includes(`${deno} task test`));
});

Deno.test("the README links to pages that are there", async () => {
  const links = [...readme.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, link]) => link!);
  const missing = links.filter((link) => !link.startsWith("https:"));
  await Promise.all(missing.map((link) => Deno.stat(`${root}/${link}`)));
  assertEquals(links.filter((link) => /^https:/.test(link)), ["https://deno.com"]);
});

/** A proxy at a terminal of its own. */
interface StartedProxy {
  readonly terminal: TerminalSession;
  /** Where the number of its process is. */
  readonly pidFile: string;
}

/** Somebody with an empty home, a clone, and a terminal or two. */
interface Newcomer extends AsyncDisposable {
  readonly scratch: Scratch;
  readonly shell: ShellSession;
  /** The host that the README allows. */
  readonly origin: WebOrigin;
  /** Changes words of the README into those that hold here. */
  substitute(text: string): string;
  /** Starts the proxy in a terminal of its own, in place of the one before. */
  start(command: string): Promise<TerminalSession>;
  /** The proxy that was started last. */
  running(): TerminalSession;
}

/**
 * Makes one. What the README says is changed in five places, all of them named here:
 *
 * - `npx -y deno@…` is the Deno that runs this test: a test downloads nothing;
 * - ports 3128, 8081 and 8080 are free ones, in the cloned source, too;
 * - a question waits for one second, where nobody sits at the terminal;
 * - `/home/you` is the home of this test;
 * - `example.com` is a local server from the first command on that allows it. Before that it is blocked, and
 *   nobody looks for it.
 */
async function makeNewcomer(): Promise<Newcomer> {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  const ports: Ports = { 3128: freePort(), 8081: freePort(), 8080: freePort() };
  await clone(`${scratch.folder}/doorward`, ports);
  await scratch.write("home/.curlrc", "# As on a terminal: no progress.\nsilent\nshow-error\n");
  const { DOORWARD_HOME: _, ...env } = scratch.env;
  const shell = stack.use(startShell({ cwd: scratch.folder, env }));
  const origin = stack.use(startWebOrigin(() => new Response(PAGE), { hostname: "127.0.0.2" }));
  let isAllowed = false;
  let proxy: StartedProxy | null = null;
  const substitute = (text: string) => {
    isAllowed ||= text.includes("--allow example.com");
    return withPorts(text, ports)
      .replaceAll(/npx -y deno@[\d.]+/g, `'${Deno.execPath()}'`)
      .replaceAll("/home/you", scratch.home)
      .replaceAll("example.com", isAllowed ? `127.0.0.2:${origin.port}` : "example.com");
  };
  stack.defer(() => end(proxy));
  const owned = stack.move();
  return {
    scratch,
    shell,
    origin,
    substitute,
    async start(command): Promise<TerminalSession> {
      await end(proxy);
      const cwd = `${scratch.folder}/doorward`;
      const pidFile = `${scratch.folder}/pid`;
      const line = `stty cols 80 rows 24; echo $$ >'${pidFile}'; exec ${command}`;
      proxy = { terminal: onTerminal(line, { cwd, env }), pidFile };
      return proxy.terminal;
    },
    running(): TerminalSession {
      if (proxy === null) throw new Error("The README has not started a proxy");
      return proxy.terminal;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Does what a block of the README says, and compares. */
async function follow(block: Block, newcomer: Newcomer): Promise<void> {
  const { scratch, substitute } = newcomer;
  switch (block.language) {
    case "console":
      for (const typed of typedIn(block)) await typeIn(typed, newcomer);
      return;
    case "sh":
      for (const command of block.text.trim().split("\n")) {
        // The tests are running: they are not run again.
        if (!command.endsWith(" task test")) await typeIn({ command, prints: "" }, newcomer);
      }
      return;
    case "toml":
      await scratch.write("home/.config/doorward/config.toml", block.text);
      return;
    case "text":
      // Either the picture, or what the terminal of the proxy shows.
      if (!block.text.includes("Doorward |")) {
        await newcomer.running().screen.until(onScreen(substitute(block.text)));
      }
      return;
    default:
      throw new Error(`Cannot follow line ${block.line} of the README: "${block.language}"`);
  }
}

async function typeIn({ command, prints }: Typed, newcomer: Newcomer): Promise<void> {
  const line = newcomer.substitute(command);
  const expected = newcomer.substitute(prints);
  if (command.includes(" task start")) {
    const proxy = await newcomer.start(line);
    await proxy.screen.until(onScreen(`${expected}\n`));
    return;
  }
  const printed = await newcomer.shell.type(line);
  assertMatch(printed, RegExp(`^${shown(expected).source}\\n?$`), `$ ${command}`);
}

/** As a terminal has it, which ends lines with two characters. */
function onScreen(text: string): RegExp {
  return RegExp(shown(text).source.replaceAll("\\n", "\\r\\n"));
}

/**
 * Ends it as Ctrl-C does. The key itself is heard by `deno task`, too, which now and then does not wait then for what
 * it started.
 */
async function end(proxy: StartedProxy | null): Promise<void> {
  if (proxy === null) return;
  await using ending = proxy.terminal;
  const pid = Number(await Deno.readTextFile(proxy.pidFile));
  if (isAlive(pid)) Deno.kill(pid, "SIGINT");
  const { code, stdout } = await ending.ended;
  assertEquals(code, 0, stdout);
}

/** Which port stands for one of the README. */
type Ports = Readonly<Record<3128 | 8081 | 8080, number>>;

function withPorts(text: string, ports: Ports): string {
  return text.replaceAll(/3128|808[01]/g, (port) => String(ports[Number(port) as keyof Ports]));
}

/** Clones the working tree, with other default ports. */
async function clone(into: string, ports: Ports): Promise<void> {
  await Deno.mkdir(into);
  for (const name of CLONED) await copy(`${root}/${name}`, `${into}/${name}`);
  const file = `${into}/src/config/network_table.ts`;
  const source = await Deno.readTextFile(file);
  assertEquals(source.match(/3128|808[01]|ask_hold_seconds: 30,/g)?.length, 4);
  const quick = source.replace("ask_hold_seconds: 30,", "ask_hold_seconds: 1,");
  await Deno.writeTextFile(file, withPorts(quick, ports));
}

async function copy(from: string, to: string): Promise<void> {
  const { isDirectory } = await Deno.stat(from);
  if (!isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) await copy(`${from}/${name}`, `${to}/${name}`);
}

function commandsOf(markdown: string): string[] {
  return blocksOf(markdown).flatMap((block) =>
    block.language === "sh"
      ? block.text.trim().split("\n")
      : typedIn(block).map(({ command }) => command)
  );
}

/** A port that was free just now. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
