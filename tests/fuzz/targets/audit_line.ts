import { parseRecord } from "../../../src/audit/read/parse_record.ts";
import { safeJson } from "../../../src/audit/safe_json.ts";
import { closeAudit, decisionAudit } from "../../support/audit_records.ts";
import { expect, expectSame } from "../expect.ts";
import type { FuzzTarget } from "../target.ts";

const RECORDS = [decisionAudit(), closeAudit()].map((record) => JSON.stringify(record));

/** `parseRecord`: a line of an audit file is a record, or is said to be none. */
export const AUDIT_LINE: FuzzTarget = {
  name: "audit_line",
  kind: "text",
  words: [
    ...[
      '"event.name"',
      '"event.timestamp"',
      "doorward.policy_decision",
      '"server.port":0',
      '"doorward.seq":-1',
      "1e400",
    ],
    ...[
      "null",
      "true",
      "{",
      "}",
      ",",
      ":",
      '"',
      "[",
      "__proto__",
      '"__proto__":{}',
      "constructor",
      "\\u0000",
      "\\u202e",
    ],
    ...[
      "\u202e",
      "\ud800",
      "\\ud800",
      "2026-02-30T00:00:00Z",
      "0",
      "-0",
      "65536",
      "1.5",
      '"x":1,',
      "\ufeff",
      " ",
    ],
  ],
  any(random) {
    const fields = Object.entries(JSON.parse(random.pick(RECORDS)) as Record<string, unknown>);
    const kept = fields.filter(() => random.below(40) > 0);
    if (random.below(4) === 0) {
      kept.push([random.pick(["x", "\u202e", "__proto__"]), random.below(9)]);
    }
    const changed = kept.map(([name, value]) =>
      [
        name,
        random.below(60) === 0 ? random.pick([null, -1, "", "x", 1.5, [], true]) : value,
      ] as const
    );
    return JSON.stringify(Object.fromEntries(changed));
  },
  check(input) {
    const record = parseRecord(input);
    if (!("kind" in record)) {
      return expectSame(parseRecord(safeJson(record)), record, "a record written and read");
    }
    expect(/^[^\n\r]+$/.test(record.why), "why it is none is one line");
  },
};
