/** The few messages of onnx.proto3 that a hand-made network needs, written through protobufjs. */
import { parse } from 'protobufjs';

const { root } = parse(`
syntax = "proto3";
message Attribute { string name = 1; float f = 2; int64 i = 3; bytes s = 4; Tensor t = 5; Graph g = 6; repeated int64 ints = 8; int32 type = 20; }
message Node { repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4; repeated Attribute attribute = 5; }
message Entry { string key = 1; string value = 2; }
message Tensor { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; repeated Entry external_data = 13; int32 data_location = 14; }
message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } }
message Shape { repeated Dimension dim = 1; }
message TensorType { int32 elem_type = 1; Shape shape = 2; }
message Type { TensorType tensor_type = 1; }
message ValueInfo { string name = 1; Type type = 2; }
message Graph { repeated Node node = 1; string name = 2; repeated Tensor initializer = 5; repeated ValueInfo input = 11; repeated ValueInfo output = 12; }
message OperatorSet { string domain = 1; int64 version = 2; }
message Model { int64 ir_version = 1; Graph graph = 7; repeated OperatorSet opset_import = 8; }
`);
const model = root.lookupType('Model');

const FLOAT = 1;
const UINT8 = 2;
const ELEMENT = { float32: FLOAT, uint8: UINT8 };

interface Value {
  readonly name: string;
  readonly type: keyof typeof ELEMENT;
  readonly shape: readonly (number | string)[];
}

export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly ints?: Readonly<Record<string, readonly number[]>>;
  readonly int?: Readonly<Record<string, number>>;
  /** A subgraph as an attribute, as If and Loop have it. */
  readonly graph?: object;
}

export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: readonly number[] | Float32Array;
  /** Writes a reference to another file instead of the values. */
  readonly externalFile?: string;
}

export interface Network {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly nodes: readonly Node[];
  readonly weights: readonly Weight[];
}

export function writeOnnx(network: Network): Uint8Array {
  const message = model.fromObject({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: graphOf(network),
  });
  return model.encode(message).finish();
}

export function graphOf(network: Network): object {
  return {
    name: 'test',
    node: network.nodes.map(nodeOf),
    initializer: network.weights.map(tensorOf),
    input: network.inputs.map(valueOf),
    output: network.outputs.map(valueOf),
  };
}

function nodeOf(node: Node): object {
  const ints = Object.entries(node.ints ?? {}).map(([name, value]) => ({ name, ints: value, type: 7 }));
  const int = Object.entries(node.int ?? {}).map(([name, value]) => ({ name, i: value, type: 2 }));
  const graph = node.graph === undefined ? [] : [{ name: 'body', g: node.graph, type: 5 }];
  return {
    opType: node.op,
    name: node.output,
    input: node.inputs,
    output: [node.output],
    attribute: [...ints, ...int, ...graph],
  };
}

function tensorOf(weight: Weight): object {
  const tensor = { name: weight.name, dims: weight.shape, dataType: FLOAT };
  if (weight.externalFile !== undefined) {
    return { ...tensor, externalData: [{ key: 'location', value: weight.externalFile }], dataLocation: 1 };
  }
  const values = Float32Array.from(weight.values);
  return { ...tensor, rawData: new Uint8Array(values.buffer) };
}

function valueOf(value: Value): object {
  const dim = value.shape.map((size) => (typeof size === 'string' ? { dimParam: size } : { dimValue: size }));
  return { name: value.name, type: { tensorType: { elemType: ELEMENT[value.type], shape: { dim } } } };
}
