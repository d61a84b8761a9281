// The formula of Homebrew: where the executables of a version are, and what their checksums have to be.
import { executableName, type Target } from "./targets.ts";

/** Where the releases are. */
export const RELEASES = "https://github.com/doorward/doorward/releases";

/** The formula. Throws when the checksum of an executable that it names is not there. */
export function formula(version: string, sums: ReadonlyMap<string, string>): string {
  const executable = (target: Target): string => {
    const name = executableName(version, target);
    const sum = sums.get(name);
    if (sum === undefined) throw new Error(`Cannot write a formula without ${name}`);
    return `url "${RELEASES}/download/v${version}/${name}"
      sha256 "${sum}"`;
  };
  return `class Doorward < Formula
  desc "Local network policy proxy for AI agents and other commands"
  homepage "https://github.com/doorward/doorward"
  version "${version}"
  license "MIT"

  on_macos do
    on_arm do
      ${executable("aarch64-apple-darwin")}
    end
    on_intel do
      ${executable("x86_64-apple-darwin")}
    end
  end

  on_linux do
    on_arm do
      ${executable("aarch64-unknown-linux-gnu")}
    end
    on_intel do
      ${executable("x86_64-unknown-linux-gnu")}
    end
  end

  def install
    bin.install Dir["doorward-*"].first => "doorward"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/doorward --version")
  end
end
`;
}
