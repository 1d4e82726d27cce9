/** The web page in headless Chromium: what the four people who never open a terminal do with it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModelFolder } from '../../src/infer/model-folder.js';
import { chromiumPath } from '../support/chromium.js';
import { serveCatalogue } from '../support/served-catalogue.js';
import type { Route } from '../support/shop-server.js';
import type { ServedCatalogue } from '../support/served-catalogue.js';
import { picturePathOf, smallItems } from '../support/small-shop.js';
import type { SmallItem } from '../support/small-shop.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { tinyVariant, writeTinyModelTo } from '../support/tiny-network.js';

const ITEMS = smallItems(30);
const DESK = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
const CHANNEL = { sweater: 0, beanie: 1, shorts: 2 } as const;

/** Squares of its category's colour, light and dark in an order of its own: no two look nearly the same. */
function chequered(item: SmallItem): Promise<Buffer> {
  const side = 64;
  const data = Buffer.alloc(side * side * 3, 20);
  for (let at = 0; at < side * side; at++) {
    const square = (Math.floor(at / side / 8) * 8 + Math.floor((at % side) / 8)) * 31 + item.number * 977;
    const isLight = Math.sin(square * 12.9898) > 0;
    data[at * 3 + CHANNEL[item.category]] = isLight ? 250 : 200;
    if (isLight)
      for (const other of [0, 1, 2]) data[at * 3 + other] = Math.max(data[at * 3 + other] ?? 0, 90);
  }
  return sharp(data, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toBuffer();
}

describe.skipIf(chromiumPath === undefined)('the page in Chromium (skipped where there is none)', () => {
  let served: ServedCatalogue;
  let browser: Browser;
  let page: Page;
  /** Errors of the console, scripts that threw, and what the policy forbade. */
  const complaints: string[] = [];

  beforeAll(async () => {
    const pictures = ITEMS.map(async (item) => [
      picturePathOf(item),
      { headers: { 'content-type': 'image/png' }, body: await chequered(item) },
    ]);
    const routes = Object.fromEntries(await Promise.all(pictures)) as Record<string, Route>;
    [served, browser] = await Promise.all([
      serveCatalogue({ items: ITEMS.length, routes, api: { rate: 1000, burst: 5000 } }),
      chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox'] }),
    ]);
    page = await browser.newPage({
      viewport: DESK,
      locale: 'en',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    page.setDefaultTimeout(60_000);
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  }, 180_000);
  afterAll(async () => {
    await browser.close();
    await served.close();
  });

  const open = (path: string) => page.goto(served.url + path);
  const label = (id: number) =>
    served.app.store.query<{ category: string | null; decided_by: string }>(
      'SELECT category, decided_by FROM v_items WHERE product_id = ?',
      [id],
    )[0];
  /** Of axe, those that keep somebody out. */
  const seriousFindings = async (): Promise<string[]> => {
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<{
      violations: { id: string; impact: string; nodes: { html: string }[] }[];
    }>('axe.run({ resultTypes: ["violations"] })');
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 120)}`);
  };
  const labels = () => served.app.store.reviews.labels(100, null).filter((one) => one.withdrawnAt === null);

  it('shows the catalogue and keeps to the filters', { timeout: 120_000 }, async () => {
    await open('/');
    expect(await page.locator('.card').count()).toBe(24);
    await page.getByRole('link', { name: 'Next page' }).click();
    expect(await page.locator('.card').count()).toBe(ITEMS.length - 24);
    await open('/');
    await page.getByLabel('Category').selectOption('beanie');
    await page.getByLabel('Order').selectOption('cheapest');
    await page.getByRole('button', { name: 'Show' }).click();
    const titles = await page.locator('.card h3').allTextContents();
    expect(titles.map((title) => title.trim())).toEqual(
      Array.from({ length: 10 }, (_, index) => `Item ${2 + 3 * index} of this shop`),
    );
    expect(
      await page
        .locator('.card img')
        .first()
        .evaluate((image: { naturalWidth: number }) => image.naturalWidth),
    ).toBe(64);
  });

  it('shows an item with its lookalikes, and cheaper ones at one click', { timeout: 120_000 }, async () => {
    await page.getByRole('link', { name: 'Item 20 of this shop' }).click();
    await page.getByRole('heading', { name: 'Item 20 of this shop', level: 1 }).waitFor();
    expect(await page.locator('.lookalikes .card').count()).toBe(12);
    await page.getByRole('link', { name: 'Cheaper' }).click();
    await page.waitForURL(/cheaper=true/);
    const cards = await page.locator('.lookalikes .card').allTextContents();
    expect(cards).toHaveLength(6);
    for (const card of cards) expect(card).toMatch(/% less/);
    expect(await page.locator('.lookalikes .bar').first().getAttribute('aria-label')).toMatch(
      /^Colour \d+ %$/,
    );
  });

  it('finds a picture that is chosen, without leaving the page', { timeout: 120_000 }, async () => {
    await open('/search');
    const buffer = await chequered(ITEMS[6]!);
    await page
      .getByLabel('Picture', { exact: true })
      .setInputFiles({ name: 'found.png', mimeType: 'image/png', buffer });
    await page.locator('#results .card').first().waitFor();
    expect(await page.locator('#results .card h3').first().textContent()).toContain('Item 7 of this shop');
    expect(await page.locator('.preview').isVisible()).toBe(true);
    await page.getByLabel('Picture', { exact: true }).setInputFiles({
      name: 'x.png',
      mimeType: 'image/png',
      buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    });
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toMatch(/SVG is not accepted/);
  });

  it('finds a picture that is dropped on it, and one that is pasted', { timeout: 120_000 }, async () => {
    /** That of another item than the one that was found before. */
    const found = async (number: number): Promise<void> => {
      const first = page.locator('#results .card h3').first();
      await first.getByText(`Item ${number} of this shop`).waitFor();
    };
    await open('/search');
    const file = join(temporaryFolder(), 'dropped.png');
    writeFileSync(file, await chequered(ITEMS[10]!));
    // As the system tells the browser of it, not an event of the page.
    const devtools = await page.context().newCDPSession(page);
    const data = { items: [], files: [file], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await devtools.send('Input.dispatchDragEvent', { type, x: 640, y: 500, data });
    }
    await found(11);
    expect(await page.locator('.zone.over').count()).toBe(0);
    const pasted = (await chequered(ITEMS[13]!)).toString('base64');
    await page.evaluate(`(async () => {
      const bytes = Uint8Array.from(atob('${pasted}'), (one) => one.charCodeAt(0));
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': new Blob([bytes], { type: 'image/png' }) })]);
    })()`);
    await page.keyboard.press('Control+V');
    await found(14);
  });

  it('takes twenty answers by keyboard, and takes one back', { timeout: 240_000 }, async () => {
    await open('/review');
    const items: number[] = [];
    for (let answered = 0; answered < 20; answered++) {
      const now = page.locator('.question.now');
      const given = await now.getAttribute('data-item');
      items.push(Number(given));
      await page.keyboard.press(answered === 0 ? 'n' : '1');
      if (answered < 19) await page.locator(`.question.now:not([data-item="${given}"])`).waitFor();
    }
    await expect.poll(() => labels().length, { timeout: 60_000 }).toBeGreaterThanOrEqual(20);
    expect(new Set(items).size).toBe(20);
    expect(label(items[0]!)).toMatchObject({ category: null, decided_by: 'person' });
    expect(label(items[1]!)).toMatchObject({ decided_by: 'person' });
    expect(labels().some(({ sample }) => sample === 'random')).toBe(true);
    // The next questions have come by themselves; one more answer, taken back.
    await page.locator('.question.now').waitFor();
    const before = labels().length;
    await page.keyboard.press('x');
    await expect.poll(() => labels().length, { timeout: 60_000 }).toBeGreaterThan(before);
    await page.keyboard.press('u');
    await expect.poll(() => labels().length, { timeout: 60_000 }).toBe(before);
    // What is passed over is not asked again.
    for (let left = await page.locator('.question').count(); left > 0; left--) await page.keyboard.press('s');
    await page.waitForURL(/except=/);
    await page.getByText('Everything has been judged.').waitFor();
  });

  it('promotes a model and rolls it back by keyboard', { timeout: 240_000 }, async () => {
    const { models } = served.app.store;
    const before = models.current()!.fingerprint;
    const folder = await writeTinyModelTo(join(temporaryFolder(), 'next'), { network: tinyVariant(1) });
    const { manifest } = await loadModelFolder(folder);
    const { fingerprint } = models.addCandidate({ manifest, path: folder }, { kind: 'imported', by: 'test' });
    const says = 'precision 0.80, floor 0.95';
    const check = { name: 'precision', passed: false, candidate: 0.8, required: 0.95, says };
    const gate = { against: before, passed: false, checks: [check], data: 'test', pictures: 9 };
    models.recordGate(fingerprint, gate, 'test');
    /** To the element by Tab alone. */
    const tabTo = async (name: string): Promise<void> => {
      const passed: string[] = [];
      while (passed.length < 100) {
        await page.keyboard.press('Tab');
        const text = await page.evaluate<string>(
          '(document.activeElement?.labels?.[0] ?? document.activeElement)?.textContent.trim().slice(0, 40) ?? ""',
        );
        if (text.startsWith(name)) return;
        passed.push(text);
      }
      throw new Error(`Tab does not lead to ${name}, but to ${passed.join(' | ')}`);
    };
    await open('/models');
    await page.getByText(says).waitFor();
    await tabTo('Promote');
    await page.keyboard.press('Enter');
    await tabTo('Against the gate');
    await page.keyboard.press('Space');
    await tabTo('Promote it now');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('done').waitFor();
    expect(models.current()!.fingerprint).toBe(fingerprint);
    await open('/models');
    await tabTo('Roll back');
    await page.keyboard.press('Enter');
    await tabTo('Roll back now');
    await page.keyboard.press('Enter');
    await expect.poll(() => models.current()!.fingerprint, { timeout: 60_000 }).toBe(before);
    await page.getByRole('status').getByText('Roll back').getByText('done').waitFor();
    await page.getByRole('cell', { name: 'rolled back to' }).waitFor();
    await page.getByRole('cell', { name: 'promoted against the gate' }).waitFor();
  });

  it.each([
    ['en', 'desk', DESK],
    ['en', 'phone', PHONE],
    ['ja', 'phone', PHONE],
  ] as const)(
    'is readable by everybody and no wider than the screen: %s, %s',
    { timeout: 240_000 },
    async (language, _, viewport) => {
      await page.context().addCookies([{ name: 'fashiond_language', value: language, url: served.url }]);
      await page.setViewportSize(viewport);
      for (const path of [
        '/',
        '/?q=nothing',
        '/items/3',
        '/search',
        '/review',
        '/shops',
        '/crawl',
        '/models',
      ]) {
        await open(path);
        expect(await page.evaluate('document.documentElement.lang')).toBe(language);
        const width = await page.evaluate('document.documentElement.scrollWidth');
        expect([path, width]).toEqual([path, viewport.width]);
        expect([path, await seriousFindings()]).toEqual([path, []]);
      }
    },
  );

  it('speaks Japanese at one click', { timeout: 60_000 }, async () => {
    await page.context().clearCookies();
    await open('/review');
    await page.getByRole('link', { name: '日本語' }).click();
    await page.getByRole('heading', { name: '確認', level: 1 }).waitFor();
    expect(await page.evaluate('document.documentElement.lang')).toBe('ja');
  });

  it('made no browser complain', { timeout: 60_000 }, async () => {
    expect(complaints).toEqual([]);
    // What is held against a page is heard: its policy, and a finding of axe.
    await page.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'document.title = "changed"';
      document.body.append(script, document.createElement('button'));
    }`);
    expect(await page.title()).not.toBe('changed');
    await expect.poll(() => complaints.join()).toContain('Content Security Policy');
    expect(await seriousFindings()).toEqual([expect.stringContaining('button-name')]);
  });
});
