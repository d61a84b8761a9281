// The first configuration of somebody who has none: text with a word about each key. It writes nothing.
import type { Preset } from "../presets/preset.ts";
import { needsMitm } from "../presets/presets.ts";

/** How much a new configuration lets through, the most first. */
export const POSTURES = ["open", "balanced", "locked-down"] as const;

/** One of {@linkcode POSTURES}. */
export type Posture = typeof POSTURES[number];

/** What a new configuration says. */
export interface Starter {
  readonly posture: Posture;
  readonly presets: readonly Preset[];
  /** Patterns for `allowed_domains`, known to be good. */
  readonly allow: readonly string[];
}

/** One key, and what a newcomer wants to know about it. */
interface Setting {
  readonly about: readonly string[];
  readonly key: string;
  readonly value: boolean | string | readonly string[];
}

/** Prints a new configuration. */
export function starterText(starter: Starter): string {
  const settings = settingsOf(starter).map(({ about, key, value }) =>
    [...about.map((line) => `# ${line}`), `${key} = ${tomlValue(value)}`, ""].join("\n")
  );
  return [
    "# The policy of Doorward: what may reach the network from here, and what may not.",
    `# Made by doorward init, ${starter.posture}: ${IN_WORDS[starter.posture]}.`,
    "# After a change: doorward check. A proxy that runs obeys most of it at once.",
    "[network]",
    ...settings,
  ].join("\n").trimEnd() + "\n";
}

const IN_WORDS: Readonly<Record<Posture, string>> = {
  open: "whatever is not denied passes, but for local addresses",
  balanced: "what is listed passes, and you are asked about the rest",
  "locked-down": "what is listed passes, and nothing else",
};

function settingsOf(starter: Starter): readonly Setting[] {
  const { posture } = starter;
  const isOpen = posture === "open";
  return [
    {
      about: [
        'Without this line "doorward start" and "doorward run" work all the same; false is off.',
      ],
      key: "enabled",
      value: true,
    },
    {
      about: [
        '"full" lets every method through. "limited" lets only reading through (GET, HEAD,',
        "OPTIONS), and of HTTPS nothing unless mitm is true, below.",
      ],
      key: "mode",
      value: "full",
    },
    ...(isOpen ? [ALL_DOMAINS] : []),
    ...lists(starter),
    ...(isOpen ? [] : [ask(posture)]),
    localBinding(posture),
    ...(posture === "locked-down" ? [DATAGRAMS] : []),
    mitm(starter),
  ];
}

const ALL_DOMAINS: Setting = {
  about: [
    "Every host is allowed that is not denied. Addresses of clouds that hand out credentials",
    '(169.254.169.254 and its like) stay blocked. To know what was reached: "doorward connections"',
    "and the dashboard. When you know what you need, list that and remove this line.",
  ],
  key: "dangerously_allow_all_domains",
  value: true,
};

function lists({ presets, allow }: Starter): readonly Setting[] {
  return [
    {
      about: [
        'Named groups of hosts, as in ["npm", "pypi"]. "doorward presets" lists them, and',
        '"doorward presets show npm" says which hosts one has, and why.',
      ],
      key: "presets",
      value: presets.map(({ name }) => name),
    },
    {
      about: [
        'Hosts of your own: "example.com" is that host, "*.example.com" every host below it,',
        '"**.example.com" both, "example.com:8443" that port only.',
      ],
      key: "allowed_domains",
      value: allow,
    },
    {
      about: ["Hosts that are never reached, written in the same way: a deny always wins."],
      key: "denied_domains",
      value: [],
    },
  ];
}

function ask(posture: Posture): Setting {
  return posture === "balanced"
    ? {
      about: [
        "A request to a host that is not listed waits for half a minute, and you are asked about it:",
        'in the terminal of "doorward start" and in the dashboard. Without an answer it is blocked.',
      ],
      key: "ask",
      value: true,
    }
    : {
      about: ["A request to a host that is not listed is blocked, and nobody is asked."],
      key: "ask",
      value: false,
    };
}

function localBinding(posture: Posture): Setting {
  return posture === "balanced"
    ? {
      about: [
        "Hosts that are allowed may be on this machine, or in a private network: a database, a server",
        "under development. With false they may not.",
      ],
      key: "allow_local_binding",
      value: true,
    }
    : {
      about: [
        "This machine and private networks are out of reach, but for addresses that are listed as they",
        'are, as in "127.0.0.1".',
      ],
      key: "allow_local_binding",
      value: false,
    };
}

const DATAGRAMS: Setting = {
  about: ["No datagrams (UDP, and so QUIC): nobody can see what host they are meant for."],
  key: "enable_socks5_udp",
  value: false,
};

function mitm({ presets }: Starter): Setting {
  const held = presets.filter(needsMitm).map(({ name }) => name);
  return held.length > 0
    ? {
      about: [
        "What HTTPS carries is looked at, to and from the hosts that are only read from: those of",
        `${held.join(", ")}.`,
        'What "doorward run" starts trusts the certificates for that. For other programs see',
        '"doorward ca install-hint".',
      ],
      key: "mitm",
      value: true,
    }
    : {
      about: [
        "What HTTPS carries is not looked at. true is needed by presets that only read, such as",
        '"github:read", by limited mode, and by request rules ([network.rules]).',
      ],
      key: "mitm",
      value: false,
    };
}

/** JSON's texts and switches are TOML's; a list of more than one gets a line for each. */
function tomlValue(value: Setting["value"]): string {
  if (typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (value.length < 2) return JSON.stringify(value);
  return `[\n${value.map((text) => `  ${JSON.stringify(text)},\n`).join("")}]`;
}
