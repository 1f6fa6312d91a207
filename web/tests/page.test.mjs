/** The page in a real browser against a real service, which examines one film. The steps build on each other. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";

import axe from "axe-core";

import { openBrowser, openPage } from "./browser.mjs";
import { newKey, ROOT, startService } from "./service.mjs";

const FILM = path.join(ROOT, "examples/forged.mp4");
const LONG_MS = 110_000; // a busy machine takes that long for a film
let service, browser, page, context, faults, film;

before(async () => {
  // Small enough that a test can pass the limit, large enough for the film.
  service = await startService({ environment: { UNMASK_MAX_BYTES: "3000000" } });
  browser = await openBrowser();
  ({ page, context, faults } = await openPage(browser));
  await page.goto(service.address);
});

after(async () => {
  await browser?.close();
  await service?.stop();
  await service?.remove();
});

const time = () => page.evaluate(() => document.querySelector("video").currentTime);
const settled = (goal) => page.waitForFunction((seconds) => {
  const video = document.querySelector("video");
  return Math.abs(video.currentTime - seconds) < 0.35 && !video.seeking;
}, goal);

async function drop(name, type, bytes) {
  const carried = await page.evaluateHandle(([name, type, bytes]) => {
    const carried = new DataTransfer();
    carried.items.add(new File([new Uint8Array(bytes)], name, { type }));
    return carried;
  }, [name, type, bytes]);
  for (const kind of ["dragenter", "dragover", "drop"]) await page.dispatchEvent("section.drop, [class*=drop]", kind, { dataTransfer: carried });
}

test("an empty list says what to do", async () => {
  await page.getByText("Nothing has been checked yet").waitFor();
  assert.equal(await page.title(), "Checks – unmask");
});

test("a chosen film is sent, shows how far it is, and its cards appear before the verdict", { timeout: LONG_MS }, async () => {
  await page.setInputFiles("input[type=file]", FILM);
  const link = page.locator("section", { hasText: "In progress" }).getByRole("link", { name: "forged.mp4" });
  await link.click();
  await page.getByRole("heading", { level: 1, name: "forged.mp4" }).waitFor();
  film = page.url().split("/").at(-1);
  await page.locator("main progress").first().waitFor({ timeout: LONG_MS });
  await page.locator("article").first().waitFor({ timeout: LONG_MS });
  await page.getByText("95 % interval").waitFor({ timeout: LONG_MS });
  assert.match(await page.locator("main").innerText(), /Signs of manipulation|No sign found|Cannot tell/);
});

test("what a dropped file lacks is told with the service's sentence and its way out", { timeout: LONG_MS }, async () => {
  await page.goto(`${service.address}/#/`);
  await drop("letter.mp4", "video/mp4", [...Buffer.from("no film at all, only words".repeat(40))]);
  await page.getByRole("row", { name: /letter.mp4/ }).getByText("Failed").waitFor({ timeout: LONG_MS });
  await page.getByRole("link", { name: "letter.mp4" }).click();
  const told = await page.getByRole("alert").innerText();
  assert.match(told, /Send a video, an image or a sound file\.|Ask for the original/);
});

test("a file over the limit is refused with a sentence and can be dismissed", async () => {
  await page.goto(`${service.address}/#/`);
  await page.setInputFiles("input[type=file]", { name: "large.mp4", mimeType: "video/mp4", buffer: Buffer.alloc(3_500_000, 1) });
  const told = page.getByRole("alert");
  await told.waitFor();
  assert.match(await told.innerText(), /larger than/);
  assert.ok(faults.every((fault) => /413|ERR_/.test(fault)), faults.join("\n"));
  faults.length = 0; // the browser itself writes refused requests to its console
  await page.getByRole("button", { name: /Dismiss/ }).click();
  await told.waitFor({ state: "detached" });
});

test("a result that is left while it loads asks for nothing more", async () => {
  for (let visits = 0; visits < 5; visits++) {
    await page.evaluate((id) => (location.hash = `#/checks/${id}`), film);
    await page.waitForTimeout(20 * visits);
    await page.evaluate(() => (location.hash = "#/"));
  }
  await page.getByRole("link", { name: "forged.mp4" }).waitFor();
  assert.deepEqual(faults, []);
});

test("the history is searched and filtered", async () => {
  const rows = page.locator("tbody tr");
  await page.getByRole("link", { name: "forged.mp4" }).waitFor();
  assert.equal(await rows.count(), 2);
  await page.getByLabel("Search").fill("forg");
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
  await page.getByLabel("State").selectOption("failed");
  await page.getByText("No check fits these filters.").waitFor();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 2);
});

test("clicks on timeline, curve and picture go there, and the box follows the face", async () => {
  await page.goto(`${service.address}/#/checks/${film}`);
  const slider = page.getByRole("slider", { name: "Position in the film" });
  const box = await slider.boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await settled(5.13);
  assert.match(await slider.getAttribute("aria-valuetext"), /^0:05\.\d of 0:10\.\d: .*blend \d+/);
  const measured = await page.getByText(/^Measured, not judged/).innerText();
  assert.match(measured, /how far the lips are apart/);
  assert.doesNotMatch(measured, /sound/, "this film has none");
  const drawn = await page.locator(".stage canvas, [class*=stage] canvas").first().evaluate((canvas) => {
    const seen = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return seen.some((value, index) => index % 4 === 3 && value > 0);
  });
  assert.ok(drawn, "a box is drawn");
  await page.getByRole("img", { name: /^Curve: / }).first().scrollIntoViewIfNeeded(); // it is drawn only then
  const curve = page.locator(".u-over").first();
  await curve.scrollIntoViewIfNeeded();
  const over = await curve.boundingBox();
  await page.mouse.click(over.x + 3, over.y + over.height / 2);
  await page.waitForFunction(() => document.querySelector("video").currentTime < 2);
  await page.getByRole("button", { name: /^Go to 0:/ }).first().click();
  await page.waitForFunction(() => document.querySelector("video").currentTime > 2);
});

test("the frame that is pointed at is shown, and the film stays where it is", async () => {
  await page.goto(`${service.address}/#/checks/${film}`);
  await page.reload();
  const box = await page.getByRole("slider", { name: "Position in the film" }).boundingBox();
  assert.equal(await page.locator("video").count(), 1, "nothing more is loaded before it is pointed at");
  await page.mouse.move(box.x + box.width / 4, box.y + 20);
  await page.mouse.move(box.x + box.width / 2, box.y + 20);
  const glimpse = page.locator(".glimpse");
  await glimpse.waitFor({ state: "visible" });
  await page.waitForFunction(() => Math.abs(document.querySelector(".glimpse video").currentTime - 5.13) < 0.1);
  assert.match(await glimpse.innerText(), /^0:05\.\d$/);
  assert.equal(await page.locator(".stage video").evaluate((player) => player.currentTime), 0);
  await page.mouse.move(box.x + box.width / 2, box.y - 400);
  await glimpse.waitFor({ state: "hidden" });
});

test("altered regions are framed over the film while they last, and listed", async () => {
  const there = `**/v1/checks/${film}/view`;
  await page.route(there, async (route) => {
    const view = await (await route.fetch()).json();
    const { width, height } = view.frame;
    const box = [width * 0.6, height * 0.6, width * 0.9, height * 0.9];
    view.report.provenance.picture_mark = { state: "altered", sentence: "Gone.", regions: [{ start: 2, end: 4, box }] };
    await route.fulfill({ json: view });
  });
  await page.goto(`${service.address}/#/checks/${film}`);
  await page.reload();
  const orange = () => page.locator(".stage canvas").evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let several = 0;
    for (let at = 0; at < data.length; at += 4) several += data[at] > 170 && data[at + 2] < 90 && data[at + 3] > 200;
    return several;
  });
  const listed = page.getByRole("button", { name: "0:02.0 to 0:04.0" });
  await listed.waitFor();
  assert.equal(await orange(), 0, "not before it");
  await listed.click();
  await settled(2);
  await page.waitForFunction(() => document.querySelector("video").currentTime === 2);
  await page.waitForTimeout(200);
  assert.ok((await orange()) > 100, "framed while it lasts");
  await page.unroute(there);
});

