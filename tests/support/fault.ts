import { assertRejects, assertThrows } from "@std/assert";
import { ProtocolError } from "../../src/net/errors.ts";

/** `peer code` of the ProtocolError that `run` throws. Fails when it throws nothing, or anything else. */
export function fault(run: () => unknown): string {
  return named(assertThrows(run, ProtocolError));
}

/** As {@linkcode fault}, of what a promise rejects with. */
export async function faultOf(run: () => PromiseLike<unknown>): Promise<string> {
  return named(await assertRejects(run, ProtocolError));
}

function named({ peer, code }: ProtocolError): string {
  return `${peer} ${code}`;
}
