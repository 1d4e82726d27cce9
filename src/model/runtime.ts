/**
 * Which runtime computes a network, on which device, and why: one choice for serving and for training.
 *
 * `auto` takes TensorFlow where its package loads and reports a GPU, else ONNX Runtime with CUDA where that
 * works, else ONNX Runtime on the CPU. WebGPU is taken only when asked for: on a weak or emulated GPU it is slower
 * than the CPU. A network that only runs on the CPU gets it. What is asked for by name is never quietly replaced.
 */
import { FashiondError, unreachable } from '../domain/errors.js';
import { missingOnnxDevice } from './onnx-device.js';
import type { OnnxDevice } from './onnx-device.js';
import { loadTensorFlow, TENSORFLOW_PACKAGES } from './tensorflow.js';
import type { LoadedTensorFlow, TensorFlowPackage } from './tensorflow.js';

export const RUNTIMES = ['auto', 'onnx', 'tensorflow'] as const;
export const DEVICES = ['auto', 'cpu', 'webgpu', 'cuda'] as const;

export interface RuntimeWish {
  readonly runtime: (typeof RUNTIMES)[number];
  readonly device: (typeof DEVICES)[number];
}

/** `reason` is for the log, `status` and people. */
export type RuntimeChoice =
  | { readonly runtime: 'onnx'; readonly device: OnnxDevice; readonly reason: string }
  | {
      readonly runtime: 'tensorflow';
      readonly device: 'cpu' | 'cuda';
      readonly package: TensorFlowPackage;
      readonly reason: string;
    };

export const ONNX_ON_CPU: RuntimeChoice = {
  runtime: 'onnx',
  device: 'cpu',
  reason: 'nothing else was asked for',
};

export interface RuntimeSurroundings {
  /** What the wish is called where it was made, such as `compute.runtime` and `compute.device`. */
  readonly names: { readonly runtime: string; readonly device: string };
  /** Why TensorFlow cannot be used whatever is installed, such as a model without weights for it; else null. */
  readonly noTensorFlow: string | null;
  /** Why only ONNX Runtime on the CPU will do, such as a network in int8; else null. */
  readonly onlyCpu?: string | null;
  /** What this machine has; tests hand in others. */
  readonly tensorflow?: (name: TensorFlowPackage) => Promise<LoadedTensorFlow>;
  /** Null when the device works, else why not. */
  readonly missingDevice?: (device: OnnxDevice) => Promise<string | null>;
}

const [GPU_PACKAGE, CPU_PACKAGE] = TENSORFLOW_PACKAGES;

/** Throws FashiondError `config` when what was asked for cannot be had; the hint is the next step. */
export async function chooseRuntime(
  wish: RuntimeWish,
  surroundings: RuntimeSurroundings,
): Promise<RuntimeChoice> {
  const chooser = new Chooser(wish, surroundings);
  const { onlyCpu = null } = surroundings;
  if (onlyCpu !== null) return chooser.onlyCpu(onlyCpu);
  switch (wish.runtime) {
    case 'onnx':
      return chooser.onnx();
    case 'tensorflow':
      return chooser.tensorflow();
    case 'auto':
      return chooser.either();
    default:
      return unreachable(wish.runtime);
  }
}

class Chooser {
  readonly #wish: RuntimeWish;
  readonly #names: RuntimeSurroundings['names'];
  readonly #noTensorFlow: string | null;
  readonly #load: (name: TensorFlowPackage) => Promise<LoadedTensorFlow>;
  readonly #missing: (device: OnnxDevice) => Promise<string | null>;

  constructor(wish: RuntimeWish, surroundings: RuntimeSurroundings) {
    this.#wish = wish;
    this.#names = surroundings.names;
    this.#noTensorFlow = surroundings.noTensorFlow;
    this.#load = surroundings.tensorflow ?? loadTensorFlow;
    this.#missing = surroundings.missingDevice ?? missingOnnxDevice;
  }

  /** `why` has no other choice. */
  onlyCpu(why: string): RuntimeChoice {
    const { runtime, device } = this.#wish;
    const changes = [
      ...(runtime === 'tensorflow' ? [`set ${this.#names.runtime}: onnx`] : []),
      ...(device === 'webgpu' || device === 'cuda' ? [`set ${this.#names.device}: cpu`] : []),
    ];
    if (changes.length === 0) return onnx('cpu', why);
    throw this.#refused(why, `serve the float model, or ${changes.join(' and ')}`);
  }