test("the keyboard alone reaches the result and steers the film", async () => {
  await page.goto(`${service.address}/#/`);
  await page.reload();
  await page.getByRole("link", { name: "forged.mp4" }).waitFor();
  const press = async (fits, key = "Tab") => {
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press(key);
      if (await page.evaluate(fits)) return;
    }
    assert.fail(`the keyboard does not reach ${fits}`);
  };
  await press(() => document.activeElement.type === "file");
  await press(() => document.activeElement.textContent.includes("forged.mp4"));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "forged.mp4" }).waitFor();
  await page.getByRole("slider", { name: "Position in the film" }).waitFor();
  await press(() => document.activeElement.getAttribute("role") === "slider");
  await page.keyboard.press("Home");
  await page.keyboard.press("PageDown");
  await page.keyboard.press("ArrowLeft");
  await settled(4);
  await page.keyboard.press("Shift+ArrowRight");
  assert.ok(Math.abs((await time()) - 4.1) < 0.05);
  await page.keyboard.press(" ");
  await page.waitForFunction(() => !document.querySelector("video").paused);
  await page.keyboard.press(" ");
  await page.waitForFunction(() => document.querySelector("video").paused);
});

test("a person's judgement is kept, becomes a draft of a review, and is found by it", async () => {
  await page.getByText("Draft of a MediaReview").click();
  await page.getByText("Save a judgement first").waitFor();
  await page.getByLabel("Made").check();
  await page.getByLabel("Note").fill("Reverse search <b>found</b> the original.");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved.", { exact: true }).waitFor();
  await page.waitForFunction(() => document.querySelector("pre"));
  const draft = await page.locator("pre").innerText();
  assert.deepEqual(JSON.parse(draft), await (await fetch(`${service.address}/v1/checks/${film}/review`)).json());
  assert.equal(JSON.parse(draft).mediaAuthenticityCategory, "https://schema.org/TransformedContent");
  assert.match(draft, /Reverse search <b>found<\/b> the original\./);
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as file" }).click()]);
  assert.match(saved.suggestedFilename(), /\.jsonld$/);
  assert.equal(await readFile(await saved.path(), "utf8"), draft);
  await page.getByLabel("Unsure").check(); // another judgement makes another draft
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForFunction(() => !document.querySelector("pre").innerText.includes("TransformedContent"));
  await page.getByLabel("Made").check();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForFunction(() => document.querySelector("pre").innerText.includes("TransformedContent"));
  await page.reload();
  await page.waitForFunction(() => document.querySelector("textarea")?.value.startsWith("Reverse"));
  await page.goto(`${service.address}/#/`);
  await page.getByLabel("Label").selectOption("made");
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
});

