// What clients say, and what they take for an answer: as little of HTTP as the traffic needs.
import type { Buffer } from "node:buffer";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import {
  drain,
  encode,
  type Head,
  HEAD_BYTES_MAX,
  readExactly,
  readHead,
  send,
} from "../bench/wire.ts";
import type { Visit } from "./visit.ts";

/** What is sent through tunnels. */
export const MESSAGE = encode("x".repeat(100));

/** Asks, and takes the answer: `prefix` is what stands before the path of a request to a proxy. */
export async function ask(
  conn: Deno.Conn,
  authority: string,
  path: string,
  more = "",
  prefix = `http://${authority}`,
): Promise<void> {
  await send(conn, encode(`GET ${prefix}${path} HTTP/1.1\r\nHost: ${authority}\r\n${more}\r\n`));
  await expectStatus(conn, 200);
}

/** Takes an answer, which has one of these statuses. */
export async function expectStatus(conn: Deno.Conn, ...statuses: readonly number[]): Promise<void> {
  const head = await readHead(conn, new Uint8Array(HEAD_BYTES_MAX));
  const [, status = "none"] = /^http\/1\.1 (\d+) /.exec(head?.text ?? "") ?? [];
  if (head === null || !statuses.includes(Number(status))) throw unexpected(head);
  const [, length = "0"] = /\r\ncontent-length: (\d+)/.exec(head.text) ?? [];
  await drain(conn, Number(length) - (head.held - head.bytes), new Uint8Array(HEAD_BYTES_MAX));
}

/** What is wrong with an answer. */
export function unexpected(head: Head | null): Error {
  return new Error(`The answer is "${head?.text.split("\r\n")[0] ?? "the end"}"`);
}

/** A message there and back. */
export async function there(conn: Deno.Conn): Promise<void> {
  await send(conn, MESSAGE);
  await readExactly(conn, MESSAGE.length, new Uint8Array(MESSAGE.length));
}

/** Reads on until the end, or the end of a message that was not cut off. */
export async function readSome(conn: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(HEAD_BYTES_MAX);
  try {
    const head = await readHead(conn, buffer);
    // Doorward's own answers end the message, and not always the connection.
    if (head !== null && /^http\/1\.1 50/.test(head.text)) return;
    while (await conn.read(buffer) !== null);
  } catch {
    // A reset, or a head that was cut off: as was asked for.
  }
}

/** Opens a tunnel to a port of `localhost`, and speaks HTTP/2 in it. */
export async function openHttp2(visit: Visit, port: number): Promise<ClientHttp2Session> {
  const plain = connect(visit.scene.http, "127.0.0.1");
  visit.own({ close: () => plain.destroy() });
  await event(plain, "connect");
  const authority = `localhost:${port}`;
  const answered = event(plain, "data");
  plain.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  const text = String(await answered as Buffer);
  if (!text.startsWith("HTTP/1.1 200 ")) throw new Error(`The tunnel is "${text.slice(0, 40)}"`);
  plain.pause();
  const options = { socket: plain, servername: "localhost", ca: visit.scene.ca };
  const socket = connectTls({ ...options, ALPNProtocols: ["h2"] });
  visit.own({ close: () => socket.destroy() });
  await event(socket, "secureConnect");
  const session = connectHttp2(`https://${authority}`, { createConnection: () => socket });
  visit.own({ close: () => session.destroy() });
  session.on("error", () => {
    // Each of its streams tells.
  });
  return session;
}

interface Emitter {
  once(name: string, listener: (value: unknown) => void): unknown;
}

/** The next event of that name; what comes in its place fails. */
function event(emitter: Emitter, name: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    emitter.once(name, resolve);
    emitter.once("error", reject);
    emitter.once("close", () => reject(new Error(`It was closed before "${name}"`)));
  });
}

/** Asks by HTTP/2. Resolves to the status. */
export function stream(session: ClientHttp2Session, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = session.request({ ":path": path });
    let status = 0;
    request.on("response", (fields) => status = Number(fields[":status"]));
    request.on("data", () => {});
    request.on("end", () => resolve(status));
    request.on("error", reject);
    request.on("close", () => reject(new Error("The stream was closed")));
  });
}
