import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { FashiondError } from '../../../src/domain/errors.js';
import { createPageReader } from '../../../src/extract/page-reader.js';
import { readPage } from '../../../src/extract/read-page.js';

const body = readFileSync(new URL('../../golden/makeshop-euc-jp.html', import.meta.url));
const facts = {
  url: 'http://hokkori.example/shopdetail/000000000192/',
  contentType: 'text/html',
  hints: { currency: null, language: null, selectors: {} },
};

describe('createPageReader', () => {
  const reader = createPageReader({ threads: 1, maxQueue: 2 });
  afterAll(() => reader.close());

  test('reads on a worker what readPage reads, and leaves the bytes to the caller', async () => {
    const reading = await reader.read(body, facts);
    expect(reading).toEqual(readPage(body, facts));
    expect(body.length).toBeGreaterThan(0);
  });

  test('more pages than the queue holds wait for room', async () => {
    const readings = await Promise.all(Array.from({ length: 40 }, () => reader.read(body, facts)));
    expect(new Set(readings.map(({ product }) => product?.sku))).toEqual(new Set(['n-0192']));
  });

  // V8 of Node.js 22 and 24 ends the whole process where a heap is too small for its own start.
  test.skipIf(!process.version.startsWith('v20.'))('no page is blamed where no thread starts', async () => {
    const none = createPageReader({ threads: 1, maxQueue: 2, maxHeapMiB: 1 });
    try {
      for (let tries = 0; tries < 2; tries += 1) {
        await expect(none.read(body, facts)).rejects.toMatchObject({
          code: 'internal',
          retry: true,
          message: expect.stringMatching(/^no thread reads pages: /),
        });
      }
    } finally {
      await none.close();
    }
  });

  test('a page that kills its worker is refused; the next one is read', async () => {
    const small = createPageReader({ threads: 1, maxQueue: 2, maxHeapMiB: 24 });
    try {
      // Its elements are bounded; what JSON makes of few bytes is known only once it is read.
      const heavy = Buffer.from(
        `<script type="application/ld+json">[${'{"a":{}},'.repeat(200_000)}{}]</script>`,
      );
      const refusal = await small.read(heavy, facts).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(FashiondError);
      expect((refusal as FashiondError).code).toBe('refused');
      expect((refusal as FashiondError).message).toContain(facts.url);
      expect((refusal as FashiondError).message).toContain('memory');
      expect((await small.read(body, facts)).product?.sku).toBe('n-0192');
    } finally {
      await small.close();
    }
  });
});
