import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { categoryNetwork, referenceNetwork } from '../../../../src/learn/networks/category.js';
import type { NetworkSpec } from '../../../../src/model/network.js';
import { buildServingGraph } from '../../../../src/learn/networks/serving-graph.js';
import { buildTrainingGraph } from '../../../../src/learn/networks/training-graph.js';
import { Random } from '../../../../src/platform/random.js';
import { normal } from '../../../../src/learn/train/distributions.js';

const BATCH = 4;
const small = categoryNetwork({ size: 16, classes: 5, widths: [4, 6, 8, 8], latentBits: 8, dropout: 0 });

function randomPixels(size: number): Uint8Array {
  const random = new Random(9);
  return Uint8Array.from({ length: BATCH * size * size * 3 }, () => random.int(0, 255));
}

/** Random weights, and the training graph's outputs on one batch. */
async function trainingRun(spec: NetworkSpec): Promise<{
  readonly values: Map<string, Float32Array>;
  readonly logits: Float32Array;
  readonly pixels: Uint8Array;
}> {
  const graph = buildTrainingGraph(spec, BATCH);
  const random = new Random(4);
  const pixels = randomPixels(spec.size);
  const values = new Map<string, Float32Array>();
  const feeds: Record<string, Tensor> = {
    pixels: new Tensor('uint8', pixels, [BATCH, spec.size, spec.size, 3]),
    targets: new Tensor('float32', new Float32Array(BATCH * spec.classes).fill(0.2), [BATCH, spec.classes]),
  };
  for (const { name, shape } of graph.parameters) {
    const length = shape.reduce((product, side) => product * side, 1);
    const data = Float32Array.from({ length }, () => 0.4 * normal(random) + (name.endsWith('scale') ? 1 : 0));
    values.set(name, data);
    feeds[name] = new Tensor('float32', data, shape);
  }
  const session = await InferenceSession.create(graph.bytes, { logSeverityLevel: 4 });
  const outputs = await session.run(feeds);
  for (const { name } of graph.statistics) {
    values.set(name, Float32Array.from(outputs[name]!.data as Float32Array));
  }
  const logits = Float32Array.from(outputs['logits']!.data as Float32Array);
  await session.release();
  return { values, logits, pixels };
}

async function serve(
  bytes: Uint8Array,
  pixels: Uint8Array,
  count: number,
  size: number,
): Promise<Record<string, Tensor>> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 });
  const feeds = { pixels: new Tensor('uint8', pixels, [count, size, size, 3]) };
  const outputs = (await session.run(feeds)) as Record<string, Tensor>;
  await session.release();
  return outputs;
}

function softmaxRows(logits: Float32Array, classes: number, temperature: number): number[] {
  const rows = logits.length / classes;
  return Array.from({ length: rows }, (_, row) => {
    const scaled = [...logits.subarray(row * classes, (row + 1) * classes)].map(
      (value) => value / temperature,
    );
    const top = Math.max(...scaled);
    const powers = scaled.map((value) => Math.exp(value - top));
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.map((value) => value / sum);
  }).flat();
}

