import { assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { ProtocolError } from "../../src/net/errors.ts";

/** `peer code` of the ProtocolError that `run` throws. Fails when it throws nothing, or anything else. */
export function fault(run: () => unknown): string {
  return named(assertThrows(run, ProtocolError));
}

/** What the ProtocolError that `run` throws says to people. */
export function faultWords(run: () => unknown): string {
  return assertThrows(run, ProtocolError).message;
}

/** As {@linkcode fault}, of what a promise rejects with. */
export async function faultOf(run: () => PromiseLike<unknown>): Promise<string> {
  return named(await assertRejects(run, ProtocolError));
}

/** As {@linkcode faultWords}, of what a promise rejects with. */
export async function faultWordsOf(run: () => PromiseLike<unknown>): Promise<string> {
  return (await assertRejects(run, ProtocolError)).message;
}

/** The result of `run`, or the fault of the ProtocolError that it throws; nothing else may be thrown. */
export function outcome<T>(run: () => T): T | string {
  try {
    return run();
  } catch (error) {
    assertInstanceOf(error, ProtocolError);
    return named(error);
  }
}

/** As {@linkcode outcome}, of a promise. */
export async function outcomeOf<T>(run: () => Promise<T>): Promise<T | string> {
  try {
    return await run();
  } catch (error) {
    assertInstanceOf(error, ProtocolError);
    return named(error);
  }
}

function named({ peer, code }: ProtocolError): string {
  return `${peer} ${code}`;
}
