/** Loss and accuracy of a training, epoch by epoch. */
import type { EChartsOption } from 'echarts';
import type { EpochRecord } from '../train/history.js';
import { LEGEND } from './chart.js';
import type { Chart } from './chart.js';

const SIZE = { width: 520, height: 320 };

export function trainingCharts(epochs: readonly EpochRecord[]): Chart[] {
  if (epochs.length === 0) return [];
  return [
    {
      ...SIZE,
      name: 'loss',
      title: 'Loss',
      option: curves('loss', epochs, {
        training: ({ trainLoss }) => trainLoss,
        validation: ({ validationLoss }) => validationLoss,
      }),
    },
    {
      ...SIZE,
      name: 'accuracy',
      title: 'Accuracy',
      option: curves('accuracy', epochs, {
        training: ({ trainAccuracy }) => trainAccuracy,
        validation: ({ validationAccuracy }) => validationAccuracy,
      }),
    },
  ];
}

function curves(
  name: string,
  epochs: readonly EpochRecord[],
  lines: Readonly<Record<string, (record: EpochRecord) => number>>,
): EChartsOption {
  return {
    grid: { left: 60, right: 20, top: 40, bottom: 45 },
    legend: LEGEND,
    xAxis: { type: 'value', name: 'epoch', nameLocation: 'middle', nameGap: 28, min: 1, minInterval: 1 },
    yAxis: { type: 'value', name, scale: true },
    series: Object.entries(lines).map(([line, valueOf]) => ({
      name: line,
      type: 'line',
      showSymbol: epochs.length === 1,
      data: epochs.map((record) => [record.epoch, valueOf(record)]),
    })),
  };
}
