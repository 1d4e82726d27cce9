/** Nodes, initializers and value infos -> the bytes of an ONNX file. */
import { unreachable } from '../../domain/errors.js';
import { ATTRIBUTE_TYPES, DATA_TYPES, IR_VERSION, modelProto, OPSET_VERSION } from './schema.js';

export type ElementType = keyof typeof DATA_TYPES;
/** A length, or the name of one that is known only when the network runs. */
export type Dimension = number | 'N';

export type Attribute =
  | { readonly name: string; readonly type: 'float'; readonly value: number }
  | { readonly name: string; readonly type: 'int'; readonly value: number }
  | { readonly name: string; readonly type: 'ints'; readonly value: readonly number[] };

export interface OnnxNode {
  readonly opType: string;
  readonly name: string;
  /** Empty for the standard operators, else one of ONNX Runtime's own. */
  readonly domain: '' | 'com.microsoft' | 'com.microsoft.nchwc';
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly Attribute[];
}

/** Of a Uint16Array the bits are those of half precision (../../model/half.ts). */
export type InitializerData = Float32Array | BigInt64Array | Uint16Array | WholeNumbers;
export type WholeNumbers = Int8Array | Uint8Array | Int32Array;

export interface OnnxInitializer {
  readonly name: string;
  readonly dimensions: readonly number[];
  readonly data: InitializerData;
}

export interface OnnxValue {
  readonly name: string;
  readonly type: ElementType;
  readonly dimensions: readonly Dimension[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** The whole file, IR version 8, operator set 17. */
export function encodeModel(graph: OnnxGraph): Uint8Array {
  const ownDomains = new Set(graph.nodes.map((node) => node.domain).filter((domain) => domain !== ''));
  const message = modelProto.fromObject({
    irVersion: IR_VERSION,
    producerName: 'fashiond',
    graph: {
      name: graph.name,
      node: graph.nodes.map(encodeNode),
      initializer: graph.initializers.map(encodeInitializer),
      input: graph.inputs.map(encodeValue),
      output: graph.outputs.map(encodeValue),
    },
    opsetImport: [
      { domain: '', version: OPSET_VERSION },
      ...[...ownDomains].map((domain) => ({ domain, version: 1 })),
    ],
  });
  return modelProto.encode(message).finish();
}

function encodeNode(node: OnnxNode): object {
  return {
    opType: node.opType,
    name: node.name,
    domain: node.domain,
    input: node.inputs,
    output: node.outputs,
    attribute: node.attributes.map(encodeAttribute),
  };
}

function encodeAttribute(attribute: Attribute): object {
  const head = { name: attribute.name, type: ATTRIBUTE_TYPES[attribute.type] };
  switch (attribute.type) {
    case 'float':
      return { ...head, f: attribute.value };
    case 'int':
      return { ...head, i: attribute.value };
    case 'ints':
      return { ...head, ints: attribute.value };
    default:
      return unreachable(attribute);
  }
}

/** The type of the values of a constant. */
export function elementType(data: InitializerData): ElementType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof BigInt64Array) return 'int64';
  if (data instanceof Uint16Array) return 'float16';
  if (data instanceof Int32Array) return 'int32';
  return data instanceof Int8Array ? 'int8' : 'uint8';
}

/** Raw data is little-endian by definition, as is every platform Node runs ONNX Runtime on. */
function encodeInitializer(initializer: OnnxInitializer): object {
  const { data } = initializer;
  return {
    name: initializer.name,
    dims: initializer.dimensions,
    dataType: DATA_TYPES[elementType(data)],
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

function encodeValue(value: OnnxValue): object {
  const dim = value.dimensions.map((length) =>
    typeof length === 'number' ? { dimValue: length } : { dimParam: length },
  );
  return { name: value.name, type: { tensorType: { elemType: DATA_TYPES[value.type], shape: { dim } } } };
}
