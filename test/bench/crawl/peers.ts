/** Other crawlers on the same pages, where they are installed: each in a process of its own, from its command line. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { measurePeer, npmPeer, pythonPeer } from '../peers.js';
import type { Peer } from '../peers.js';

interface PeerResult {
  readonly version: string;
  /** With all ten fields. */
  readonly pages: number;
  readonly seconds: number;
  readonly cpuMs: number;
  /** Bytes, at the highest. */
  readonly memory: number;
}

export type PeerRun = Peer<PeerResult>;

// npm runs scripts in the project's folder; what the compiler does not copy is taken from the sources.
const script = (name: string): string => join('test', 'bench', 'crawl', name);

/** `addresses`: a file with one address a line. */
export function runScrapy(addresses: string): Promise<PeerRun> {
  return measurePeer(pythonPeer('Scrapy'), (python) =>
    resultOf(python, [script('scrapy-crawl.py'), addresses]),
  );
}

/** Its storage in memory. */
export function runCrawlee(addresses: string): Promise<PeerRun> {
  return measurePeer(npmPeer('Crawlee'), (folder) =>
    resultOf(process.execPath, [script('crawlee-crawl.mjs'), folder, addresses]),
  );
}

async function resultOf(command: string, args: readonly string[]): Promise<PeerResult> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  // A benchmark that is broken off leaves nobody running.
  process.once('exit', () => child.kill());
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (code !== 0) throw new Error(`it ended with ${String(code)}`);
  const result = JSON.parse(output.trim().split('\n').at(-1)!) as PeerResult;
  if (result.pages === 0) throw new Error('it read no page');
  return result;
}
