// What a release says of itself: the part of the changelog that is about its version.

/** The text below the heading of a version in the changelog, without the heading. Throws when there is none. */
export function releaseNotes(changelog: string, version: string): string {
  const [, ...sections] = changelog.split(/^## /m);
  const section = sections.find((text) => text.split("\n")[0]?.split(" ")[0] === version);
  if (section === undefined) {
    throw new Error(`docs/changelog.md has no heading "## ${version}"`);
  }
  const notes = section.slice(section.indexOf("\n")).trim();
  if (notes === "") throw new Error(`docs/changelog.md says nothing about ${version}`);
  return `${notes}\n`;
}
