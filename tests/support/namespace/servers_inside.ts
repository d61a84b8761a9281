// Runs inside a network namespace in which every address of the internet is this machine: starts servers at public
// addresses, runs the command lines given as an argument, one after the other, and prints how each ended and what was
// asked of the servers.
import { npmRegistry } from "../npm_registry.ts";
import { type Ended, runProgram } from "../programs.ts";
import { serveDns, type Zone } from "./dns_server.ts";

/** What the test asks for. */
export interface Errand {
  /** Names, and the addresses that they lead to. */
  readonly zone: Zone;
  /** A certificate that is good for all names. */
  readonly cert: string;
  readonly key: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly commands: readonly (readonly string[])[];
}

/** What came of it. */
export interface Returned {
  readonly ended: readonly Pick<Ended, "code" | "stdout" | "stderr">[];
  /** What the servers were asked: `0 GET https://host/path`, with the number of the command line. */
  readonly asked: readonly string[];
}

/** Where `/leave` of every server leads. */
const METADATA = "http://169.254.169.254/latest/meta-data";

if (import.meta.main) {
  const { zone, cert, key, env, cwd, commands }: Errand = JSON.parse(Deno.args[0]!);
  await serveDns(zone);
  const registry = await npmRegistry();
  const asked: string[] = [];
  let turn = 0;
  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    asked.push(`${turn} ${request.method} ${request.url}`);
    await request.body?.cancel();
    if (pathname === "/leave") return Response.redirect(METADATA);
    return pathname.startsWith("/tiny") ? await registry(request) : new Response("hello\n");
  };
  const quiet = { hostname: "0.0.0.0", onListen: () => {} };
  Deno.serve({ ...quiet, port: 80 }, answer);
  for (const port of [443, 8443]) Deno.serve({ ...quiet, port, cert, key }, answer);
  const ended: Returned["ended"][number][] = [];
  for (; turn < commands.length; turn++) {
    const { code, stdout, stderr } = await runProgram(commands[turn]!, { env, cwd });
    ended.push({ code, stdout, stderr });
  }
  const returned: Returned = { ended, asked };
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(returned)));
  Deno.exit(0);
}
