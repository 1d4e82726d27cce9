import util from 'node:util';
import { describe, expect, it } from 'vitest';
import type { ModelManifest } from '../../../src/domain/model.js';
import { chooseServingRuntime } from '../../../src/infer/serving-runtime.js';
import { missingOnnxDevice } from '../../../src/model/onnx-device.js';
import { chooseRuntime } from '../../../src/model/runtime.js';
import type { RuntimeWish } from '../../../src/model/runtime.js';
import { loadTensorFlow } from '../../../src/model/tensorflow.js';
import type { LoadedTensorFlow } from '../../../src/model/tensorflow.js';
import { tensorflow } from '../../support/tensorflow.js';

type State = 'absent' | 'cpu' | 'gpu';

/** What is chosen, or the refusal, on a machine with these packages and ONNX devices. */
async function choice(
  runtime: RuntimeWish['runtime'],
  device: RuntimeWish['device'],
  machine: {
    gpu?: State;
    node?: State;
    devices?: readonly string[];
    noTensorFlow?: string;
    onlyCpu?: string;
  } = {},
): Promise<string> {
  const state = (name: string): LoadedTensorFlow => {
    const found = name.endsWith('-gpu') ? machine.gpu : machine.node;
    if (found === undefined || found === 'absent')
      return { kind: 'absent', reason: `${name} is not installed` };
    return { kind: 'loaded', tensorflow, usesGpu: found === 'gpu' };
  };
  try {
    const chosen = await chooseRuntime(
      { runtime, device },
      {
        names: { runtime: 'compute.runtime', device: 'compute.device' },
        noTensorFlow: machine.noTensorFlow ?? null,
        onlyCpu: machine.onlyCpu ?? null,
        tensorflow: async (name) => state(name),
        missingDevice: async (name) =>
          machine.devices?.includes(name) === true ? null : `no ${name} device`,
      },
    );
    const from = chosen.runtime === 'tensorflow' ? ` from ${chosen.package}` : '';
    return `${chosen.runtime} on ${chosen.device}${from}: ${chosen.reason}`;
  } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint: string };
    return `${code}: ${message} | ${hint}`;
  }
}

describe('chooseRuntime, auto', () => {
  it.each([
    [
      'nothing but a CPU',
      {},
      /^onnx on cpu: compute\.runtime is auto: .*gpu is not installed; no cuda device/,
    ],
    ['a GPU that TensorFlow uses', { gpu: 'gpu' }, /^tensorflow on cuda from @tensorflow\/tfjs-node-gpu: /],
    ['TensorFlow without a GPU', { gpu: 'cpu', node: 'cpu' }, /^onnx on cpu: .*loads but reports no GPU/],
    ['a GPU that only ONNX Runtime uses', { gpu: 'cpu', devices: ['cuda'] }, /^onnx on cuda: /],
    ['WebGPU', { devices: ['webgpu'] }, /^onnx on cpu: /],
    [
      'a GPU, but a model without weights',
      { gpu: 'gpu', noTensorFlow: 'no weights' },
      /^onnx on cpu: .*no weights/,
    ],
  ] as const)('on a machine with %s', async (_what, machine, expected) => {
    expect(await choice('auto', 'auto', machine)).toMatch(expected);
  });

  it('follows the device that is asked for', async () => {
    expect(await choice('auto', 'cpu', { gpu: 'gpu' })).toMatch(/^onnx on cpu/);
    expect(await choice('auto', 'webgpu', { devices: ['webgpu'] })).toMatch(/^onnx on webgpu/);
    expect(await choice('auto', 'cuda', { gpu: 'gpu' })).toMatch(/^tensorflow on cuda/);
    expect(await choice('auto', 'cuda')).toMatch(
      /^config: .*no cuda device \| compute\.device: set it to auto/,
    );
  });
});

