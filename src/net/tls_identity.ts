/** What a TLS server shows and signs with, both in PEM. */
export interface TlsIdentity {
  /** Its certificate, then those between it and an authority that clients trust. */
  readonly chain: string;
  /** The private key of the first certificate. */
  readonly key: string;
}
