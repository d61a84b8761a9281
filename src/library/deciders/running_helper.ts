import type { Clock } from "../../net/ports.ts";
import type { DeciderAnswer, DeciderRequest } from "../../proxy/asking/decider.ts";
import { DeciderFailure } from "./decider_failure.ts";
import { jsonObject, questionJson, readAnswer } from "./decider_message.ts";
import type { HelperProcess } from "./helper_process.ts";
import { LineSplitter } from "./line_splitter.ts";
import { OPEN_MAX, OpenQuestions } from "./open_questions.ts";

/** An answer is a decision and a sentence. */
export const ANSWER_BYTES_MAX = 16 * 1024;
/** What it says on standard error is shown up to here. */
const ERROR_BYTES_MAX = 500;
/** A slip of a library that prints is forgiven, a program that speaks something else is not. */
export const BAD_LINES_MAX = 3;
/** What a helper has to end in that is told to; then it is killed. */
export const GRACE_MS = 1000;

/** What a running helper takes. */
export interface HelperPorts {
  readonly clock: Clock;
  /** Told, in a line, what it says on standard error, and why it ended. */
  readonly tell: (line: string) => void;
  /** The id of the next question: nobody could have guessed it. */
  readonly newId: () => string;
  /** A question that is open for so long will not be answered. */
  readonly hungMs: number;
}

/**
 * One life of a helper: JSON lines to it, and back in any order. Whatever is wrong with what it says ends it, and then
 * everything that it was asked fails.
 */
export class RunningHelper {
  readonly #process: HelperProcess;
  readonly #ports: HelperPorts;
  readonly #questions = new OpenQuestions();
  readonly #errorsRead: Promise<void>;
  readonly #gone = Promise.withResolvers<void>();
  #written: Promise<void> = Promise.resolve();
  #ending = false;
  #answered = false;
  #badLines = 0;

  constructor(process: HelperProcess, ports: HelperPorts) {
    this.#process = process;
    this.#ports = ports;
    this.#errorsRead = this.#readErrors();
    this.#read().catch((error) => this.end(`it could not be read: ${error}`));
  }

  /** Whether it has ended, or was told to. */
  get isOver(): boolean {
    return this.#ending;
  }

  /** Whether it has answered anything. */
  get hasAnswered(): boolean {
    return this.#answered;
  }

  /** Resolves when it is over, and its process gone. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Asks it. Rejects with a `DeciderFailure`, or with the signal's reason. */
  async ask(request: DeciderRequest, signal: AbortSignal): Promise<DeciderAnswer> {
    if (this.#questions.count >= OPEN_MAX) {
      throw new DeciderFailure("busy", "too many questions are open");
    }
    const { newId, clock } = this.#ports;
    const id = newId();
    const answer = this.#questions.add(id, clock.monotonic(), signal);
    const line = new TextEncoder().encode(`${questionJson(id, request)}\n`);
    this.#written = this.#written.then(() => this.#process.write(line)).catch(() => {
      this.end("it reads no more questions");
    });
    return await answer;
  }

  /** Ends it where it has left a question open for too long. */
  endIfHung(): void {
    const { oldest } = this.#questions;
    if (oldest === null || this.#ports.clock.monotonic() - oldest < this.#ports.hungMs) return;
    this.end("it has left a question unanswered");
  }

  /** Ends it, and fails what it was asked; `why` is null where nothing is wrong with it. */
  end(why: string | null): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#questions.fail(new DeciderFailure("ended", "it ended before it answered"));
    this.#stop(why).finally(() => this.#gone.resolve()).catch(() => {
      // Nobody is left who could be told.
    });
  }

  async #stop(why: string | null): Promise<void> {
    const process = this.#process;
    process.closeInput();
    // What said its last word is about to end by itself, and how it does says more.
    if (why === "") await this.#within(process.ended);
    process.kill("SIGTERM");
    const inTime = await this.#within(process.ended);
    // Also where it has ended: what it started may not have.
    process.kill("SIGKILL");
    const how = inTime ?? await this.#within(process.ended) ?? "and did not end";
    await this.#within(this.#errorsRead);
    await process.release();
    if (why === "") this.#ports.tell(`The decider ended ${how}`);
    else if (why !== null) this.#ports.tell(`The decider was ended: ${why}`);
  }

  /** What comes of a promise in a moment; undefined where nothing does. */
  async #within<T>(promise: Promise<T>): Promise<T | undefined> {
    const come = new AbortController();
    const wait = this.#ports.clock.wait(GRACE_MS, come.signal).then(
      () => undefined,
      () => undefined,
    );
    try {
      return await Promise.race([promise, wait]);
    } finally {
      come.abort();
    }
  }

  async #read(): Promise<void> {
    const lines = new LineSplitter(ANSWER_BYTES_MAX);
    for (
      let bytes = await this.#process.read();
      bytes !== null;
      bytes = await this.#process.read()
    ) {
      for (const { text, isWhole } of lines.push(bytes)) {
        if (!isWhole) this.end(`it wrote a line of more than ${ANSWER_BYTES_MAX} bytes`);
        else this.#line(text);
        if (this.#ending) return;
      }
    }
    this.end("");
  }

  #line(text: string): void {
    const said = jsonObject(text);
    const id = said?.["id"];
    if (typeof id !== "string") {
      this.#badLine("it wrote lines that are no answers");
      return;
    }
    try {
      const delivery = this.#questions.settle(id, () => readAnswer(said));
      if (delivery === "unasked") this.end("it answered what it was not asked, or answered twice");
      else this.#answered = true;
    } catch (error) {
      if (!(error instanceof DeciderFailure)) throw error;
      this.#badLine(error.message);
    }
  }

  #badLine(why: string): void {
    this.#badLines += 1;
    if (this.#badLines > BAD_LINES_MAX) this.end(why);
    else this.#ports.tell(`The decider wrote a line that is no answer`);
  }

  async #readErrors(): Promise<void> {
    const lines = new LineSplitter(ERROR_BYTES_MAX);
    const tell = (line: string) => this.#ports.tell(`The decider says: ${line}`);
    const { readErrors } = this.#process;
    for (let bytes = await readErrors(); bytes !== null; bytes = await readErrors()) {
      for (const { text, isWhole } of lines.push(bytes)) tell(isWhole ? text : `${text}…`);
    }
    const last = lines.last();
    if (last !== null) tell(last.text);
  }
}
