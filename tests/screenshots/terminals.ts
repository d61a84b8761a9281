import { shellQuote } from "../../src/library/env/shell_quote.ts";
import { doorwardWords } from "../support/doorward_cli.ts";
import { startProgram } from "../support/programs.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { shortPorts } from "../support/short_ports.ts";
import { onTerminal, type TerminalSession } from "../support/terminal_session.ts";
import { screenOf } from "./screen.ts";
import { svgOf } from "./svg.ts";

const COLUMNS = 80;
const CTRL_C = "\x03";

/** A shell at a terminal, in which `doorward` is the real program. */
interface Scene {
  readonly session: TerminalSession;
  /** Asks for a page through the proxy, in another terminal. */
  readonly ask: (url: string) => void;
  /** Types a command line, as soon as the shell waits for one. */
  readonly command: (line: string) => Promise<void>;
  /** Waits for something on the screen. */
  readonly sees: (pattern: RegExp) => Promise<unknown>;
}

/** Something to see: what is typed, and where the picture ends. */
interface Take {
  readonly title: string;
  readonly configuration?: string;
  /** Whether what is started ends only when it is told to. */
  readonly runsOn?: boolean;
  readonly play: (scene: Scene) => Promise<void>;
  /** What comes after it and takes the time of a person, who reads. */
  readonly ending?: (scene: Scene) => Promise<void>;
}

/** Doorward takes nobody at their word who answers sooner than a question can be read. */
const READING_MS = 1000;

/** The ports of the picture, which this machine may have no more; as many digits. */
const PORTS = ["3128", "8081", "8080"] as const;

/** The pictures by the names of their files. */
const TAKES: Readonly<Record<string, Take>> = {
  "first-run": {
    title: "the first run, and the first question",
    runsOn: true,
    async play({ command, sees, ask }): Promise<void> {
      await command("doorward");
      await sees(/--allow HOST\r\n/);
      ask("http://example.com");
      await sees(/Enter: deny\)\S*\r\n/);
    },
    async ending({ session, sees }): Promise<void> {
      await new Promise((resolve) => setTimeout(resolve, READING_MS));
      await session.type("o\n");
      await sees(/allowed this once/);
    },
  },
  run: {
    title: "a command, and what it was not let to do",
    configuration: '[network]\nenabled = true\nallowed_domains = ["registry.npmjs.org"]\n',
    async play({ command, sees }): Promise<void> {
      await command("doorward run -- curl -sS https://example.org");
      await sees(/doorward: blocked [^]*\r\n[^]*\r\n/);
    },
  },
  explain: {
    title: "what would become of a request, and why",
    configuration: `[network]
enabled = true
mode = "full"
allowed_domains = [
  "api.github.com",
  "registry.npmjs.org",
]
denied_domains = ["gist.github.com"]
`,
    async play({ command, sees }): Promise<void> {
      await command("doorward explain --config doorward.toml https://gist.github.com");
      await sees(/only removing it helps\r\n/);
      await command("doorward explain --config doorward.toml https://example.org");
      await sees(/to allow it always: [^]*\r\n/);
    },
  },
};

/**
 * The terminal pictures: SVG by the name of the file. Each run makes the same.
 *
 * @param isWhole whether they show what takes the time of a person, too
 */
export async function terminalPictures(isWhole: boolean): Promise<ReadonlyMap<string, string>> {
  const pictures = new Map<string, string>();
  for (const [name, take] of Object.entries(TAKES)) {
    const rows = screenOf(await filmed(take, isWhole), COLUMNS);
    pictures.set(`terminal-${name}.svg`, svgOf({ title: take.title, columns: COLUMNS, rows }));
  }
  return pictures;
}

/** What stands on the screen, with nothing in it that is another the next time. */
async function filmed(take: Take, isWhole: boolean): Promise<string> {
  const { configuration, runsOn = false, play, ending } = take;
  await using scratch = await makeScratch();
  if (configuration !== undefined) {
    await scratch.configure(configuration);
    await scratch.write("doorward.toml", configuration);
  }
  const ports = shortPorts(PORTS.length).map(String);
  await install(scratch, ports);
  await using session = onTerminal(`stty cols ${COLUMNS} rows 40; exec sh -i`, {
    cwd: scratch.folder,
    env: { ...environment(scratch), PS1: "$ ", PS2: "" },
  });
  const { screen, type } = session;
  let prompts = 0;
  const command = async (line: string) => {
    prompts += 1;
    await screen.until(RegExp(`(?:(?:^|\\n)\\$ [^]*?){${prompts}}$`));
    await type(`${line}\n`);
  };
  const sees = (pattern: RegExp) => screen.until(pattern);
  await using asking = new AsyncDisposableStack();
  const ask = (url: string) => {
    const words = ["curl", "-sS", "-x", `http://127.0.0.1:${ports[0]}`, url];
    asking.use(startProgram(words, scratch));
  };
  const scene: Scene = { session, ask, command, sees };
  await play(scene);
  if (isWhole) await ending?.(scene);
  const seen = screen.text;
  if (runsOn) await type(CTRL_C);
  await command("exit");
  await session.ended;
  return harmless(seen, ports);
}

/** The colours that a person sees. */
function environment(scratch: Scratch): Readonly<Record<string, string>> {
  const { NO_COLOR: _, ...env } = scratch.env;
  return { ...env, TERM: "xterm", LANG: "C.UTF-8", PATH: `${scratch.folder}/bin:${env["PATH"]}` };
}

/** Puts a `doorward` on the path: the real one, on ports that are free. */
async function install(scratch: Scratch, ports: readonly string[]): Promise<void> {
  const words = doorwardWords("doorward", []).map((word) => shellQuote(word, "sh")).join(" ");
  const flags = ["proxy_url", "socks_url", "admin_url"]
    .map((key, at) => `-c network.${key}=http://127.0.0.1:${ports[at]}`).join(" ");
  // What is typed has no flags that nobody needs: those of \`start\` are given to it alone.
  const script = `#!/bin/sh\n[ $# = 0 ] && set -- start ${flags}\nexec ${words} "$@"\n`;
  await Deno.chmod(await scratch.write("bin/doorward", script), 0o755);
}

/** What opens a dashboard, and what is another number each time, is the same in each picture. */
function harmless(text: string, ports: readonly string[]): string {
  const code = /#code=[\w-]+/g;
  let known = text.replaceAll(code, (found) => "#code=".padEnd(found.length, "x"));
  ports.forEach((port, at) => (known = known.replaceAll(`:${port}`, `:${PORTS[at]}`)));
  return known.replaceAll(/(from +127\.0\.0\.1:)\d+/g, "$141230").replace(/(\r\n|\$ )*$/, "");
}