describe('chooseRuntime, by name', () => {
  it('takes ONNX Runtime on the device, or says what is missing', async () => {
    expect(await choice('onnx', 'auto')).toMatch(/^onnx on cpu: .*asks for ONNX Runtime; no cuda device/);
    expect(await choice('onnx', 'auto', { devices: ['cuda'] })).toMatch(/^onnx on cuda/);
    expect(await choice('onnx', 'cpu', { devices: ['cuda'] })).toMatch(/^onnx on cpu/);
    expect(await choice('onnx', 'webgpu')).toMatch(
      /^config: compute\.runtime onnx with compute\.device webgpu cannot be had: no webgpu device \| .*Vulkan/,
    );
    expect(await choice('onnx', 'cuda')).toMatch(/^config: .*CUDA libraries/);
  });

  it('takes TensorFlow from the package that has the device, or says what is missing', async () => {
    expect(await choice('tensorflow', 'auto', { gpu: 'gpu' })).toMatch(/^tensorflow on cuda from .*-gpu/);
    expect(await choice('tensorflow', 'auto', { node: 'cpu' })).toMatch(
      /^tensorflow on cpu from .*tfjs-node:/,
    );
    expect(await choice('tensorflow', 'cpu', { gpu: 'gpu', node: 'cpu' })).toMatch(
      /^tensorflow on cpu from .*tfjs-node:/,
    );
    expect(await choice('tensorflow', 'cuda', { gpu: 'cpu', node: 'cpu' })).toMatch(
      /^config: .*tfjs-node-gpu uses cpu/,
    );
    expect(await choice('tensorflow', 'webgpu', { gpu: 'gpu' })).toMatch(/^config: .*no webgpu device/);
    expect(await choice('tensorflow', 'auto')).toMatch(
      /^config: .*tfjs-node-gpu is not installed; @tensorflow\/tfjs-node is not installed \| .*onnx or auto, or run `npm install/,
    );
    expect(
      await choice('tensorflow', 'auto', { gpu: 'gpu', noTensorFlow: 'the model has no weights' }),
    ).toMatch(/^config: .*the model has no weights \| .*train the model anew/);
  });
});

describe('chooseRuntime for a network that only the CPU serves', () => {
  const machine = { gpu: 'gpu', devices: ['cuda', 'webgpu'], onlyCpu: 'it is in int8' } as const;

  it.each([
    ['auto', 'auto'],
    ['auto', 'cpu'],
    ['onnx', 'auto'],
    ['onnx', 'cpu'],
  ] as const)(
    'takes ONNX Runtime on the CPU for %s on %s, whatever the machine has',
    async (runtime, device) => {
      expect(await choice(runtime, device, machine)).toBe('onnx on cpu: it is in int8');
    },
  );

  it.each([
    ['auto', 'webgpu', 'set compute.device: cpu'],
    ['onnx', 'cuda', 'set compute.device: cpu'],
    ['tensorflow', 'auto', 'set compute.runtime: onnx'],
    ['tensorflow', 'cuda', 'set compute.runtime: onnx and set compute.device: cpu'],
  ] as const)('refuses %s on %s, which was asked for by name', async (runtime, device, change) => {
    expect(await choice(runtime, device, machine)).toBe(
      `config: compute.runtime ${runtime} with compute.device ${device} cannot be had: it is in int8 | ` +
        `serve the float model, or ${change}`,
    );
  });
});

describe('chooseServingRuntime', () => {
  const manifest = (precision: 'int8' | null): ModelManifest => ({ precision }) as ModelManifest;

  it('keeps a model in int8 on the CPU, by its manifest', async () => {
    const int8 = { manifest: manifest('int8'), weights: null };
    expect(await chooseServingRuntime({ runtime: 'auto', device: 'auto' }, int8)).toMatchObject({
      runtime: 'onnx',
      device: 'cpu',
      reason: expect.stringMatching(/int8/) as string,
    });
    await expect(chooseServingRuntime({ runtime: 'onnx', device: 'webgpu' }, int8)).rejects.toThrow(
      /a model in int8 is served by ONNX Runtime on the CPU/,
    );
  });
});

describe('loadTensorFlow', () => {
  it('says why a package does not load, in one line', async () => {
    const broken = () => Promise.reject(new Error('libtensorflow.so.2: cannot open\nstack'));
    expect(await loadTensorFlow('@tensorflow/tfjs-node-gpu', broken)).toEqual({
      kind: 'absent',
      reason: '@tensorflow/tfjs-node-gpu does not load: libtensorflow.so.2: cannot open',
    });
  });

  it('finds the GPU that the package reports, and restores what Node took from it first', async () => {
    const functions = util as unknown as Record<string, unknown>;
    delete functions['isNullOrUndefined'];
    delete functions['isArray'];
    const load = async (): Promise<unknown> => {
      const { isNullOrUndefined, isArray } = functions as Record<string, (value: unknown) => boolean>;
      expect([null, undefined, 0].map((value) => isNullOrUndefined!(value))).toEqual([true, true, false]);
      expect(isArray!([])).toBe(true);
      return { default: { backend: () => ({ isUsingGpuDevice: true }) } };
    };
    expect(await loadTensorFlow('@tensorflow/tfjs-node-gpu', load)).toMatchObject({
      kind: 'loaded',
      usesGpu: true,
    });
  });
});

describe('missingOnnxDevice', () => {
  it('finds the CPU, and says in one line why another is missing', async () => {
    expect(await missingOnnxDevice('cpu')).toBeNull();
    for (const device of ['webgpu', 'cuda'] as const) {
      const missing = await missingOnnxDevice(device);
      expect(missing ?? 'ONNX Runtime has it').toMatch(/^ONNX Runtime (has|finds) [^\n]+$/);
    }
  });
});
