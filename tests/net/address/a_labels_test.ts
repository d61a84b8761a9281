import { assertEquals } from "@std/assert";
import { hasValidALabels } from "../../../src/net/address/a_labels.ts";

Deno.test("hasValidALabels() takes what decodes and encodes to itself again", () => {
  for (const name of ["a.com", "xn--bcher-kva.de", "www.xn--fa-hia.de", "axn--b.com"]) {
    assertEquals(hasValidALabels(name), true, name);
  }
});

Deno.test("hasValidALabels() refuses what does not", () => {
  for (const name of ["xn--a", "xn--", "xn--example.com", "www.xn--a-ecp.ru", "xn--1ug.com"]) {
    assertEquals(hasValidALabels(name), false, name);
  }
});
