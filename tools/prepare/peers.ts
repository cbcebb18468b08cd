/** What other projects provide, built into `.cache/`. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { cache, checkout, MissingError, must, output } from "./need.ts";
import type { Need } from "./need.ts";

const PYTHON_REQUIREMENTS = join(checkout, "tests/compat/python/requirements.txt");
const H2SPEC = "v2.2.1+incompatible";

const bin = join(cache, "bin");
const venvPython = join(cache, "venv/bin/python");

export const pythonSdk: Need = {
  name: "Temporal's Python SDK",
  isMet() {
    const wanted = readFileSync(PYTHON_REQUIREMENTS, "utf8")
      .split("\n")
      .filter((line) => /^\w/.test(line));
    const here = existsSync(venvPython) ? output({ run: venvPython, args: ["-m", "pip", "freeze"] }).split("\n") : [];
    return wanted.every((line) => here.includes(line));
  },
  meet() {
    const venv = join(cache, "venv");
    if (!existsSync(venvPython)) must("python3 -m venv", { run: "python3", args: ["-m", "venv", venv] });
    const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", PYTHON_REQUIREMENTS];
    must("pip install", { run: venvPython, args });
  },
};

export const h2spec: Need = {
  name: "h2spec",
  isMet: () => existsSync(join(bin, "h2spec")),
  meet() {
    mkdirSync(bin, { recursive: true });
    const args = ["install", `github.com/summerwind/h2spec/cmd/h2spec@${H2SPEC}`];
    must("go install h2spec", { run: "go", args, env: { GOBIN: bin } });
  },
};

export const temporalPeer: Need = {
  name: "a real Temporal server (its first build takes some minutes)",
  isMet() {
    const built = join(bin, "temporal-peer");
    return existsSync(built) && (!existsSync(peerSources()) || statSync(built).mtimeMs > newestOf(peerSources()));
  },
  meet() {
    const sources = peerSources();
    if (!existsSync(join(sources, "go.mod"))) {
      throw new MissingError(
        `the sources of temporal-peer are not at ${sources}: set PERDURE_TEMPORAL_PEER to their folder`,
      );
    }
    mkdirSync(bin, { recursive: true });
    must("go build temporal-peer", { run: "go", args: ["build", "-o", join(bin, "temporal-peer"), "."], cwd: sources });
  },
};

function peerSources(): string {
  return resolve(checkout, process.env["PERDURE_TEMPORAL_PEER"] ?? "../shared/tools/temporal-peer");
}

function newestOf(folder: string): number {
  return Math.max(...readdirSync(folder).map((name) => statSync(join(folder, name)).mtimeMs));
}
