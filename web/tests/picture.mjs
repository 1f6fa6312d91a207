/** The README's picture of the page: node tests/picture.mjs PNG. */

import { readFile } from "node:fs/promises";
import path from "node:path";

import { openBrowser } from "./browser.mjs";
import { ROOT, startService } from "./service.mjs";

const service = await startService();
const browser = await openBrowser();
try {
  const body = await readFile(path.join(ROOT, "examples/real.mp4"));
  const media = await (await fetch(`${service.address}/v1/media?name=real.mp4`, { method: "POST", body })).json();
  const asked = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ media: media.sha256, name: "real.mp4" }) };
  const { id } = await (await fetch(`${service.address}/v1/checks`, asked)).json();
  for (let state = "queued"; state !== "done"; ) {
    await new Promise((done) => setTimeout(done, 500));
    ({ state } = await (await fetch(`${service.address}/v1/checks/${id}`)).json());
    if (state === "failed" || state === "quarantined") throw new Error(`the check is ${state}`);
  }
  const page = await browser.newPage({ viewport: { width: 1280, height: 1080 }, colorScheme: "light", locale: "en-GB" });
  await page.goto(`${service.address}/#/checks/${id}`);
  await page.locator("video").evaluate((video) => { video.currentTime = 4; });
  await page.waitForTimeout(2500);
  await page.screenshot({ path: process.argv[2] });
} finally {
  await browser.close();
  await service.stop();
  await service.remove();
}
