/** A service of its own for the tests, in a folder that goes with it. */

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

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
