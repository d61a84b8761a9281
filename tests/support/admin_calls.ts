import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { formatSocketAddress } from "../../src/net/address/endpoint.ts";
import { ip } from "./policy.ts";
import type { Scratch } from "./scratch.ts";
import { Wire, type WireMessage } from "./wire.ts";

/** Where an admin API listens, on 127.0.0.1. */
export type AdminAt = { readonly adminPort: number };

/** What a call is made of, besides its method and path. */
export interface AdminCall {
  /** The body, as JSON. */
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the admin API answered. */
export interface AdminReply {
  readonly status: number;
  readonly text: string;
  // deno-lint-ignore no-explicit-any -- tests read whatever an answer holds
  readonly json: any;
}

/** Calls the admin API as a program does. */
export async function callAdmin(
  { adminPort }: AdminAt,
  method: string,
  path: string,
  { body, token, headers = {} }: AdminCall = {},
): Promise<AdminReply> {
  const reply = await fetch(`http://127.0.0.1:${adminPort}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  const isJson = reply.headers.get("content-type") === "application/json";
  return { status: reply.status, text, json: isJson ? JSON.parse(text) : null };
}

/** What a GET of this path shows. */
export async function readAdmin(at: AdminAt, path: string): Promise<AdminReply["json"]> {
  const { json, text, status } = await callAdmin(at, "GET", path);
  if (status !== 200) throw new Error(`Expected ${path}, the admin API answered ${text}`);
  return json;
}

/** Waits until what a GET of this path shows is so. Resolves to that. */
export async function untilAdmin(
  at: AdminAt,
  path: string,
  isSo: (shown: AdminReply["json"]) => boolean,
): Promise<AdminReply["json"]> {
  const start = performance.now();
  while (performance.now() - start < PATIENCE_MS) {
    const shown = await readAdmin(at, path);
    if (isSo(shown)) return shown;
  }
  throw new Error(`Waited in vain for ${path} to be so: ${isSo}`);
}

/** How long a test waits for what must come. */
const PATIENCE_MS = 10_000;

/** Connects to the admin API, to speak to it byte by byte. */
export async function wireToAdmin(
  { adminPort }: AdminAt,
  form?: { readonly paused?: boolean },
): Promise<Wire> {
  return new Wire(await tcpDialer({ ip: ip("127.0.0.1"), port: adminPort }, NEVER), form);
}

/** Sends bytes on a connection of their own and takes the first answer. */
export async function sayToAdmin(at: AdminAt, bytes: string): Promise<WireMessage> {
  await using wire = await wireToAdmin(at);
  await wire.send(bytes);
  return await wire.readMessage();
}

/** `host:port` of an admin API. */
export function adminAuthority({ adminPort }: AdminAt): string {
  return formatSocketAddress({ ip: ip("127.0.0.1"), port: adminPort });
}

/** The token of a Doorward that was started with the home folder of this scratch. */
export async function adminToken({ home }: Pick<Scratch, "home">): Promise<string> {
  return (await Deno.readTextFile(`${home}/doorward/proxy/admin.token`)).trim();
}

const NEVER = new AbortController().signal;
