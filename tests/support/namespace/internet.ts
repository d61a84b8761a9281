// Runs inside a network namespace in which every address is this machine: it is the internet there, a name
// server and a few sites. After the line "ready" it prints one for each request that arrives.
import { servingRepositories } from "../git_server.ts";
import { npmRegistry } from "../npm_registry.ts";
import type { Handler } from "../web_origin.ts";
import { serveDns, type Zone } from "./dns_server.ts";
import { EXAMPLE_PAGE, NPM_PACKAGE, SITES } from "./sites.ts";

/** Where every site is: a public address, or the guard against private ones would have its say. */
const ADDRESS = "93.184.216.34";

/** A folder with the certificate of the sites and their key, and with repositories; and the path of a socket. */
const [folder = "", socket = ""] = Deno.args;

const OF_HOST: Readonly<Record<string, Handler>> = {
  "registry.npmjs.org": await npmRegistry(NPM_PACKAGE),
  "github.com": forge(),
  "api.github.com": ({ url }) => Response.json({ path: new URL(url).pathname }),
};

const zone: Zone = Object.fromEntries(SITES.map((host) => [host, [ADDRESS]]));
await serveDns(zone);
const cert = await Deno.readTextFile(`${folder}/server.pem`);
const key = await Deno.readTextFile(`${folder}/server.key`);
Deno.serve({ hostname: "0.0.0.0", port: 80, onListen: () => {} }, answer);
Deno.serve({ hostname: "0.0.0.0", port: 443, cert, key, onListen: () => {} }, answer);
Deno.serve({ path: socket, onListen: () => {} }, answer);
await say("ready");
// What it is told it repeats, so that somebody knows that all before it has been said.
for await (const words of Deno.stdin.readable) await Deno.stdout.write(words);
// Whoever started it has gone.
Deno.exit();

async function answer(request: Request): Promise<Response> {
  const { host, pathname, search } = new URL(request.url);
  await say(`${request.method} ${host}${pathname}${search}`);
  return await (OF_HOST[host] ?? page)(request);
}

async function say(line: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(`${line}\n`));
}

function page(): Response {
  return new Response(EXAMPLE_PAGE, { headers: { "content-type": "text/html" } });
}

/** A place for repositories, which knows each with and without its ending. */
function forge(): Handler {
  const serve = servingRepositories({ folder, env: Deno.env.toObject() });
  return (request) => {
    const url = new URL(request.url);
    const [, owner, name = "", ...rest] = url.pathname.split("/");
    url.pathname = ["", owner, `${name.replace(/\.git$/, "")}.git`, ...rest].join("/");
    return serve(new Request(url, request));
  };
}
