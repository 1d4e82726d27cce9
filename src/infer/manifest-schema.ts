/** The shape of manifest.json, and what must hold between its parts. */
import { z } from 'zod';
import type { CategoryId, ModelFingerprint } from '../domain/ids.js';

export const NETWORK = 'model.onnx';

const hash = z.string().regex(/^[0-9a-f]{64}$/, { error: 'expected 64 lower-case hex digits' });
const share = z.number().min(0).max(1);
const count = z.int().min(0);

const typicality = z.discriminatedUnion('score', [
  z.object({ score: z.literal('energy') }),
  z.object({ score: z.literal('class-means'), file: z.string().min(1) }),
]);

const rejection = z.object({
  version: z.literal(1, { error: 'expected version 1; a later fashiond wrote it' }),
  thresholds: z.array(share.nullable()),
  floor: z.number().nullable(),
  promise: z.object({ precision: share, confidence: share }),
  evidence: z.array(
    z.object({
      source: z.string(),
      role: z.enum(['known', 'off-domain']),
      pictures: count,
      accepted: count,
      wrong: count,
      promise: z.enum(['proven', 'likely', 'open']),
    }),
  ),
  fittedAt: z.string(),
  sha256: hash,
});

export const manifestSchema = z
  .object({
    format: z.literal(1),
    name: z.string().min(1),
    fingerprint: hash.transform((text) => text as ModelFingerprint),
    createdAt: z.string(),
    input: z.object({ size: z.int().min(1).max(4096), fill: z.int().min(0).max(255) }),
    labels: z
      .array(
        z
          .string()
          .min(1)
          .transform((text) => text as CategoryId),
      )
      .min(1)
      .refine((labels) => new Set(labels).size === labels.length, { error: 'expected no label twice' }),
    latentBits: z.int().min(1).max(65_536),
    featureLength: z.int().min(1).max(65_536),
    threshold: share,
    // Models made before these existed lack the keys.
    precision: z.literal('int8').nullable().default(null),
    typicality: typicality.nullable().default(null),
    rejection: rejection.nullable().default(null),
    files: z
      .record(z.string(), hash)
      .refine((files) => Object.hasOwn(files, NETWORK), { error: `expected an entry for ${NETWORK}` }),
  })
  .superRefine(({ labels, typicality, rejection, files }, context) => {
    const problem = (path: string[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    if (typicality?.score === 'class-means' && !Object.hasOwn(files, typicality.file)) {
      problem(['files'], `expected an entry for ${typicality.file}`);
    }
    if (rejection === null) return;
    if (rejection.thresholds.length !== labels.length) {
      problem(['rejection', 'thresholds'], `expected ${labels.length}, one a label`);
    }
    if (rejection.floor !== null && typicality === null) {
      problem(['rejection', 'floor'], 'expected null: the model tells no typicality');
    }
  });
