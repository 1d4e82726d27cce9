/** A training step as an ONNX graph: forward pass, loss and derivatives in one run. */
import type { OnnxDevice } from '../../model/onnx-device.js';
import type { NetworkSpec } from '../../model/network.js';
import { buildTrainingGraph, gradientName } from '../networks/training-graph.js';
import { channelBlock, floats, openSession, Tensor } from '../runtime.js';
import { layoutOf, statisticsLayout } from './layout.js';
import type { Distillation } from '../graph/distillation-loss.js';
import type { TrainingSession } from './training-session.js';

/** On the CPU one thread works on it, in ONNX Runtime's blocked memory layout, which other devices do not know. */
export async function openOnnxTraining(
  spec: NetworkSpec,
  batch: number,
  device: OnnxDevice = 'cpu',
  distillation: Distillation | null = null,
): Promise<TrainingSession> {
  const options = device === 'cpu' ? { channelBlock: await channelBlock() } : { everyDevice: true };
  const graph = buildTrainingGraph(spec, batch, options, distillation);
  const parameters = layoutOf(graph.parameters).parts;
  const statistics = statisticsLayout(graph).parts;
  const session = await openSession(graph.bytes, 1, { optimization: 'as-written', device });
  return {
    graph,
    async differentiate({ pixels, targets, remembered, facts = null, masks }, weights, target) {
      const feeds: Record<string, Tensor> = {
        pixels: new Tensor('uint8', pixels, [batch, spec.size, spec.size, 3]),
        targets: new Tensor('float32', targets, [batch, targets.length / batch]),
      };
      if (distillation !== null) {
        const answers = remembered ?? new Float32Array();
        feeds['remembered'] = new Tensor('float32', answers, [batch, distillation.classes]);
      }
      if (facts !== null) {
        const shape = [batch, facts.values.length / batch];
        feeds['facts'] = new Tensor('float32', facts.values, shape);
        feeds['known'] = new Tensor('float32', facts.known, shape);
      }
      for (const { name, shape } of graph.masks) {
        feeds[name] = new Tensor('float32', masks.get(name) ?? new Float32Array(), shape);
      }
      // Copies: the runtime's binding does not read shared memory.
      for (const { name, shape, start, end } of parameters) {
        feeds[name] = new Tensor('float32', weights.slice(start, end), shape);
      }
      const outputs = await session.run(feeds);
      for (const { name, start } of parameters) {
        target.gradients.set(floats(outputs, gradientName(name)), start);
      }
      for (const { name, start } of statistics) target.statistics.set(floats(outputs, name), start);
      const result = {
        loss: floats(outputs, 'loss')[0] ?? Number.NaN,
        logits: Float32Array.from(floats(outputs, 'logits')),
      };
      for (const output of Object.values(outputs)) output.dispose();
      return result;
    },
    close: () => session.release(),
  };
}
