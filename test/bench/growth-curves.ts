/** Curves of growth as an SVG: both axes logarithmic, each figure as a multiple of what it is at the smallest size. */
import type { Figure } from './growth.js';

const WIDTH = 760;
const PLOT = { left: 60, top: 20, width: 360, height: 350 };
const LEGEND = 22;
const COLOURS = [
  '#4269d0',
  '#efb118',
  '#ff725c',
  '#6cc5b0',
  '#3ca951',
  '#ff8ab7',
  '#a463f2',
  '#97bbf5',
  '#9c6b4e',
  '#9498a0',
];

/** Lines of the same colour differ by these. */
const DASHES = ['', ' stroke-dasharray="6 3"', ' stroke-dasharray="2 2"'];

export function growthCurves(sizes: readonly number[], figures: readonly Figure[]): string {
  const height = Math.max(PLOT.top + PLOT.height + 50, PLOT.top + 16 + figures.length * LEGEND);
  const decades = Math.max(1, Math.log10(sizes.at(-1)! / sizes[0]!));
  const multiples = figures.flatMap(({ values }) => values.map((value) => Math.log10(value / values[0]!)));
  // What is steeper than linear is shown as such.
  const top = Math.ceil(Math.max(decades, ...multiples));
  const bottom = Math.floor(Math.min(-1, ...multiples));
  const x = (size: number): number => PLOT.left + (Math.log10(size / sizes[0]!) / decades) * PLOT.width;
  const y = (multiple: number): number =>
    PLOT.top + PLOT.height * (1 - (Math.log10(multiple) - bottom) / (top - bottom));
  const lines = figures.map(({ name, values }, at) => {
    const points = values.map(
      (value, index) => `${x(sizes[index]!).toFixed(1)},${y(value / values[0]!).toFixed(1)}`,
    );
    const colour = COLOURS[at % COLOURS.length]!;
    const dash = DASHES[Math.floor(at / COLOURS.length) % DASHES.length]!;
    const legend = PLOT.top + 16 + at * LEGEND;
    return (
      `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"${dash}/>` +
      `<path d="M440 ${legend - 4}h24" stroke="${colour}" stroke-width="2"${dash}/><text x="470" y="${legend}">${name}</text>`
    );
  });
  const across = sizes.map(
    (size) =>
      `<text x="${x(size)}" y="${PLOT.top + PLOT.height + 20}" text-anchor="middle">${size.toLocaleString('en')}</text>`,
  );
  const up = Array.from({ length: top - bottom + 1 }, (_, at) => 10 ** (at + bottom)).map(
    (multiple) =>
      `<path d="M${PLOT.left} ${y(multiple)}h${PLOT.width}" stroke="#ddd"/><text x="${PLOT.left - 8}" y="${y(multiple) + 4}" text-anchor="end">${multiple}×</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" fill="#333">
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
${[...up, ...across, ...lines].join('\n')}
<text x="${PLOT.left + PLOT.width / 2}" y="${PLOT.top + PLOT.height + 38}" text-anchor="middle">items</text>
</svg>
`;
}
