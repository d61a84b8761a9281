/** What a helper is started with. No shell reads it. */
export interface HelperCommand {
  readonly words: readonly [string, ...string[]];
  /** The folder that it runs in. */
  readonly folder: string;
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** A program that is asked on its standard input, and answers on its standard output. */
export interface HelperProcess {
  /** The next bytes of its standard output; null when there are no more. One at a time. Never rejects. */
  readonly read: () => Promise<Uint8Array | null>;
  /** The same of its standard error. */
  readonly readErrors: () => Promise<Uint8Array | null>;
  /** Hands it bytes. Rejects when it takes no more. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Once it has ended, how: "with exit code 1", "by SIGKILL". */
  readonly ended: Promise<string>;
  /** Signals it, and what it has started; nothing happens where nobody is left. */
  readonly kill: (signal: "SIGTERM" | "SIGKILL") => void;
  /** Closes its standard input. Safe to call twice. */
  readonly closeInput: () => void;
  /** Reads no more of it, even where programs that it left behind could still write. */
  readonly release: () => Promise<void>;
}

/** Starts a helper. Throws `NotFound`, `PermissionDenied`, `NotCapable`. */
export type StartHelperProcess = (command: HelperCommand) => HelperProcess;
