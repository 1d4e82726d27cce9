/**
 * Reverse-mode differentiation: the tape is read backwards, and each operator's own rule appends the nodes of
 * its derivative to the same graph (Griewank and Walther, Evaluating Derivatives, 2nd ed., section 3.2).
 */
import { FashiondError } from '../../domain/errors.js';
import type { Graph, Tensor } from './graph.js';

/**
 * The derivative of `loss` (a scalar, shape []) by each parameter, in the order given. Throws when the loss
 * does not depend on one of them, because an optimizer would silently never move it.
 */
export function gradients(graph: Graph, loss: Tensor, parameters: readonly Tensor[]): Tensor[] {
  const byName = new Map<string, Tensor>([[loss.name, graph.scalar(1)]]);
  for (const entry of [...graph.tape].reverse()) {
    const outputGradient = byName.get(entry.output.name);
    if (outputGradient === undefined) continue;
    for (const { input, backward } of entry.paths) {
      const part = backward(outputGradient);
      const sum = byName.get(input.name);
      byName.set(input.name, sum === undefined ? part : graph.emit('Add', [sum, part], input.shape));
    }
  }
  return parameters.map((parameter) => {
    const gradient = byName.get(parameter.name);
    if (gradient !== undefined) return gradient;
    throw new FashiondError('internal', `the loss does not depend on parameter ${parameter.name}`);
  });
}
