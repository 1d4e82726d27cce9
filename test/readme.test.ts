import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createProgram } from '../src/cli/run-cli.js';
import { schemaAt, shapeOf } from '../src/config/schema-walk.js';
import { configSchema, shopSchema } from '../src/config/schema.js';
import { VIEWS } from '../src/store/views.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The README's part about views, as it has to stand between its two markers. */
function viewsSection(): string {
  return VIEWS.map(({ name, doc, columns }) => {
    const rows = Object.entries(columns).map(([column, text]) => `- \`${column}\`: ${text}`);
    return `<details><summary><code>${name}</code>: ${doc}</summary>\n\n${rows.join('\n')}\n\n</details>`;
  }).join('\n');
}

/** Fenced blocks of one language. */
function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    (match) => match[1] ?? '',
  );
}

/** Tests that the table of promises names: file, and title of a test in it. */
function promisedTests(text: string): { readonly file: string; readonly title: string }[] {
  return [...text.matchAll(/`(test\/[\w./-]+\.test\.ts)`: _([^_]+)_/g)].map(([, file = '', title = '']) => ({
    file,
    title,
  }));
}

/** Of these, those whose file has no test of that title. */
function missingTests(text: string): string[] {
  return promisedTests(text)
    .filter(({ file, title }) => {
      const path = join(root, file);
      const source = existsSync(path) ? readFileSync(path, 'utf8').replaceAll("\\'", "'") : '';
      return !["'", '`', '"'].some((quote) => source.includes(quote + title + quote));
    })
    .map(({ file, title }) => `${file}: ${title}`);
}

/** Source files of the program. */
function sources(): { readonly file: string; readonly text: string }[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ file, text: readFileSync(join(root, 'src', file), 'utf8') }));
}

