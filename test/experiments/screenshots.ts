/**
 * Pictures of the web page over the demo's catalogue: those of the README, and with `--all` every page in both languages, as
 * wide as a desk and as narrow as a phone, to be looked at.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import type { CliContext } from '../../src/cli/context.js';
import { FashiondError } from '../../src/domain/errors.js';
import { experimentCommand, workFolder } from './work-folder.js';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const DESK = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };
/** Of a picture in the README: as wide as it is shown, and light enough to be loaded with it. */
const SHOWN_WIDTH = 1100;
const MOST_BYTES = 60_000;
/** In a row. */
const SHOWN_LOOKALIKES = 5;

interface Item {
  readonly id: number;
  readonly picture: string | null;
  readonly category: string | null;
}

/** What a picture shows: `path` and what is done there before it is taken. */
interface Shot {
  readonly name: string;
  readonly path: string;
  readonly language?: 'en' | 'ja';
  readonly prepare?: (page: Page) => Promise<unknown>;
}

export async function screenshotsExperiment(args: readonly string[], context: CliContext): Promise<void> {
  const command = experimentCommand('screenshots', 'pictures of the web page, for the README or to look at')
    .option('--out <folder>', 'where the pictures of the README go', '.github')
    .option('--all <folder>', 'writes every page, wide and narrow, there instead')
    .parse([...args], { from: 'user' });
  const { work, out, all } = command.opts<{ work: string; out: string; all?: string }>();
  const executablePath = process.env['FASHIOND_CHROMIUM'] ?? BROWSERS.find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new FashiondError('not-found', `there is no browser at ${BROWSERS.join(', ')}`, {
      hint: 'Install Chromium, or name one in FASHIOND_CHROMIUM.',
    });
  }
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  let demo: ChildProcess | null = null;
  try {
    demo = startDemo(join(workFolder(work, context), 'page-demo'));
    const url = await servedAt(demo, context);
    const shots = await shotsOf(url);
    if (all === undefined) await writeShown(browser, url, shots, out, context);
    else await writeAll(browser, url, shots, all, context);
  } finally {
    await Promise.all([browser.close(), demo && ended(demo)]);
  }
}

async function ended(demo: ChildProcess): Promise<void> {
  if (demo.exitCode !== null || demo.signalCode !== null) return;
  const exit = once(demo, 'exit');
  demo.kill('SIGTERM');
  await exit;
}

