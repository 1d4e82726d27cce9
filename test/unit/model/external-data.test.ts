import { describe, expect, it } from 'vitest';
import { externalTensors } from '../../../src/model/external-data.js';
import { graphOf, writeOnnx } from '../../support/onnx-writer.js';
import { TINY_NETWORK } from '../../support/tiny-network.js';

const external = { name: 'big', shape: [2], values: [], externalFile: '../../etc/passwd' };

describe('externalTensors', () => {
  it('finds none in a network that holds all its weights', () => {
    expect(externalTensors(writeOnnx(TINY_NETWORK))).toEqual([]);
  });

  it('finds an external initializer', () => {
    const network = { ...TINY_NETWORK, weights: [...TINY_NETWORK.weights, external] };
    expect(externalTensors(writeOnnx(network))).toEqual(['big']);
  });

  it('finds one inside the body of a control-flow node', () => {
    const body = graphOf({ inputs: [], outputs: [], nodes: [], weights: [external] });
    const node = { op: 'If', inputs: ['condition'], output: 'y', graph: body };
    const network = { ...TINY_NETWORK, nodes: [...TINY_NETWORK.nodes, node] };
    expect(externalTensors(writeOnnx(network))).toEqual(['big']);
  });

  it('calls bytes that are no protobuf corrupt, also when cut short', () => {
    const network = writeOnnx(TINY_NETWORK);
    expect(() => externalTensors(Buffer.from('<!doctype html>'))).toThrow(/not an ONNX model/);
    expect(() => externalTensors(network.subarray(0, network.length - 40))).toThrow(/not an ONNX model/);
  });
});
