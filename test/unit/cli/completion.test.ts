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
    expect(offered('--h')).toEqual(['--help']);
    expect(offered('db', 'backup', '--he')).toEqual(['--help']);
  });

  it('offers the values of an option, and nothing where they are free', () => {
    expect(offered('db', 'export', '--format', '')).toEqual(['csv', 'jsonl', 'parquet']);
    expect(offered('db', 'export', 'v_items', '--format', 'p')).toEqual(['parquet']);
    // As bash splits --format=j and --format=.
    expect(offered('db', 'export', '--format', '=', 'j')).toEqual(['jsonl']);
    expect(offered('db', 'export', '--format', '=')).toEqual(['csv', 'jsonl', 'parquet']);
    expect(offered('db', 'export', '--format', '=', 'csv', '--sh')).toEqual(['--shop']);
    // Files are for bash.
    expect(offered('db', 'export', '--output', '')).toEqual(['']);
    // A shop that is called as a command is none.
    expect(offered('crawl', '--shop', 'db', '--on')).toEqual(['--once']);
  });

  // Of what is offered, zsh itself takes what begins as the word does.
  it.skipIf(!has('zsh'))('offers the same in zsh', () => {
    expect(() => execFileSync('zsh', ['-n', script('zsh')])).not.toThrow();
    const ask = `autoload -U +X compinit && compinit -D; source ${script('zsh')}; emulate ksh
      COMP_WORDS=(fashiond db export --format p); COMP_CWORD=4; _fashiond; echo "\${COMPREPLY[@]}"`;
    expect(execFileSync('zsh', ['-f', '-c', ask], { encoding: 'utf8' }).trim()).toBe('csv jsonl parquet');
  });

  it.skipIf(!has('fish'))('offers the same in fish, by what was typed in which order', () => {
    /** Without what fish would say of each. */
    const offeredBy = (line: string): string[] =>
      execFileSync('fish', ['--no-config', '-c', `source ${script('fish')}; complete -C '${line}'`], {
        encoding: 'utf8',
      })
        .split('\n')
        .map((offer) => offer.split('\t')[0] ?? '')
        .filter((offer) => offer !== '');
    expect(offeredBy('fashiond cl')).toEqual(['classify']);
    expect(offeredBy('fashiond db ba')).toEqual(['backup']);
    expect(offeredBy('fashiond db export --format ')).toEqual(['csv', 'jsonl', 'parquet']);
    expect(offeredBy('fashiond db export --format=p')).toEqual(['--format=parquet']);
    expect(offeredBy('fashiond crawl --shop db --on')).toEqual(['--once']);
    expect(offeredBy('fashiond crawl --shop db ')).not.toContain('backup');
    expect(offeredBy('fashiond db backup --he')).toEqual(['--help']);
  });

  it('names the shells it knows', async () => {
    const { code, err } = await runCommand('completion', 'csh');
    expect(code).toBe(2);
    expect(err).toMatch(/bash, zsh, fish/);
  });
});
