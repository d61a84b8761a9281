import type { Preset, PresetHost } from "./preset.ts";

/** Where files of GitHub come from: nobody writes there. */
const GITHUB_DOWNLOADS: readonly PresetHost[] = [
  {
    host: "codeload.github.com",
    why: "Archives of repositories.",
    methods: "read",
    shared: true,
    checked: "2026-11-20",
  },
  {
    host: "raw.githubusercontent.com",
    why: "Single files of repositories.",
    methods: "read",
    shared: true,
    checked: "2026-11-20",
  },
  {
    host: "media.githubusercontent.com",
    why: "Large files of repositories (git LFS).",
    methods: "read",
    shared: true,
    checked: "2026-11-20",
  },
  {
    host: "objects.githubusercontent.com",
    why: "Files of releases, and of git LFS.",
    methods: "read",
    shared: true,
    checked: "2026-11-20",
  },
  {
    host: "release-assets.githubusercontent.com",
    why: "Files of releases.",
    methods: "read",
    shared: true,
    checked: "2026-11-20",
  },
];

/** Where people keep code and models. */
export const FORGE_PRESETS: readonly Preset[] = [
  {
    name: "github:read",
    summary: "GitHub: clone, fetch and download, and no push",
    hosts: [
      {
        host: "github.com",
        why: "Repositories by git, and their pages; no push, no issue.",
        methods: "read",
        shared: true,
        checked: "2026-11-20",
      },
      {
        host: "api.github.com",
        why: "The REST API; GraphQL asks with POST, and is out of reach.",
        methods: "read",
        shared: true,
        checked: "2026-11-20",
      },
      ...GITHUB_DOWNLOADS,
    ],
  },
  {
    name: "github",
    summary: "GitHub with writing: a command may push wherever a token lets it, its own among them",
    hosts: [
      {
        host: "github.com",
        why: "Repositories by git, and their pages.",
        methods: "any",
        shared: true,
        checked: "2026-11-20",
      },
      {
        host: "api.github.com",
        why: "The REST and GraphQL API.",
        methods: "any",
        shared: true,
        checked: "2026-11-20",
      },
      {
        host: "uploads.github.com",
        why: "Takes the files of a release.",
        methods: "any",
        shared: true,
        checked: "2026-11-20",
      },
      ...GITHUB_DOWNLOADS,
    ],
  },
  {
    name: "gitlab:read",
    summary: "GitLab.com: clone, fetch and download, and no push",
    hosts: [
      {
        host: "gitlab.com",
        why: "Repositories by git, the API, archives and packages.",
        methods: "read",
        shared: true,
        checked: "2026-11-20",
      },
    ],
  },
  {
    name: "huggingface:read",
    summary: "models and datasets of Hugging Face: download, and no upload",
    hosts: [
      {
        host: "huggingface.co",
        why: "Repositories, the API, and small files.",
        methods: "read",
        shared: true,
        checked: "2026-11-20",
      },
      {
        host: "cdn-lfs.huggingface.co",
        why: "Large files.",
        methods: "read",
        shared: true,
        checked: "2026-11-20",
      },
      {
        host: "cdn-lfs.hf.co",
        why: "Large files.",
        methods: "read",
        shared: true,
        checked: "2026-11-20",
      },
      {
        host: "cdn-lfs-us-1.hf.co",
        why: "Large files of newer repositories.",
        methods: "read",
        shared: true,
        checked: "2026-11-20",
      },
      {
        host: "cas-bridge.xethub.hf.co",
        why: "Large files in Xet storage, for clients that do not speak it.",
        methods: "read",
        shared: true,
        checked: "2026-11-20",
      },
      {
        host: "cas-server.xethub.hf.co",
        why: "The index of Xet storage.",
        methods: "read",
        shared: true,
        checked: "2026-11-20",
      },
      {
        host: "transfer.xethub.hf.co",
        why: "The pieces of files in Xet storage.",
        methods: "read",
        shared: true,
        checked: "2026-11-20",
      },
    ],
  },
];
