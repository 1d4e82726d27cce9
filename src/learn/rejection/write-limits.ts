/** Puts fitted limits into a model or its folder: manifest.json, the class means' file, and the card's section on them. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelManifest } from '../../domain/model.js';
import type { Rejection, Typicality } from '../../domain/rejection.js';
import { writeFilesAtomic } from '../../platform/atomic-file.js';
import { fingerprintOf, rejectionHash, sha256Hex } from '../../platform/fingerprint.js';
import type { Calibration } from './calibrate.js';
import { withLimitsSection } from './limits-text.js';

const NETWORK = 'model.onnx';
const CARD = 'card.md';

/** A model with its limits, not yet written. */
export interface LimitedModel {
  /** `files` vouches for the card and the class means, too. */
  readonly manifest: ModelManifest;
  readonly card: string;
  /** Null where the typicality is not the distance to them. */
  readonly classMeans: { readonly name: string; readonly data: Uint8Array } | null;
}

/** The manifest and card of a model with these limits in place of those that it has. */
export function withLimits(manifest: ModelManifest, card: string, calibration: Calibration): LimitedModel {
  const means = calibration.classMeans;
  const hash = means === null ? null : sha256Hex(means);
  const typicality = typicalityOf(calibration, hash);
  const old = oldMeans(manifest);
  const kept = Object.fromEntries(
    Object.entries(manifest.files).filter(([name]) => name !== CARD && name !== old),
  );
  const fingerprint = fingerprintOf({
    networkHash: manifest.files[NETWORK] ?? '',
    input: manifest.input,
    labels: manifest.labels,
    typicality,
    ...(hash === null ? {} : { typicalityHash: hash }),
  });
  const rejection: Rejection = {
    ...calibration.limits,
    sha256: rejectionHash(fingerprint, calibration.limits),
  };
  const limited = withLimitsSection(
    card.replaceAll(manifest.fingerprint, fingerprint),
    manifest.labels,
    typicality,
    rejection,
  );
  const classMeans =
    typicality?.score === 'class-means' && means !== null ? { name: typicality.file, data: means } : null;
  const files: Record<string, string> = { ...kept, [CARD]: sha256Hex(Buffer.from(limited)) };
  if (classMeans !== null) files[classMeans.name] = sha256Hex(classMeans.data);
  return { manifest: { ...manifest, fingerprint, typicality, rejection, files }, card: limited, classMeans };
}

/**
 * Returns the new manifest. Its fingerprint differs from the old one where the typicality does: pictures are then
 * classified again. The folder is whole at every moment: class means have a name of their own, and the first of two
 * manifests does not vouch for the card.
 */
export async function writeLimits(
  folder: string,
  manifest: ModelManifest,
  calibration: Calibration,
): Promise<ModelManifest> {
  const before = await readFile(join(folder, CARD), 'utf8');
  const { manifest: written, card, classMeans } = withLimits(manifest, before, calibration);
  const { [CARD]: _, ...withoutCard } = manifest.files;
  await writeFilesAtomic([
    manifestFile(folder, { ...manifest, files: withoutCard }),
    ...(classMeans === null ? [] : [{ path: join(folder, classMeans.name), data: classMeans.data }]),
    { path: join(folder, CARD), data: card },
    manifestFile(folder, written),
  ]);
  const old = oldMeans(manifest);
  if (old !== null && !Object.hasOwn(written.files, old)) await rm(join(folder, old), { force: true });
  return written;
}

function oldMeans({ typicality }: ModelManifest): string | null {
  return typicality?.score === 'class-means' ? typicality.file : null;
}

function typicalityOf({ score }: Calibration, hash: string | null): Typicality | null {
  if (score === 'energy') return { score };
  if (score === null || hash === null) return null;
  return { score, file: `class-means-${hash.slice(0, 8)}.bin` };
}

function manifestFile(folder: string, manifest: ModelManifest): { path: string; data: string } {
  return { path: join(folder, 'manifest.json'), data: `${JSON.stringify(manifest, null, 2)}\n` };
}
