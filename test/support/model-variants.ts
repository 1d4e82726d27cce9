/** Models that differ from the shipped one in hardly more than their fingerprint, and how a running daemon comes to serve one. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelFingerprint } from '../../src/domain/ids.js';
import type { ModelManifest } from '../../src/domain/model.js';
import { fingerprintOf, rejectionHash } from '../../src/platform/fingerprint.js';
import { openRegistry } from './second-registry.js';

/** npm runs scripts in the project's folder. */
const MODEL = join('data', 'models', 'category');
const POLL_MS = 100;

/** The shipped network with the letterbox filled in another grey. Writes a folder below `folder`, and returns its path. */
export function writeVariant(folder: string, number: number): string {
  const path = join(folder, `model-${number}`);
  mkdirSync(path);
  const manifest = JSON.parse(readFileSync(join(MODEL, 'manifest.json'), 'utf8')) as ModelManifest;
  for (const name of Object.keys(manifest.files)) {
    writeFileSync(join(path, name), readFileSync(join(MODEL, name)));
  }
  const { input, labels, typicality, files, rejection } = manifest;
  const changed = { ...input, fill: (input.fill + 256 - number) % 256 };
  const fingerprint = fingerprintOf({
    networkHash: files['model.onnx'] ?? '',
    input: changed,
    labels,
    typicality,
    ...(typicality?.score === 'class-means' ? { typicalityHash: files[typicality.file] ?? '' } : {}),
  });
  const refit = rejection === null ? null : { ...rejection, sha256: rejectionHash(fingerprint, rejection) };
  const own = { ...manifest, name: `variant-${number}`, input: changed, fingerprint, rejection: refit };
  writeFileSync(join(path, 'manifest.json'), JSON.stringify(own));
  return path;
}

interface Place {
  /** Where the variant's folder is made. */
  readonly folder: string;
  /** Of the daemon. */
  readonly database: string;
  /** Of its API. */
  readonly url: string;
  /** Throws where the daemon has ended. */
  readonly mustRun: () => void;
}

/** Writes variant `number` and has the registry know it as a candidate. */
export function registerVariant(
  { folder, database }: Pick<Place, 'folder' | 'database'>,
  number: number,
): ModelFingerprint {
  const path = writeVariant(folder, number);
  const manifest = JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')) as ModelManifest;
  const registry = openRegistry(database);
  registry.models.addCandidate({ manifest, path }, { kind: 'imported', by: 'test' });
  registry.close();
  return manifest.fingerprint;
}

/**
 * Has the daemon serve a registered model, asked through its API and against the gate. Resolves when the change has ended
 * and, with `renewed`, every item was seen again.
 */
export async function promoteVariant(
  { url, mustRun }: Pick<Place, 'url' | 'mustRun'>,
  model: ModelFingerprint,
  { renewed }: { readonly renewed: boolean },
): Promise<void> {
  const { id } = (await asked(`${url}/v1/models/${model}/promote`, { force: true })) as { id: number };
  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    while (!(await isSo())) {
      mustRun();
      await sleep(POLL_MS);
    }
  };
  await until(async () => {
    const change = (await asked(`${url}/v1/model-changes/${id}`)) as {
      endedAt: string | null;
      step: string;
      problem: string | null;
    };
    if (change.endedAt !== null && change.step !== 'done')
      throw new Error(`${change.step}: ${change.problem}`);
    return change.endedAt !== null;
  });
  if (!renewed) return;
  await until(async () => {
    const { renewal } = (await asked(`${url}/v1/models`)) as { renewal: { endedAt: string | null } };
    return renewal.endedAt !== null;
  });
}

async function asked(url: string, body?: unknown): Promise<unknown> {
  const response = await fetch(
    url,
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  );
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}
