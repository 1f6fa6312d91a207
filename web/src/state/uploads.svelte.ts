/** Files on their way to the service; they go on while another page is looked at. */

import { heard, health, newCheck, problemOf, Refusal } from "../api";
import type { Problem } from "../types";
import { key } from "./key.svelte";
import { language } from "./language.svelte";
import { live } from "./live.svelte";

export type Step = "waiting" | "sending" | "kept" | "failed";

export class Upload {
  step = $state<Step>("waiting");
  sent = $state(0);
  problem = $state<Problem | null>(null);
  readonly id = crypto.randomUUID?.() ?? String(Math.random());
  private request: XMLHttpRequest | null = null;
  private stopped = false;

  constructor(
    readonly file: File,
    readonly fast: boolean,
  ) {}

  /** Send the file, then ask for it to be checked. */
  async run(): Promise<void> {
    this.step = "sending";
    this.problem = null;
    try {
      const sha256 = await this.send();
      this.step = "kept";
      const check = await newCheck(sha256, this.file.name.slice(0, 255), this.fast);
      live.learn(check);
      live.changes++;
      uploads.drop(this);
    } catch (thrown) {
      if (this.stopped) return;
      this.problem = thrown === BROKEN ? await this.whyBroken() : problemOf(thrown);
      this.step = "failed";
    }
  }

  stop(): void {
    this.stopped = true;
    this.request?.abort();
    uploads.drop(this);
  }

  private send(): Promise<string> {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      this.request = request;
      request.open("POST", `/v1/media?name=${encodeURIComponent(this.file.name.slice(0, 255) || "file")}`);
      for (const [name, value] of Object.entries(key.headers())) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => (this.sent = event.loaded);
      request.onload = () => {
        if (request.status === 201) resolve((JSON.parse(request.responseText) as { sha256: string }).sha256);
        else reject(new Refusal(request.status, heard(request.status, request.responseText)));
      };
      request.onerror = () => reject(BROKEN);
      request.onabort = () => reject(BROKEN);
      request.send(this.file);
    });
  }

  /** A line that broke says nothing; whether the service is there says a little. */
  private async whyBroken(): Promise<Problem> {
    const say = language.say.problem;
    try {
      await health();
      return { code: "broken-line", message: say.brokenLine, way_out: say.brokenLineWayOut };
    } catch (thrown) {
      return problemOf(thrown);
    }
  }

  again(): void {
    this.stopped = false;
    this.step = "waiting";
    this.sent = 0;
    this.problem = null;
    void uploads.go();
  }
}

const BROKEN = new Error("the line broke");

class Uploads {
  all = $state<Upload[]>([]);
  private busy = false;

  get busyNow(): boolean {
    return this.all.some((upload) => upload.step !== "failed");
  }

  add(files: Iterable<File>, fast: boolean): void {
    for (const file of files) this.all.push(new Upload(file, fast));
    void this.go();
  }

  drop(upload: Upload): void {
    this.all = this.all.filter((other) => other.id !== upload.id);
  }

  /** One file after the other: a check begins as soon as the first is there. */
  async go(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    for (let next = this.waiting(); next; next = this.waiting()) await next.run();
    this.busy = false;
  }

  private waiting(): Upload | undefined {
    return this.all.find((upload) => upload.step === "waiting");
  }
}

export const uploads = new Uploads();
addEventListener("beforeunload", (event) => {
  if (uploads.busyNow) event.preventDefault();
});
