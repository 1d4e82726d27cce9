/**
 * Clients typed from the OpenAPI document of a running daemon, with the tools a user would take: the program compiles
 * and does what it says, and one that asks for what the service has not does not compile.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveCatalogue } from '../support/served-catalogue.js';
import type { ServedCatalogue } from '../support/served-catalogue.js';
import { picture, smallItems } from '../support/small-shop.js';

const CLIENT = fileURLToPath(new URL('../client/', import.meta.url));
if (!existsSync(join(CLIENT, 'node_modules'))) throw new Error('test/client is not installed: npm ci');
const program = readFileSync(join(CLIENT, 'program.ts'), 'utf8');

/** Each: what the right program says, what a wrong one says instead, and what the compiler has against that. */
const MISTAKES = [
  ['maxPrice: 28', 'maxPrise: 28', /'maxPrise' does not exist in type/],
  ["order: 'cheapest'", "order: 'best'", /'"best"' is not assignable/],
  ["colour: 'green'", "colour: 'octarine'", /'"octarine"' is not assignable/],
  ['minPrice: 21', 'leastPrice: 21', /'leastPrice' does not exist in type/],
  ['title: item.title', 'title: item.titel', /'titel' does not exist on type/],
  ["'/v1/items/{id}/similar'", "'/v1/items/{id}/lookalikes'", /lookalikes/],
  ["verdict: 'category'", "verdict: 'right'", /'"right"' is not assignable/],
  ['path: { id: 999_999 }', 'path: { id: null }', /'null' is not assignable/],
  ['price?.amount', 'price.amount', /'price' is possibly 'null'/],
] as const;

/** Node.js with a script and its arguments, to its end. */
function run(...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    );
  });
}
/** A program of the workspace `test/client`. */
const tool = (path: string, ...args: string[]) => run(join(CLIENT, 'node_modules', path), ...args);

describe('a client typed from the document', () => {
  let served: ServedCatalogue;
  let folder: string;
  /** The compiler's complaints by file. */
  const complaints = new Map<string, string>();

  beforeAll(async () => {
    served = await serveCatalogue();
    mkdirSync(join(CLIENT, 'build'), { recursive: true });
    folder = mkdtempSync(join(CLIENT, 'build', 'client-'));
    const types = join(folder, 'fashiond.d.ts');
    const made = await tool('openapi-typescript/bin/cli.js', `${served.url}/openapi.json`, '--output', types);
    if (made.code !== 0) throw new Error(made.stderr);
    const files = { 'program.ts': program } as Record<string, string>;
    for (const [at, [right, wrong]] of MISTAKES.entries()) {
      if (program.split(right).length !== 2) throw new Error(`program.ts does not say ${right} once`);
      files[`wrong-${at}.ts`] = program.replace(right, wrong);
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const options = '--strict --target es2022 --module nodenext --types node --skipLibCheck --pretty false';
    const compiled = await tool(
      'typescript/bin/tsc',
      ...options.split(' '),
      ...Object.keys(files).map((name) => join(folder, name)),
    );
    for (const line of compiled.stdout.split('\n')) {
      const [, file, text] = /([\w-]+\.ts)\(\d+,\d+\): (error .*)$/.exec(line) ?? [];
      if (file !== undefined) complaints.set(file, `${complaints.get(file) ?? ''}${text}\n`);
    }
  }, 180_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await served.close();
  });

  it('compiles, and reads, asks, classifies and labels at the running service', async () => {
    expect(complaints.get('program.ts')).toBeUndefined();
    const file = join(folder, 'shorts.png');
    writeFileSync(file, await picture(smallItems(30)[29]!));
    const ran = await run(join(folder, 'program.js'), served.url, file);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const found = JSON.parse(ran.stdout) as { cheaper: { title: string }[] };
    expect(found).toMatchObject({
      items: ['Item 2 of this shop: 21.37 EUR', 'Item 5 of this shop: 25.48 EUR'],
      classified: 'shorts',
      labelledBy: 'local',
      now: 'sweater',
      problem: { code: 'not-found', status: 404 },
    });
    expect(found.cheaper.map(({ title }) => title)).toEqual(['Item 2 of this shop']);
  });

  it.each(MISTAKES.map(([right, wrong, complaint], at) => ({ right, wrong, complaint, at })))(
    'does not compile with $wrong in place of $right',
    ({ complaint, at }) => {
      expect(complaints.get(`wrong-${at}.ts`)).toMatch(complaint);
    },
  );
});
