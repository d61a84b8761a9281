import type { HelperProcess } from "../../src/library/deciders/helper_process.ts";
import type { DeciderRequest } from "../../src/proxy/asking/decider.ts";
import { until } from "./in_time.ts";

/** A request that no rule names. */
export function deciderRequest(over: Partial<DeciderRequest> = {}): DeciderRequest {
  return {
    host: "a.test",
    port: 443,
    protocol: "https_connect",
    method: "CONNECT",
    clientAddr: "127.0.0.1:50000",
    command: "curl https://a.test/",
    execPolicyHint: null,
    attemptId: null,
    label: null,
    listener: "127.0.0.1:3128",
    ...over,
  };
}

/** A signal that is never aborted. */
export const PATIENT = new AbortController().signal;

/** A helper that says what a test has it say. */
export interface FakeHelper {
  readonly process: HelperProcess;
  /** What it was asked, in order. */
  readonly asked: { readonly id: string; readonly host: string }[];
  /** What it was sent, in order; `closed` and `released` too. */
  readonly signals: string[];
  /** Writes to standard output. */
  readonly says: (text: string) => void;
  /** Answers the question of this number. */
  readonly answers: (index: number, answer: Readonly<Record<string, unknown>>) => void;
  /** Writes to standard error. */
  readonly complains: (text: string) => void;
  /** Ends: its streams, and then itself. */
  readonly exits: (how: string) => void;
  /** Closes its standard output. */
  readonly hangsUp: () => void;
  /** Has nothing written to it any more. */
  readonly stopsReading: () => void;
}

/** How a fake helper is. */
export interface FakeHelperOptions {
  /** What ends it: every signal, unless it is told. */
  readonly heeds?: readonly string[];
}

/** Makes one. */
export function fakeHelper({ heeds = ["SIGTERM", "SIGKILL"] }: FakeHelperOptions = {}): FakeHelper {
  const [output, errors] = [pipe(), pipe()];
  const ended = Promise.withResolvers<string>();
  const asked: { id: string; host: string }[] = [];
  const signals: string[] = [];
  let isReading = true;
  const exits = (how: string) => {
    output.end();
    errors.end();
    ended.resolve(how);
  };
  const says = (text: string) => output.add(new TextEncoder().encode(text));
  return {
    asked,
    signals,
    says,
    answers: (index, answer) => says(`${JSON.stringify({ id: asked[index]!.id, ...answer })}\n`),
    complains: (text) => errors.add(new TextEncoder().encode(text)),
    exits,
    hangsUp: output.end,
    stopsReading: () => isReading = false,
    process: {
      read: output.next,
      readErrors: errors.next,
      write: (bytes) => {
        if (!isReading) return Promise.reject(new Deno.errors.BrokenPipe("Broken pipe"));
        asked.push(JSON.parse(new TextDecoder().decode(bytes)));
        return Promise.resolve();
      },
      ended: ended.promise,
      kill: (signal) => {
        signals.push(signal);
        if (heeds.includes(signal)) exits(`by ${signal}`);
      },
      closeInput: () => {
        signals.push("closed");
      },
      release: () => {
        signals.push("released");
        output.end();
        errors.end();
        return Promise.resolve();
      },
    },
  };
}

/** Waits until a helper was asked so many questions. */
export async function untilAsked({ asked }: FakeHelper, count: number): Promise<void> {
  await until(() => asked.length >= count, `${count} questions were asked`);
}

function pipe() {
  const held: Uint8Array[] = [];
  let isOver = false;
  let wake = Promise.withResolvers<void>();
  const changed = () => {
    wake.resolve();
    wake = Promise.withResolvers<void>();
  };
  return {
    add: (bytes: Uint8Array) => {
      held.push(bytes);
      changed();
    },
    end: () => {
      isOver = true;
      changed();
    },
    next: async (): Promise<Uint8Array | null> => {
      while (held.length === 0 && !isOver) await wake.promise;
      return held.shift() ?? null;
    },
  };
}
