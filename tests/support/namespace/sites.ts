/** The hosts of a private internet; there are no others. */
export const SITES: readonly string[] = [
  "example.com",
  "api.example.com",
  "docs.example.com",
  "example.org",
  "example.net",
  "registry.npmjs.org",
  "github.com",
  "api.github.com",
  "gist.github.com",
];

/** What a site shows that is no service. */
export const EXAMPLE_PAGE =
  '<!doctype html><html lang="en"><head><title>Example Domain</title></head></html>\n';

/** The package that its registry has, in version 1.0.0. */
export const NPM_PACKAGE = "is-even";

/** The repositories that its forge has, each with one commit. */
export const GIT_REPOSITORIES: readonly string[] = [
  "my-org/tools",
  "my-org/sandbox",
  "doorward/doorward",
];
