/**
 * A text model's folder: manifest.json, lexicon.json, features.json, weights.bin, card.md. Reading believes nothing it
 * has not checked: shapes, every file's SHA-256, the fingerprint.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FashiondError, messageOf } from '../../domain/errors.js';
import type { CategoryId, ModelFingerprint } from '../../domain/ids.js';
import type { TextClass } from '../../domain/item-text.js';
import { sha256Hex } from '../../platform/fingerprint.js';
import { writeFilesAtomic } from '../../platform/atomic-file.js';
import type { JointWeights } from './joint.js';
import { decodeLinear, encodeLinear } from './linear.js';
import type { TextModelData } from './text-model.js';

const TEXT_MANIFEST = 'manifest.json';
const PARTS = ['lexicon.json', 'features.json', 'weights.bin'] as const;

/** How words and pictures are joined; fitted to one picture model, of use with others that are calibrated as well. */
export interface JointFit {
  readonly weights: JointWeights;
  /** Fingerprint of the picture model that they were fitted with. */
  readonly pictureModel: ModelFingerprint;
  /** Probabilities above are accepted, of the words alone and of both; null accepts nothing. */
  readonly limits: { readonly text: number | null; readonly joint: number | null };
  /** Share of the accepted that must be right, and the confidence with which that was so on validation. */
  readonly promise: { readonly precision: number; readonly confidence: number };
  readonly examples: number;
}

export interface LoadedTextModel {
  readonly name: string;
  readonly createdAt: string;
  readonly data: TextModelData;
  readonly joint: JointFit;
  /** Over all that shapes a decision besides the picture model. */
  readonly version: string;
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const share = z.number().min(0).max(1);
const asFingerprint = hash.transform((text) => text as ModelFingerprint);

const manifestSchema = z.object({
  format: z.literal(1),
  kind: z.literal('text'),
  name: z.string().min(1),
  fingerprint: asFingerprint,
  createdAt: z.string(),
  classes: z.array(z.string().transform((text) => text as TextClass)).min(2),
  temperature: z.number().positive(),
  joint: z.object({
    weights: z.object({ text: z.number(), picture: z.number(), unseen: z.number() }),
    pictureModel: asFingerprint,
    limits: z.object({ text: share.nullable(), joint: share.nullable() }),
    promise: z.object({ precision: share, confidence: share }),
    examples: z.int().min(0),
  }),
  files: z.object({ 'lexicon.json': hash, 'features.json': hash, 'weights.bin': hash }),
});

const lexiconSchema = z.array(
  z.object({
    word: z.string().min(1),
    kind: z.enum(['garment', 'thing', 'set', 'part', 'with', 'tail']),
    category: z
      .string()
      .nullable()
      .transform((text) => text as CategoryId | null),
  }),
);
const featuresSchema = z.array(z.string());

const REPLACE_HINT =
  'copy the model folder again from where it was made, or train it anew with `fashiond train text`';

/** Throws FashiondError: `not-found` for what is missing, `corrupt` for content that is not what the manifest says. */
export async function loadTextFolder(folder: string): Promise<LoadedTextModel> {
  const manifest = parsed(manifestSchema, await readPart(folder, TEXT_MANIFEST), join(folder, TEXT_MANIFEST));
  const [lexicon, features, weights] = await Promise.all(PARTS.map((name) => readPart(folder, name)));
  const bytes = { 'lexicon.json': lexicon, 'features.json': features, 'weights.bin': weights };
  for (const name of PARTS) {
    if (sha256Hex(bytes[name] ?? new Uint8Array()) === manifest.files[name]) continue;
    throw corrupt(`${join(folder, name)} is not the file its manifest names`);
  }
  const { classes, temperature } = manifest;
  if (fingerprintOfText(manifest.files, classes, temperature) !== manifest.fingerprint) {
    throw corrupt(`${join(folder, TEXT_MANIFEST)} states a fingerprint that its files do not give`);
  }
  const names = parsed(featuresSchema, features, join(folder, 'features.json'));
  return {
    name: manifest.name,
    createdAt: manifest.createdAt,
    joint: manifest.joint,
    version: `${manifest.fingerprint} ${sha256Hex(Buffer.from(JSON.stringify(manifest.joint)))}`,
    data: {
      fingerprint: manifest.fingerprint,
      classes,
      temperature,
      lexicon: parsed(lexiconSchema, lexicon, join(folder, 'lexicon.json')),
      features: names,
      weights: decodeLinear(
        weights ?? new Uint8Array(),
        names.length * classes.length,
        join(folder, 'weights.bin'),
      ),
    },
  };
}

/** Writes the folder whole; returns the model as it was written, with its fingerprint. */
export async function writeTextFolder(
  folder: string,
  model: {
    readonly name: string;
    readonly createdAt: string;
    readonly data: TextModelData;
    readonly joint: JointFit;
  },
  card: (fingerprint: ModelFingerprint) => string,
): Promise<ModelFingerprint> {
  const { name, createdAt, data, joint } = model;
  const { classes, temperature } = data;
  const text = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value)}\n`);
  const bytes = {
    'lexicon.json': text(data.lexicon),
    'features.json': text(data.features),
    'weights.bin': encodeLinear(data.weights),
  };
  const files = {
    'lexicon.json': sha256Hex(bytes['lexicon.json']),
    'features.json': sha256Hex(bytes['features.json']),
    'weights.bin': sha256Hex(bytes['weights.bin']),
  };
  const fingerprint = fingerprintOfText(files, classes, temperature);
  const manifest = {
    format: 1,
    kind: 'text',
    name,
    fingerprint,
    createdAt,
    classes,
    temperature,
    joint,
    files,
  };
  await writeFilesAtomic([
    ...PARTS.map((part) => ({ path: join(folder, part), data: bytes[part] })),
    { path: join(folder, 'card.md'), data: card(fingerprint) },
    { path: join(folder, TEXT_MANIFEST), data: `${JSON.stringify(manifest, null, 2)}\n` },
  ]);
  return fingerprint;
}

function fingerprintOfText(
  files: Readonly<Record<string, string>>,
  classes: readonly string[],
  temperature: number,
): ModelFingerprint {
  const parts = [PARTS.map((name) => files[name]), classes, temperature];
  return sha256Hex(Buffer.from(JSON.stringify(parts))) as ModelFingerprint;
}

async function readPart(folder: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(join(folder, name));
  } catch (error) {
    throw new FashiondError('not-found', `cannot read ${join(folder, name)}: ${messageOf(error)}`, {
      hint: 'set model.text to a folder made by `fashiond train text`, or leave it out for the one that ships',
      cause: error,
    });
  }
}

function parsed<Schema extends z.ZodType>(
  schema: Schema,
  bytes: Uint8Array | undefined,
  path: string,
): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new FashiondError('corrupt', `${path} is no part of a text model: ${why}`, {
      hint: REPLACE_HINT,
      cause: error,
    });
  }
}

function corrupt(message: string): FashiondError {
  return new FashiondError('corrupt', message, { hint: REPLACE_HINT });
}
