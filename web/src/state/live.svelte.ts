/** What happens at the service, as it happens; everything else reads the newest state of a check from here. */

import type { Check, Found } from "../types";
import { key } from "./key.svelte";

type Heard = Found & { check: string };
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 10_000;
/** So long a service may take before the page says that it is gone. */
const GRACE_MS = 1200;

class Live {
  /** False only after the service was asked and did not answer. */
  there = $state(true);
  /** Rises whenever the stream opens: whoever shows a list asks for it anew, since something may have been missed. */
  opened = $state(0);
  /** Rises whenever a check began, ended, was labelled or deleted. */
  changes = $state(0);
  /** All that is known, by identity; replaced whole on each change. */
  checks = $state.raw<ReadonlyMap<string, Check>>(new Map());
  gone = $state.raw<readonly string[]>([]);
  private readonly listeners = new Set<(heard: Heard) => void>();
  private source: EventSource | null = null;
  private wait = FIRST_WAIT_MS;
  private again: number | undefined;
  private late: number | undefined;

  /** Open the stream. A hidden tab holds none: browsers open only six lines to one service. */
  start(): void {
    document.addEventListener("visibilitychange", () => (document.hidden ? this.close() : this.open()));
    addEventListener("pagehide", () => this.close());
    this.open();
  }

  /** Open it once more, with another key. */
  restart(): void {
    this.close();
    this.open();
  }

  /** Take over what a request told. */
  learn(...checks: Check[]): void {
    this.checks = new Map([...this.checks, ...checks.map((check) => [check.id, check] as const)]);
  }

  hear(listener: (heard: Heard) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private open(): void {
    clearTimeout(this.again);
    if (this.source) return;
    const source = new EventSource(`/v1/events${key.query()}`);
    this.source = source;
    source.onopen = () => {
      clearTimeout(this.late);
      this.late = undefined;
      this.there = true;
      this.wait = FIRST_WAIT_MS;
      this.opened++;
    };
    source.onerror = () => {
      this.close();
      this.late ??= setTimeout(() => (this.there = false), GRACE_MS);
      this.again = setTimeout(() => this.open(), this.wait);
      this.wait = Math.min(this.wait * 1.6, LONGEST_WAIT_MS);
    };
    source.addEventListener("check", (event) => this.changed(JSON.parse(event.data) as Check));
    source.addEventListener("progress", (event) => this.progressed(JSON.parse(event.data)));
    source.addEventListener("evidence", (event) => {
      const heard = JSON.parse(event.data) as Heard;
      for (const listener of this.listeners) listener(heard);
    });
    source.addEventListener("gone", (event) => this.deleted((JSON.parse(event.data) as { check: string }).check));
  }

  private close(): void {
    clearTimeout(this.again);
    this.source?.close();
    this.source = null;
  }

  private changed(check: Check): void {
    this.learn(check);
    this.changes++;
  }

  private progressed(told: { check: string; seconds: number; of: number | null }): void {
    const known = this.checks.get(told.check);
    if (known) this.learn({ ...known, progress: { seconds: told.seconds, of: told.of } });
  }

  deleted(id: string): void {
    this.gone = [...this.gone, id];
    this.checks = new Map([...this.checks].filter(([known]) => known !== id));
    this.changes++;
  }
}

export const live = new Live();
