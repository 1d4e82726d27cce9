/** Curves of growth as an SVG: both axes logarithmic, each figure as a multiple of what it is at the smallest size. */
import type { Figure } from './growth.js';

const WIDTH = 760;
const HEIGHT = 420;
const PLOT = { left: 60, top: 20, width: 360, height: 350 };
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

export function growthCurves(sizes: readonly number[], figures: readonly Figure[]): string {
  const decades = Math.max(1, Math.log10(sizes.at(-1)! / sizes[0]!));
  const x = (size: number): number => PLOT.left + (Math.log10(size / sizes[0]!) / decades) * PLOT.width;
  const y = (multiple: number): number =>
    PLOT.top +
    PLOT.height * (1 - (Math.log10(Math.min(10 ** decades, Math.max(0.1, multiple))) + 1) / (decades + 1));
  const lines = figures.map(({ name, values }, at) => {
    const points = values.map(
      (value, index) => `${x(sizes[index]!).toFixed(1)},${y(value / values[0]!).toFixed(1)}`,
    );
    const colour = COLOURS[at % COLOURS.length]!;
    const dash = at >= COLOURS.length ? ' stroke-dasharray="5 3"' : '';
    const legend = PLOT.top + 16 + at * 22;
    return (
      `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"${dash}/>` +
      `<path d="M440 ${legend - 4}h24" stroke="${colour}" stroke-width="2"${dash}/><text x="470" y="${legend}">${name}</text>`
    );
  });
  const across = sizes.map(
    (size) =>
      `<text x="${x(size)}" y="${PLOT.top + PLOT.height + 20}" text-anchor="middle">${size.toLocaleString('en')}</text>`,
  );
  const up = Array.from({ length: Math.round(decades) + 2 }, (_, at) => 10 ** (at - 1)).map(
    (multiple) =>
      `<path d="M${PLOT.left} ${y(multiple)}h${PLOT.width}" stroke="#ddd"/><text x="${PLOT.left - 8}" y="${y(multiple) + 4}" text-anchor="end">${multiple}×</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#333">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${[...up, ...across, ...lines].join('\n')}
<text x="${PLOT.left + PLOT.width / 2}" y="${HEIGHT - 12}" text-anchor="middle">items</text>
</svg>
`;
}
