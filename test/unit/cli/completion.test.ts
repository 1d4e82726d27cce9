import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../support/run-command.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const folder = temporaryFolder();
const has = (shell: string): boolean => {
  try {
    execFileSync(shell, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

describe('completion', () => {
  const script = (shell: string): string => join(folder, shell);
  beforeAll(async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { out, err } = await runCommand('completion', shell);
      if (err !== '') throw new Error(err);
      writeFileSync(script(shell), out);
    }
  }, 120_000);

  /** What bash would offer for the last of the words. */
  function offered(...words: string[]): string[] {
    const typed = ['fashiond', ...words].map((word) => `'${word}'`).join(' ');
    const ask = `source ${script('bash')}; COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _fashiond; echo "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', ask], { encoding: 'utf8' }).trim().split(' ');
  }

  it('offers what bash can complete: commands, subcommands, options and choices', () => {
    expect(offered('cl')).toEqual(['classify']);
    expect(offered('db', 'ba')).toEqual(['backup']);
    expect(offered('--config', 'prod.yaml', 'db', 'export', '--f')).toEqual(['--format']);
    expect(offered('completion', 'z')).toEqual(['zsh']);
    expect(offered('crawl', '--')).toEqual(expect.arrayContaining(['--shop', '--once', '--config']));
    expect(offered('crawl', '--')).not.toContain('--cheaper');
    expect(offered('config', '')).toContain('schema');
  });

  it.skipIf(!has('zsh'))('is understood by zsh', () => {
    expect(() => execFileSync('zsh', ['-n', script('zsh')])).not.toThrow();
  });

  it.skipIf(!has('fish'))('is understood by fish', () => {
    expect(() => execFileSync('fish', ['-n', script('fish')])).not.toThrow();
  });

  it('names the shells it knows', async () => {
    const { code, err } = await runCommand('completion', 'csh');
    expect(code).toBe(2);
    expect(err).toMatch(/bash, zsh, fish/);
  });
});
