#!/bin/sh
# Installs Doorward: downloads the executable for this system, and the checksums of its release, and puts it in
# place only if they agree. See --help.
set -eu

releases=${DOORWARD_RELEASES:-https://github.com/doorward/doorward/releases}

usage() {
  cat <<'USAGE'
install.sh [--version VERSION] [--dir DIR]

Downloads Doorward for this system (Linux or macOS, x86_64 or arm64; Windows x86_64 in Git Bash),
compares it with the SHA256SUMS of its release, and puts it into DIR as "doorward".

  --version VERSION  such as 0.1.0 (default: the newest release)
  --dir DIR          where to put it (default: ~/.local/bin); needs no root unless DIR does
  --help             print this help

Exit codes: 0 when it is installed, 1 when it is not (nothing is changed then), 2 for bad usage.

Example: sh install.sh --version 0.1.0 --dir /usr/local/bin

DOORWARD_RELEASES names another place with the same files, an https URL: a mirror, for instance.
USAGE
}

say() {
  printf '%s\n' "install.sh: $*" >&2
}

fail() {
  say "$*; nothing was installed"
  exit 1
}

wrong() {
  say "$*; see --help"
  exit 2
}

has() {
  command -v "$1" >/dev/null 2>&1
}

# The target of this system, as the executables are named.
target() {
  machine=$(uname -m)
  case $machine in
    x86_64 | amd64) cpu=x86_64 ;;
    aarch64 | arm64) cpu=aarch64 ;;
    *) fail "there is no executable for $machine" ;;
  esac
  system=$(uname -s)
  case $system in
    Linux)
      # The executables need glibc.
      case $(ldd --version 2>&1 || true) in
        *musl*) fail "there is no executable for musl (Alpine): run Doorward from its source" ;;
      esac
      echo "$cpu-unknown-linux-gnu"
      ;;
    Darwin) echo "$cpu-apple-darwin" ;;
    MINGW* | MSYS* | CYGWIN*)
      # Windows on arm64 runs it, too.
      echo "x86_64-pc-windows-msvc"
      ;;
    *) fail "there is no executable for $system" ;;
  esac
}

# download URL FILE: the whole of it, over TLS, or a failure.
download() {
  if has curl; then
    if [ -t 2 ]; then progress=--progress-bar; else progress=--silent; fi
    curl "$progress" --show-error --fail --location --retry 2 --proto "=$scheme" --output "$2" "$1"
  elif [ "$scheme" = https ]; then
    wget --quiet --https-only --output-document="$2" "$1"
  else
    wget --quiet --output-document="$2" "$1"
  fi
}

# The SHA-256 of a file.
sha256() {
  if has sha256sum; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -d ' ' -f 1
}

# Sets name, wanted and version: the executable for $target in a SHA256SUMS, its checksum, and what it is a version of.
find_executable() {
  name=
  while read -r sum file; do
    case $file in
      doorward-*-"$target" | doorward-*-"$target".exe)
        found=${file#doorward-}
        found=${found%"-$target"*}
        if [ "${version:-$found}" = "$found" ]; then
          name=$file
          wanted=$sum
          version=$found
        fi
        ;;
    esac
  done <"$1"
}

main() {
  version=
  dir=
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) usage; exit 0 ;;
      --version | --dir)
        if [ $# -lt 2 ] || [ -z "$2" ]; then wrong "$1 needs a value"; fi
        if [ "$1" = --dir ]; then dir=$2; else version=${2#v}; fi
        shift 2
        ;;
      *) wrong "$1 means nothing here" ;;
    esac
  done
  case $version in *[!0-9A-Za-z.+-]*) wrong "$version is no version" ;; esac
  if [ -z "$dir" ]; then dir=${HOME:?}/.local/bin; fi
  case $releases in
    *@*) wrong "DOORWARD_RELEASES may not have a name or password in it" ;;
    https://*) scheme=https ;;
    # A server on this machine: nobody can stand between.
    http://127.0.0.1:* | http://localhost:*) scheme=http ;;
    *) wrong "DOORWARD_RELEASES has to be an https URL, and is $releases" ;;
  esac

  has curl || has wget || fail "there is neither curl nor wget"
  has sha256sum || has shasum || fail "there is neither sha256sum nor shasum"
  target=$(target)
  mkdir -p "$dir" || fail "cannot make $dir"
  # Beside where it goes: the last step is one rename.
  folder=$(mktemp -d "$dir/.doorward-install.XXXXXX") || fail "cannot write to $dir"
  trap 'rm -rf "$folder"' EXIT
  trap 'exit 1' HUP INT TERM

  if [ -z "$version" ]; then place=$releases/latest/download
  else place=$releases/download/v$version; fi
  download "$place/SHA256SUMS" "$folder/SHA256SUMS" || fail "cannot download $place/SHA256SUMS"
  find_executable "$folder/SHA256SUMS"
  if [ -z "$name" ]; then fail "$place/SHA256SUMS names no executable for $target"; fi

  say "downloading Doorward $version for $target"
  from=$releases/download/v$version/$name
  download "$from" "$folder/doorward" || fail "cannot download $from"
  got=$(sha256 "$folder/doorward")
  if [ "$got" != "$wanted" ]; then
    fail "the checksum of $from is $got, and SHA256SUMS says $wanted: it was cut short, or changed"
  fi
  say "the checksum is right: $got"

  case $name in *.exe) file=$dir/doorward.exe ;; *) file=$dir/doorward ;; esac
  if [ -d "$file" ]; then fail "$file is a folder"; fi
  chmod 755 "$folder/doorward"
  mv -f "$folder/doorward" "$file" || fail "cannot write $file"
  say "installed $file"
  case :$PATH: in
    *":$dir:"*) ;;
    *) say "$dir is not on your PATH: add it there, or call $file" ;;
  esac
}

# Last: a script that was cut short does nothing.
main "$@"
