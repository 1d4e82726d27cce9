/** Where the pictures of the page are not to be had: it ends, says why, and leaves nothing running. */
import type { ChildProcess } from 'node:child_process';
import { PassThrough } from 'node:stream';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { servedAt, settled } from '../../experiments/screenshots.js';

it('waits for pictures, but not for ever', async () => {
  let asked = 0;
  const page = (isThere: () => boolean): Page =>
    ({
      url: () => 'http://127.0.0.1/items/1',
      waitForLoadState: async () => undefined,
      evaluate: async (script: string) => (script.includes('document.images') ? isThere() : undefined),
    }) as unknown as Page;
  await settled(page(() => ++asked === 2));
  expect(asked).toBe(2);
  await expect(
    settled(
      page(() => false),
      50,
    ),
  ).rejects.toMatchObject({
    code: 'internal',
    message: 'a picture of http://127.0.0.1/items/1 is not there after 50 ms',
  });
});

it('takes the end of the demo for a fault, not for a refusal', async () => {
  const stderr = new PassThrough();
  stderr.end('Watch it at http://127.0.0.1:1\n');
  const notes: string[] = [];
  const context = {
    print: () => undefined,
    note: (line: string) => void notes.push(line),
    interactive: false,
    signal: new AbortController().signal,
  };
  const demo = { stdout: null, stderr } as unknown as ChildProcess;
  await expect(servedAt(demo, context)).rejects.toMatchObject({ code: 'internal' });
  expect(notes).toEqual(['Watch it at http://127.0.0.1:1']);
});
