/**
 * TensorFlow, as far as it is used here: the operations of tfjs that a network is computed and differentiated
 * with, and the packages they come from. The packages are optional and large, so nothing imports them but
 * `loadTensorFlow`, and the operations are described here rather than by their types.
 */
import util from 'node:util';
import { messageOf } from '../domain/errors.js';

export interface TfTensor {
  readonly shape: readonly number[];
  data(): Promise<Float32Array | Int32Array | Uint8Array>;
  dispose(): void;
}

/** tfjs keeps channels last: pictures are [N, H, W, C], kernels [K, K, C, O]. */
export interface TensorFlow {
  tensor(values: Float32Array, shape: readonly number[]): TfTensor;
  /** Runs `work` and frees every tensor made in it but what it returns and what was kept. */
  tidy<Result>(work: () => Result): Result;
  keep(x: TfTensor): TfTensor;
  /** The value of the scalar `f` and its derivative by each tensor. */
  valueAndGrads(f: (...xs: TfTensor[]) => TfTensor): (xs: TfTensor[]) => {
    readonly value: TfTensor;
    readonly grads: TfTensor[];
  };
  add(a: TfTensor, b: TfTensor | number): TfTensor;
  sub(a: TfTensor, b: TfTensor | number): TfTensor;
  mul(a: TfTensor, b: TfTensor | number): TfTensor;
  div(a: TfTensor, b: TfTensor | number): TfTensor;
  square(x: TfTensor): TfTensor;
  sqrt(x: TfTensor): TfTensor;
  relu(x: TfTensor): TfTensor;
  sigmoid(x: TfTensor): TfTensor;
  softmax(x: TfTensor): TfTensor;
  logSoftmax(x: TfTensor): TfTensor;
  sum(x: TfTensor): TfTensor;
  mean(x: TfTensor, axes: readonly number[]): TfTensor;
  matMul(a: TfTensor, b: TfTensor): TfTensor;
  reshape(x: TfTensor, shape: readonly number[]): TfTensor;
  transpose(x: TfTensor, axes: readonly number[]): TfTensor;
  pad(x: TfTensor, sides: readonly (readonly [number, number])[]): TfTensor;
  conv2d(x: TfTensor, kernel: TfTensor, stride: number, padding: 'valid'): TfTensor;
  maxPool(x: TfTensor, size: number, stride: number, padding: 'valid'): TfTensor;
}

export const TENSORFLOW_PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;
export type TensorFlowPackage = (typeof TENSORFLOW_PACKAGES)[number];

/** How a package is imported; tests hand in others. */
export type Load = (name: string) => Promise<unknown>;

export type LoadedTensorFlow =
  | { readonly kind: 'loaded'; readonly tensorflow: TensorFlow; readonly usesGpu: boolean }
  | { readonly kind: 'absent'; readonly reason: string };

/** Loads a package; what it lacks here (the package, its library, a CUDA driver) is an outcome, not an error. */
export async function loadTensorFlow(
  name: TensorFlowPackage,
  load: Load = (path) => import(path),
): Promise<LoadedTensorFlow> {
  restoreUtil();
  try {
    const loaded = (await load(name)) as { readonly default?: unknown };
    const module = (loaded.default ?? loaded) as TensorFlow & { backend?: () => unknown };
    const backend = module.backend?.() as { readonly isUsingGpuDevice?: boolean } | undefined;
    return { kind: 'loaded', tensorflow: module, usesGpu: backend?.isUsingGpuDevice === true };
  } catch (error) {
    const missing = (error as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND';
    const reason = missing ? 'is not installed' : `does not load: ${messageOf(error).split('\n')[0]}`;
    return { kind: 'absent', reason: `${name} ${reason}` };
  }
}

/** tfjs-node 4.22 calls two functions that Node 24 no longer has. */
function restoreUtil(): void {
  const functions = util as unknown as Record<string, unknown>;
  functions['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  functions['isArray'] ??= Array.isArray;
}
