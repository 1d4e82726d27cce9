/**
 * Finds tensors of an ONNX model whose values lie in another file ("external data").
 *
 * Such a model names files by path, so it could read outside its folder, and its hash would say nothing about
 * its weights. Only the messages that can hold a tensor are walked; field numbers are those of onnx.proto3.
 */
import protobuf from 'protobufjs/minimal.js';
import type { Reader } from 'protobufjs/minimal.js';
import { FashiondError, messageOf } from '../domain/errors.js';

type Message = 'model' | 'training' | 'graph' | 'function' | 'node' | 'attribute' | 'sparse' | 'tensor';

/** Fields that lead towards a tensor: message -> field number -> message of the field. */
const CHILDREN: Readonly<Record<Message, Readonly<Record<number, Message>>>> = {
  model: { 7: 'graph', 20: 'training', 25: 'function' },
  training: { 1: 'graph', 2: 'graph' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  function: { 7: 'node', 11: 'attribute' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
};

const TENSOR_NAME = 8;
const TENSOR_EXTERNAL_DATA = 13;
const TENSOR_DATA_LOCATION = 14;
const LENGTH_DELIMITED = 2;
const VARINT = 0;
/** Deeper than any real network nests its If and Loop bodies; bounds the recursion on hostile input. */
const MAX_DEPTH = 64;

/**
 * The names of all tensors kept outside the model file ('' for one without a name).
 * Throws FashiondError `corrupt` when the bytes are no protobuf message.
 */
export function externalTensors(model: Uint8Array): string[] {
  const found: string[] = [];
  try {
    walk(protobuf.Reader.create(model), model.length, 'model', 0, found);
  } catch (error) {
    throw new FashiondError('corrupt', `not an ONNX model: ${messageOf(error)}`, { cause: error });
  }
  return found;
}

function walk(reader: Reader, end: number, message: Message, depth: number, found: string[]): void {
  if (depth > MAX_DEPTH) throw new RangeError(`nested more than ${MAX_DEPTH} deep`);
  let name = '';
  let external = false;
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = tag >>> 3;
    const wire = tag & 7;
    const child = CHILDREN[message][field];
    if (child !== undefined && wire === LENGTH_DELIMITED) {
      const length = reader.uint32();
      walk(reader, reader.pos + length, child, depth + 1, found);
    } else if (message === 'tensor' && field === TENSOR_NAME && wire === LENGTH_DELIMITED) {
      name = reader.string();
    } else if (message === 'tensor' && field === TENSOR_DATA_LOCATION && wire === VARINT) {
      external = reader.int32() !== 0 || external;
    } else {
      if (message === 'tensor' && field === TENSOR_EXTERNAL_DATA) external = true;
      reader.skipType(wire);
    }
  }
  if (reader.pos !== end) throw new RangeError(`a ${message} ends at byte ${reader.pos}, not ${end}`);
  if (external) found.push(name);
}
