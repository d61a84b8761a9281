/** Ports that come and go: a set of them, or what is one for several isolates. */
export interface PortSet {
  readonly has: (port: number) => boolean;
  readonly add: (port: number) => unknown;
  readonly delete: (port: number) => unknown;
  readonly size: number;
}
