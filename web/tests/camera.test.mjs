/** The recorder, in a browser whose camera shows a drawn film: what is filmed, what is sent, and when the camera goes off. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import axe from "axe-core";

import { openBrowser, openPage } from "./browser.mjs";
import { filmBeforeCamera } from "./camera.mjs";
import { startService } from "./service.mjs";

const LONG_MS = 110_000;
const STRANGE_NAME = "unmask.test";
let service, shown, browser, page, context, faults, sent;

/** A page that notes every track that a camera gave, and what is sent. */
async function openFilming(options = {}, given = browser) {
  const opened = await openPage(given, options);
  await opened.page.addInitScript(() => {
    window.tracks = [];
    const devices = navigator.mediaDevices;
    if (!devices) return;
    const plain = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (asked) => {
      if (window.fault) throw new DOMException("", window.fault);
      const stream = await plain(asked);
      window.tracks.push(...stream.getTracks());
      return stream;
    };
  });
  return opened;
}

const dialog = () => page.getByRole("dialog", { name: "Film with the camera" });
const on = () => page.evaluate(() => window.tracks.filter((track) => track.readyState === "live").length);
/** A moment later, as a browser tells a page that its dialog is closed after it was. */
const off = () => page.waitForFunction(() => window.tracks.every((track) => track.readyState === "ended"), null, { timeout: 2000 });
const open = async () => {
  await page.getByRole("button", { name: "Film with the camera" }).click();
  await dialog().waitFor();
};
const film = async (seconds) => {
  await page.getByRole("button", { name: "Start filming" }).click();
  await page.getByRole("button", { name: "Stop now" }).waitFor();
  await page.waitForTimeout(seconds * 1000);
  assert.ok((await on()) > 0, "the camera is on while it films");
  await page.getByRole("button", { name: "Stop now" }).click();
  await dialog().getByText("Nothing has been sent yet.").waitFor();
};

before(async () => {
  shown = await filmBeforeCamera();
  service = await startService({ environment: { UNMASK_SERVE__HOSTS: JSON.stringify([STRANGE_NAME]) } });
  browser = await openBrowser(...shown.flags, `--host-resolver-rules=MAP ${STRANGE_NAME} 127.0.0.1`);
  ({ page, context, faults } = await openFilming({ permissions: ["camera", "microphone"] }));
  sent = [];
  page.on("request", (request) => request.method() === "POST" && sent.push(new URL(request.url())));
  await page.goto(service.address);
});

after(async () => {
  await browser?.close();
  await service?.stop();
  await service?.remove();
  await shown?.remove();
});

test("the recorder is loaded only by those who want it", async () => {
  const loaded = () => page.evaluate(() => performance.getEntriesByType("resource").filter(({ name }) => /Recorder/.test(name)).length);
  assert.equal(await loaded(), 0);
  await open();
  await page.getByRole("button", { name: "Start filming" }).waitFor();
  assert.ok((await loaded()) > 0);
  await page.waitForFunction(() => document.querySelector("dialog video").videoWidth > 0);
});

test("Escape closes it, and the camera goes off", async () => {
  assert.ok((await on()) > 0);
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
  await off();
});

test("so it does when another page is gone to, in the middle of a film", async () => {
  await open();
  await page.getByRole("button", { name: "Start filming" }).click();
  await page.getByRole("button", { name: "Stop now" }).waitFor();
  await page.evaluate(() => (location.hash = "#/help"));
  await page.getByRole("heading", { level: 1, name: "Help" }).waitFor();
  await off();
  await page.goto(`${service.address}/#/`);
});

test("a film is watched, discarded, and nothing was sent; the keyboard alone does it", async () => {
  await page.getByRole("button", { name: "Film with the camera" }).focus();
  await page.keyboard.press("Enter");
  const isNext = (words) => page.waitForFunction((words) => document.activeElement?.textContent === words, words);
  await isNext("Start filming");
  await page.keyboard.press("Enter");
  await isNext("Cancel");
  await isNext("Stop now");
  await page.waitForTimeout(1500);
  await page.keyboard.press("Enter");
  await isNext("Send and check");
  await off();
  const length = await page.waitForFunction(() => {
    const { duration } = document.querySelector("dialog video");
    return Number.isFinite(duration) && duration;
  });
  assert.ok((await length.jsonValue()) > 1);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await isNext("Start filming");
  assert.ok((await on()) > 0);
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
  assert.deepEqual(sent, []);
});

test("it ends by itself after the seconds that were chosen", { timeout: 60_000 }, async () => {
  await open();
  await page.getByLabel("10 s").check();
  await page.getByLabel("With sound").uncheck();
  await page.getByRole("button", { name: "Start filming" }).click();
  await dialog().getByText("Nothing has been sent yet.").waitFor({ timeout: 30_000 });
  const length = await page.waitForFunction(() => {
    const { duration } = document.querySelector("dialog video");
    return Number.isFinite(duration) && duration;
  });
  assert.ok(Math.abs((await length.jsonValue()) - 10.2) < 0.5, `${await length.jsonValue()} s`);
  await page.getByRole("button", { name: "Close" }).click();
  await dialog().waitFor({ state: "detached" });
});

