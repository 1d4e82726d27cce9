/** What is said where something goes wrong: to programs as the document has it, to people as a page. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import type { ApiParts } from '../../../src/api/parts.js';
import { HttpProblem } from '../../../src/api/problem.js';
import { FashiondError } from '../../../src/domain/errors.js';
import type { Log } from '../../../src/domain/ports.js';
import { silent, workbench } from '../store/builders.js';
import { serveStore } from './served-store.js';

const bench = workbench();
const PERSON = { headers: { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' } };
const failing = (error: unknown): Partial<ApiParts> => {
  const stats = async () => {
    throw error;
  };
  const reads = { stats, shops: async () => [] };
  return { reads } as unknown as Partial<ApiParts>;
};
const stats = async (error: unknown): Promise<Response> =>
  fetch(`${await serveStore(bench.open(), failing(error))}/v1/stats`);

it('the document has a fault, and a service that is busy, with when to come again', async () => {
  const url = await serveStore(bench.open());
  const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { responses: Record<string, { headers?: object }> }>>;
  };
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  expect(operations.length).toBeGreaterThan(15);
  for (const { responses } of operations) {
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['500', '503']));
    expect(responses['503']!.headers).toHaveProperty('Retry-After');
  }
});

it('a busy service says when to come again: as the error has it, else in some seconds', async () => {
  const busy = await stats(new HttpProblem(503, 'busy', 'taking over', { retryAfter: 1 }));
  expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '1']);
  const full = await stats(new FashiondError('refused', 'no room left', { retry: true }));
  expect([full.status, full.headers.get('retry-after')]).toEqual([503, '5']);
});

it('people get a page where there is nothing, and where there is a fault, which is logged', async () => {
  const error = vi.fn<Log['error']>();
  const parts = { ...failing(new Error('secret')), log: { ...silent, error } };
  const url = await serveStore(bench.open(), parts);
  const missing = await fetch(`${url}/nowhere`, PERSON);
  expect([missing.status, missing.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
  expect(await missing.text()).toMatch(/<h1>There is nothing here[\s\S]*Back to the catalogue/i);
  const program = await fetch(`${url}/nowhere`);
  expect([program.status, await program.json()]).toEqual([
    404,
    expect.objectContaining({ code: 'not-found' }),
  ]);
  const crawl = await fetch(`${url}/crawl`, PERSON);
  const page = await crawl.text();
  expect([crawl.status, crawl.headers.get('content-type')]).toEqual([500, 'text/html; charset=utf-8']);
  expect(page).not.toContain('secret');
  expect(error).toHaveBeenCalledWith('api.failed', expect.objectContaining({ route: '/crawl' }));
});

it('an export ends though its reader takes a little now and then, and another caller may have one meanwhile', async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      await sleep(20);
      yield Buffer.from('a row\n');
    }
  }
  const ended = vi.fn<() => void>();
  async function* watched(): AsyncGenerator<Uint8Array> {
    try {
      yield* endless();
    } finally {
      ended();
    }
  }
  const url = await serveStore(
    bench.open(),
    { exports: { items: () => watched() } },
    { request_timeout: '100ms' },
  );
  const response = await fetch(`${url}/v1/export`);
  expect((await fetch(`${url}/v1/export`)).status).toBe(429);
  await expect(response.text()).rejects.toThrow('terminated');
  await expect.poll(() => ended.mock.calls.length, { timeout: 5000 }).toBe(1);
  const again = await fetch(`${url}/v1/export`);
  expect(again.status).toBe(200);
  await again.body?.cancel();
});
