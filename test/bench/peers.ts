/**
 * What benchmarks are measured beside, where it is installed: Python's modules in FASHIOND_PYTHON, else in the first of
 * `python3` on the PATH and /usr/bin/python3 that has the module; npm's packages in the folder that FASHIOND_PEERS names.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchBar } from './rounds.js';

/** Why there is nothing to compare with. */
type Missing =
  | { readonly kind: 'absent'; readonly name: string; /** To install it. */ readonly how: string }
  | { readonly kind: 'crashed'; readonly name: string; readonly why: string };

export type Peer<Measured> =
  { readonly kind: 'present'; readonly name: string; readonly measured: Measured } | Missing;

/** `module`: as Python imports it. */
const PYTHON_PEERS = {
  Scrapy: { bench: 'crawl', module: 'scrapy', debian: 'python3-scrapy', pip: 'scrapy' },
  extruct: { bench: 'extract', module: 'extruct', debian: 'python3-extruct', pip: 'extruct' },
  OpenCV: { bench: 'decode', module: 'cv2', debian: 'python3-opencv', pip: 'opencv-python-headless' },
  PyTorch: { bench: 'train', module: 'torch', debian: 'python3-torch', pip: 'torch' },
  faiss: { bench: 'search', module: 'faiss', debian: 'python3-faiss', pip: 'faiss-cpu' },
  hnswlib: { bench: 'search', module: 'hnswlib', debian: 'python3-hnswlib', pip: 'hnswlib' },
} as const;

export const METASCRAPER_RULES = [
  'metascraper-title',
  'metascraper-image',
  'metascraper-description',
  'metascraper-url',
] as const;

/** `packages`: those that it takes, the one that gives it its version first. */
const NPM_PEERS = {
  Crawlee: { bench: 'crawl', packages: ['crawlee'] },
  metascraper: { bench: 'extract', packages: ['metascraper', ...METASCRAPER_RULES] },
} as const;

export type PythonPeer = keyof typeof PYTHON_PEERS;
export type NpmPeer = keyof typeof NPM_PEERS;

/** The interpreter that has all the modules, or null. They are found, not imported. */
export function pythonWith(...modules: readonly string[]): string | null {
  const own = process.env['FASHIOND_PYTHON'];
  const check = `import importlib.util, sys; sys.exit(not all(importlib.util.find_spec(m) for m in sys.argv[1:]))`;
  const has = (python: string): boolean =>
    spawnSync(python, ['-c', check, ...modules], { stdio: 'ignore' }).status === 0;
  return (own === undefined ? ['python3', '/usr/bin/python3'] : [own]).find(has) ?? null;
}

/** The interpreter that can run it. */
export function pythonPeer(name: PythonPeer): Peer<string> {
  const { module, debian, pip } = PYTHON_PEERS[name];
  const measured = pythonWith(module);
  if (measured !== null) return { kind: 'present', name, measured };
  return { kind: 'absent', name, how: `apt-get install ${debian}, or python3 -m pip install ${pip}` };
}

/** The folder whose node_modules hold it. */
export function npmPeer(name: NpmPeer): Peer<string> {
  const folder = process.env['FASHIOND_PEERS'];
  const { packages } = NPM_PEERS[name];
  if (folder !== undefined && packages.every((one) => existsSync(join(folder, 'node_modules', one))))
    return { kind: 'present', name, measured: folder };
  const install = `npm install ${packages.join(' ')}`;
  return { kind: 'absent', name, how: `${install} in a folder of its own, named by FASHIOND_PEERS` };
}

/** The same peer with what it was found for. */
export async function measurePeer<Found, Measured>(
  peer: Peer<Found>,
  measure: (found: Found) => Measured | Promise<Measured>,
): Promise<Peer<Measured>> {
  if (peer.kind !== 'present') return peer;
  try {
    return { ...peer, measured: await measure(peer.measured) };
  } catch (error) {
    return { kind: 'crashed', name: peer.name, why: error instanceof Error ? error.message : String(error) };
  }
}

/** For a table: what stands in the place of figures. */
export function missingText(peer: Missing): string {
  return peer.kind === 'absent' ? `absent: ${peer.how}` : `crashed: ${peer.why}`;
}

/** A bar beside a peer; where that is absent there is none to miss, and where it crashed it is missed. */
export function peerBar<Measured>(
  peer: Peer<Measured>,
  bar: Omit<BenchBar, 'measured'>,
  measured: (of: Measured) => number,
): BenchBar {
  if (peer.kind === 'present') return { ...bar, measured: measured(peer.measured) };
  if (peer.kind === 'absent') return { ...bar, measured: Number.NaN, absent: peer.how };
  return { ...bar, measured: Number.NaN, invalid: `${peer.name} crashed: ${peer.why}` };
}

/** Of the benchmark's peers that are there: `Scrapy 2.8.0`. */
export function peerVersions(bench: string): string[] {
  const ofPython = (Object.keys(PYTHON_PEERS) as PythonPeer[])
    .filter((name) => PYTHON_PEERS[name].bench === bench)
    .map((name) => ({ peer: pythonPeer(name), version: pythonVersion(PYTHON_PEERS[name].module) }));
  const ofNpm = (Object.keys(NPM_PEERS) as NpmPeer[])
    .filter((name) => NPM_PEERS[name].bench === bench)
    .map((name) => ({ peer: npmPeer(name), version: npmVersion(NPM_PEERS[name].packages[0]) }));
  return [...ofPython, ...ofNpm].flatMap(({ peer, version }) =>
    peer.kind === 'present' ? [`${peer.name} ${version(peer.measured)}`] : [],
  );
}

const pythonVersion =
  (module: string) =>
  (python: string): string => {
    const print = `print(importlib.metadata.version(sys.argv[1]))`;
    const other = `print(importlib.import_module(sys.argv[1]).__version__)`;
    const script = `import importlib, importlib.metadata, sys\ntry: ${print}\nexcept Exception: ${other}`;
    const { stdout } = spawnSync(python, ['-c', script, module], { encoding: 'utf8' });
    return stdout.trim() || 'of no known version';
  };

const npmVersion =
  (name: string) =>
  (folder: string): string => {
    const text = readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8');
    return (JSON.parse(text) as { readonly version: string }).version;
  };
