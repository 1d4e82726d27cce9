/** Help, a wrong option and a shell's completion are answered without what does the work: it takes most of a second to load. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const src = fileURLToPath(new URL('../../../src/', import.meta.url));
/** What a command line needs to be read. */
const LIGHT = ['commander', 'fastest-levenshtein'];

/** Packages that are loaded with a module, through whatever it imports before anything runs. */
function packagesOf(entries: readonly string[]): { readonly packages: string[]; readonly modules: string[] } {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const waiting = entries.map((entry) => join(src, entry));
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const text = readFileSync(path, 'utf8');
    for (const [, from = ''] of text.matchAll(
      /^(?:import|export)(?! type)[^;]*?from '([^']+)';|^import '([^']+)';/gm,
    )) {
      if (from.startsWith('.')) waiting.push(join(dirname(path), from.replace(/\.js$/, '.ts')));
      else if (!from.startsWith('node:') && from !== '') packages.add(from);
    }
  }
  return { packages: [...packages].sort(), modules: [...seen].map((path) => relative(src, path)) };
}

it('loads nothing heavy before a command runs', () => {
  const commands = readdirSync(join(src, 'cli/commands')).map((name) => `cli/commands/${name}`);
  expect(commands.length).toBeGreaterThan(15);
  const { packages, modules } = packagesOf(['main.ts', 'cli/completion.ts', ...commands]);
  expect(packages).toEqual(LIGHT);
  expect(modules.every((path) => existsSync(join(src, path)))).toBe(true);
});

it('is told of what is heavy', () => {
  expect(packagesOf(['cli/status.ts']).packages).toEqual(expect.arrayContaining(['better-sqlite3', 'zod']));
  expect(packagesOf(['cli/train.ts']).packages).toEqual(
    expect.arrayContaining(['onnxruntime-node', 'sharp']),
  );
});

// A question about an item reads vectors that are there: no decoder, no network.
it.each(['cli/status.ts', 'cli/similar.ts', 'cli/db.ts'])('%s needs no decoder and no runtime', (entry) => {
  const { packages } = packagesOf([entry]);
  for (const heavy of ['onnxruntime-node', 'sharp', 'echarts', 'piscina', 'fastify', 'hyparquet-writer'])
    expect(packages).not.toContain(heavy);
});
