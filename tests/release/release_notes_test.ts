import { assertEquals, assertThrows } from "@std/assert";
import { releaseNotes } from "./release_notes.ts";

const CHANGELOG = `# Changelog

## Unreleased

- Soon.

## 1.2.3 (2026-01-02)

- New.

### More

- Newer.

## 1.2.2

`;

Deno.test("releaseNotes() is what stands below the heading of the version", () => {
  assertEquals(releaseNotes(CHANGELOG, "1.2.3"), "- New.\n\n### More\n\n- Newer.\n");
});

Deno.test("releaseNotes() throws for a version that nothing is said about", () => {
  assertThrows(() => releaseNotes(CHANGELOG, "1.2"), Error, 'no heading "## 1.2"');
  assertThrows(() => releaseNotes(CHANGELOG, "1.2.2"), Error, "says nothing about 1.2.2");
});
