/** What the API tells; the names are those of its answers. */

export type Word = "manipulated" | "no-sign" | "cannot-tell";
export type State = "queued" | "running" | "done" | "failed" | "quarantined";
export type LabelWord = "filmed" | "made" | "unsure";
export type Kind = "video" | "image" | "audio";
export type Interval = [low: number, high: number];

export interface Problem {
  code: string;
  message: string;
  way_out: string;
}

export interface Verdict {
  word: Word;
  probability: number | null;
  interval: Interval | null;
  sentence: string;
}

export interface Label {
  word: LabelWord;
  note: string | null;
  at: string;
}

export interface Check {
  id: string;
  media: string;
  name: string;
  state: State;
  priority: "person" | "batch";
  options: { only: string[] | null; fast: boolean; threshold: number | null };
  progress: { seconds: number; of: number | null } | null;
  attempts: number;
  created: string;
  started: string | null;
  finished: string | null;
  verdict: Verdict | null;
  error: Problem | null;
  label: Label | null;
  media_kept: boolean;
}

export interface Health {
  version: string;
  queued: number;
  running: number;
  workers: number;
  /** Whether reports are printed as PDF; older services do not say. */
  prints?: boolean;
}

export interface Share {
  id: string;
  created: string;
  expires: string;
}

/** A link as it is told once: only here is what opens it. */
export interface NewShare {
  id: string;
  url: string;
  expires: string;
}

export type Segment = [start: number, end: number, made: number | null];

export interface Evidence {
  detector: string;
  fake: number | null;
  because: string[];
  abstained: string | null;
  segments: Segment[];
  interval: Interval | null;
  measured: Record<string, number | null>;
  counts: boolean;
}

export interface Found {
  person: number | null;
  evidence: Evidence;
}

export interface Trace {
  name: string;
  x: (number | null)[];
  y: (number | null)[];
  x_unit: string;
  y_unit: string;
  mark: number | null;
}

export interface HeatMap {
  name: string;
  low: number;
  high: number;
  unit: string;
  values: (number | null)[][];
}

export interface Overlay {
  name: string;
  seconds: number;
  picture: string;
  made: number[][];
}

export interface Drawn {
  detector: string;
  traces: Trace[];
  maps: HeatMap[];
  overlays: Overlay[];
}

export type Box = [left: number, top: number, right: number, bottom: number];

/** Inner lips over the width of the mouth, 0 when closed. Results that were written before it was told lack it. */
export interface Mouth {
  times: number[];
  opening: (number | null)[];
}

/** One value a step; null where the sound has a gap. */
export interface SoundLevel {
  step_seconds: number;
  level_dbfs: (number | null)[];
}

export interface Person {
  id: number;
  portrait: string | null;
  times: number[];
  boxes: Box[];
  drawn: Drawn[];
  mouth?: Mouth | null;
}

export interface Signer {
  organization: string | null;
  common_name: string | null;
  issuer: string | null;
  algorithm: string | null;
  signed_at: string | null;
}

export interface Manifest {
  label: string | null;
  title: string;
  relationship: string;
  generator: string | null;
  signer: Signer | null;
  actions: { name: string; source_type: string | null; software: string | null; when: string | null; description: string | null }[];
  problems: string[];
  ingredients: Manifest[];
}

export interface Mark {
  state: string;
  sentence: string;
}

/** A part of the picture during a stretch of time, in pixels of the film. */
export interface Altered {
  start: number;
  end: number;
  box: Box;
}

export interface Report {
  file: string;
  sha256: string;
  verdict: Word;
  probability: number | null;
  interval: Interval | null;
  sentence: string;
  reasons: string[];
  faces: { id: number; start: number; end: number; evidence: Evidence[] }[];
  evidence: Evidence[];
  provenance: {
    credentials: { state: string; sentence: string; problems: string[]; regions: Altered[] | null; manifest: Manifest | null } | null;
    picture_mark: (Mark & { regions: Altered[] }) | null;
    sound_mark: Mark | null;
    trust: string | null;
  };
  engine: {
    version: string;
    weights: Record<string, string>;
    detectors: string[];
    settings: Record<string, string | number | boolean | null>;
  };
  media: {
    kind: Kind;
    container: string;
    bytes: number;
    duration: number | null;
    video: Record<string, string | number | boolean | null> | null;
    audio: Record<string, string | number | boolean | null> | null;
    tags: Record<string, string>;
    warnings: string[];
  };
  unchecked: string[];
  threats: { kind: string; looked: "counted" | "shown" | "not"; by: string[]; why: string | null }[];
  incomplete: string | null;
  crowd: number;
}

export interface View {
  frame: { width: number; height: number } | null;
  duration: number | null;
  report: Report;
  people: Person[];
  drawn: Drawn[];
  sound?: SoundLevel | null;
}

export interface Detector {
  name: string;
  question: string;
  needs: string;
  kinds: Kind[];
  requires: string;
  answers: string;
  paper: string;
  failures: string[];
  weights: string[];
  cap: number;
  sees: string[];
}