for (const colorScheme of ["light", "dark"]) {
  test(`no phase has a serious fault of access in the ${colorScheme}`, async () => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 320, height: 700 });
    const look = async () => {
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
      const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      assert.deepEqual(grave.map(({ id, nodes }) => [id, nodes.slice(0, 3).map((node) => node.html)]), []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth && document.querySelector("dialog").scrollWidth <= innerWidth));
    };
    await open();
    await page.getByRole("button", { name: "Start filming" }).waitFor();
    await look();
    await page.getByRole("button", { name: "Start filming" }).click();
    await page.getByRole("button", { name: "Stop now" }).waitFor();
    await look();
    await page.getByRole("button", { name: "Stop now" }).click();
    await page.getByRole("button", { name: "Send and check" }).waitFor();
    await look();
    await page.keyboard.press("Escape");
    await dialog().waitFor({ state: "detached" });
    await page.setViewportSize({ width: 1280, height: 800 });
  });
}

for (const [fault, words] of [["NotAllowedError", /refused/], ["NotReadableError", /another program/], ["NotFoundError", /No camera/], ["TypeError", /could not be opened/]]) {
  test(`${fault} is told in words, and tried again`, async () => {
    await page.evaluate((fault) => (window.fault = fault), fault);
    await open();
    assert.match(await page.getByRole("alert").innerText(), words);
    await page.evaluate(() => (window.fault = null));
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("button", { name: "Start filming" }).waitFor();
    await page.keyboard.press("Escape");
    await dialog().waitFor({ state: "detached" });
    await off();
  });
}

test("a person who refuses the camera is told so by the browser's own refusal", async () => {
  const other = await openFilming(); // without a permission
  await other.page.goto(service.address);
  await other.page.getByRole("button", { name: "Film with the camera" }).click();
  assert.match(await other.page.getByRole("alert").innerText(), /refused/);
  await other.context.close();
});

test("over plain http from another machine it says why there is no camera", async () => {
  const other = await openFilming({ permissions: ["camera", "microphone"] });
  await other.page.goto(`http://${STRANGE_NAME}:${service.port}`);
  await other.page.getByRole("button", { name: "Film with the camera" }).click();
  assert.match(await other.page.getByRole("alert").innerText(), /plain http/);
  await other.context.close();
});

test("a camera that goes away leaves what was filmed", async () => {
  await open();
  await page.getByRole("button", { name: "Start filming" }).click();
  await page.getByRole("button", { name: "Stop now" }).waitFor();
  await page.waitForTimeout(1200);
  await page.evaluate(() => window.tracks.at(-1).dispatchEvent(new Event("ended"))); // the last is the picture
  await dialog().getByText("Nothing has been sent yet.").waitFor();
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
});

test("a film is sent when the person says so, and a face is found in it", { timeout: LONG_MS }, async () => {
  assert.deepEqual(sent, []);
  await page.getByText("How to check").click();
  await page.getByLabel(/^Fast/).check();
  await open();
  await film(4);
  await page.getByRole("button", { name: "Send and check" }).click();
  await dialog().waitFor({ state: "detached" });
  const link = page.getByRole("link", { name: /^camera-\d{4}-\d\d-\d\d-\d{4}\.(webm|mp4|mkv)$/ }).first();
  await link.click();
  assert.match(sent[0].searchParams.get("name"), /^camera-/);
  await page.getByText("1 person followed").waitFor({ timeout: LONG_MS });
  const check = page.url().split("/").at(-1);
  const view = await (await fetch(`${service.address}/v1/checks/${check}/view`)).json();
  assert.ok(view.duration > 3.5 && view.duration < 7, `${view.duration} s`);
  assert.ok(Math.abs(view.report.media.video.frame_rate - 30) < 3, `${view.report.media.video.frame_rate} frames/s`);
  assert.ok(view.sound.level_dbfs.some((level) => level > -40), "the fake microphone beeps");
});

test("in its player it knows its length and goes anywhere", async () => {
  const length = await page.waitForFunction(() => {
    const { duration } = document.querySelector("video");
    return Number.isFinite(duration) && duration;
  });
  await page.waitForFunction(() => document.querySelector("video").currentTime === 0);
  const slider = page.getByRole("slider", { name: "Position in the film" });
  assert.match(await slider.getAttribute("aria-valuetext"), /^0:00\.0 of /);
  for (const share of [0.8, 0.3]) {
    const box = await slider.boundingBox();
    await page.mouse.click(box.x + box.width * share, box.y + 5);
    await page.waitForFunction((goal) => {
      const video = document.querySelector("video");
      return !video.seeking && Math.abs(video.currentTime - goal) < 0.4;
    }, share * (await length.jsonValue()));
  }
});

test("lanes of mouth and sound are drawn, told in words, and clicked", async () => {
  const slider = page.getByRole("slider", { name: "Position in the film" });
  const lanes = slider.locator("canvas");
  assert.equal(await lanes.count(), 2);
  for (const lane of await lanes.all()) {
    const drawn = await lane.evaluate((canvas) => {
      const seen = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      return seen.filter((value, index) => index % 4 === 3 && value > 0).length;
    });
    assert.ok(drawn > 100, `${drawn} pixels`);
  }
  assert.match(await slider.getAttribute("aria-valuetext"), /; Mouth [\d.]+ · Sound −?\d+ dB|; Mouth [\d.]+ · Sound –/);
  await page.getByText(/nothing is concluded from them/).waitFor();
  assert.match(await page.locator("section.timeline, section[class*=timeline]").innerText(), /Sound: loudest at 0:0\d\.\d, −\d+ decibels/);
  const box = await lanes.last().boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await page.waitForFunction(() => document.querySelector("video").currentTime > 1);
});

test("nothing broke the policy and nothing was written to the console", () => {
  assert.deepEqual(faults, []);
});