/** Events of the log with their levels, by the calls that write them; what waits patiently is told of as a warning. */
function events(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const add = (event: string, level: string): void =>
    void found.set(event, (found.get(event) ?? new Set()).add(level));
  for (const { text } of sources()) {
    for (const [, level = '', event = ''] of text.matchAll(/\.(debug|info|warn|error)\(\s*'(\w+\.\w+)'/g))
      add(event, level);
    for (const [, event = ''] of text.matchAll(/\bevent: '(\w+\.\w+)'/g)) add(event, 'warn');
  }
  return found;
}

/** Names that a text takes for config keys: `section.key` of a section that exists, and `key:`. */
function configKeys(text: string): string[] {
  const known = events();
  const isSection = (name: string): boolean =>
    [configSchema, shopSchema].some((schema) => shapeOf(schemaAt(schema, [name]) ?? z.never()) !== null);
  const dotted = [...text.matchAll(/`([a-z_]+)((?:\.[a-z_]+)+)(?::[^`]*)?`/g)]
    .filter(([, section = '', rest = '']) => isSection(section) && !/\.(onnx|test\.ts)$/.test(rest))
    .map(([, section, rest]) => `${section}${rest}`)
    .filter((name) => !known.has(name));
  const alone = [...text.matchAll(/`([a-z]+(?:_[a-z]+)*):(?: [^`]*)?`/g)].map(([, name = '']) => name);
  return [...dotted, ...alone];
}

/** Of these, those that neither the config nor a shop's file has; a name alone may be of any section. */
function unknownKeys(text: string): string[] {
  const known = new Set([configSchema, shopSchema].flatMap((schema) => keysOf(schema, '')));
  const names = new Set([...known].map((key) => key.split('.').at(-1)));
  return configKeys(text).filter((name) => !known.has(name) && (name.includes('.') || !names.has(name)));
}

function keysOf(schema: Parameters<typeof shapeOf>[0], at: string): string[] {
  return Object.entries(shapeOf(schema) ?? {}).flatMap(([key, inner]) => [
    at + key,
    ...keysOf(inner, `${at}${key}.`),
  ]);
}

/** Commands and options of a command line that the program does not have. */
function unknownIn(line: string, program: Command): string[] {
  const words = (line.split('#')[0] ?? '').trim().split(/\s+/).slice(1);
  let command = program;
  for (const word of words) command = command.commands.find((child) => child.name() === word) ?? command;
  const known = new Set(command.options.map((option) => option.long));
  const options = words.filter((word) => word.startsWith('--') && !known.has(word));
  const noCommand = command === program && words[0]?.startsWith('--') !== true;
  return [...options, ...(noCommand ? words.slice(0, 1) : [])].map((word) => `${line}: ${word}`);
}

describe('README', () => {
  it('documents every view and column', () => {
    const section = /<!-- views:begin -->\n([\s\S]*?)<!-- views:end -->/.exec(readme)?.[1];
    expect(section?.trim(), 'replace the part between the markers with what is expected here').toBe(
      viewsSection().trim(),
    );
  });

  it('lists every event of the log with its levels, and no other', () => {
    const section = /<!-- events:begin -->\n([\s\S]*?)<!-- events:end -->/.exec(readme)?.[1] ?? '';
    const listed = [...section.matchAll(/^- `(\w+\.\w+)` \(([\w, ]+)\): /gm)].map(
      ([, event = '', levels = '']) => `${event}: ${levels}`,
    );
    const order = ['debug', 'info', 'warn', 'error'];
    const written = [...events()].map(
      ([event, levels]) => `${event}: ${order.filter((level) => levels.has(level)).join(', ')}`,
    );
    expect(listed).toEqual(written.toSorted());
    // A name that is no literal would not be found; those that wait patiently are found where they are named.
    const unnamed = sources().filter(({ text }) => /\blog\.(?:debug|info|warn|error)\((?!\s*')/.test(text));
    expect(unnamed.map(({ file }) => file)).toEqual(['platform/patience.ts']);
  });

  it('tells of benchmarks what RESULTS.md does, and of every bar that was missed', () => {
    const rows = (text: string): string[] =>
      text
        .split('\n')
        .filter((line) => line.startsWith('| '))
        .map((line) =>
          line
            .split('|')
            .map((cell) => cell.trim())
            .join('|'),
        );
    const headline = rows(
      /<!-- headline:begin -->\n([\s\S]*?)<!-- headline:end -->/.exec(readme)?.[1] ?? '',
    ).slice(2);
    const results = rows(readFileSync(join(root, 'test/bench/RESULTS.md'), 'utf8'));
    expect(headline.length).toBeGreaterThan(10);
    expect(headline.filter((row) => !results.includes(row))).toEqual([]);
    const missed = results.filter((row) => /\|missed[^|]*\|$/.test(row));
    expect(missed.filter((row) => !headline.includes(row))).toEqual([]);
  });

  it('names only paths that exist', () => {
    const inBackticks = [...readme.matchAll(/`((?:src|config|test|data|bin|\.ci)\/[\w./-]*)`/g)].map(
      (m) => m[1] ?? '',
    );
    const inTree = [...(blocks('')[0] ?? '').matchAll(/^((?:src|config|test|bin)[\w./-]*)/gm)].map(
      (m) => m[1] ?? '',
    );
    const paths = [...inBackticks, ...inTree].filter((path) => !path.startsWith('data/demo'));
    expect(paths.length).toBeGreaterThan(20);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('names a test that exists for each promise of what happens when something goes wrong', () => {
    const table = /<!-- promises:begin -->\n([\s\S]*?)<!-- promises:end -->/.exec(readme)?.[1] ?? '';
    const rows = table.split('\n').filter((line) => line.startsWith('|'));
    // Below its head every row has its tests.
    expect(rows.length).toBeGreaterThan(9);
    expect(rows.slice(2).filter((row) => promisedTests(row).length === 0)).toEqual([]);
    expect(missingTests(table)).toEqual([]);
    expect(missingTests('`test/readme.test.ts`: _nobody wrote this_')).toHaveLength(1);
    expect(missingTests('`test/nowhere.test.ts`: _documents every view and column_')).toHaveLength(1);
  });

  it('names only commands and options that exist', { timeout: 120_000 }, async () => {
    const context = {
      print: () => {},
      note: () => {},
      interactive: false,
      signal: new AbortController().signal,
    };
    const program = await createProgram(context);
    const lines = blocks('sh')
      .flatMap((block) => block.split('\n'))
      .filter((line) => line.startsWith('fashiond '));
    expect(lines.length).toBeGreaterThan(8);
    expect(lines.flatMap((line) => unknownIn(line, program))).toEqual([]);
    expect(unknownIn('fashiond crawll --once', program)).not.toEqual([]);
    expect(unknownIn('fashiond crawl --onse', program)).not.toEqual([]);
  });

  it('shows a shop that the schema accepts', () => {
    const [shop = ''] = blocks('yaml');
    expect(shopSchema.safeParse(parse(shop)).success).toBe(true);
  });

  it('names only config keys that exist', () => {
    expect(configKeys(readme).length).toBeGreaterThan(30);
    expect(unknownKeys(readme)).toEqual([]);
    const wrong = '`store.disk_flor`, `pace.auto.x`, `contcat:` and `usual_form: 2026-05-31`';
    expect(unknownKeys(wrong)).toEqual(['store.disk_flor', 'pace.auto.x', 'contcat', 'usual_form']);
    expect(unknownKeys('`disk.low`, `model.fell_back`, `model.onnx` and `crawl.traps`')).toEqual([]);
  });
});
