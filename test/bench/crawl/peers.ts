/** Other crawlers on the same pages, where they are installed: each in a process of its own, from its command line. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

interface PeerResult {
  readonly version: string;
  /** With all ten fields. */
  readonly pages: number;
  readonly seconds: number;
  readonly cpuMs: number;
  /** Bytes, at the highest. */
  readonly memory: number;
}

export type PeerRun =
  | { readonly kind: 'measured'; readonly name: string; readonly result: PeerResult }
  | { readonly kind: 'absent'; readonly name: string; readonly reason: string };

// npm runs scripts in the project's folder; what the compiler does not copy is taken from the sources.
const script = (name: string): string => join('test', 'bench', 'crawl', name);

/** `addresses`: a file with one address a line. */
export async function runScrapy(addresses: string): Promise<PeerRun> {
  const reason = 'no python3 that can import scrapy on the PATH of this command';
  if (!(await succeeds('python3', ['-c', 'import scrapy'])))
    return { kind: 'absent', name: 'Scrapy', reason };
  return measured('Scrapy', 'python3', [script('scrapy-crawl.py'), addresses]);
}

/** `folder`: where Crawlee is installed, or null. */
export async function runCrawlee(addresses: string, folder: string | null): Promise<PeerRun> {
  if (folder === null || !existsSync(join(folder, 'node_modules', 'crawlee'))) {
    const where = folder === null ? 'no --crawlee FOLDER' : `${folder} has no node_modules/crawlee`;
    return {
      kind: 'absent',
      name: 'Crawlee',
      reason: `${where}: npm install crawlee, in a folder of its own`,
    };
  }
  return measured('Crawlee, in memory', process.execPath, [script('crawlee-crawl.mjs'), folder, addresses]);
}

async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(command, args, { stdio: 'ignore' });
  const failed = once(child, 'error').then(() => 1);
  return (await Promise.race([failed, once(child, 'exit').then(([code]) => code as number)])) === 0;
}

async function measured(name: string, command: string, args: readonly string[]): Promise<PeerRun> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  // A benchmark that is broken off leaves nobody running.
  process.once('exit', () => child.kill());
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (code !== 0) throw new Error(`${name} ended with ${String(code)}`);
  return { kind: 'measured', name, result: JSON.parse(output.trim().split('\n').at(-1)!) as PeerResult };
}
