/** Named parts of one flat vector: parameters, gradients and statistics live in one array each. */

interface Part {
  readonly name: string;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

export interface Layout {
  readonly parts: readonly Part[];
  readonly length: number;
}

export function layoutOf(
  parts: readonly { readonly name: string; readonly shape: readonly number[] }[],
): Layout {
  let end = 0;
  const placed = parts.map(({ name, shape }): Part => {
    const start = end;
    end += shape.reduce((product, length) => product * length, 1);
    return { name, shape, start, end };
  });
  return { parts: placed, length: end };
}

/** Copies of the parts, by name. */
export function namedParts(layout: Layout, values: Float32Array): [string, Float32Array][] {
  return layout.parts.map(({ name, start, end }) => [name, values.slice(start, end)]);
}

/** The layout of a network's running statistics. */
export function statisticsLayout(graph: {
  readonly statistics: readonly { readonly name: string; readonly channels: number }[];
}): Layout {
  return layoutOf(graph.statistics.map(({ name, channels }) => ({ name, shape: [channels] })));
}
