import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CategoryId } from '../../../../src/domain/ids.js';
import type { Dataset } from '../../../../src/learn/dataset/dataset.js';
import { compare } from '../../../../src/learn/evaluation/compare.js';
import type { Judged } from '../../../../src/learn/evaluation/judge.js';
import type { JudgedModel } from '../../../../src/learn/evaluation/judged-model.js';
import { offDomainReport } from '../../../../src/learn/evaluation/off-domain.js';
import { evaluationReport } from '../../../../src/learn/evaluation/report.js';
import { rejectionReport } from '../../../../src/learn/rejection/report.js';
import { writeReport } from '../../../../src/learn/report/write-report.js';
import type { ReportPart } from '../../../../src/learn/report/write-report.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const SIZE = 4;
/** A label and a path as somebody would write them who wants to break the page. */
const LABELS = ['hat', '<b>coat</b>'] as CategoryId[];
const PATH = 'photos/"><script>alert(1)</script>.jpg';

const dataset: Dataset = {
  index: {
    format: 1,
    size: SIZE,
    fill: 255,
    sources: [{ name: 'photos', licence: null }],
    labels: LABELS,
    entries: [0, 1, 2, 3].map((at) => ({
      path: at === 0 ? PATH : `photos/${at}.jpg`,
      source: 'photos',
      label: LABELS[at % 2]!,
      split: 'test',
      sha256: String(at),
      attributes: { '<i>view</i>': at < 3 ? 'front' : 'back' },
    })),
    pixelsSha256: '',
  },
  pixels: new Uint8Array(4 * SIZE * SIZE * 3).fill(90),
};

const model: JudgedModel = {
  kind: 'network',
  name: 'tiny',
  fingerprint: 'f'.repeat(64),
  labels: LABELS,
  input: { size: SIZE, fill: 255 },
  threshold: 0.9,
  outputs: () => Promise.reject(new Error('not asked')),
  close: () => Promise.resolve(),
};

function judged(probabilities: Float32Array): Judged {
  return {
    split: 'test',
    pictures: [0, 1, 2, 3],
    predictions: { probabilities, classes: 2, labels: [0, 1, 0, 1] },
    outputs: { probabilities, logits: null, features: null },
    leftOut: [],
    elapsedMs: 8,
  };
}

/** The first picture is a sure mistake, the others are right. */
const first = judged(Float32Array.of(0.0625, 0.9375, 0.25, 0.75, 0.96875, 0.03125, 0.375, 0.625));
const second = judged(Float32Array.of(0.75, 0.25, 0.25, 0.75, 0.75, 0.25, 0.25, 0.75));

function part(run: Judged): ReportPart {
  const report = evaluationReport(model, dataset.index, run, 0.9);
  const entries = [{ path: 'kettle/1.jpg', group: 'kettle' }];
  const others = { pixels: new Uint8Array(0), entries, undecodable: 0, leftOut: [] };
  const outputs = { probabilities: Float32Array.of(0.5, 0.5), logits: null, features: null };
  const epochs = [1, 2, 3].map((epoch) => ({
    epoch,
    trainLoss: 1 / epoch,
    trainAccuracy: 0.5,
    validationLoss: 1 / epoch,
    validationAccuracy: 0.5,
    learningRate: 0.001,
    picturesPerSecond: 10,
    elapsedMs: 10,
  }));
  return {
    report,
    offDomain: offDomainReport(others, outputs.probabilities, LABELS, 0.9),
    rejection: rejectionReport(
      { labels: LABELS, threshold: 0.9, validation: run, reported: run, train: null, offDomain: outputs },
      { risk: 0.01, doubt: 0.05 },
    ),
    backgrounds: null,
    epochs,
  };
}

describe('writeReport', () => {
  const folder = temporaryFolder();
  let page = '';
  beforeAll(async () => {
    await writeReport(folder, dataset, [part(first), part(second)], compare(first, second));
    page = await readFile(join(folder, 'report.html'), 'utf8');
  });

  it('needs nothing beside itself and runs no script', () => {
    expect(page).not.toMatch(/<script|javascript:|<link|<iframe|@import| on\w+="/i);
    const sources = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1]!);
    expect(sources.length).toBe(1);
    expect(sources[0]).toMatch(/^(data:image\/jpeg;base64,|#)/);
  });

  it('shows names from outside as text', () => {
    expect(page).not.toContain('<b>coat</b>');
    expect(page).toContain('&lt;b&gt;coat&lt;/b&gt;');
    expect(page).toContain('photos/&quot;&gt;&lt;script&gt;');
  });

  it('says what the figures say', () => {
    // Accepted at 0.9: the mistake and one right picture.
    expect(page).toMatch(/<th scope="row">all<\/th><td>4<\/td><td>0\.750 /);
    expect(page).toContain('hat, taken for &lt;b&gt;coat&lt;/b&gt; (0.938)');
    expect(page).toContain('0 of 1 accepted');
    expect(page).toContain('Of 4 pictures that both judge, 3 are right by both, 0 by tiny alone, 1 by tiny');
    expect(page).toContain('4 pictures in 0.01 s, 500 a second');
  });

  it('has a table for what is told of the pictures', () => {
    expect(page).toContain('&lt;i&gt;view&lt;/i&gt;');
    expect(page).toMatch(/<th scope="row">front<\/th><td>3<\/td><td>0\.667 /);
    expect(page).toMatch(/<th scope="row">back<\/th><td>1<\/td><td>1\.000 /);
  });

  it('carries the mistake’s picture', async () => {
    const base64 = /base64,([^"]+)"/.exec(page)![1]!;
    const { data, info } = await sharp(Buffer.from(base64, 'base64'))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.channels]).toEqual([SIZE, 3]);
    expect(Math.abs(data[0]! - 90)).toBeLessThan(6);
  });

  it('draws every plot, in the page and as a picture with ink on it', async () => {
    const names = ['accuracy', 'confusion', 'loss', 'reliability', 'threshold'];
    const files = names.flatMap((name) => [`${name}-2.png`, `${name}.png`]);
    expect((await readdir(folder)).sort()).toEqual([...files, 'report.html'].sort());
    expect(page.match(/<svg role="img"/g)).toHaveLength(10);
    for (const file of files) {
      const { channels } = await sharp(join(folder, file)).stats();
      expect(channels[0]!.max - channels[0]!.min).toBeGreaterThan(100);
    }
    const { width } = await sharp(join(folder, 'threshold.png')).metadata();
    expect(width).toBe(1240);
  });
});