for (const format of ["HTML", "JSON"]) {
  test(`the report is saved as ${format}`, async () => {
    await page.goto(`${service.address}/#/checks/${film}`);
    const [saved] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: `Report (${format})` }).click(),
    ]);
    assert.match(saved.suggestedFilename(), new RegExp(`^forged.*\\.${format.toLowerCase()}$`));
    const text = await readFile(await saved.path(), "utf8");
    if (format === "JSON") assert.equal(JSON.parse(text).file, "forged.mp4");
    else assert.match(text, /^<!DOCTYPE html>/);
  });
}

test("the report is offered as PDF where the service says that it prints, and only there", async () => {
  // What can print is no part of a plain installation: the answer about it and the print are given here.
  await page.route("**/v1/health", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), prints: false } });
  });
  await page.goto(`${service.address}/#/`);
  await page.goto(`${service.address}/#/checks/${film}`);
  await page.getByRole("button", { name: "Report (JSON)" }).waitFor();
  await page.waitForLoadState("networkidle", { timeout: 800 }).catch(() => undefined);
  assert.equal(await page.getByRole("button", { name: "Report (PDF)" }).count(), 0);
  await page.unroute("**/v1/health");
  await page.route("**/v1/health", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), prints: true } });
  });
  await page.route("**/report?format=pdf*", (route) => route.fulfill({
    contentType: "application/pdf", body: "%PDF-1.7", headers: { "content-disposition": "attachment; filename*=UTF-8''forged-1.pdf" },
  }));
  await page.goto(`${service.address}/#/`);
  await page.goto(`${service.address}/#/checks/${film}`);
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Report (PDF)" }).click()]);
  assert.equal(saved.suggestedFilename(), "forged-1.pdf");
  await page.unroute("**/v1/health");
  await page.unroute("**/report?format=pdf*");
});

