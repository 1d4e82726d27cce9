import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { registerCheckConfig } from '../../../src/cli/commands/check-config.js';
import { registerConfigSchema } from '../../../src/cli/commands/config-schema.js';
import { packageRoot } from '../../../src/config/assets.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

async function run(...argv: string[]): Promise<string> {
  const lines: string[] = [];
  const context = {
    print: (line: string) => void lines.push(line),
    note: () => undefined,
    interactive: false,
    signal: new AbortController().signal,
  };
  const program = new Command('fashiond').exitOverride();
  registerCheckConfig(program, context);
  registerConfigSchema(program, context);
  await program.parseAsync(['node', 'fashiond', ...argv]);
  return lines.join('\n');
}

const prod = join(packageRoot, 'config', 'prod.yaml');

describe('check-config', () => {
  it('says on one screen what a good config means', async () => {
    const text = await run('check-config', '--config', prod);
    expect(text).toContain(`${prod} is good`);
    expect(text).toMatch(/example {2}30 3 \* \* \* \(Europe\/Berlin\) {2}shop\.example/);
    expect(text.split('\n').length).toBeLessThan(24);
  });

  it('prints the same as JSON', async () => {
    expect(JSON.parse(await run('check-config', '--config', prod, '--json'))).toMatchObject({
      path: prod,
      store: '/var/lib/fashiond/fashiond.db',
      shops: [{ id: 'example', schedule: '30 3 * * *', timezone: 'Europe/Berlin' }],
    });
  });

  it('prints what is in force, shops included, as YAML and as JSON', async () => {
    expect(await run('check-config', '--config', prod, '--print-effective')).toMatch(
      /\n---\n# .*example\.yaml\nid: example\n/,
    );
    expect(
      JSON.parse(await run('check-config', '--config', prod, '--print-effective', '--json')),
    ).toMatchObject({
      path: prod,
      config: { crawl: { parse_workers: 2 } },
      shops: [{ settings: { id: 'example', timezone: 'Europe/Berlin', pace: { delay: '1s' } } }],
    });
  });

  it('refuses a model folder without a model', async () => {
    const file = join(temporaryFolder(), 'test.yaml');
    writeFileSync(file, 'model: { path: nowhere }\n');
    await expect(run('check-config', '--config', file)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('nowhere') as unknown,
    });
  });

  it('is a usage error without a file', async () => {
    await expect(run('check-config')).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('config schema', () => {
  it.each(['config', 'shop', 'categories'])('prints the schema of a %s file', async (kind) => {
    expect(JSON.parse(await run('config', 'schema', kind))).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: `fashiond ${kind} file`,
    });
  });

  it.each([
    ['config', 'fashiond.schema.json', 'prod.yaml'],
    ['shop', 'shop.schema.json', 'shops/example.yaml'],
  ])('of a %s file is %s, which %s names for editors', async (kind, schema, example) => {
    const file = join(packageRoot, 'config', schema);
    const expected = JSON.parse(await run('config', 'schema', kind)) as unknown;
    expect(
      JSON.parse(readFileSync(file, 'utf8')),
      `write anew what fashiond config schema ${kind} prints`,
    ).toEqual(expected);
    const path = join(packageRoot, 'config', example);
    const [, named = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(readFileSync(path, 'utf8')) ?? [];
    expect(resolve(dirname(path), named)).toBe(file);
  });

  it('knows no other file', async () => {
    await expect(run('config', 'schema', 'tea')).rejects.toMatchObject({ code: 'usage' });
  });
});
