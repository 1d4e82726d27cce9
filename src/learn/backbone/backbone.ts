/** A foreign ONNX network as frozen features: read, checked, and brought into the form in which it is served. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { FashiondError, messageOf } from '../../domain/errors.js';
import { externalTensors } from '../../model/external-data.js';
import { sha256Hex } from '../../platform/fingerprint.js';
import { decodeOpaque, joinModels, namedOutput, renamed, tensorNames } from '../onnx/join.js';
import type { OpaqueModel } from '../onnx/join.js';
import { openForeignSession } from '../runtime.js';
import type { BackboneDescription } from './description.js';
import { beforeBackbone, behindBackbone, INTO, OUT_OF } from './ends.js';
import { featureShape } from './feature-shape.js';

export interface Backbone {
  /** Name of its file. */
  readonly name: string;
  readonly sha256: string;
  /** Side of the pictures it takes. */
  readonly size: number;
  /** Features of one picture. */
  readonly width: number;
  /** How it is fed, in words. */
  readonly feeding: string;
  /** The backbone and what stands before it, without inputs and outputs of its own. */
  readonly before: OpaqueModel;
  readonly network: OpaqueModel;
  readonly layout: 'nchw' | 'nhwc';
  /** Of what it gives, the number of pictures first. */
  readonly outShape: readonly number[];
}

/** Protocol buffers end at 2 GiB, and the network is held in memory a few times over. */
const MAX_FILE = 1024 ** 3;
const LEAST_OPSET = 7;
/** What ours are named, besides what starts with `fashiond.`. */
const OWN_NAMES = new Set(['pixels', 'probabilities', 'logits', 'latent', 'features']);

/**
 * `size`: of the data set's pictures. Throws FashiondError: `not-found` without a file, `corrupt` for what is no ONNX
 * network, `refused` for tensors kept elsewhere, `incompatible` for one that does not turn pictures into features.
 */
export async function openBackbone(description: BackboneDescription, size: number): Promise<Backbone> {
  const { path } = description;
  const bytes = await readNetwork(path);
  const opaque = decode(bytes, path);
  const { input, output } = await endsOf(bytes, opaque, description);
  const layout = layoutOf(input, description);
  checkSize(input, layout, description, size);
  const taken = new Map([
    [input.name, INTO],
    [output, OUT_OF],
  ]);
  const network = renamed(
    opaque,
    (name) => taken.get(name) ?? (OWN_NAMES.has(name) ? `backbone.${name}` : name),
  );
  const before = beforeBackbone({ ...description, layout, size });
  const outShape = await featureShape(
    joinModels(before, network, NOTHING, [namedOutput(OUT_OF)]),
    path,
    size,
  );
  const { width } = behindBackbone(outShape, layout);
  const { channels, range, mean, std } = description;
  const triple = (values: readonly number[]): string =>
    values.map((value) => Number(value.toFixed(4))).join(', ');
  return {
    name: basename(path),
    sha256: sha256Hex(bytes),
    size,
    width,
    feeding: `${layout}, ${channels}, 0 to ${range}, mean ${triple(mean)}, spread ${triple(std)}`,
    before,
    network,
    layout,
    outShape,
  };
}

/** Pixels in, `features` [N, width] out. */
export function featureNetwork({ before, network, outShape, layout }: Backbone): Uint8Array {
  const { graph, features } = behindBackbone(outShape, layout);
  return joinModels(before, network, decodeOpaque(graph.encode('after', { features })));
}

const NOTHING: OpaqueModel = {
  irVersion: 0,
  opsets: [],
  nodes: [],
  initializers: [],
  sparseInitializers: [],
  inputs: [],
  outputs: [],
  functions: [],
};

async function readNetwork(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE) {
      throw new FashiondError('refused', `${path} has ${size} bytes; at most ${MAX_FILE} are read`, {
        hint: 'choose a smaller backbone',
      });
    }
    return await readFile(path);
  } catch (error) {
    if (error instanceof FashiondError) throw error;
    throw new FashiondError('not-found', `cannot read ${path}: ${messageOf(error)}`, {
      hint: 'name an ONNX file, or a YAML file that names one, with --backbone',
      cause: error,
    });
  }
}

