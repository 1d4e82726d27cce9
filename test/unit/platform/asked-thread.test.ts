/** A thread that is asked questions: what becomes of them when it dies, is asked too much, or is ended. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packageRoot } from '../../../src/config/assets.js';
import { AskedThread } from '../../../src/platform/asked-thread.js';

let folder: string;
let thread: AskedThread;
const dist = (path: string): string => pathToFileURL(join(packageRoot, 'dist', path)).href;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fashiond-asked-'));
  writeFileSync(
    join(folder, 'worker.mjs'),
    `import { threadId } from 'node:worker_threads';
     import { FashiondError } from '${dist('domain/errors.js')}';
     import { answerQuestions } from '${dist('platform/asked-thread.js')}';
     answerQuestions((question) => {
       if (question === 'die') process.exit(3);
       if (question === 'refuse') throw new FashiondError('usage', 'not so', { hint: 'Say so.' });
       if (question === 'fail') throw new TypeError('a fault');
       return { question, threadId };
     });\n`,
  );
  thread = new AskedThread({
    from: pathToFileURL(join(folder, 'caller.js')).href,
    worker: './worker.mjs',
    does: 'answers',
    mostWaiting: 3,
    idleMs: 60_000,
  });
});

afterEach(async () => {
  await thread.close();
  rmSync(folder, { recursive: true });
});

it('takes only the question in hand with it when it dies; another thread answers the others', async () => {
  const before = await thread.ask<{ threadId: number }>('one');
  const [died, after] = await Promise.allSettled([thread.ask('die'), thread.ask('two')]);
  expect(died).toMatchObject({
    reason: { code: 'busy', retry: true, message: expect.stringContaining('it exited with 3') },
  });
  expect(after).toMatchObject({ value: { question: 'two' } });
  const { threadId } = (after as PromiseFulfilledResult<{ threadId: number }>).value;
  expect(threadId).not.toBe(before.threadId);
  expect(await thread.ask('three')).toEqual({ question: 'three', threadId });
});

it('tells what was wrong with a question as its function did', async () => {
  await expect(thread.ask('refuse')).rejects.toMatchObject({
    code: 'usage',
    message: 'not so',
    hint: 'Say so.',
  });
  await expect(thread.ask('fail')).rejects.toMatchObject({ code: 'internal', message: 'a fault' });
});

it('refuses more questions than may wait, and answers those that wait', async () => {
  const asked = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map((one) => thread.ask(one)));
  expect(asked.map(({ status }) => status)).toEqual([...Array(4).fill('fulfilled'), 'rejected']);
  expect(asked.at(-1)).toMatchObject({ reason: { code: 'busy', retry: true } });
});

it('rejects what it has not answered when it is ended, and what is asked then', async () => {
  const asked = Promise.allSettled([thread.ask('one'), thread.ask('two')]);
  await thread.close();
  const cancelled = { status: 'rejected', reason: { code: 'cancelled' } };
  expect(await asked).toMatchObject([cancelled, cancelled]);
  await expect(thread.ask('three')).rejects.toMatchObject({ code: 'cancelled' });
});