describe('the serving graph', () => {
  it('says what the training graph says when its statistics are the batch’s own', async () => {
    const { values, logits, pixels } = await trainingRun(small);
    const outputs = await serve(buildServingGraph(small, values), pixels, BATCH, small.size);
    const expected = softmaxRows(logits, small.classes, 1);
    const own = outputs['probabilities']!.data as Float32Array;
    for (const [index, value] of own.entries()) expect(value).toBeCloseTo(expected[index]!, 4);
  });

  it('divides the logits by the temperature and leaves the latent layer alone', async () => {
    const { values, logits, pixels } = await trainingRun(small);
    const cool = await serve(buildServingGraph(small, values), pixels, BATCH, small.size);
    const warm = await serve(buildServingGraph(small, values, 2.5), pixels, BATCH, small.size);
    const expected = softmaxRows(logits, small.classes, 2.5);
    const own = warm['probabilities']!.data as Float32Array;
    for (const [index, value] of own.entries()) expect(value).toBeCloseTo(expected[index]!, 4);
    const scaled = warm['logits']!.data as Float32Array;
    for (const [index, value] of scaled.entries()) expect(value).toBeCloseTo(logits[index]! / 2.5, 3);
    expect(warm['latent']!.data).toEqual(cool['latent']!.data);
  });

  it('takes any number of pictures and gives the promised shapes', async () => {
    const { values, pixels } = await trainingRun(small);
    const bytes = 16 * 16 * 3;
    const outputs = await serve(buildServingGraph(small, values), pixels.slice(0, 3 * bytes), 3, small.size);
    expect(outputs['probabilities']!.dims).toEqual([3, 5]);
    expect(outputs['latent']!.dims).toEqual([3, 8]);
    expect(outputs['features']!.dims).toEqual([3, 8]);
    for (const value of outputs['latent']!.data as Float32Array) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
    }
  });

  it('gives the mean of what it makes of a picture and of its mirror image, where it is to', async () => {
    const { values, pixels } = await trainingRun(small);
    const { size } = small;
    const mirrored = Uint8Array.from(pixels, (_, at) => {
      const [column, row] = [Math.floor(at / 3) % size, Math.floor(at / (3 * size))];
      return pixels[(row * size + size - 1 - column) * 3 + (at % 3)]!;
    });
    const plain = buildServingGraph(small, values, 1.5);
    const both = buildServingGraph({ ...small, mirrored: true }, values, 1.5);
    const [seen, turned] = [
      await serve(plain, pixels, BATCH, size),
      await serve(plain, mirrored, BATCH, size),
    ];
    for (const shown of [pixels, mirrored]) {
      const outputs = await serve(both, shown, BATCH, size);
      for (const name of ['logits', 'latent', 'features'] as const) {
        const [own, a, b] = [outputs, seen, turned].map((from) => from[name]!.data as Float32Array);
        expect(own).toHaveLength(a!.length);
        for (const [at, value] of own!.entries()) expect(value).toBeCloseTo((a![at]! + b![at]!) / 2, 4);
      }
      const expected = softmaxRows(outputs['logits']!.data as Float32Array, small.classes, 1);
      const probabilities = outputs['probabilities']!.data as Float32Array;
      for (const [at, value] of probabilities.entries()) expect(value).toBeCloseTo(expected[at]!, 5);
    }
    expect(seen['logits']!.data).not.toEqual(turned['logits']!.data);
  });

  it('refuses weights of another network, naming them', async () => {
    const { values } = await trainingRun(small);
    const wider = categoryNetwork({ size: 16, classes: 5, widths: [4, 7, 8, 8], latentBits: 8 });
    expect(() => buildServingGraph(wider, values)).toThrow(/stage1\.weight.*expected 252/);
  });
});

describe('the training graph for every device', () => {
  it('holds no operator that only the CPU has, and gives what the CPU’s gives', async () => {
    const outputs = async (options: { readonly everyDevice: boolean }) => {
      const graph = buildTrainingGraph(small, BATCH, options);
      const random = new Random(4);
      const feeds: Record<string, Tensor> = {
        pixels: new Tensor('uint8', randomPixels(small.size), [BATCH, small.size, small.size, 3]),
        targets: new Tensor('float32', new Float32Array(BATCH * small.classes).fill(0.2), [
          BATCH,
          small.classes,
        ]),
      };
      for (const { name, shape } of graph.parameters) {
        const length = shape.reduce((product, side) => product * side, 1);
        feeds[name] = new Tensor(
          'float32',
          Float32Array.from({ length }, () => normal(random)),
          shape,
        );
      }
      const session = await InferenceSession.create(graph.bytes, { logSeverityLevel: 4 });
      return { text: Buffer.from(graph.bytes).toString('latin1'), outputs: await session.run(feeds) };
    };
    const [plain, cpu] = [await outputs({ everyDevice: true }), await outputs({ everyDevice: false })];
    expect(plain.text).not.toMatch(/com\.microsoft|LogSoftmax/);
    expect(Object.keys(plain.outputs)).toEqual(Object.keys(cpu.outputs));
    for (const [name, { data }] of Object.entries(cpu.outputs)) {
      const own = plain.outputs[name]!.data as Float32Array;
      const values = Array.from(data as Float32Array);
      const limit = 1e-4 * Math.max(1e-3, ...values.map(Math.abs));
      const worst = Math.max(...values.map((value, at) => Math.abs(value - own[at]!)));
      expect({ name, near: worst < limit }).toEqual({ name, near: true });
    }
  });
});

describe('sizes', () => {
  const parameters = (spec: NetworkSpec): number =>
    buildTrainingGraph(spec, 2).parameters.reduce(
      (sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1),
      0,
    );

  it('the reference network has 101 million operations', () => {
    expect(buildTrainingGraph(referenceNetwork(), 2).flops / 1e6).toBeCloseTo(101.45, 1);
  });

  it('the category network stays within its budget at 64 px', () => {
    const spec = categoryNetwork({ size: 64, classes: 13 });
    expect(buildTrainingGraph(spec, 2).flops).toBeLessThan(130e6);
    expect(parameters(spec)).toBeLessThan(2e6);
  });
});
