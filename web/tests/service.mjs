/** A service of its own for the tests, in a folder that goes with it. */

import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const PYTHON = process.env.PYTHON ?? path.join(ROOT, ".venv/bin/python");

/** Start it; the first line that it prints names its address. */
export async function startService({ folder = null, port = 0, environment = {} } = {}) {
  const place = folder ?? (await mkdtemp(path.join(tmpdir(), "unmask-page-")));
  const child = spawn(PYTHON, ["-m", "unmask", "serve", "--port", String(port), "--folder", place], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.once("exit", () => child.kill()); // whatever becomes of the tests
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const line = await Promise.race([
    new Promise((resolve) => createInterface(child.stdout).once("line", resolve)),
    ended.then((code) => Promise.reject(new Error(`the service ended with ${code}`))),
  ]);
  const address = /http:\/\/[^/\s]+/.exec(line)[0];
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  return { address, folder: place, port: Number(new URL(address).port), stop, remove: () => rm(place, { recursive: true, force: true }) };
}

/** A key of it, made beside it as whoever runs a service does. */
export async function newKey(folder, name, scope, insteadOf = null) {
  const words = ["-m", "unmask", "serve", "keys", "new", "--name", name, "--scope", scope, "--folder", folder, "--json"];
  const { stdout } = await promisify(execFile)(PYTHON, insteadOf ? [...words, "--instead-of", insteadOf] : words);
  const { id, key } = JSON.parse(stdout);
  return { id, secret: key };
}
