import type { Preset } from "./preset.ts";

/** What operating systems and containers are installed from. */
export const SYSTEM_PRESETS: readonly Preset[] = [
  {
    name: "debian",
    summary: "packages of Debian",
    hosts: [
      {
        host: "deb.debian.org",
        why: "The mirror network that apt reads from.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
      {
        host: "security.debian.org",
        why: "Security updates.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
    ],
  },
  {
    name: "ubuntu",
    summary: "packages of Ubuntu, without PPAs",
    hosts: [
      {
        host: "archive.ubuntu.com",
        why: "The packages for Intel and AMD.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
      {
        host: "*.archive.ubuntu.com",
        why: "The mirrors of countries and clouds, as in us.archive.ubuntu.com.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
      {
        host: "security.ubuntu.com",
        why: "Security updates.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
      {
        host: "ports.ubuntu.com",
        why: "The packages for ARM and other processors.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
    ],
  },
  {
    name: "alpine",
    summary: "packages of Alpine Linux",
    hosts: [
      {
        host: "dl-cdn.alpinelinux.org",
        why: "The mirror that apk reads from.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
    ],
  },
  {
    name: "docker",
    summary: "images of Docker Hub",
    hosts: [
      {
        host: "registry-1.docker.io",
        why: "Manifests of images; docker push writes here, with an account.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
      {
        host: "auth.docker.io",
        why: "Hands out the token that every pull needs.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
      {
        host: "production.cloudflare.docker.com",
        why: "The layers of images.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
      {
        host: "production.cloudfront.docker.com",
        why: "The layers of images, from another network.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
    ],
  },
  {
    name: "docker:read",
    summary: "images of Docker Hub, without pushing",
    hosts: [
      {
        host: "registry-1.docker.io",
        why: "Manifests of images.",
        methods: "read",
        shared: false,
        checked: "2026-11-20",
      },
      {
        host: "auth.docker.io",
        why: "Hands out the token that every pull needs; whoever signs in needs POST.",
        methods: "read",
        shared: false,
        checked: "2026-11-20",
      },
      {
        host: "production.cloudflare.docker.com",
        why: "The layers of images.",
        methods: "read",
        shared: false,
        checked: "2026-11-20",
      },
      {
        host: "production.cloudfront.docker.com",
        why: "The layers of images, from another network.",
        methods: "read",
        shared: false,
        checked: "2026-11-20",
      },
    ],
  },
  {
    name: "homebrew",
    summary: "packages of Homebrew",
    hosts: [
      {
        host: "formulae.brew.sh",
        why: "The list of formulae and casks.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
      {
        host: "ghcr.io",
        why: "The index of bottles; anybody may push other images here.",
        methods: "read",
        shared: true,
        checked: "2026-11-20",
      },
      {
        host: "pkg-containers.githubusercontent.com",
        why: "The bottles themselves, and the images of everybody else.",
        methods: "read",
        shared: true,
        checked: "2026-11-20",
      },
    ],
  },
];