function decode(bytes: Uint8Array, path: string): OpaqueModel {
  let external: readonly string[];
  let opaque: OpaqueModel;
  try {
    external = externalTensors(bytes);
    opaque = decodeOpaque(bytes);
  } catch (error) {
    throw noNetwork(path, messageOf(error), error);
  }
  if (opaque.nodes.length === 0) throw noNetwork(path, 'it has no nodes');
  if (external.length > 0) {
    throw new FashiondError(
      'refused',
      `${path} keeps ${external.length} tensors outside the file (${external.slice(0, 3).join(', ')})`,
      { hint: 'save the network with its weights inside the .onnx file' },
    );
  }
  const opset = opaque.opsets.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version;
  if (opset !== undefined && opset < LEAST_OPSET) {
    throw new FashiondError('incompatible', `${path} is of operator set ${opset}`, {
      hint: `export it with operator set ${LEAST_OPSET} or later`,
    });
  }
  return opaque;
}

function noNetwork(path: string, why: string, cause?: unknown): FashiondError {
  return new FashiondError('corrupt', `${path} is no ONNX network: ${why}`, {
    hint: 'export the network again; --backbone takes an .onnx file',
    ...(cause === undefined ? {} : { cause }),
  });
}

interface PictureInput {
  readonly name: string;
  /** Lengths; names where they are open. */
  readonly shape: readonly (number | string)[];
}

/** The one input, and the name of the tensor with the features. */
async function endsOf(
  bytes: Uint8Array,
  opaque: OpaqueModel,
  { path, output }: BackboneDescription,
): Promise<{ readonly input: PictureInput; readonly output: string }> {
  const session = await openForeignSession(bytes).catch((error: unknown) => {
    throw noNetwork(path, `ONNX Runtime cannot load it: ${messageOf(error)}`, error);
  });
  try {
    const [input, ...others] = session.inputMetadata;
    if (input === undefined || others.length > 0) {
      const names = session.inputNames.join(', ');
      throw unfit(
        path,
        `it takes ${session.inputNames.length} inputs (${names}); a backbone takes one picture`,
      );
    }
    if (!input.isTensor || input.type !== 'float32') {
      const type = input.isTensor ? input.type : 'no tensor';
      throw unfit(path, `its input ${input.name} is ${type}; pictures are given as float32`);
    }
    const [only, ...more] = session.outputNames;
    if (output !== null && tensorNames(opaque).has(output)) return { input, output };
    if (output === null && only !== undefined && more.length === 0) return { input, output: only };
    const names = session.outputNames.join(', ');
    throw output === null
      ? unfit(path, `it gives ${names}`, 'say which holds the features: `output: NAME` in its description')
      : unfit(path, `it has no tensor ${output}; it gives ${names}`, 'correct `output:` in its description');
  } finally {
    await session.release();
  }
}

function layoutOf({ name, shape }: PictureInput, { path, layout }: BackboneDescription): 'nchw' | 'nhwc' {
  const shown = `[${shape.join(', ')}]`;
  if (shape.length !== 4)
    throw unfit(path, `its input ${name} is ${shown}, not a picture [N, 3, H, W] or [N, H, W, 3]`);
  const [, second, , last] = shape;
  const open = (length: number | string | undefined): boolean => typeof length !== 'number' || length < 0;
  const found = second === 3 ? 'nchw' : last === 3 ? 'nhwc' : null;
  if (layout !== null) {
    const channels = layout === 'nchw' ? second : last;
    if (channels === 3 || open(channels)) return layout;
    throw unfit(path, `its input ${name} is ${shown}, which is not ${layout} with three channels`);
  }
  if (found !== null) return found;
  throw open(second) && open(last)
    ? unfit(
        path,
        `its input ${name} is ${shown}, so its layout is not known`,
        'say `layout: nchw` in its description',
      )
    : unfit(path, `its input ${name} is ${shown}; pictures have three channels`);
}

function checkSize(
  { name, shape }: PictureInput,
  layout: 'nchw' | 'nhwc',
  { path, size: told }: BackboneDescription,
  size: number,
): void {
  const sides = layout === 'nchw' ? shape.slice(2) : shape.slice(1, 3);
  const fixed = sides.filter((side): side is number => typeof side === 'number' && side > 0);
  const wanted = told ?? fixed[0] ?? size;
  if (fixed.some((side) => side !== wanted)) {
    throw unfit(
      path,
      `its input ${name} is [${shape.join(', ')}]${told === null ? '' : `, not ${told} px`}`,
      'it must be square',
    );
  }
  if (wanted === size) return;
  throw unfit(
    path,
    `it takes pictures of ${wanted} px, and the data set has ${size} px`,
    `import the pictures with --size ${wanted}`,
  );
}

function unfit(path: string, what: string, hint = 'choose another network'): FashiondError {
  return new FashiondError('incompatible', `${path} cannot be a backbone: ${what}`, { hint });
}
