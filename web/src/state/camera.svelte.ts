/** A camera of this machine: asked for, filmed with, and let go as soon as nothing is filmed. */

export type Phase = "opening" | "ready" | "counting" | "filming" | "watching" | "trouble";
export type Fault = "insecure" | "unable" | "refused" | "none" | "busy" | "lost" | "other";

const COUNTED_SECONDS = 3;
/** Filmed beyond what was chosen, so that no less of it is in the file. */
const EXTRA_SECONDS = 0.4;
/** More than browsers give by themselves; what they spare is lost to the detectors. */
const BITS = { videoBitsPerSecond: 8_000_000, audioBitsPerSecond: 192_000 };
const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
/** Sound as it is: a browser would take out of it what it believes to be no voice. */
const SOUND = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
const FORMS = [
  "video/webm;codecs=vp9,opus",
  "video/webm;codecs=vp8,opus",
  "video/mp4;codecs=avc1.64002A,mp4a.40.2",
  "video/webm",
  "video/mp4",
];
const FAULTS: Record<string, Fault> = {
  NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "none", OverconstrainedError: "none",
  NotReadableError: "busy", AbortError: "busy", NotSupportedError: "unable",
};

export class Camera {
  phase = $state<Phase>("opening");
  fault = $state<Fault | null>(null);
  stream = $state.raw<MediaStream | null>(null);
  /** All cameras, once one was allowed: before that a browser tells no names. */
  cameras = $state.raw<MediaDeviceInfo[]>([]);
  camera = $state("");
  sound = $state(true);
  /** Whether sound was wanted and there is no microphone. */
  deaf = $state(false);
  seconds = $state(15);
  countdown = $state(0);
  filmed = $state(0);
  film = $state.raw<File | null>(null);
  private recorder: MediaRecorder | null = null;
  private clock = 0;
  /** Rises with each question to the browser; an answer to an older one is not wanted any more. */
  private asked = 0;

  async open(): Promise<void> {
    this.close();
    this.phase = "opening";
    const asked = this.asked;
    if (!isSecureContext) return this.fail("insecure");
    if (!navigator.mediaDevices || typeof MediaRecorder === "undefined") return this.fail("unable");
    try {
      const stream = await this.given();
      if (asked !== this.asked) return letGo(stream);
      this.stream = stream;
      this.phase = "ready";
      stream.getVideoTracks()[0]?.addEventListener("ended", () => this.taken(stream));
      this.camera = stream.getVideoTracks()[0]?.getSettings().deviceId ?? "";
      const devices = await navigator.mediaDevices.enumerateDevices();
      if (asked === this.asked) this.cameras = devices.filter(({ kind }) => kind === "videoinput");
    } catch (thrown) {
      if (asked === this.asked) this.fail(faultOf(thrown));
    }
  }

  private async given(): Promise<MediaStream> {
    const video = this.camera ? { ...PICTURE, deviceId: { ideal: this.camera } } : PICTURE;
    this.deaf = false;
    try {
      return await navigator.mediaDevices.getUserMedia({ video, audio: this.sound && SOUND });
    } catch (thrown) {
      if (!this.sound || faultOf(thrown) !== "none") throw thrown;
      const stream = await navigator.mediaDevices.getUserMedia({ video });
      this.deaf = true;
      return stream;
    }
  }

  /** Count down, then film. */
  begin(): void {
    this.phase = "counting";
    this.countdown = COUNTED_SECONDS;
    this.clock = setInterval(() => {
      if (--this.countdown > 0) return;
      clearInterval(this.clock);
      this.start();
    }, 1000);
  }

  cancel(): void {
    clearInterval(this.clock);
    this.phase = "ready";
  }

  private start(): void {
    if (!this.stream) return;
    const form = FORMS.find((one) => MediaRecorder.isTypeSupported(one));
    try {
      const recorder = new MediaRecorder(this.stream, { ...BITS, ...(form ? { mimeType: form } : {}) });
      const parts: Blob[] = [];
      recorder.ondataavailable = ({ data }) => parts.push(data);
      recorder.onstart = () => this.run();
      recorder.onstop = () => this.keep(parts, recorder.mimeType);
      recorder.onerror = () => this.fail("lost");
      recorder.start(1000);
      this.recorder = recorder;
      this.filmed = 0;
      this.phase = "filming";
    } catch (thrown) {
      this.fail(faultOf(thrown));
    }
  }

  private run(): void {
    const begun = performance.now();
    this.clock = setInterval(() => {
      const seconds = (performance.now() - begun) / 1000;
      this.filmed = Math.min(seconds, this.seconds);
      if (seconds >= this.seconds + EXTRA_SECONDS) this.stop();
    }, 100);
  }

  stop(): void {
    clearInterval(this.clock);
    if (this.recorder?.state === "recording") this.recorder.stop();
  }

  private keep(parts: Blob[], kind: string): void {
    const film = new File(parts, nameOf(kind, new Date()), { type: kind.split(";")[0] });
    this.close();
    if (!film.size) return this.fail("lost");
    this.film = film;
    this.phase = "watching";
  }

  /** The camera was pulled out, or the browser's own button stopped it: what was filmed is kept. */
  private taken(stream: MediaStream): void {
    if (stream !== this.stream) return;
    if (this.phase === "filming") this.stop();
    else this.fail("lost");
  }

  private fail(fault: Fault): void {
    this.close();
    this.fault = fault;
    this.phase = "trouble";
  }

  /** Let go of everything: the light of the camera goes out, and what was filmed is forgotten. */
  close(): void {
    this.asked++;
    clearInterval(this.clock);
    const { recorder, stream } = this;
    this.recorder = this.stream = this.film = this.fault = null;
    if (recorder) {
      recorder.onstart = recorder.onstop = recorder.onerror = recorder.ondataavailable = null;
      if (recorder.state !== "inactive") recorder.stop();
    }
    if (stream) letGo(stream);
  }
}

function letGo(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function faultOf(thrown: unknown): Fault {
  return (thrown instanceof DOMException && FAULTS[thrown.name]) || "other";
}

/** camera-2026-11-26-1030.webm, by the clock of this machine. */
function nameOf(kind: string, at: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const ending = /mp4/.test(kind) ? "mp4" : /matroska/.test(kind) ? "mkv" : "webm";
  return `camera-${day}-${two(at.getHours())}${two(at.getMinutes())}.${ending}`;
}
