import { makeCertificate } from "./certificate.ts";
import { type Client, CLIENTS } from "./clients.ts";
import { makeScratch, type Scratch } from "./scratch.ts";
import { startWebOrigin, type WebOrigin } from "./web_origin.ts";

/** With which scheme a client fetches. */
export type Scheme = "http" | "https";

/** What a client finds: a server that is allowed and one that is denied, and the policy that says so. */
export interface ClientWorld extends AsyncDisposable {
  readonly scratch: Scratch;
  readonly allowed: WebOrigin;
  /** It would answer, too. */
  readonly denied: WebOrigin;
  /** The variables of the client: its own, and those by which it trusts the servers. */
  readonly env: Readonly<Record<string, string>>;
}

/** One client on its way over one scheme. */
export interface ClientJourney {
  readonly client: Client;
  readonly scheme: Scheme;
  /** The client's program. */
  readonly program: string;
}

/** Not 127.0.0.1: clients go there directly, as `NO_PROXY` says. */
const ALLOWED = "127.0.0.2";
const DENIED = "127.0.0.3";

/** A name that nobody allowed, and that leads nowhere. */
export const NOT_ALLOWED = "blocked.test";

/** Registers a test for each client and scheme. */
export function testClients(
  what: (client: string, scheme: Scheme) => string,
  test: (journey: ClientJourney) => Promise<void>,
): void {
  for (const client of CLIENTS) {
    for (const scheme of ["http", "https"] as const) {
      testClient(client, what(client.name, scheme), (program) => test({ client, scheme, program }));
    }
  }
}

/** A program that a test cannot do without. */
export type Needed = Pick<Client, "name" | "program" | "wanted">;

/** Registers a test with one client. Where this machine has not got it the test is left out. */
export function testClient(
  client: Needed,
  name: string,
  test: (program: string) => Promise<void>,
): void {
  const missing = whatIsMissing(client);
  Deno.test({
    name: name + (missing === null ? "" : ` (left out: ${missing})`),
    ignore: missing !== null && !mayNothingBeMissing(),
    async fn(): Promise<void> {
      if (missing !== null) throw new Error(`Cannot test ${client.name}: ${missing}`);
      await test(client.program!);
    },
  });
}

/** A client that is no use to a test without another program, its server for instance. What is missing stands for both. */
export function needing(client: Needed, ...others: readonly Needed[]): Needed {
  return [client, ...others].find(({ program }) => program === null) ?? client;
}

/** Starts both servers and writes the policy where Doorward looks for one. */
export async function makeClientWorld({ client, scheme }: ClientJourney): Promise<ClientWorld> {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  const handler = await client.origin(scratch);
  const certificate = scheme === "http"
    ? undefined
    : await makeCertificate([ALLOWED, DENIED], scratch);
  const tls = certificate === undefined ? {} : { certificate };
  const allowed = stack.use(startWebOrigin(handler, { hostname: ALLOWED, ...tls }));
  const denied = stack.use(startWebOrigin(handler, { hostname: DENIED, ...tls }));
  await scratch.configure(`[network]
enabled = true
allowed_domains = ["${ALLOWED}"]
denied_domains = ["${DENIED}"]
`);
  const owned = stack.move();
  return {
    scratch,
    allowed,
    denied,
    env: {
      ...client.env(scratch),
      ...(certificate === undefined ? {} : client.trust(certificate.file)),
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** What the origin is to have been asked. */
export function askedOf({ client, scheme }: ClientJourney): readonly string[] {
  const forwarded = scheme === "http" && !client.tunnelsHttp;
  return client.asks.map((ask) => forwarded ? `${ask} via doorward` : ask);
}

function whatIsMissing(client: Needed): string | null {
  if (Deno.build.os !== "linux") return `only Linux has ${ALLOWED}`;
  return client.program === null ? `there is no ${client.wanted}` : null;
}

/** `.ci/run` installs every client: there, one that is missing is a mistake. */
function mayNothingBeMissing(): boolean {
  return Boolean(Deno.env.get("DOORWARD_TEST_ALL_CLIENTS")) && Deno.build.os === "linux";
}
