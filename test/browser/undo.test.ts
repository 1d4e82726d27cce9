/** Taking answers of the review back, in headless Chromium: the last one of a page, too. */
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/store.js';
import { chromiumPath } from '../support/chromium.js';
import { serveStore } from '../unit/api/served-store.js';
import { workbench } from '../unit/store/builders.js';
import { far, showItems } from '../unit/store/pictured-items.js';

const bench = workbench();
const standing = ({ reviews }: Store) =>
  reviews.labels(100, null).filter(({ withdrawnAt }) => withdrawnAt === null);

describe.skipIf(chromiumPath === undefined)(
  'an answer of the review (skipped where there is no Chromium)',
  () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox'] });
    }, 120_000);
    afterAll(() => browser.close());

    /** Its review with so many questions, none like another. */
    async function opened(count: number): Promise<{ readonly page: Page; readonly store: Store }> {
      const shown = Array.from({ length: count }, (_, index) => ({ sweater: 0.6, phash: far(index) }));
      const store = showItems(bench.open(), shown);
      const page = await browser.newPage({ locale: 'en' });
      page.setDefaultTimeout(60_000);
      await page.goto(`${await serveStore(store)}/review`);
      await page.locator('.question.now').waitFor();
      return { page, store };
    }

    it('is taken back on the page that comes after it', { timeout: 120_000 }, async () => {
      const { page, store } = await opened(2);
      await page.keyboard.press('1');
      await page.keyboard.press('n');
      await page.getByText('Everything has been judged.').waitFor();
      expect(standing(store).map(({ verdict }) => verdict)).toEqual(['none', 'category']);
      await page.keyboard.press('u');
      await page.locator('.question.now').waitFor();
      expect(standing(store).map(({ verdict }) => verdict)).toEqual(['category']);
      await page.keyboard.press('u');
      await expect.poll(() => standing(store)).toEqual([]);
    });

    it('is taken back while the page leaves for the next one', { timeout: 120_000 }, async () => {
      const { page, store } = await opened(1);
      // The answer takes its time, as does the page after it.
      await page.route('**/v1/labels', async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 500));
        await route.continue();
      });
      await page.keyboard.press('n');
      await page.keyboard.press('u');
      await page.getByText('taken back').waitFor();
      expect(store.reviews.labels(10, null)).toHaveLength(1);
      expect(standing(store)).toEqual([]);
      await page.route('**/review', async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 1000));
        await route.continue();
      });
      const leaving = page.waitForRequest('**/review');
      await page.keyboard.press('n');
      await leaving;
      await page.keyboard.press('u');
      await expect.poll(() => store.reviews.labels(10, null).length).toBe(2);
      await expect.poll(() => standing(store), { timeout: 20_000 }).toEqual([]);
      await page.locator('.question.now').waitFor();
    });

    it('that is refused comes back, also where it was the last one', { timeout: 120_000 }, async () => {
      const { page, store } = await opened(1);
      const problem = {
        status: 503,
        contentType: 'application/problem+json',
        body: '{"detail":"no room left"}',
      };
      await page.route('**/v1/labels', (route) => route.fulfill(problem), { times: 1 });
      await page.keyboard.press('n');
      await page.getByRole('status').getByText('no room left').waitFor();
      expect(await page.locator('.question.now').count()).toBe(1);
      await page.keyboard.press('n');
      await page.getByText('Everything has been judged.').waitFor();
      expect(standing(store)).toHaveLength(1);
    });
  },
);
