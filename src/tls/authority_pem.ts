/** An authority as it is kept, both in PEM. */
export interface AuthorityPem {
  /** Its certificate; behind it those above it, if it is not the topmost. */
  readonly certificate: string;
  readonly key: string;
}
