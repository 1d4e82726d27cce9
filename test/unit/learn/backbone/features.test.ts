import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { featureNetwork, openBackbone } from '../../../../src/learn/backbone/backbone.js';
import { describeBackbone } from '../../../../src/learn/backbone/description.js';
import { pictureFeatures } from '../../../../src/learn/backbone/features.js';
import { EDGES } from '../../../support/edge-backbone.js';
import { writeOnnx } from '../../../support/onnx-writer.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { TEXTURE_SIZE, textures } from '../../../support/textures.js';

it('does not lose features that cannot be kept, and says so', async () => {
  const place = temporaryFolder();
  writeFileSync(join(place, 'edges.onnx'), writeOnnx(EDGES));
  const backbone = await openBackbone(await describeBackbone(join(place, 'edges.onnx')), TEXTURE_SIZE);
  const unkept: string[] = [];
  const features = (folder: string | null) =>
    pictureFeatures(featureNetwork(backbone), backbone.width, textures(40, ['across', 'down']), {
      folder,
      threads: 1,
      signal: new AbortController().signal,
      onUnkept: (reason) => unkept.push(reason),
    });
  const expected = await features(null);
  expect(unkept).toEqual([]);
  const file = join(place, 'no-folder');
  writeFileSync(file, 'in its place');
  expect(await features(file)).toEqual(expected);
  expect(unkept).toHaveLength(1);
  expect(readFileSync(file, 'utf8')).toBe('in its place');
});
