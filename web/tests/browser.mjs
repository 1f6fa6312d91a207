/** Debian's Chromium, driven by playwright-core; nothing is downloaded. */

import { chromium } from "playwright-core";

export function openBrowser(...more) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", ...more],
  });
}

/** A page that notes every breach of the policy and every error; `faults` must be empty at the end. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB", acceptDownloads: true, ...options });
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => message.type() === "error" && faults.push(`console: ${message.text()} ${message.location().url}`));
  page.on("pageerror", (error) => faults.push(`error: ${error}`));
  await page.exposeFunction("noteBreach", (words) => faults.push(`policy: ${words}`));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      window.noteBreach(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  return { page, context, faults };
}
