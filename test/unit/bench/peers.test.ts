import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { measurePeer, missingText, npmPeer, peerBar, pythonPeer } from '../../bench/peers.js';
import { pythonContender } from '../../bench/python-contender.js';
import { isMet } from '../../bench/rounds.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const BAR = { what: 'times those of Scrapy', required: 3 };

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A python3 that does what a shell does. */
function pythonThat(script: string): string {
  const path = join(temporaryFolder(), 'python3');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

it('names what would install a peer that is absent, in a bar that nobody misses', async () => {
  vi.stubEnv('FASHIOND_PYTHON', pythonThat('exit 1'));
  vi.stubEnv('FASHIOND_PEERS', temporaryFolder());
  const scrapy = await measurePeer(pythonPeer('Scrapy'), () => 7);
  const how = 'apt-get install python3-scrapy, or python3 -m pip install scrapy';
  expect(scrapy).toEqual({ kind: 'absent', name: 'Scrapy', how });
  expect(peerBar(scrapy, BAR, (of) => of)).toMatchObject({ absent: how });
  expect(npmPeer('Crawlee')).toMatchObject({
    how: 'npm install crawlee in a folder of its own, named by FASHIOND_PEERS',
  });
});

it('finds a peer in the Python and in the folder that are named', () => {
  const python = pythonThat('exit 0');
  vi.stubEnv('FASHIOND_PYTHON', python);
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules', 'crawlee'), { recursive: true });
  vi.stubEnv('FASHIOND_PEERS', folder);
  expect(pythonPeer('PyTorch')).toEqual({ kind: 'present', name: 'PyTorch', measured: python });
  expect(npmPeer('Crawlee')).toEqual({ kind: 'present', name: 'Crawlee', measured: folder });
  expect(npmPeer('metascraper')).toMatchObject({ kind: 'absent' });
});

it('says of a peer that crashed that it did, in a bar that is missed', async () => {
  // It has the module, and then fails.
  vi.stubEnv(
    'FASHIOND_PYTHON',
    pythonThat('[ "$1" = -c ] && exit 0; echo "ImportError: no such kernel" >&2; exit 1'),
  );
  const peer = await pythonContender('OpenCV', 'opencv-decode.py', [], '');
  expect(peer).toEqual({ kind: 'crashed', name: 'OpenCV', why: 'it ended: ImportError: no such kernel' });
  if (peer.kind === 'present') return;
  expect(missingText(peer)).toContain('crashed');
  expect(isMet(peerBar(peer, BAR, () => 100))).toBe(false);
});
