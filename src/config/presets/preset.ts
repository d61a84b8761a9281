/** A named group of hosts. */
export interface Preset {
  /** As it is written in `presets`; a variant has a colon in it, as in `github:read`. */
  readonly name: string;
  /** What it is for, in half a line. */
  readonly summary: string;
  readonly hosts: readonly PresetHost[];
}

/** One host of a preset, and all that somebody wants to know before allowing it. */
export interface PresetHost {
  /** A pattern, as in `allowed_domains`. */
  readonly host: string;
  /** What it is needed for, in one sentence. */
  readonly why: string;
  /** What it may be asked for: `read` is the word of request rules, `any` is everything. */
  readonly methods: "read" | "any";
  /**
   * Whether strangers keep files of any kind there, as on a forge, in a bucket or on a page: what is written there
   * may be read by anybody. A registry, which takes packages alone, does not count.
   */
  readonly shared: boolean;
  /** The day on which somebody last made sure of all this, `YYYY-MM-DD`. */
  readonly checked: string;
}