test("a link to the report is shown once, opens it for others, and opens nothing when it is revoked", async () => {
  await page.goto(`${service.address}/#/`);
  await page.goto(`${service.address}/#/checks/${film}`);
  const part = page.getByRole("region", { name: "Share this report" });
  await part.getByText("No link opens this report.").waitFor();
  await part.getByText("neither the file itself, nor your judgement and note").waitFor();
  await part.getByLabel("Open for days").fill("91");
  await part.getByRole("button", { name: "Make a link" }).click();
  assert.equal(await part.getByLabel("Open for days").evaluate((field) => field.validity.rangeOverflow), true);
  await part.getByLabel("Open for days").fill("3");
  await part.getByRole("button", { name: "Make a link" }).click();
  const link = await part.getByLabel("The link, shown this once").inputValue();
  assert.match(link, new RegExp(`^${service.address}/s/.{20,}$`));
  const { shares } = await (await fetch(`${service.address}/v1/checks/${film}/shares`)).json();
  assert.equal(Math.round((new Date(shares[0].expires) - new Date(shares[0].created)) / 86_400_000), 3);
  const stranger = await openPage(browser);
  await stranger.page.goto(link);
  await stranger.page.getByRole("heading", { level: 1 }).waitFor();
  assert.match(await stranger.page.locator("body").innerText(), /forged\.mp4/);
  assert.doesNotMatch(await stranger.page.content(), /Reverse search/); // the note is for nobody else
  assert.deepEqual(stranger.faults, []);
  await page.reload();
  await part.getByRole("button", { name: /^Revoke the link made/ }).waitFor();
  assert.equal(await part.getByLabel("The link, shown this once").count(), 0);
  await part.getByRole("button", { name: /^Revoke the link made/ }).click();
  await part.getByText("No link opens this report.").waitFor();
  assert.equal((await stranger.page.goto(link)).status(), 404);
  await stranger.context.close();
});

test("the guides are read inside the page, and their links stay in it", async () => {
  await page.goto(`${service.address}/#/help`);
  await page.getByRole("link", { name: "All guides" }).click();
  await page.getByRole("link", { name: "Reading a report" }).click();
  await page.getByRole("heading", { level: 1, name: "Reading a report" }).waitFor();
  assert.ok(await page.evaluate(() => document.activeElement.matches("h1")), "it is read out from its heading");
  await page.getByRole("navigation", { name: "On this page" }).getByRole("link", { name: "What the file tells" }).click();
  await page.waitForFunction(() => document.activeElement.id === "guide-what-the-file-tells" && scrollY > 300);
  const listed = (await (await fetch(`${service.address}/guide/guides.json`)).json()).guides;
  for (const { name, title } of listed) {
    await page.goto(`${service.address}/#/guide/${name}`);
    await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
    await page.locator("article h2").first().waitFor();
    const wide = await page.evaluate(() => [...document.querySelectorAll("article p, article pre")].some((part) => part.textContent.includes(">>>") && part.tagName !== "PRE"));
    assert.equal(wide, false, `${name} shows its examples as code`);
  }
  await page.goto(`${service.address}/#/guide/python-library`);
  await page.locator("article").getByRole("link").and(page.locator("[href^='#/guide/']")).first().click();
  await page.locator("article h2").first().waitFor();
  await page.goto(`${service.address}/#/guide/nothing`);
  await page.getByRole("heading", { name: "There is no such guide" }).waitFor();
  assert.ok(faults.every((fault) => /404/.test(fault)), faults.join("\n"));
  faults.length = 0; // the browser itself writes what was not found to its console
});

