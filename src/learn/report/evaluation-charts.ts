/** The plots of one evaluation: precision and coverage, reliability, confusion. */
import type { EChartsOption } from 'echarts';
import type { CurvePoint } from '../evaluation/threshold-curve.js';
import type { EvaluationReport } from '../evaluation/report.js';
import { LEGEND } from './chart.js';
import type { Chart } from './chart.js';

export function evaluationCharts(report: EvaluationReport): Chart[] {
  const classes = report.model.labels.length;
  return [
    {
      name: 'threshold',
      title: 'Precision and coverage against the threshold',
      width: 620,
      height: 340,
      option: thresholdOption(report),
    },
    {
      name: 'reliability',
      title: 'Reliability diagram',
      width: 420,
      height: 380,
      option: reliabilityOption(report),
    },
    {
      name: 'confusion',
      title: 'Confusion matrix',
      width: 220 + 42 * classes,
      height: 150 + 34 * classes,
      option: confusionOption(report),
    },
  ];
}

function thresholdOption({ curve, all }: EvaluationReport): EChartsOption {
  const line = (name: string, valueOf: (point: CurvePoint) => number | null): object => ({
    name,
    type: 'line',
    // Counts hold from one threshold up to the next.
    step: 'end',
    showSymbol: false,
    data: curve.map((point) => [point.threshold, valueOf(point)]),
  });
  return {
    grid: { left: 50, right: 30, top: 45, bottom: 45 },
    legend: LEGEND,
    xAxis: { type: 'value', name: 'threshold', nameLocation: 'middle', nameGap: 28, min: 0, max: 1 },
    yAxis: { type: 'value', min: 0, max: 1 },
    series: [
      line('precision', ({ accepted, right }) => (accepted === 0 ? null : right / accepted)),
      line('coverage', ({ accepted }) => accepted / all.pictures),
      {
        name: `threshold ${all.threshold}`,
        type: 'line',
        data: [],
        markLine: {
          silent: true,
          symbol: 'none',
          lineStyle: { color: '#555555', type: 'dashed' },
          label: { formatter: String(all.threshold) },
          data: [{ xAxis: all.threshold }],
        },
      },
    ],
  };
}

function reliabilityOption({ reliability }: EvaluationReport): EChartsOption {
  const filled = reliability.filter(({ accuracy }) => accuracy.of > 0);
  const middle = ({ low, high }: { low: number; high: number }): string => ((low + high) / 2).toFixed(2);
  return {
    grid: { left: 55, right: 20, top: 45, bottom: 45 },
    legend: LEGEND,
    xAxis: { type: 'value', name: 'confidence', nameLocation: 'middle', nameGap: 28, min: 0, max: 1 },
    yAxis: { type: 'value', name: 'share right', min: 0, max: 1 },
    series: [
      {
        name: 'measured',
        type: 'bar',
        barWidth: 18,
        data: filled.map((bin) => [middle(bin), bin.accuracy.value]),
      },
      {
        name: 'as it should be',
        type: 'line',
        showSymbol: false,
        lineStyle: { type: 'dashed', color: '#555555' },
        itemStyle: { color: '#555555' },
        data: [
          [0, 0],
          [1, 1],
        ],
      },
    ],
  };
}

function confusionOption({ confusion, model }: EvaluationReport): EChartsOption {
  const labels = [...model.labels];
  const cells = confusion.flatMap((row, truth) => {
    const of = row.reduce((sum, count) => sum + count, 0);
    // Colour is the share of the true class, so that small classes show their mistakes too; the number is the count.
    return row.map((count, named) => [named, truth, of === 0 ? 0 : count / of, count]);
  });
  return {
    grid: { left: 110, right: 20, top: 20, bottom: 110 },
    xAxis: {
      type: 'category',
      data: labels,
      name: 'named',
      nameLocation: 'middle',
      nameGap: 85,
      axisLabel: { rotate: 45, interval: 0 },
    },
    yAxis: {
      type: 'category',
      data: labels,
      name: 'true',
      nameLocation: 'start',
      inverse: true,
      axisLabel: { interval: 0 },
    },
    visualMap: { show: false, min: 0, max: 1, dimension: 2, inRange: { color: ['#ffffff', '#2f6db3'] } },
    series: [
      {
        type: 'heatmap',
        data: cells,
        label: {
          show: true,
          formatter: ({ value }) => (Array.isArray(value) && value[3] !== 0 ? String(value[3]) : ''),
        },
        itemStyle: { borderColor: '#dddddd', borderWidth: 1 },
      },
    ],
  };
}
