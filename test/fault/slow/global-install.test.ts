/**
 * `npm run test:package`: the tarball of `npm pack`, installed globally as the README has it, with the modules that npm
 * fetches for it, which takes a registry.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../support/cli.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const TIMEOUT_MS = 1_800_000;
const isAskedFor = process.env['FASHIOND_PACKAGE'] !== undefined;

it.skipIf(!isAskedFor)(
  'the tarball runs from where npm installs it globally',
  { timeout: TIMEOUT_MS },
  () => {
    const folder = temporaryFolder();
    const prefix = join(folder, 'prefix');
    const npm = (...args: string[]): string =>
      execFileSync('npm', args, {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
      });
    // It is compiled already.
    npm('pack', '--silent', '--ignore-scripts', '--pack-destination', folder);
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
    npm('install', '--global', '--prefix', prefix, join(folder, tarball));
    const installed = join(prefix, 'lib/node_modules/fashiond');
    expect(lstatSync(installed).isSymbolicLink()).toBe(false);
    const fashiond = (...args: string[]): string =>
      execFileSync(join(prefix, 'bin/fashiond'), args, { cwd: folder, encoding: 'utf8' });
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(fashiond('--version').trim()).toBe(version);
    cpSync(join(installed, 'config'), join(folder, 'config'), { recursive: true });
    expect(fashiond('check-config', '--config', 'config/prod.yaml')).toContain('is good');
    // Everything that it loads is there: decoders, inference, words and their models.
    const picture = join(root, '.github/page-review.webp');
    expect(JSON.parse(fashiond('classify', picture, '--title', 'Ribbed beanie', '--json'))).toBeDefined();
  },
);