test("each detector's card leads to a guide that speaks of it", async () => {
  await page.goto(`${service.address}/#/detectors`);
  const links = page.getByRole("link", { name: /^Explained in the guide/ });
  await links.first().waitFor();
  const found = await links.evaluateAll((all) => all.map((link) => [link.textContent.split(": ")[1], link.hash.split("/").slice(2)]));
  assert.ok(found.length > 8);
  for (const [detector, [name, heading]] of found) {
    const text = await (await fetch(`${service.address}/guide/${name}.html`)).text();
    assert.ok(heading ? text.includes(`id="guide-${heading}"`) : text.includes(detector), `${name} does not speak of ${detector}`);
  }
});

test("the first view asks for no other view, no other language and no guide", async () => {
  const fresh = await openPage(browser);
  const asked = [];
  fresh.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await fresh.page.goto(service.address);
  await fresh.page.getByRole("link", { name: "forged.mp4" }).waitFor();
  await fresh.page.waitForTimeout(300);
  const named = [...(await (await fetch(service.address)).text()).matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, name]) => name);
  assert.deepEqual(asked.filter((name) => !name.startsWith("/v1/") && name !== "/" && !named.includes(name)), []);
  assert.deepEqual(fresh.faults, []);
  await fresh.context.close();
});

test("two results play in step", async () => {
  await page.goto(`${service.address}/#/compare/${film}/${film}`);
  await page.getByRole("button", { name: /Play both/ }).click();
  await page.waitForFunction(() => [...document.querySelectorAll("video")].every((video) => video.currentTime > 0.8), null, { timeout: 20_000 });
  await page.getByRole("button", { name: /Pause both/ }).click();
  const [one, other] = await page.evaluate(() => [...document.querySelectorAll("video")].map((video) => video.currentTime));
  assert.ok(Math.abs(one - other) < 0.4, `${one} and ${other}`);
  await page.getByLabel(/Second film later/).fill("2");
  await page.waitForFunction(() => {
    const [first, second] = [...document.querySelectorAll("video")].map((video) => video.currentTime);
    return second < 0.1 || Math.abs(first - second - 2) < 0.2;
  });
  assert.match(await page.locator("table").innerText(), /blend · Person 1/);
});

test("German is one choice away and stays", async () => {
  await page.getByLabel("Language").selectOption("de");
  await page.reload();
  await page.getByRole("heading", { name: "Vergleich" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "de");
  await page.getByText("gibt es nur auf Englisch").waitFor();
  await page.getByLabel("Sprache").selectOption("en");
});

test("a browser of a German sees German from the first picture on", async () => {
  const fresh = await openPage(browser, { locale: "de-DE" });
  await fresh.page.route("**/assets/de-*.js", async (route) => {
    await new Promise((done) => setTimeout(done, 400));
    await route.continue();
  });
  await fresh.page.addInitScript(() => {
    window.seen = [];
    new MutationObserver(() => window.seen.push(document.querySelector("h1")?.textContent)).observe(document, { childList: true, subtree: true });
  });
  await fresh.page.goto(service.address);
  await fresh.page.getByRole("heading", { name: "Prüfungen" }).waitFor();
  assert.deepEqual((await fresh.page.evaluate(() => window.seen)).filter((words) => words && words !== "Prüfungen"), []);
  await fresh.page.goto(`${service.address}/#/guide/pulse`);
  await fresh.page.getByText("Die Anleitungen gibt es nur auf Englisch.").waitFor();
  assert.equal(await fresh.page.locator("article[lang=en]").count(), 1);
  assert.deepEqual(fresh.faults, []);
  await fresh.context.close();
});

test("no page has a serious fault of access, nor is one wider than its window", { timeout: LONG_MS }, async () => {
  const hashes = ["#/", `#/checks/${film}`, `#/compare/${film}/${film}`, "#/detectors", "#/help", "#/guide", "#/guide/service", "#/guide/learning"];
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    for (const hash of hashes) {
      await page.goto(`${service.address}/${hash}`);
      await page.locator("h1").waitFor();
      await page.waitForLoadState("networkidle", { timeout: 800 }).catch(() => undefined); // the stream never ends
      const last = hash.startsWith("#/checks") ? "[role=slider]" : hash.startsWith("#/guide/") ? "article h2" : "h1";
      await page.locator(last).first().waitFor();
      await page.evaluate(() => document.querySelectorAll("details").forEach((part) => (part.open = true)));
      await page.evaluate(axe.source.replace(/^/, "")); // run by the debugger, which the policy does not bind
      const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
      const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      assert.deepEqual(grave.map(({ id, nodes }) => [id, colorScheme, hash, nodes.slice(0, 3).map((node) => node.html)]), []);
      await page.setViewportSize({ width: 320, height: 700 });
      const [wide, window_] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(wide <= window_, `${hash} is ${wide} pixels wide at ${window_}`);
      await page.setViewportSize({ width: 1280, height: 800 });
    }
  }
});

