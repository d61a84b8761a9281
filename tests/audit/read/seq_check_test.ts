import { assertEquals } from "@std/assert";
import { SeqCheck } from "../../../src/audit/read/seq_check.ts";
import { decisionAudit, lossAuditOf } from "../../support/audit_records.ts";

/** What is said of records: numbers, and losses as negative ones. */
function judge(mayBeCut: boolean, ...numbers: readonly (number | readonly [string, number])[]) {
  const check = new SeqCheck(mayBeCut);
  return numbers.map((each) => {
    const [instance, number] = typeof each === "number" ? ["i1", each] as const : each;
    const id = { "doorward.instance": instance };
    return check.add(
      number < 0
        ? lossAuditOf({ ...id, "doorward.lost": -number })
        : decisionAudit({ ...id, "doorward.seq": number }),
    );
  });
}

Deno.test("add() takes numbers without gaps, of each instance", () => {
  assertEquals(judge(false, 1, ["i2", 1], 2, ["i2", 2], 3).filter((why) => why !== null), []);
});

Deno.test("add() tells of a jump", () => {
  assertEquals(judge(false, 1, 4), [null, "its number jumps from 1 to 4: 2 records are missing"]);
  assertEquals(judge(false, 2), ["its number jumps from 0 to 2: 1 record is missing"]);
});

Deno.test("add() takes a jump over what is known to be lost, and no longer one", () => {
  assertEquals(judge(false, 1, -2, 4), [null, null, null]);
  assertEquals(judge(false, 1, -1, -1, 4), [null, null, null, null]);
  assertEquals(judge(false, -2, 3), [null, null]);
  assertEquals(
    judge(false, 1, -2, 5).at(-1),
    "its number jumps from 1 to 5: 3 records are missing, 2 of them known to be lost",
  );
  // What was lost there counts only there.
  assertEquals(
    judge(false, 1, -2, 2, 5).at(-1),
    "its number jumps from 2 to 5: 2 records are missing",
  );
  // And of that instance alone.
  assertEquals(
    judge(false, 1, ["i2", -2], 4).at(-1),
    "its number jumps from 1 to 4: 2 records are missing",
  );
});

Deno.test("add() tells of one that goes back, or comes twice", () => {
  assertEquals(judge(false, 1, 2, 1).at(-1), "its number goes back from 2 to 1");
  assertEquals(judge(false, 1, 1).at(-1), "its number goes back from 1 to 1");
});

Deno.test("add() lets instances begin anywhere where older records may be gone", () => {
  assertEquals(judge(true, 7, 8, ["i2", 3]), [null, null, null]);
  assertEquals(judge(true, 7, 9).at(-1), "its number jumps from 7 to 9: 1 record is missing");
});
