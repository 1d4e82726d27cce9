/** A data set of pictures that are in memory, without a look for near duplicates. */
import { sha256Hex } from '../../platform/fingerprint.js';
import type { Part } from './assemble.js';
import type { Dataset, DatasetSource } from './dataset.js';

/** Of bytes that are in it twice, the first counts. Entries come out in the order given. */
export function datasetOf(
  parts: readonly Part[],
  shape: {
    readonly size: number;
    readonly fill: number;
    readonly preprocessing: string;
    readonly sources: readonly DatasetSource[];
  },
): Dataset {
  const bytes = new Map<string, Part>();
  for (const part of parts) if (!bytes.has(part.entry.sha256)) bytes.set(part.entry.sha256, part);
  const kept = [...bytes.values()];
  const pixels = Buffer.concat(kept.map((part) => part.pixels));
  const labels = [...new Set(kept.map(({ entry }) => entry.label))].sort();
  const entries = kept.map(({ entry }) => entry);
  return {
    index: { format: 1, ...shape, labels, entries, pixelsSha256: sha256Hex(pixels) },
    pixels: new Uint8Array(pixels),
  };
}