test("a check is deleted after a question", async () => {
  await page.goto(`${service.address}/#/`);
  await page.getByRole("button", { name: "Delete letter.mp4" }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("link", { name: "letter.mp4" }).waitFor();
  await page.getByRole("button", { name: "Delete letter.mp4" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("link", { name: "letter.mp4" }).waitFor({ state: "detached" });
  const { checks } = await (await fetch(`${service.address}/v1/checks`)).json();
  assert.deepEqual(checks.map((check) => check.name), ["forged.mp4"]);
});

test("nothing broke the policy and nothing was written to the console", () => {
  assert.deepEqual(faults, []);
});

test("a service that goes away is told, and found again", { timeout: 60_000 }, async () => {
  const { folder, port } = service;
  await service.stop();
  await page.getByText("The service does not answer.").first().waitFor();
  service = await startService({ folder, port });
  await page.getByText("The service does not answer.").first().waitFor({ state: "detached", timeout: 30_000 });
  await page.getByRole("link", { name: "forged.mp4" }).waitFor();
  await context.close();
});

test("a key that may only read is told so in the service's words when it makes a link", { timeout: 60_000 }, async () => {
  const key = await newKey(service.folder, "newsroom", "check");
  const reading = await newKey(service.folder, "wall", "read", key.id);
  const ask = (path, method, body, type) =>
    fetch(`${service.address}/v1${path}`, { method, body, headers: { authorization: `Bearer ${key.secret}`, ...(type ? { "content-type": type } : {}) } });
  const { page: wall, context: its, faults: found } = await openPage(browser);
  await wall.goto(service.address);
  const picture = await wall.evaluate(() => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 160, height: 160 });
    canvas.getContext("2d").fillRect(20, 20, 60, 90);
    return canvas.toDataURL("image/png").split(",")[1];
  });
  const media = await (await ask("/media?name=still.png", "POST", Buffer.from(picture, "base64"))).json();
  const { id } = await (await ask("/checks", "POST", JSON.stringify({ media: media.sha256, name: "still.png" }), "application/json")).json();
  await wall.getByRole("textbox", { name: "Key" }).fill(reading.secret);
  await wall.getByRole("button", { name: "Use key" }).click();
  await wall.goto(`${service.address}/#/checks/${id}`);
  const part = wall.getByRole("region", { name: "Share this report" });
  await part.getByRole("button", { name: "Make a link" }).click({ timeout: 15_000 });
  assert.match(await part.getByRole("alert").innerText(), /This takes a key of the scope 'check'; this one has 'read'\./);
  assert.equal(await part.getByLabel("The link, shown this once").count(), 0);
  await wall.goto(`${service.address}/#/guide/keys`); // the guides are everyone's
  await wall.getByRole("heading", { level: 1, name: "Keys" }).waitFor();
  assert.ok(found.every((fault) => /40[13]/.test(fault)), found.join("\n")); // the browser notes what was refused
  await its.close();
});
