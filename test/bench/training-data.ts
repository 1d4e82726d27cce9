/** Rendered pictures as a data set, whose files are gone before anything is trained on it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { edgesOf } from '../../src/cli/edges-of.js';
import type { CategoryId } from '../../src/domain/ids.js';
import { renderDataset } from '../../src/garments/dataset.js';
import { GARMENT_KINDS } from '../../src/garments/spec.js';
import { preparePixels, PIXELS_VERSION } from '../../src/images/prepare.js';
import { importDataset } from '../../src/learn/dataset/import.js';
import { shareDataset } from '../../src/learn/dataset/shared-dataset.js';
import type { TrainingData } from '../../src/learn/train/steps.js';

const FILL = 255;

/** `classes` of them, each with `perClass` pictures; `decoded`: how many pictures were. */
export async function trainingData(
  size: number,
  classes: number,
  perClass: number,
): Promise<{ readonly data: TrainingData; readonly decoded: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'fashiond-bench-'));
  const kinds = GARMENT_KINDS.slice(0, classes);
  try {
    await renderDataset({ out: folder, perClass, seed: 1, profile: 'training', size: 160, kinds });
    const { dataset, preview } = await importDataset({
      roots: [folder],
      manifest: null,
      licences: new Map(),
      groupBy: null,
      splits: {
        dealing: 'stratified',
        seed: 1,
        shares: { train: 80, validation: 20, test: 0 },
        resplit: [],
      },
      classOf: (name) => name as CategoryId,
      leaks: 'report',
      edgesOf,
      size,
      fill: FILL,
      preprocessing: PIXELS_VERSION,
      decode: (bytes) => preparePixels(bytes, { size, fill: FILL, maxPixels: 1_000_000 }),
      reuse: null,
      signal: new AbortController().signal,
    });
    return { data: shareDataset(dataset), decoded: preview.decoded };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