function startDemo(folder: string): ChildProcess {
  return spawn(process.execPath, ['bin/fashiond', 'demo', '--data', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The address of the page, once everything has been crawled and classified. */
export async function servedAt(demo: ChildProcess, context: CliContext): Promise<string> {
  let url: string | null = null;
  demo.stdout?.resume();
  for await (const line of createInterface({ input: demo.stderr! })) {
    context.note(line);
    url = /^Watch it at (\S+)/.exec(line)?.[1] ?? url;
    if (url !== null && line.startsWith('Serving')) {
      demo.stderr?.resume();
      return url;
    }
  }
  throw new FashiondError('internal', 'the demo ended before its page was there');
}

async function shotsOf(url: string): Promise<Shot[]> {
  const item = await itemWithMuchToShow(url);
  const choose = async (page: Page): Promise<void> => {
    const response = await fetch(`${url}/v1/pictures/${item.picture}?width=640`);
    const buffer = Buffer.from(await response.arrayBuffer());
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'found.webp', mimeType: 'image/webp', buffer });
    await page.locator('#results .card').first().waitFor();
  };
  return [
    { name: 'catalogue', path: '/' },
    { name: 'item', path: `/items/${item.id}` },
    { name: 'lookalikes', path: `/items/${item.id}?cheaper=true#lookalikes` },
    { name: 'search', path: '/search', prepare: choose },
    { name: 'review', path: '/review', language: 'ja' },
    { name: 'models', path: '/models' },
  ];
}

/** In stock and in a category, with a price that changed, and of these the one with the likest cheaper lookalikes. */
async function itemWithMuchToShow(url: string): Promise<Item> {
  const read = async <Answer>(path: string): Promise<Answer> =>
    (await (await fetch(url + path)).json()) as Answer;
  const { items } = await read<{ items: Item[] }>('/v1/items?limit=200&inStock=true');
  let best: { readonly item: Item; readonly likeness: number } | null = null;
  for (const item of items.filter(({ picture, category }) => picture !== null && category !== null)) {
    const { history } = await read<{ history: unknown[] }>(`/v1/items/${item.id}/history`);
    if (history.length < 2) continue;
    const { results } = await read<{ results: { score: number }[] }>(
      `/v1/items/${item.id}/similar?cheaper=true`,
    );
    const likeness = results[SHOWN_LOOKALIKES - 1]?.score ?? Number.NEGATIVE_INFINITY;
    if (likeness > (best?.likeness ?? Number.NEGATIVE_INFINITY)) best = { item, likeness };
  }
  if (best !== null) return best.item;
  throw new FashiondError(
    'not-found',
    'no item of the demo has both a price that changed and cheaper lookalikes',
  );
}

async function writeShown(
  browser: Browser,
  url: string,
  shots: readonly Shot[],
  out: string,
  context: CliContext,
): Promise<void> {
  for (const { name, path, language = 'en', prepare } of shots) {
    const page = await browser.newPage({ viewport: DESK, locale: language });
    await page.goto(url + path);
    await prepare?.(page);
    await settled(page);
    const bytes = await small(await page.screenshot());
    await page.close();
    const file = join(out, `page-${name}.webp`);
    await writeFile(file, bytes);
    context.print(`${file}: ${Math.round(bytes.byteLength / 1000)} kB`);
  }
}

/** The whole of each page, and what no catalogue shows: a page that is not there, and filters that nothing passes. */
async function writeAll(
  browser: Browser,
  url: string,
  shots: readonly Shot[],
  folder: string,
  context: CliContext,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const more: Shot[] = [
    { name: 'shops', path: '/shops' },
    { name: 'crawl', path: '/crawl' },
    { name: 'nothing', path: '/?q=nobody+sells+this' },
    { name: 'missing', path: '/items/999999' },
  ];
  for (const { name, path, prepare } of [...shots, ...more]) {
    for (const [width, viewport] of Object.entries({ desk: DESK, phone: PHONE })) {
      for (const locale of ['en', 'ja']) {
        const page = await browser.newPage({ viewport, locale });
        await page.goto(url + path);
        await prepare?.(page);
        await settled(page);
        const file = join(folder, `${name}-${width}-${locale}.png`);
        await page.screenshot({ path: file, fullPage: true });
        await page.close();
        context.print(file);
      }
    }
  }
}

/** A picture that was begun is there within moments. */
const PATIENCE_MS = 30_000;
const ARE_PICTURES_THERE = `[...document.images].every(
  (one) => one.complete || one.offsetParent === null || one.getBoundingClientRect().top > innerHeight)`;

/** Pictures are loaded as they come into sight. Throws FashiondError `internal` where one is not there in time. */
export async function settled(page: Page, patienceMs = PATIENCE_MS): Promise<void> {
  await page.waitForLoadState('networkidle');
  const until = performance.now() + patienceMs;
  while (!(await page.evaluate<boolean>(ARE_PICTURES_THERE))) {
    if (performance.now() > until) {
      throw new FashiondError('internal', `a picture of ${page.url()} is not there after ${patienceMs} ms`);
    }
    await sleep(100);
  }
  await page.evaluate('document.fonts.ready.then(() => undefined)');
}

/** As WebP, as good as fits. */
async function small(png: Buffer): Promise<Buffer> {
  for (const quality of [85, 75, 65, 55, 45, 35]) {
    const bytes = await sharp(png).resize({ width: SHOWN_WIDTH }).webp({ quality, effort: 6 }).toBuffer();
    if (bytes.byteLength < MOST_BYTES) return bytes;
  }
  throw new FashiondError('internal', `a screenshot does not fit into ${MOST_BYTES} bytes`);
}
