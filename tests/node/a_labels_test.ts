import assert from "node:assert/strict";
import { test } from "node:test";
import { hasValidALabels } from "../../src/node/a_labels.ts";

test("hasValidALabels() takes what decodes and encodes to itself again", () => {
  for (const name of ["a.com", "xn--bcher-kva.de", "www.xn--fa-hia.de", "axn--b.com"]) {
    assert.equal(hasValidALabels(name), true, name);
  }
});

test("hasValidALabels() refuses what does not", () => {
  for (const name of ["xn--a", "xn--", "xn--example.com", "www.xn--a-ecp.ru", "xn--1ug.com"]) {
    assert.equal(hasValidALabels(name), false, name);
  }
});
