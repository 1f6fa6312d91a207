/** Pictures of every page and every check, to be looked at: node tests/look.mjs ADDRESS FOLDER [PART OF A NAME].
 * The service must hold two checks that are done. */

import { mkdir } from "node:fs/promises";
import path from "node:path";

import { openBrowser } from "./browser.mjs";

const SIZES = [[360, 800], [1280, 800], [2560, 1440]];
const [address, folder, only = ""] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const { checks } = await (await fetch(`${address}/v1/checks`)).json();
const [one, other] = checks.filter((check) => check.state === "done");
const asked = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ days: 1 }) };
const share = await (await fetch(`${address}/v1/checks/${one.id}/shares`, asked)).json();
const pages = {
  home: "#/",
  ...Object.fromEntries(checks.map((check) => [`result-${check.name}`, `#/checks/${check.id}`])),
  compare: `#/compare/${one.id}/${other.id}`,
  detectors: "#/detectors",
  help: "#/help",
  guides: "#/guide",
  "guide-service": "#/guide/service",
  "guide-learning": "#/guide/learning",
  share: share.url.slice(1),
};

const browser = await openBrowser();
for (const [width, height] of SIZES) {
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, locale: "en-GB" });
    const page = await context.newPage();
    for (const [name, hash] of Object.entries(pages)) {
      const file = `${name}-${width}-${colorScheme}.png`;
      if (!file.includes(only)) continue;
      await page.goto(`${address}/${hash}`);
      await page.reload();
      await page.waitForTimeout(1500);
      // Curves are drawn when they come into view; a shared report has none and, in its sandbox, no clock either.
      if (name !== "share") await page.evaluate(async () => {
        for (let top = 0; top < document.body.scrollHeight; top += innerHeight) {
          scrollTo({ top, behavior: "instant" });
          await new Promise((done) => setTimeout(done, 60));
        }
        scrollTo({ top: 0, behavior: "instant" });
      });
      await page.waitForTimeout(150);
      const tall = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      if (tall[0] > tall[1]) console.log(`${file}: ${tall[0]} pixels wide in a window of ${tall[1]}`);
      await page.screenshot({ path: path.join(folder, file), fullPage: true });
    }
    await context.close();
  }
}
await browser.close();
