/** Generator and encoder as a folder: dcgan.json (manifest), generator.onnx, encoder.onnx, card.md, history.json. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FashiondError, messageOf } from '../../domain/errors.js';
import type { ModelFingerprint } from '../../domain/ids.js';
import { writeFilesAtomic } from '../../platform/atomic-file.js';
import { fingerprintOf, sha256Hex } from '../../platform/fingerprint.js';
import { externalTensors } from '../../model/external-data.js';
import { CODE_LENGTH, SIDE } from './networks.js';

const DCGAN_MANIFEST = 'dcgan.json';
const GENERATOR = 'generator.onnx';
const ENCODER = 'encoder.onnx';
const HINT = 'train it anew with `fashiond train dcgan`, or name the folder that it wrote';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const schema = z.object({
  format: z.literal(1),
  kind: z.literal('dcgan'),
  name: z.string().min(1),
  /** Over the encoder and what it is fed: codes of two fingerprints are never compared. */
  fingerprint: hash.transform((text) => text as ModelFingerprint),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  input: z.object({ size: z.literal(SIDE), fill: z.int().min(0).max(255) }),
  codeLength: z.literal(CODE_LENGTH),
  width: z.int().min(1).max(1024),
  files: z.object({ [GENERATOR]: hash, [ENCODER]: hash }).catchall(hash),
});

export type DcganManifest = Readonly<z.output<typeof schema>>;

export interface DcganModel {
  readonly manifest: DcganManifest;
  readonly generator: Uint8Array;
  readonly encoder: Uint8Array;
}

export function dcganModel(
  facts: Pick<DcganManifest, 'name' | 'createdAt' | 'width'> & { readonly fill: number },
  generator: Uint8Array,
  encoder: Uint8Array,
): DcganModel {
  const { fill, name, createdAt, width } = facts;
  const input = { size: SIDE, fill } as const;
  const files = { [GENERATOR]: sha256Hex(generator), [ENCODER]: sha256Hex(encoder) };
  const fingerprint = fingerprintOf({ networkHash: files[ENCODER], input, labels: [] });
  const rest = { name, fingerprint, createdAt, input, width, files };
  return {
    manifest: { format: 1, kind: 'dcgan', codeLength: CODE_LENGTH, ...rest },
    generator,
    encoder,
  };
}

/** All files or none; the manifest comes last, so a folder with a manifest is whole. */
export async function writeDcganFolder(
  folder: string,
  { manifest, generator, encoder }: DcganModel,
  texts: { readonly card: string; readonly history: unknown },
): Promise<void> {
  await writeFilesAtomic([
    { path: join(folder, GENERATOR), data: generator },
    { path: join(folder, ENCODER), data: encoder },
    { path: join(folder, 'card.md'), data: texts.card },
    { path: join(folder, 'history.json'), data: `${JSON.stringify(texts.history, null, 2)}\n` },
    { path: join(folder, DCGAN_MANIFEST), data: `${JSON.stringify(manifest, null, 2)}\n` },
  ]);
}

/** Throws FashiondError `not-found` without a manifest, `corrupt` where a file is not the one of the manifest. */
export async function readDcganFolder(folder: string): Promise<DcganModel> {
  const manifest = parsed(await read(folder, DCGAN_MANIFEST), join(folder, DCGAN_MANIFEST));
  const { input, files } = manifest;
  const [generator, encoder] = [await read(folder, GENERATOR), await read(folder, ENCODER)];
  for (const [name, bytes] of [[GENERATOR, generator] as const, [ENCODER, encoder] as const]) {
    if (externalTensors(bytes).length > 0) {
      throw new FashiondError('refused', `${join(folder, name)} keeps weights in other files`, {
        hint: HINT,
      });
    }
    if (sha256Hex(bytes) === files[name]) continue;
    throw new FashiondError('corrupt', `${join(folder, name)} is not the network of ${DCGAN_MANIFEST}`, {
      hint: HINT,
    });
  }
  if (fingerprintOf({ networkHash: files[ENCODER], input, labels: [] }) !== manifest.fingerprint) {
    throw new FashiondError('corrupt', `${join(folder, DCGAN_MANIFEST)} has another model's fingerprint`, {
      hint: HINT,
    });
  }
  return { manifest, generator, encoder };
}

async function read(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name));
  } catch (error) {
    throw new FashiondError('not-found', `cannot read ${join(folder, name)}: ${messageOf(error)}`, {
      hint: HINT,
      cause: error,
    });
  }
}

function parsed(bytes: Buffer, path: string): DcganManifest {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString());
  } catch (error) {
    throw new FashiondError('corrupt', `${path} is not JSON: ${messageOf(error)}`, {
      hint: HINT,
      cause: error,
    });
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`);
  throw new FashiondError('corrupt', `${path} is no manifest of format 1: ${problems.join('; ')}`, {
    hint: HINT,
  });
}
