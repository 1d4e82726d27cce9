/**
 * What a backbone wants to be fed, from a YAML or JSON file: either beside the ONNX file, by the same name, or naming
 * it (`backbone: file.onnx`). What it does not say is taken from the shape of the network's input, and what no shape
 * tells is as most published networks have it.
 */
import { access, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { FashiondError, messageOf } from '../../domain/errors.js';

export interface BackboneDescription {
  /** The ONNX file. */
  readonly path: string;
  /** The file that said how to feed it; null where there is none. */
  readonly describedIn: string | null;
  readonly size: number | null;
  readonly layout: 'nchw' | 'nhwc' | null;
  readonly channels: 'rgb' | 'bgr';
  /** Pixels are brought to 0..range first. */
  readonly range: 1 | 255;
  /** Then the mean of each channel is taken off and the rest divided by its spread, both in units of the range. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  /** Name of the tensor that holds the features; null for the network's only output. */
  readonly output: string | null;
}

const EXTENSIONS = ['.yaml', '.yml', '.json'] as const;
/** Of ImageNet's pictures, red, green and blue, for pixels from 0 to 1. */
const MEAN = [0.485, 0.456, 0.406] as const;
const STD = [0.229, 0.224, 0.225] as const;

const triple = z.tuple([z.number(), z.number(), z.number()]);
const schema = z.strictObject({
  backbone: z.string().min(1).optional(),
  size: z.int().min(16).max(512).optional(),
  layout: z.enum(['nchw', 'nhwc']).optional(),
  channels: z.enum(['rgb', 'bgr']).default('rgb'),
  range: z.union([z.literal(1), z.literal(255)]).default(1),
  mean: triple.optional(),
  std: triple.refine((values) => values.every((value) => value > 0), 'expected numbers above 0').optional(),
  output: z.string().min(1).optional(),
});

/** `path`: the ONNX file or its description. Throws FashiondError for a description that is none. */
export async function describeBackbone(path: string): Promise<BackboneDescription> {
  const isDescription = EXTENSIONS.some((extension) => path.endsWith(extension));
  const describedIn = isDescription ? path : await beside(path);
  const told = describedIn === null ? schema.parse({}) : await readDescription(describedIn);
  if (isDescription && told.backbone === undefined) {
    throw new FashiondError('config', `${path} names no backbone`, {
      hint: 'add a line such as `backbone: network.onnx`',
    });
  }
  if (!isDescription && describedIn !== null && told.backbone !== undefined) {
    await checkNamed(describedIn, told.backbone, path);
  }
  const { size = null, layout = null, channels, range, output = null, backbone } = told;
  const order = <Value>([red, green, blue]: readonly [Value, Value, Value]): [Value, Value, Value] =>
    channels === 'rgb' ? [red, green, blue] : [blue, green, red];
  const scaled = ([a, b, c]: readonly [number, number, number]): [number, number, number] =>
    order([a * range, b * range, c * range]);
  return {
    path: isDescription && backbone !== undefined ? await inside(path, backbone) : path,
    describedIn,
    size,
    layout,
    channels,
    range,
    mean: told.mean ?? scaled(MEAN),
    std: told.std ?? scaled(STD),
    output,
  };
}

async function beside(path: string): Promise<string | null> {
  const stem = path.replace(/\.onnx$/i, '');
  for (const extension of EXTENSIONS) {
    const candidate = `${stem}${extension}`;
    const exists = await access(candidate).then(
      () => true,
      () => false,
    );
    if (exists) return candidate;
  }
  return null;
}

async function readDescription(path: string): Promise<z.infer<typeof schema>> {
  let content: unknown;
  try {
    content = parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new FashiondError('config', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`);
  throw new FashiondError('config', `${path} describes no backbone: ${problems.join('; ')}`, {
    hint: `it may say ${Object.keys(schema.shape).join(', ')}`,
  });
}

/** How one network is fed says nothing of another. Throws FashiondError `config` where `name` is not the file at `path`. */
async function checkNamed(description: string, name: string, path: string): Promise<void> {
  const [named, asked] = await Promise.all(
    [await inside(description, name), path].map((file) => realpath(file).catch(() => resolve(file))),
  );
  if (named === asked) return;
  throw new FashiondError('config', `${description} describes ${name}, not ${basename(path)} beside it`, {
    hint: `train on ${description} itself, or give it another name`,
  });
}

/** A description speaks for files of its own folder only. */
async function inside(description: string, name: string): Promise<string> {
  const folder = await realpath(dirname(description));
  const path = join(folder, name);
  const real = await realpath(path).catch(() => path);
  if (!isAbsolute(name) && ![path, real].some((candidate) => leaves(relative(folder, candidate))))
    return path;
  throw new FashiondError('refused', `${description} names ${name}, which leads outside of its folder`, {
    hint: 'put the ONNX file beside its description; links and paths that leave the folder are not followed',
  });
}

function leaves(path: string): boolean {
  return isAbsolute(path) || path === '..' || path.startsWith(`..${sep}`);
}
