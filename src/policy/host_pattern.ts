import type { IpAddress } from "../net/ip.ts";
import type { IpRange } from "../net/ip_range.ts";

/** What a pattern matches. Port null means any port. */
export type HostPattern =
  /** One name: `example.com`. */
  | { readonly kind: "exact"; readonly name: string; readonly port: number | null }
  /** Every name below `name` (`*.example.com`), and `name` itself with `apex` (`**.example.com`). */
  | {
    readonly kind: "suffix";
    readonly name: string;
    readonly apex: boolean;
    readonly port: number | null;
  }
  /** Labels with `*` and `?` inside: `region*.example.com`. `deep` adds any labels in front. */
  | {
    readonly kind: "glob";
    readonly labels: readonly string[];
    /** `none`: exactly these labels; `some`: one or more in front (`*.`); `any`: zero or more (`**.`). */
    readonly deep: "none" | "some" | "any";
    readonly port: number | null;
  }
  /** One address. */
  | { readonly kind: "ip"; readonly ip: IpAddress; readonly port: number | null }
  /** A CIDR block; takes no port. */
  | { readonly kind: "range"; readonly range: IpRange; readonly port: null };

/** Text that is not a pattern. `why` says what is wrong and what to write instead. */
export interface BadPattern {
  readonly kind: "bad";
  readonly why: string;
}

/** Reads one pattern. Refuses accidental breadth that can be told without the public suffix list. */
export function parseHostPattern(_text: string): HostPattern | BadPattern {
  throw new Error("not written yet");
}
