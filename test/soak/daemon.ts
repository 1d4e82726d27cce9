/** The daemon as an operator runs it, in a process that can be killed at any moment. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const TAIL = 4000;

export interface SoakDaemon {
  readonly pid: number;
  /** Throws, with the end of the log, when the daemon has ended by itself. */
  mustRun(): void;
  /** SIGKILL. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM. Resolves when it has ended well, rejects when it has not. */
  stop(): Promise<void>;
}

/** `onOutput` hears whatever the daemon prints. */
export function startDaemon(config: string, onOutput: (text: string) => void = () => undefined): SoakDaemon {
  // npm and vitest run in the project's folder, where dist/ holds the compiled command. Its first line counts.
  const child = spawn(join('bin', 'fashiond'), ['--config', config], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let tail = '';
  const keep = (text: string): void => {
    tail = (tail + text).slice(-TAIL);
    onOutput(text);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const closed = once(child, 'close');
  // A soak that is broken off leaves nobody running.
  const killWithUs = (): boolean => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  void closed.then(() => process.off('exit', killWithUs));
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await closed;
  };
  const mustRun = (): void => {
    if (child.exitCode === null && child.signalCode === null) return;
    throw new Error(`the daemon ended by itself (${child.exitCode ?? child.signalCode}):\n${tail}`);
  };
  return {
    pid: child.pid ?? -1,
    mustRun,
    kill: async () => {
      mustRun();
      await end('SIGKILL');
    },
    stop: async () => {
      await end('SIGTERM');
      if (child.exitCode !== 0) throw new Error(`SIGTERM ended the daemon with ${child.exitCode}:\n${tail}`);
    },
  };
}
