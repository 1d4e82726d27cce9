import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
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

describe('README', () => {
  it('documents every view and column', () => {
    const section = /<!-- views:begin -->\n([\s\S]*?)<!-- views:end -->/.exec(readme)?.[1];
    expect(section?.trim(), 'replace the part between the markers with what is expected here').toBe(
      viewsSection().trim(),
    );
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

  it('names only commands and options that exist', () => {
    const help = (args: string[]): string =>
      execFileSync(process.execPath, [join(root, 'bin/fashiond'), ...args, '--help'], { encoding: 'utf8' });
    const lines = blocks('sh')
      .flatMap((block) => block.split('\n'))
      .filter((line) => line.startsWith('fashiond '));
    expect(lines.length).toBeGreaterThan(8);
    for (const line of lines) {
      const [, ...words] = (line.split('#')[0] ?? '').trim().split(/\s+/);
      const names = words.filter((word) => /^[a-z-]+$/.test(word) && !word.startsWith('-')).slice(0, 2);
      const command = names[0] === 'dataset' || names[0] === 'train' ? names : names.slice(0, 1);
      const text = help(command);
      const options = words.filter((word) => word.startsWith('--'));
      expect(
        options.filter((option) => !text.includes(option)),
        line,
      ).toEqual([]);
    }
  });

  it('shows a shop that the schema accepts, and a config key that exists', () => {
    const [shop = ''] = blocks('yaml');
    expect(shopSchema.safeParse(parse(shop)).success).toBe(true);
    expect(configSchema.parse({}).search.weights).toBeDefined();
    expect(configSchema.parse({}).contact).toBeNull();
  });
});
