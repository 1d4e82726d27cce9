import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
/** The checker reads every module, on a machine that may be busy. */
const TIMEOUT = { timeout: 120_000 };

interface Cruise {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
  };
  readonly modules: readonly { readonly source: string }[];
}

/** Runs dependency-cruiser with the project's own rules over `folder`/src. */
function cruise(folder: string): Cruise {
  const bin = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [bin, '--config', join(root, '.dependency-cruiser.json'), '--output-type', 'json', 'src'];
  // The report grows with the tree; Node stops reading at 1 MiB unless told otherwise.
  const options = { cwd: folder, encoding: 'utf8', stdio: 'pipe', maxBuffer: 2 ** 26 } as const;
  try {
    return JSON.parse(execFileSync(process.execPath, args, options));
  } catch (error) {
    return JSON.parse((error as { stdout: string }).stdout); // a violation makes it exit with its count
  }
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
}

/** Breaks of the tree's conventions that a look at names and text can find. */
function conventionBreaks(folder: string): string[] {
  const found: string[] = [];
  for (const name of sourceFiles(folder)) {
    const text = readFileSync(join(folder, name), 'utf8');
    const base = name.split('/').at(-1) ?? name;
    if (!/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(base)) found.push(`${name}: not kebab-case`);
    if (/(^|\/)(utils?|helpers?|common|misc|lib)(\/|\.ts$)/.test(name)) found.push(`${name}: a drawer`);
    if (/^export \* from/m.test(text) || base === 'index.ts') found.push(`${name}: a barrel`);
    if (!/^(\/\*\*|\/\/)/.test(text)) found.push(`${name}: does not open with its purpose`);
  }
  return found;
}

describe('the house', () => {
  it('has no import against the direction of the tree, and every module was looked at', TIMEOUT, () => {
    const result = cruise(root);
    expect(result.summary.violations.map((v) => `${v.rule.name}: ${v.from} -> ${v.to}`)).toEqual([]);
    const seen = new Set(result.modules.map((module) => module.source));
    const missed = sourceFiles(join(root, 'src')).filter((name) => !seen.has(`src/${name}`));
    expect(missed).toEqual([]);
    expect(seen.size).toBeGreaterThan(50);
  });

  it('keeps its conventions', () => {
    expect(conventionBreaks(join(root, 'src'))).toEqual([]);
  });
});

describe('the checker of the house', () => {
  let folder = '';
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function plant(files: Readonly<Record<string, string>>): string {
    folder = mkdtempSync(join(tmpdir(), 'fashiond-house-'));
    cpSync(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'));
    cpSync(join(root, 'package.json'), join(folder, 'package.json'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return folder;
  }

  const imports = (path: string): string => `import { a } from '${path}';\nexport const b = a;\n`;
  const target = 'export const a = 1;\n';

  /** The rule, the module that breaks it, and what else has to be there. */
  const BREAKS: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
    [
      'no-circular',
      'src/store/back.ts',
      {
        'src/store/circular.ts': `import { b } from './back.js';\nexport const a = () => b;\n`,
        'src/store/back.ts': imports('./circular.js'),
      },
    ],
    ['domain-imports-nothing', 'src/domain/b.ts', { 'src/domain/b.ts': imports('../platform/a.js') }],
    [
      'domain-imports-nothing',
      'src/domain/c.ts',
      { 'src/domain/c.ts': `import { join } from 'node:path';\nexport const b = join;\n` },
    ],
    ['platform-above-domain-only', 'src/platform/b.ts', { 'src/platform/b.ts': imports('../config/a.js') }],
    ['config-above-platform-only', 'src/config/b.ts', { 'src/config/b.ts': imports('../store/a.js') }],
    ['model-above-platform-only', 'src/model/b.ts', { 'src/model/b.ts': imports('../config/a.js') }],
    ['stages-meet-in-ports', 'src/fetch/b.ts', { 'src/fetch/b.ts': imports('../store/a.js') }],
    ['stages-meet-in-ports', 'src/pipeline/b.ts', { 'src/pipeline/b.ts': imports('../infer/a.js') }],
    ['nothing-imports-the-top', 'src/app.ts', { 'src/app.ts': imports('./cli/a.js') }],
    ['app-is-for-cli', 'src/inference-worker.ts', { 'src/inference-worker.ts': imports('./app.js') }],
    [
      'no-dev-dependencies-in-src',
      'src/store/d.ts',
      { 'src/store/d.ts': `import fc from 'fast-check';\nexport const b = fc;\n` },
    ],
    ['no-unresolvable', 'src/store/e.ts', { 'src/store/e.ts': imports('./nowhere.js') }],
  ];
  const TARGETS = ['platform', 'config', 'store', 'infer', 'cli'].map((name) => `src/${name}/a.ts`);

  it('sees every planted break, and no other module to blame', TIMEOUT, () => {
    plant(
      Object.assign(
        Object.fromEntries(TARGETS.map((path) => [path, target])),
        ...BREAKS.map(([, , files]) => files),
      ) as Record<string, string>,
    );
    const found = cruise(folder).summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
    const planted = BREAKS.map(([rule, from]) => `${rule}: ${from}`);
    expect(found).toEqual(expect.arrayContaining(planted));
    expect(found.filter((one) => TARGETS.some((path) => one.endsWith(path)))).toEqual([]);
  });

  it('finds nothing in a clean tree', TIMEOUT, () => {
    expect(
      cruise(plant({ 'src/fetch/b.ts': imports('../domain/a.js'), 'src/domain/a.ts': target })).summary
        .violations,
    ).toEqual([]);
  });

  it('sees planted breaks of the conventions', () => {
    plant({
      'src/store/BadName.ts': '/** x */\n',
      'src/store/utils.ts': '/** x */\n',
      'src/store/barrel.ts': "/** x */\nexport * from './a.js';\n",
      'src/store/silent.ts': 'export const a = 1;\n',
    });
    expect(conventionBreaks(join(folder, 'src'))).toHaveLength(4);
  });
});
