/** What stands before and behind a backbone: pixels as it wants them, and one row of features from what it gives. */
import { Graph } from '../graph/graph.js';
import type { Tensor } from '../graph/graph.js';
import type { Shape } from '../graph/shape.js';
import { decodeOpaque } from '../onnx/join.js';
import type { OpaqueModel } from '../onnx/join.js';
import type { BackboneDescription } from './description.js';

/** Where the parts meet: tensors that the backbone takes and gives. */
export const INTO = 'fashiond.into';
export const OUT_OF = 'fashiond.out';

/** Operators here and in the head are those that have not changed since operator set 7. */
const options = (part: string) => ({ prefix: `fashiond.${part}.` });

type Feeding = Pick<BackboneDescription, 'channels' | 'range' | 'mean' | 'std'> & {
  readonly layout: 'nchw' | 'nhwc';
  readonly size: number;
};

/** `pixels`, uint8 [N, size, size, 3] -> float32 in the backbone's layout, order of channels and range. */
export function beforeBackbone({ layout, size, channels, range, mean, std }: Feeding): OpaqueModel {
  const graph = new Graph(options('before'));
  const planes = layout === 'nchw';
  const shape: Shape = planes ? ['N', 3, size, size] : ['N', size, size, 3];
  const perChannel = planes ? [1, 3, 1, 1] : [1, 1, 1, 3];
  let x = graph.input('pixels', ['N', size, size, 3], 'uint8');
  if (planes) {
    const attributes = [{ name: 'perm', type: 'ints', value: [0, 3, 1, 2] }] as const;
    x = graph.emit('Transpose', [x], shape, { type: 'uint8', attributes });
  }
  x = graph.emit('Cast', [x], shape, { attributes: [{ name: 'to', type: 'int', value: 1 }] });
  if (channels === 'bgr') {
    const attributes = [{ name: 'axis', type: 'int', value: planes ? 1 : 3 }] as const;
    x = graph.emit('Gather', [x, graph.integers([2, 1, 0])], shape, { attributes });
  }
  const values = (of: (at: number) => number): Float32Array => Float32Array.from([0, 1, 2], of);
  const gain = values((at) => range / 255 / (std[at] ?? 1));
  const shift = values((at) => -(mean[at] ?? 0) / (std[at] ?? 1));
  x = graph.emit('Mul', [x, graph.constant('fashiond.before.gain', perChannel, gain)], shape);
  x = graph.emit('Add', [x, graph.constant('fashiond.before.shift', perChannel, shift)], shape);
  return decodeOpaque(graph.encode('before', { [INTO]: x }));
}

/** A graph that goes on from what the backbone gives, averaged over places; `features` is [N, width]. */
export function behindBackbone(
  shape: readonly number[],
  layout: 'nchw' | 'nhwc',
): { readonly graph: Graph; readonly features: Tensor; readonly width: number } {
  const graph = new Graph(options('after'));
  const [, ...rest] = shape;
  let x = graph.input(OUT_OF, ['N', ...rest]);
  const width = (layout === 'nchw' || rest.length === 1 ? rest[0] : rest.at(-1)) ?? 0;
  if (rest.length === 1) return { graph, features: x, width };
  if (layout === 'nhwc') {
    const attributes = [{ name: 'perm', type: 'ints', value: [0, 3, 1, 2] }] as const;
    x = graph.emit('Transpose', [x], ['N', width, rest[0] ?? 1, rest[1] ?? 1], { attributes });
  }
  const pooled = graph.emit('GlobalAveragePool', [x], ['N', width, 1, 1]);
  const attributes = [{ name: 'axis', type: 'int', value: 1 }] as const;
  return { graph, features: graph.emit('Flatten', [pooled], ['N', width], { attributes }), width };
}
