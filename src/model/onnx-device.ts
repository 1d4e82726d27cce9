/** Whether ONNX Runtime can use a device on this machine: found out by running a network of one operator on it. */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { messageOf } from '../domain/errors.js';

export type OnnxDevice = 'cpu' | 'webgpu' | 'cuda';

/** An ONNX file that takes `x`, float32 [1], and gives `y` = max(x, 0). */
const PROBE = Buffer.from(
  'CAgSCGZhc2hpb25kOjYKDwoBeBIBeRoBciIEUmVsdRIBcFoPCgF4EgoKCAgBEgQKAggBYg8KAXkSCgoICAESBAoCCAFCAhAR',
  'base64',
);
/** Fatal errors only: everything else reaches the caller as an exception. */
const SILENT = 4;

/** Execution providers for a device, in order: what the first one cannot run falls to the CPU. */
export function providersFor(device: OnnxDevice): string[] {
  return device === 'cpu' ? ['cpu'] : [device, 'cpu'];
}

/** Null when the device works, else why not. */
export async function missingOnnxDevice(device: OnnxDevice): Promise<string | null> {
  // Asked for without its libraries, the CUDA provider writes an error to the terminal before it fails.
  if (device === 'cuda' && !cudaLibraryIsThere()) return 'ONNX Runtime has no CUDA libraries here';
  try {
    const { InferenceSession, Tensor } = await import('onnxruntime-node');
    const session = await InferenceSession.create(PROBE, {
      executionProviders: providersFor(device),
      logSeverityLevel: SILENT,
    });
    const { y } = await session.run({ x: new Tensor('float32', [2], [1]) });
    await session.release();
    return y?.data[0] === 2 ? null : `ONNX Runtime calculates wrongly on ${device}`;
  } catch (error) {
    const [first = ''] = messageOf(error).split('\n');
    // Its messages begin with a place in its source.
    return `ONNX Runtime finds no ${device} device: ${first.split(' was false. ').at(-1) ?? first}`;
  }
}

function cudaLibraryIsThere(): boolean {
  const binaries = join(dirname(createRequire(import.meta.url).resolve('onnxruntime-node')), '..', 'bin');
  const names = ['libonnxruntime_providers_cuda.so', 'onnxruntime_providers_cuda.dll'];
  return readdirSync(binaries).some((version) =>
    names.some((name) => existsSync(join(binaries, version, process.platform, process.arch, name))),
  );
}
