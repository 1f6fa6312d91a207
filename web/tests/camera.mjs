/** A film as Chromium takes it for the picture of a camera: raw frames with a line before each. */

import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { PYTHON, ROOT } from "./service.mjs";

const DECODE = `
import sys, av
film, place, most = sys.argv[1], sys.argv[2], int(sys.argv[3])
with av.open(film) as container, open(place, "wb") as raw:
    stream = container.streams.video[0]
    raw.write(f"YUV4MPEG2 W{stream.width} H{stream.height} F30:1 Ip A1:1 C420jpeg\\n".encode())
    for index, frame in enumerate(container.decode(stream)):
        if index >= most: break
        raw.write(b"FRAME\\n" + frame.reformat(format="yuv420p").to_ndarray().tobytes())
`;

/** The film before the camera; Chromium shows it over and over. */
export async function filmBeforeCamera(film = path.join(ROOT, "examples/real.mp4"), most = 150) {
  const folder = await mkdtemp(path.join(tmpdir(), "unmask-camera-"));
  const place = path.join(folder, "camera.y4m");
  execFileSync(PYTHON, ["-c", DECODE, film, place, String(most)]);
  const flags = ["--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${place}`];
  return { flags, remove: () => rm(folder, { recursive: true, force: true }) };
}
