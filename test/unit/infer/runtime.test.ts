import { describe, expect, it } from 'vitest';
import { chooseRuntime } from '../../../src/infer/runtime.js';

const absent = () => Promise.reject(new Error("Cannot find package '@tensorflow/tfjs-node-gpu'\nstack"));

describe('chooseRuntime', () => {
  it.each(['auto', 'onnx'] as const)('takes ONNX Runtime for %s and says why', async (runtime) => {
    const choice = await chooseRuntime({ runtime, device: 'auto' }, absent);
    expect(choice).toMatchObject({ runtime: 'onnx', device: 'cpu' });
    expect(choice.reason).toContain(runtime === 'auto' ? 'auto' : 'asks');
  });

  it('does not quietly replace TensorFlow where it does not load', async () => {
    await expect(chooseRuntime({ runtime: 'tensorflow', device: 'auto' }, absent)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(/does not load: Cannot find package '@tensorflow\/tfjs-node-gpu'$/),
      hint: expect.stringContaining('set compute.runtime to onnx or auto'),
    });
  });

  it('says that a model folder holds no TensorFlow network where it does load', async () => {
    await expect(
      chooseRuntime({ runtime: 'tensorflow', device: 'auto' }, () => Promise.resolve({})),
    ).rejects.toMatchObject({ code: 'config', message: expect.stringContaining('ONNX network only') });
  });
});
