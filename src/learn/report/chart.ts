/** Charts without a browser: ECharts renders SVG on the server, sharp makes PNG of it. */
import type { EChartsOption } from 'echarts';
import sharp from 'sharp';

export interface Chart {
  /** File name without its ending; also names the chart in the page. */
  readonly name: string;
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly option: EChartsOption;
}

/** Names above the plot, each behind a short bar of its colour. */
export const LEGEND = { top: 5, icon: 'roundRect', itemWidth: 14, itemHeight: 5 };

/** Pixels of the PNG for one of the SVG, for sharp text on dense screens. */
const DENSITY = 2;
const SVG_DPI = 72;

export async function svgOf({ option, width, height, title }: Chart): Promise<string> {
  // Loaded when the first chart is drawn: every command of the executable would wait for it otherwise.
  const { init } = await import('echarts');
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#ffffff',
      textStyle: { fontFamily: 'sans-serif' },
      ...option,
    });
    const svg = chart.renderToSVGString({ useViewBox: true });
    // A reader that hears the page gets the title.
    return svg.replace('<svg ', `<svg role="img" aria-label="${title}" `);
  } finally {
    chart.dispose();
  }
}

export function pngOf(svg: string): Promise<Buffer> {
  return sharp(Buffer.from(svg), { density: SVG_DPI * DENSITY })
    .png()
    .toBuffer();
}
