import type { Preset } from "./preset.ts";

/** The registries from which package managers of languages download. */
export const PACKAGE_PRESETS: readonly Preset[] = [
  {
    name: "npm",
    summary: "packages of Node, Bun and Deno",
    hosts: [
      {
        host: "registry.npmjs.org",
        why:
          "Metadata and packages of npm, pnpm, yarn, Bun and Deno; npm audit asks with POST, and npm publish writes with an account.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
    ],
  },
  {
    name: "npm:read",
    summary: "packages of Node, Bun and Deno, without publishing or audits",
    hosts: [
      {
        host: "registry.npmjs.org",
        why: "Metadata and packages of npm, pnpm, yarn, Bun and Deno.",
        methods: "read",
        shared: false,
        checked: "2026-11-20",
      },
    ],
  },
  {
    name: "pypi",
    summary: "packages of Python (pip, uv, Poetry)",
    hosts: [
      {
        host: "pypi.org",
        why:
          "The index and the metadata of packages; publishing goes to upload.pypi.org, which is not here.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
      {
        host: "files.pythonhosted.org",
        why: "The packages themselves.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
    ],
  },
  {
    name: "cargo",
    summary: "packages of Rust",
    hosts: [
      {
        host: "index.crates.io",
        why: "The sparse index that cargo reads.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
      {
        host: "static.crates.io",
        why: "The packages themselves; publishing goes to crates.io, which is not here.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
    ],
  },
  {
    name: "rustup",
    summary: "toolchains of Rust",
    hosts: [
      {
        host: "static.rust-lang.org",
        why: "What rustup installs.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
    ],
  },
  {
    name: "go",
    summary: "modules of Go",
    hosts: [
      {
        host: "proxy.golang.org",
        why: "The module mirror, the default of GOPROXY.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
      {
        host: "sum.golang.org",
        why: "The checksum database, the default of GOSUMDB.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
    ],
  },
  {
    name: "deno",
    summary: "modules of Deno and JSR",
    hosts: [
      {
        host: "deno.land",
        why: "Modules of deno.land/x and of the old standard library.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
      {
        host: "jsr.io",
        why: "Modules of JSR; publishing goes to api.jsr.io, which is not here.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
      {
        host: "npm.jsr.io",
        why: "The same for package managers of npm.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
      {
        host: "dl.deno.land",
        why: "What deno upgrade and deno compile download.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
    ],
  },
  {
    name: "esm:read",
    summary: "modules that esm.sh builds from npm and GitHub",
    hosts: [
      {
        host: "esm.sh",
        why: "Packages of npm and repositories of GitHub, built for whoever asks.",
        methods: "read",
        shared: true,
        checked: "2026-11-20",
      },
    ],
  },
  {
    name: "maven",
    summary: "packages of Java (Maven, Gradle)",
    hosts: [
      {
        host: "repo.maven.apache.org",
        why: "Maven Central, as Maven names it; it is only read from.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
      {
        host: "repo1.maven.org",
        why: "Maven Central, as Gradle names it; it is only read from.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
    ],
  },
  {
    name: "rubygems",
    summary: "packages of Ruby",
    hosts: [
      {
        host: "rubygems.org",
        why: "Gems and their index; gem push writes here, with an account.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
      {
        host: "index.rubygems.org",
        why: "The compact index that Bundler reads.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
    ],
  },
  {
    name: "rubygems:read",
    summary: "packages of Ruby, without publishing",
    hosts: [
      {
        host: "rubygems.org",
        why: "Gems and their index.",
        methods: "read",
        shared: false,
        checked: "2026-11-20",
      },
      {
        host: "index.rubygems.org",
        why: "The compact index that Bundler reads.",
        methods: "read",
        shared: false,
        checked: "2026-11-20",
      },
    ],
  },
  {
    name: "nuget",
    summary: "packages of .NET",
    hosts: [
      {
        host: "api.nuget.org",
        why: "The index and the packages; publishing goes to www.nuget.org, which is not here.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
    ],
  },
  {
    name: "packagist",
    summary: "packages of PHP (Composer), but for archives, which most of them have on GitHub",
    hosts: [
      {
        host: "repo.packagist.org",
        why: "The metadata that Composer reads.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
      {
        host: "packagist.org",
        why: "Search, and the counter of downloads that Composer tells.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
    ],
  },
];
