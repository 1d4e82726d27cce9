/**
 * Puts foreign ONNX networks between our own: nodes and tensors are carried over as the bytes they are, so whatever
 * a network holds stays in it; only names are changed where two would clash. Declared shapes inside of it are left
 * out, because the batch may be of another size now.
 */
import protobuf from 'protobufjs';
import { FashiondError } from '../../domain/errors.js';
import { IR_VERSION, OPSET_VERSION } from './schema.js';

interface OpaqueNode {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
}

/** A network of which only the names are understood. */
export interface OpaqueModel {
  readonly irVersion: number;
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  readonly nodes: readonly OpaqueNode[];
  readonly initializers: readonly Uint8Array[];
  readonly sparseInitializers: readonly Uint8Array[];
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
  readonly functions: readonly Uint8Array[];
}

const { root } = protobuf.parse(`
  syntax = "proto3";
  package opaque;
  message Named { string name = 8; }
  message Value { string name = 1; }
  message Node {
    repeated string input = 1;
    repeated string output = 2;
    string name = 3;
    string op_type = 4;
    repeated bytes attribute = 5;
    string domain = 7;
    string overload = 8;
  }
  message Graph {
    repeated Node node = 1;
    string name = 2;
    repeated bytes initializer = 5;
    repeated bytes input = 11;
    repeated bytes output = 12;
    repeated bytes sparse_initializer = 15;
  }
  message OperatorSet { string domain = 1; int64 version = 2; }
  message Model {
    int64 ir_version = 1;
    string producer_name = 2;
    Graph graph = 7;
    repeated OperatorSet opset_import = 8;
    repeated bytes functions = 25;
  }`);
const modelType = root.lookupType('opaque.Model');
const tensorType = root.lookupType('opaque.Named');
const valueType = root.lookupType('opaque.Value');

interface Decoded {
  readonly irVersion?: unknown;
  readonly graph?: {
    readonly node?: readonly OpaqueNode[];
    readonly initializer?: readonly Uint8Array[];
    readonly sparseInitializer?: readonly Uint8Array[];
    readonly input?: readonly Uint8Array[];
    readonly output?: readonly Uint8Array[];
  } | null;
  readonly opsetImport?: readonly { readonly domain?: string; readonly version?: unknown }[];
  readonly functions?: readonly Uint8Array[];
}

/** Throws for bytes that are no protocol-buffer message; a message of another kind has no nodes. */
export function decodeOpaque(bytes: Uint8Array): OpaqueModel {
  const { irVersion, graph, opsetImport, functions } = modelType.decode(bytes) as unknown as Decoded;
  return {
    irVersion: Number(irVersion ?? 0),
    opsets: (opsetImport ?? []).map(({ domain, version }) => ({
      domain: domain ?? '',
      version: Number(version ?? 1),
    })),
    nodes: graph?.node ?? [],
    initializers: graph?.initializer ?? [],
    sparseInitializers: graph?.sparseInitializer ?? [],
    inputs: graph?.input ?? [],
    outputs: graph?.output ?? [],
    functions: functions ?? [],
  };
}

/** Names of all tensors that the network's own nodes make or take. */
export function tensorNames({ nodes, initializers }: OpaqueModel): Set<string> {
  const names = nodes.flatMap(({ input, output }) => [...input, ...output]);
  return new Set([...names, ...initializers.map(nameOfTensor)]);
}

/** The same network with other names of tensors. Names inside the bodies of If and Loop are not reached. */
export function renamed(model: OpaqueModel, rename: (name: string) => string): OpaqueModel {
  // An operator's optional input that is left out has an empty name.
  const all = (names: readonly string[]): string[] => names.map((name) => (name === '' ? '' : rename(name)));
  return {
    ...model,
    nodes: model.nodes.map((node) => ({ ...node, input: all(node.input), output: all(node.output) })),
    initializers: model.initializers.map((tensor) => {
      const [before, after] = [nameOfTensor(tensor), rename(nameOfTensor(tensor))];
      if (before === after) return tensor;
      // Of a field that stands twice the last counts.
      return Buffer.concat([tensor, tensorType.encode({ name: after }).finish()]);
    }),
  };
}

/**
 * One network that runs the parts one after the other. `foreign` decides versions and operator sets: the other parts
 * have to keep to operators that have not changed. The first part's inputs and the last one's outputs are the whole's.
 */
export function joinModels(
  before: OpaqueModel,
  foreign: OpaqueModel,
  after: OpaqueModel,
  outputs: readonly Uint8Array[] = after.outputs,
): Uint8Array {
  const parts = [before, foreign, after];
  const standard = foreign.opsets.some(({ domain }) => domain === '' || domain === 'ai.onnx');
  const opsets = standard ? foreign.opsets : [...foreign.opsets, { domain: '', version: OPSET_VERSION }];
  if (foreign.nodes.length === 0)
    throw new FashiondError('internal', 'the network to be joined has no nodes');
  const message = {
    // Before version 4 every initializer had to be declared as an input.
    irVersion: Math.max(foreign.irVersion, standard ? 4 : IR_VERSION),
    producerName: 'fashiond',
    graph: {
      name: 'joined',
      node: parts.flatMap(({ nodes }) => nodes),
      initializer: parts.flatMap(({ initializers }) => initializers),
      sparseInitializer: foreign.sparseInitializers,
      input: before.inputs,
      output: outputs,
    },
    opsetImport: opsets,
    functions: foreign.functions,
  };
  return modelType.encode(modelType.fromObject(message)).finish();
}

/** An output of which only the name is declared. */
export function namedOutput(name: string): Uint8Array {
  return valueType.encode({ name }).finish();
}

function nameOfTensor(tensor: Uint8Array): string {
  return (tensorType.decode(tensor) as unknown as { readonly name: string }).name;
}
