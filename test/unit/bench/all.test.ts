/** The run of several benchmarks, with a script in their place that does what its arguments say. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { benchAll } from '../../bench/all.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const SCRIPT = `
import { writeFileSync } from 'node:fs';
const [name, ...args] = process.argv.slice(2);
console.log(name, 'with', ...args.slice(0, -2));
if (args[0] === 'crash') {
  console.error('the shops did not open');
  process.exit(1);
}
const absent = args[0] === 'alone' ? { absent: 'npm install it' } : {};
writeFileSync(args.at(-1), JSON.stringify([{ what: 'pages', measured: Number.NaN, required: 1, atMost: true, ...absent }]));
`;

const ALL = ['crawl', 'store'];

function place(): Parameters<typeof benchAll>[1] {
  const folder = temporaryFolder();
  const main = join(folder, 'main.mjs');
  writeFileSync(main, SCRIPT);
  return { all: ALL, results: join(folder, 'RESULTS.md'), main };
}

let printed = '';
beforeEach(() => {
  printed = '';
  // Whatever this machine has to compare with.
  vi.stubEnv('FASHIOND_PYTHON', '/nowhere/python3');
  vi.spyOn(console, 'log').mockImplementation((text: string) => void (printed += `${text}\n`));
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

it('keeps what was measured before of a benchmark that crashes, and says why it did', async () => {
  const at = place();
  await benchAll([{ name: 'crawl', args: ['as', 'ever'] }], at);
  const { bars, crashed } = await benchAll(
    [
      { name: 'crawl', args: ['crash'] },
      { name: 'store', args: ['alone'] },
    ],
    at,
  );
  expect(crashed).toEqual(['crawl']);
  expect(bars).toHaveLength(1);
  const results = readFileSync(at.results, 'utf8');
  expect(results).toContain('crawl with as ever');
  expect(results).not.toContain('ended with');
  expect(printed).toMatch(/crawl ended with 1.*\n.*the shops did not open/);
});

it('has a row for what was no number, and for a peer that is absent', async () => {
  const at = place();
  await benchAll(
    [
      { name: 'crawl', args: ['all'] },
      { name: 'store', args: ['alone'] },
    ],
    at,
  );
  const results = readFileSync(at.results, 'utf8');
  expect(results).toContain('| crawl | pages | NaN | at most 1 | missed |');
  expect(results).toContain('| store | pages |  | at most 1 | absent: npm install it |');
  expect(results).toMatch(/: fashiond \d.*onnxruntime-node \d.*libvips \d.*SQLite \d/);
});