  async either(): Promise<RuntimeChoice> {
    const { device } = this.#wish;
    const auto = `${this.#names.runtime} is auto`;
    if (device === 'cpu') return onnx('cpu', `${auto}: ONNX Runtime is the fastest on a CPU`);
    if (device === 'webgpu') return this.onnx();
    const gpu = await this.#gpuPackage();
    if (gpu.kind === 'gpu') {
      return {
        runtime: 'tensorflow',
        device: 'cuda',
        package: gpu.package,
        reason: `${auto}: ${gpu.reason}`,
      };
    }
    const missing = await this.#missing('cuda');
    if (missing === null) return onnx('cuda', `${auto}: ${gpu.reason}; ONNX Runtime finds a CUDA device`);
    if (device === 'cuda') {
      throw this.#refusal(`${gpu.reason}; ${missing}`, 'set it to auto, cpu or webgpu', this.#names.device);
    }
    return onnx('cpu', `${auto}: ${gpu.reason}; ${missing}; ONNX Runtime is the fastest on a CPU`);
  }

  async onnx(): Promise<RuntimeChoice> {
    const { device } = this.#wish;
    if (device === 'cpu') return onnx('cpu', `${this.#names.device} asks for the CPU`);
    const missing = await this.#missing(device === 'auto' ? 'cuda' : device);
    if (device === 'auto') {
      const asked = `${this.#names.runtime} asks for ONNX Runtime`;
      return missing === null
        ? onnx('cuda', `${asked}, which finds a CUDA device`)
        : onnx('cpu', `${asked}; ${missing}`);
    }
    if (missing === null) return onnx(device, `${this.#names.device} asks for ${device}`);
    const driver =
      device === 'webgpu'
        ? 'install a Vulkan driver for the GPU'
        : 'install ONNX Runtime’s CUDA libraries (`npm rebuild onnxruntime-node` with ONNXRUNTIME_NODE_INSTALL=cuda12)';
    throw this.#refusal(missing, `${driver}, or set it to cpu`, this.#names.device);
  }

  async tensorflow(): Promise<RuntimeChoice> {
    const { device } = this.#wish;
    const { runtime: runtimeName, device: deviceName } = this.#names;
    if (this.#noTensorFlow !== null) {
      throw this.#refusal(this.#noTensorFlow, 'train the model anew, or set it to onnx', runtimeName);
    }
    if (device === 'webgpu') {
      throw this.#refusal(
        'TensorFlow has no webgpu device in Node',
        'set it to cuda, cpu or auto',
        deviceName,
      );
    }
    // Where the CPU is wanted, the package that knows no GPU goes first.
    const names = device === 'cpu' ? ([CPU_PACKAGE, GPU_PACKAGE] as const) : TENSORFLOW_PACKAGES;
    const reasons: string[] = [];
    for (const name of names) {
      const loaded = await this.#load(name);
      const found = loaded.kind === 'absent' ? 'absent' : loaded.usesGpu ? 'cuda' : 'cpu';
      if (loaded.kind === 'absent') reasons.push(loaded.reason);
      else if (device !== 'auto' && device !== found) reasons.push(`${name} uses ${found}`);
      if (found === 'absent' || (device !== 'auto' && device !== found)) continue;
      const reason = `${runtimeName} asks for TensorFlow; ${name} loads and uses ${found}`;
      return { runtime: 'tensorflow', device: found, package: name, reason };
    }
    throw this.#refusal(
      reasons.join('; '),
      `set it to onnx or auto, or run \`npm install ${device === 'cpu' ? CPU_PACKAGE : GPU_PACKAGE}\` where its library can be downloaded`,
      runtimeName,
    );
  }

  async #gpuPackage(): Promise<
    | { readonly kind: 'gpu'; readonly package: TensorFlowPackage; readonly reason: string }
    | { readonly kind: 'none'; readonly reason: string }
  > {
    if (this.#noTensorFlow !== null) return { kind: 'none', reason: this.#noTensorFlow };
    const loaded = await this.#load(GPU_PACKAGE);
    if (loaded.kind === 'absent') return { kind: 'none', reason: loaded.reason };
    return loaded.usesGpu
      ? { kind: 'gpu', package: GPU_PACKAGE, reason: `${GPU_PACKAGE} loads and reports a GPU` }
      : { kind: 'none', reason: `${GPU_PACKAGE} loads but reports no GPU` };
  }

  #refusal(why: string, hint: string, name: string): FashiondError {
    return this.#refused(why, `${name}: ${hint}`);
  }

  #refused(why: string, hint: string): FashiondError {
    const { runtime, device } = this.#wish;
    const wish = `${this.#names.runtime} ${runtime} with ${this.#names.device} ${device}`;
    return new FashiondError('config', `${wish} cannot be had: ${why}`, { hint });
  }
}

function onnx(device: OnnxDevice, reason: string): RuntimeChoice {
  return { runtime: 'onnx', device, reason };
}
