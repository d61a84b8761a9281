import type { Clock } from "../../net/ports.ts";
import { ConfigError, type ConfigFault } from "../errors.ts";
import { ATTEMPTS_MAX, fetchDocument, type GetDocument } from "./fetch_document.ts";
import { type LoadedRequirements, parseRequirements } from "./loaded_requirements.ts";
import type { Kept, KeptDocument, RequirementsCache } from "./requirements_cache.ts";
import { printableUrl } from "./requirements_url.ts";

/** What {@linkcode RemoteRequirements} works with. */
export interface RemoteParts {
  readonly get: GetDocument;
  readonly clock: Clock;
  /** Null where there is no home folder to keep them in. */
  readonly cache: RequirementsCache | null;
}

/** Who hears of requirements that are fetched anew. */
export interface RefreshEars {
  /** They are other ones than before: see {@linkcode RemoteRequirements.load}. */
  readonly changed: () => Promise<void>;
  /** Told, in one line, when they cannot be fetched any more, and when they can again. */
  readonly tell: (line: string) => void;
}

/** How long kept requirements may be used while their server does not answer. */
export const VALID_MS = 30 * 60_000;
/** How old requirements get before their server is asked again. */
export const REFRESH_MS = 5 * 60_000;

/** What was fetched, and what it says. */
interface Held {
  readonly document: KeptDocument;
  readonly loaded: LoadedRequirements;
}

/**
 * Requirements at a URL. There is no doing without them: what can be neither fetched nor vouched for is a fault.
 * Once they are there, this process keeps the last ones that were without fault.
 */
export class RemoteRequirements {
  readonly #url: URL;
  readonly #parts: RemoteParts;
  #held: Held | null = null;

  constructor(url: URL, parts: RemoteParts) {
    this.#url = url;
    this.#parts = parts;
  }

  /** The URL, without what may be a secret. */
  get name(): string {
    return printableUrl(this.#url);
  }

  /**
   * The requirements of this process: the last ones that were fetched. The first call may wait for the server.
   * Rejects with a `ConfigError`, or with the signal's reason.
   */
  async load(signal: AbortSignal): Promise<LoadedRequirements> {
    this.#held ??= await this.#first(signal);
    return this.#held.loaded;
  }

  /** Fetches them anew, as long as the signal lets it. What cannot be fetched or used changes nothing. */
  async keepFresh({ changed, tell }: RefreshEars, signal: AbortSignal): Promise<void> {
    let isFailing = false;
    while (!signal.aborted) {
      try {
        await this.#parts.clock.wait(REFRESH_MS, signal);
        const before = this.#held?.document.text;
        const why = await this.#refresh(signal);
        if (why !== null && !isFailing) {
          tell(`Cannot refresh the requirements ${this.name}: ${why}; the last ones stay in force`);
        } else if (why === null && isFailing) {
          tell(`The requirements ${this.name} can be fetched again`);
        }
        isFailing = why !== null;
        if (this.#held?.document.text !== before) await changed();
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  }

  async #first(signal: AbortSignal): Promise<Held> {
    const kept = await this.#kept();
    const document = kept.kind === "document" ? kept.document : null;
    const age = document === null ? Infinity : this.#parts.clock.now() - document.fetchedAt;
    const isValid = age >= 0 && age <= VALID_MS;
    if (document !== null && isValid && age < REFRESH_MS) return await this.#hold(document);
    // Whoever has something to go on with does not wait for a server that is down.
    const attemptsMax = isValid ? 1 : ATTEMPTS_MAX;
    const fetched = await this.#ask(document, attemptsMax, signal);
    if (typeof fetched !== "string") return await this.#keep(await this.#hold(fetched));
    if (document === null || !isValid) throw new ConfigError([this.#fault(fetched, kept)]);
    const since = `those of ${Math.floor(age / 60_000)} minutes ago are used`;
    return this.#noting(await this.#hold(document), `cannot refresh: ${fetched}; ${since}`);
  }

  /** Null, or why nothing came of it. */
  async #refresh(signal: AbortSignal): Promise<string | null> {
    const known = this.#held?.document ?? null;
    const fetched = await this.#ask(known, ATTEMPTS_MAX, signal);
    if (typeof fetched === "string") return fetched;
    try {
      this.#held = await this.#keep(await this.#hold(fetched));
      return null;
    } catch (error) {
      if (error instanceof ConfigError) return `they have faults: ${firstLine(error.message)}`;
      throw error;
    }
  }

  /** What the server has now, or why that cannot be told. */
  async #ask(
    known: KeptDocument | null,
    attemptsMax: number,
    signal: AbortSignal,
  ): Promise<KeptDocument | string> {
    const etag = known?.etag ?? null;
    const fetched = await fetchDocument(this.#url, etag, this.#parts, attemptsMax, signal);
    const fetchedAt = this.#parts.clock.now();
    switch (fetched.kind) {
      case "text":
        return { text: fetched.text, etag: fetched.etag, fetchedAt };
      case "unchanged":
        // Nothing else has that ETag: it was asked for because the document is known.
        return { ...known!, fetchedAt };
      case "failed":
        return fetched.why;
    }
  }

  async #hold(document: KeptDocument): Promise<Held> {
    return { document, loaded: await parseRequirements(document.text, this.name) };
  }

  async #kept(): Promise<Kept> {
    try {
      return await this.#parts.cache?.read(this.#url) ?? { kind: "absent" };
    } catch (error) {
      return { kind: "refused", why: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Only what is without fault is kept. That it cannot be kept is no reason not to use it. */
  async #keep(held: Held): Promise<Held> {
    try {
      await this.#parts.cache?.write(this.#url, held.document);
      return held;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return this.#noting(held, `cannot be kept for when the server is down: ${why}`);
    }
  }

  #noting({ document, loaded }: Held, message: string): Held {
    const notices = [...loaded.notices, { origin: this.#origin(), message }];
    return { document, loaded: { ...loaded, notices } };
  }

  #fault(why: string, kept: Kept): ConfigFault {
    const unused = kept.kind === "document"
      ? `; those that were kept are too old`
      : kept.kind === "refused"
      ? `; those that were kept are not used: ${kept.why}`
      : "";
    const message = `cannot fetch these requirements: ${why}${unused}; nothing runs without them`;
    return { origin: this.#origin(), message };
  }

  #origin() {
    return { file: this.name, line: null, column: null };
  }
}

function firstLine(text: string): string {
  const [first = "", ...rest] = text.split("\n");
  return rest.length === 0 ? first : `${first} (and ${rest.length} more)`;
}
