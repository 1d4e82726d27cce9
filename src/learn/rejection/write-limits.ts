/** Puts fitted limits into a model folder: manifest.json, the class means' file, and the card's section on them. */
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
  const means = calibration.classMeans;
  const hash = means === null ? null : sha256Hex(means);
  const typicality = typicalityOf(calibration, hash);
  const old = manifest.typicality?.score === 'class-means' ? manifest.typicality.file : null;
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
  const card = withLimitsSection(
    (await readFile(join(folder, CARD), 'utf8')).replaceAll(manifest.fingerprint, fingerprint),
    manifest.labels,
    typicality,
    rejection,
  );
  const meansFile =
    typicality?.score === 'class-means' && means !== null ? [{ name: typicality.file, data: means }] : [];
  const files: Record<string, string> = { ...kept, [CARD]: sha256Hex(Buffer.from(card)) };
  for (const { name, data } of meansFile) files[name] = sha256Hex(data);
  const written = { ...manifest, fingerprint, typicality, rejection, files };
  const { [CARD]: _, ...withoutCard } = manifest.files;
  await writeFilesAtomic([
    manifestFile(folder, { ...manifest, files: withoutCard }),
    ...[...meansFile, { name: CARD, data: card }].map(({ name, data }) => ({
      path: join(folder, name),
      data,
    })),
    manifestFile(folder, written),
  ]);
  if (old !== null && !Object.hasOwn(files, old)) await rm(join(folder, old), { force: true });
  return written;
}

function typicalityOf({ score }: Calibration, hash: string | null): Typicality | null {
  if (score === 'energy') return { score };
  if (score === null || hash === null) return null;
  return { score, file: `class-means-${hash.slice(0, 8)}.bin` };
}

function manifestFile(folder: string, manifest: ModelManifest): { path: string; data: string } {
  return { path: join(folder, 'manifest.json'), data: `${JSON.stringify(manifest, null, 2)}\n` };
}
