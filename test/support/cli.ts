/** The real executable: run to its end or beside a test, with configs and shops written for it. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll } from 'vitest';
import { stringify } from 'yaml';
import { temporaryFolder } from './temporary-folder.js';

export const root = fileURLToPath(new URL('../../', import.meta.url));
const bin = join(root, 'bin/fashiond');

export interface CliResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that goes on while the test looks at it. */
export interface RunningCli {
  readonly pid: number;
  readonly ended: Promise<CliResult>;
  /** What it has printed so far. */
  output(): { readonly stdout: string; readonly stderr: string };
  /** Resolves when `isThere` says so of the standard output; rejects when the command ends before. */
  until(isThere: (stdout: string) => boolean): Promise<void>;
  /** Sends a signal and waits for the end. */
  stop(signal: NodeJS.Signals): Promise<CliResult>;
}

const children = new Set<ChildProcess>();

// Registered for the test file that imports this module: a test that failed leaves nobody running.
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

export function startFashiond(...args: readonly string[]): RunningCli {
  const child = spawn(process.execPath, [bin, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  const output = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  const collect = (name: 'stdout' | 'stderr') => (text: string) => {
    output[name] += text;
    for (const watch of watchers) watch();
  };
  child.stdout.setEncoding('utf8').on('data', collect('stdout'));
  child.stderr.setEncoding('utf8').on('data', collect('stderr'));
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.on('error', reject);
    // Not `exit`: what was printed last may still be in the pipe then.
    child.on('close', (code) => {
      children.delete(child);
      resolve({ code, ...output });
    });
  });
  return {
    pid: child.pid ?? -1,
    ended,
    output: () => ({ ...output }),
    until: (isThere) =>
      new Promise((resolve, reject) => {
        const watch = (): void => {
          if (!isThere(output.stdout)) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        watch();
        void ended.then(({ code }) =>
          reject(new Error(`it ended (${code}) before:\n${JSON.stringify(output)}`)),
        );
      }),
    stop: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs the command to its end. */
export function fashiond(...args: readonly string[]): Promise<CliResult> {
  return startFashiond(...args).ended;
}

/** JSON lines of a log. */
export function logLines(stdout: string): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

interface Workplace {
  readonly folder: string;
  /** The config file. */
  readonly config: string;
  readonly db: string;
}

/** A fresh folder with a config, its shops and a place for its database; a retry takes no time worth waiting for. */
export function writeWorkplace(
  shops: readonly Record<string, unknown>[],
  settings: Readonly<Record<string, unknown>> = {},
): Workplace {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'shops'));
  for (const shop of shops)
    writeFileSync(join(folder, 'shops', `${String(shop['id'])}.yaml`), stringify(shop));
  const config = join(folder, 'fashiond.yaml');
  const defaults = {
    shops: shops.map((shop) => `shops/${String(shop['id'])}.yaml`),
    fetch: { backoff: '10ms', max_backoff: '50ms', attempts: 2 },
    compute: { workers: 1 },
  };
  writeFileSync(config, stringify({ ...defaults, ...settings }));
  return { folder, config, db: join(folder, 'fashiond.db') };
}

/** A shop file for a server on loopback, without any delay. */
export function loopbackShop(
  id: string,
  origin: string,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    id,
    name: id,
    start: [`${origin}/`],
    pace: { delay: '0s', concurrency: 2 },
    allow_loopback: true,
    ...more,
  };
}

/** Rows of a query, through a connection of its own that can only read. */
export function rowsOf<Row = Record<string, unknown>>(db: string, sql: string): Row[] {
  const file = new Database(db, { readonly: true });
  try {
    return file.prepare(sql).all() as Row[];
  } finally {
    file.close();
  }
}
