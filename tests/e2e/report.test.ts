/** `quay report` as a reader sees it: a real browser, at the widths of a desk and a phone, light and dark. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recordedJson } from "../../cli/plan-model/testdata/recorded.ts";
import { renderReport } from "../../cli/report/render.ts";
import { fullFacts } from "../../cli/report/testdata/facts.ts";
import { startBrowser } from "./harness/browser.ts";
import { quayCommand } from "./harness/quay.ts";

const folder = mkdtempSync(join(tmpdir(), "quayside-report-"));
/** Set it to keep pictures of the pages. */
const pictures = process.env["QUAYSIDE_SCREENSHOTS"] ?? folder;

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
  writeFileSync(join(folder, "full.html"), await renderReport(fullFacts()));
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A reader without scripts; what the page asks for is noted. */
async function open(name: string, width: number, colorScheme: "light" | "dark") {
  const context = await browser.newContext({
    ...{ viewport: { width, height: 900 }, colorScheme, javaScriptEnabled: false },
  });
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  const url = pathToFileURL(join(folder, `${name}.html`)).href;
  await page.goto(url);
  return { page, url, requests, complaints, close: () => context.close() };
}

/** These run in the page, so they are no TypeScript: there is no `document` here. */
const checks = readFileSync(join(import.meta.dirname, "harness/page-checks.js"), "utf8");
const check = (page: Page, name: "overflowing" | "unreadable"): Promise<string[]> =>
  page.evaluate(`(() => { ${checks}; return pageChecks.${name}(); })()`);

describe.each([
  ["desktop", 1280],
  ["phone", 390],
  ["small phone", 320],
])("on a %s", (device, width) => {
  test.each(["light", "dark"] as const)("%s: all of it is there, and can be read", async (scheme) => {
    const { page, url, requests, complaints, close } = await open("full", width, scheme);
    const picture = `report-${device}-${scheme}.png`.replace(" ", "-");
    await page.screenshot({ path: join(pictures, picture), fullPage: true });
    expect(requests).toEqual([url]);
    expect(complaints).toEqual([]);
    expect(await check(page, "overflowing")).toEqual([]);
    expect(await check(page, "unreadable")).toEqual([]);
    const ground = await page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    expect(ground).toBe(scheme === "dark" ? "rgb(14, 19, 26)" : "rgb(246, 247, 249)");
    for (const heading of ["Topology", "Exposure", "Cost", "Drift", "Certificates", "Backups"]) {
      expect(await page.getByRole("heading", { name: heading, exact: true }).isVisible()).toBe(true);
    }
    expect(await page.getByRole("img", { name: "prod: who can reach what from where" }).isVisible()).toBe(true);
    expect(await page.getByText("hook.example.org/meta/*").isVisible()).toBe(true);
    await close();
  });
});

test("the command writes the page of a stack that nothing is known of, and says so", async () => {
  const file = join(folder, "prod.html");
  const from = join(folder, "prod.json");
  writeFileSync(from, recordedJson("prod"));
  const { stderr } = await quayCommand(["report", "prod", "--from", from, "--out", file]);
  const reason = "nothing is deployed, as far as the state that is at hand says";
  expect(stderr).toContain(`quay: not looked at: Drift: ${reason}`);
  const { page, close } = await open("prod", 1280, "light");
  expect(await page.getByText(`Drift: ${reason}`).isVisible()).toBe(true);
  const row = page.getByRole("row", { name: /^n8n\.example\.org n8n mesh only/ });
  const members = "yes\ngroup:operators\ntag:hub\ntag:workstation";
  expect(await row.getByRole("cell").allInnerTexts()).toEqual(["n8n", "mesh only", "no", members, "no"]);
  expect(await page.getByRole("row", { name: /^Together/ }).innerText()).toMatch(/7\.13$/);
  await close();

  const { stdout } = await quayCommand(["report", "prod", "--from", from, "--no-look", "--json"]);
  const facts = JSON.parse(stdout);
  expect(facts).toMatchObject({ stack: "prod", deployed: false, cost: { after: 7.134, currency: "EUR" } });
  expect(facts.unknown).toContain("Drift: asked not to (--no-look)");
  expect(facts.exposure).toContainEqual(expect.objectContaining({ what: "https://n8n.example.org", access: "mesh" }));
});
