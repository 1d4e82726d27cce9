/**
 * A network as a graph of ONNX operators with static shapes.
 *
 * Operators (the other files of this folder) append ONNX nodes with `emit` and write on the graph's tape how
 * the derivative flows back (`record`). `gradients` in gradient.ts reads the tape backwards. A tensor is
 * tracked when a derivative has to reach it: parameters are, and whatever is computed from one.
 */
import { halfBits } from './half.js';
import { elementType, encodeModel } from '../onnx/encode.js';
import type {
  Attribute,
  ElementType,
  OnnxInitializer,
  OnnxNode,
  OnnxValue,
  WholeNumbers,
} from '../onnx/encode.js';
import type { Shape } from './shape.js';

export interface Tensor {
  readonly name: string;
  readonly shape: Shape;
  readonly type: ElementType;
  readonly tracked: boolean;
}

/** Derivative of the loss by an operator's output -> derivative by one of its inputs. */
export type Backward = (outputGradient: Tensor) => Tensor;

export interface TapeEntry {
  readonly output: Tensor;
  readonly paths: readonly { readonly input: Tensor; readonly backward: Backward }[];
}

export interface EmitOptions {
  readonly attributes?: readonly Attribute[];
  readonly domain?: OnnxNode['domain'];
  readonly type?: ElementType;
}

/** What the graph may ask of the device that runs it. */
export interface GraphOptions {
  readonly channelBlock?: number;
  readonly everyDevice?: boolean;
  /** Before the names that the graph makes up, so that they clash with none of a network it is joined with. */
  readonly prefix?: string;
}

export class Graph {
  /** Channels that ONNX Runtime's blocked layout keeps together (blocked-convolution.ts); 1 does without it. */
  readonly channelBlock: number;
  /** Does without FusedMatMul and LogSoftmax, which of ONNX Runtime's devices only the CPU has. */
  readonly everyDevice: boolean;
  readonly tape: TapeEntry[] = [];
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers: OnnxInitializer[] = [];
  readonly #inputs: OnnxValue[] = [];
  readonly #constants = new Map<string, Tensor>();
  readonly #prefix: string;
  #next = 0;

  constructor({ channelBlock = 1, everyDevice = false, prefix = '' }: GraphOptions = {}) {
    this.#prefix = prefix;
    this.channelBlock = channelBlock;
    this.everyDevice = everyDevice;
  }

  /** Fed at every run; no derivative reaches it. */
  input(name: string, shape: Shape, type: ElementType = 'float32'): Tensor {
    this.#inputs.push({ name, type, dimensions: shape });
    return { name, shape, type, tracked: false };
  }

  /** Fed at every run, and what the loss is differentiated by. */
  parameter(name: string, shape: readonly number[]): Tensor {
    return { ...this.input(name, shape), tracked: true };
  }

  /** Values kept in the file. */
  constant(name: string, shape: readonly number[], data: Float32Array): Tensor {
    this.#initializers.push({ name, dimensions: shape, data });
    return { name, shape, type: 'float32', tracked: false };
  }

  /** Values kept in the file in half precision, half as large; whoever runs it takes them as float32. */
  half(name: string, shape: readonly number[], data: Float32Array): Tensor {
    this.#initializers.push({ name, dimensions: shape, data: halfBits(data) });
    const kept: Tensor = { name, shape, type: 'float16', tracked: false };
    return this.emit('Cast', [kept], shape, { attributes: [{ name: 'to', type: 'int', value: 1 }] });
  }

  /** The same of quantized values; no derivative reaches them. */
  wholeNumbers(name: string, shape: readonly number[], data: WholeNumbers): Tensor {
    this.#initializers.push({ name, dimensions: shape, data });
    return { name, shape, type: elementType(data), tracked: false };
  }

  scalar(value: number): Tensor {
    return this.filled([], value);
  }

  /** The same value everywhere. */
  filled(shape: readonly number[], value: number): Tensor {
    const length = shape.reduce((product, side) => product * side, 1);
    return this.#shared(`f${value} ${shape.join()}`, (name) =>
      this.constant(name, shape, new Float32Array(length).fill(value)),
    );
  }

  /** Shapes, axes and the like, which ONNX takes as int64 tensors. */
  integers(values: readonly number[]): Tensor {
    return this.#shared(`i${values.join(',')}`, (name) => {
      const shape = [values.length];
      this.#initializers.push({ name, dimensions: shape, data: BigInt64Array.from(values.map(BigInt)) });
      return { name, shape, type: 'int64', tracked: false };
    });
  }

  /** Appends a node with one output of the given shape. */
  emit(opType: string, inputs: readonly Tensor[], shape: Shape, options: EmitOptions = {}): Tensor {
    const name = this.#name('t');
    this.#nodes.push({
      opType,
      name: `${opType} ${name}`,
      domain: options.domain ?? '',
      inputs: inputs.map((tensor) => tensor.name),
      outputs: [name],
      attributes: options.attributes ?? [],
    });
    return { name, shape, type: options.type ?? 'float32', tracked: false };
  }

  /** Writes on the tape how the derivative flows from `output` to the inputs. Returns the tracked output. */
  record(output: Tensor, paths: readonly (readonly [input: Tensor, backward: Backward])[]): Tensor {
    const wanted = paths.filter(([input]) => input.tracked);
    if (wanted.length === 0) return output;
    const tracked = { ...output, tracked: true };
    this.tape.push({ output: tracked, paths: wanted.map(([input, backward]) => ({ input, backward })) });
    return tracked;
  }

  /** The ONNX file; `outputs` maps the names under which the results appear to tensors. */
  encode(name: string, outputs: Readonly<Record<string, Tensor>>): Uint8Array {
    const entries = Object.entries(outputs);
    const made = new Set(this.#nodes.flatMap((node) => node.outputs));
    // A node's output takes the result's name; where that cannot be, it is copied.
    const renamed = new Map<string, string>();
    const copies: OnnxNode[] = [];
    for (const [output, { name: inner }] of entries) {
      if (made.has(inner) && !renamed.has(inner)) {
        renamed.set(inner, output);
      } else {
        const head = { opType: 'Identity', name: `output ${output}`, domain: '', attributes: [] } as const;
        copies.push({ ...head, inputs: [inner], outputs: [output] });
      }
    }
    const final = (names: readonly string[]): string[] => names.map((inner) => renamed.get(inner) ?? inner);
    return encodeModel({
      name,
      nodes: [...this.#nodes, ...copies].map((node) => ({
        ...node,
        inputs: final(node.inputs),
        outputs: final(node.outputs),
      })),
      initializers: this.#initializers,
      inputs: this.#inputs,
      outputs: entries.map(([output, { type, shape }]) => ({ name: output, type, dimensions: shape })),
    });
  }

  #shared(key: string, make: (name: string) => Tensor): Tensor {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const made = make(this.#name('c'));
    this.#constants.set(key, made);
    return made;
  }

  #name(prefix: string): string {
    this.#next += 1;
    return `${this.#prefix}${prefix}${this.#next}`;
  }
}
