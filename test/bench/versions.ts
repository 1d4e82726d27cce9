/** What is measured, for the head of a part of the results: the commit, and versions of whatever does the work. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import sharp from 'sharp';
import { peerVersions } from './peers.js';

/** `fashiond 0.1.0 (commit 6cb725e), Node.js v20.19.0, onnxruntime-node 1.30.0, libvips 8.18.3, SQLite 3.53.3`, and the peers. */
export function measuredText(bench: string): string {
  // npm runs scripts in the project's folder.
  const versionIn = (path: string): string =>
    (JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as { readonly version: string }).version;
  const commit = commitText();
  const db = new Database(':memory:');
  const sqlite = String(db.prepare('SELECT sqlite_version()').pluck().get());
  db.close();
  return [
    `fashiond ${versionIn('.')}${commit === null ? '' : ` (${commit})`}`,
    `Node.js ${process.version}`,
    `onnxruntime-node ${versionIn('node_modules/onnxruntime-node')}`,
    `libvips ${sharp.versions.vips}`,
    `SQLite ${sqlite}`,
    ...peerVersions(bench),
  ].join(', ');
}

/** `commit 6cb725e`, with `dirty` where files differ from it, those that benchmarks write left out; null outside git. */
export function commitText(folder = '.'): string | null {
  const git = (...args: readonly string[]): string | null => {
    const { status, stdout } = spawnSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
    return status === 0 ? stdout.trim() : null;
  };
  const commit = git('rev-parse', '--short', 'HEAD');
  if (commit === null) return null;
  const written = [':!test/bench/RESULTS.md', ':!test/bench/growth.svg'];
  return `commit ${commit}${git('status', '--porcelain', '--', '.', ...written) === '' ? '' : ', dirty'}`;
}
