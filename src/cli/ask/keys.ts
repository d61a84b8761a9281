/** What came from the keyboard. */
export type Typed =
  /** A line, without its end. */
  | { readonly kind: "line"; readonly text: string }
  /** It was typed before anybody listened for it, and is dropped. */
  | { readonly kind: "early" }
  /** Nothing more will come for this question. */
  | { readonly kind: "gone" };

/** A keyboard that is asked for lines. One at a time. */
export interface Keys {
  /** Whether a question printed now can be answered here. Never rejects. */
  ready(signal: AbortSignal): Promise<boolean>;
  /**
   * The next line that is typed from now on. Rejects with the signal's reason once it is aborted: what is
   * typed then is for whoever reads next, if anybody.
   */
  line(signal: AbortSignal): Promise<Typed>;
}
