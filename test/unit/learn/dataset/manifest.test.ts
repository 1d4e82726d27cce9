import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readManifest } from '../../../../src/learn/dataset/manifest.js';
import type { ManifestColumns } from '../../../../src/learn/dataset/manifest.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const folder = temporaryFolder();
const read = async (text: string, columns: ManifestColumns = new Map()): ReturnType<typeof readManifest> => {
  writeFileSync(join(folder, 'shop.csv'), text);
  return readManifest(join(folder, 'shop.csv'), columns);
};

describe('readManifest', () => {
  it('reads chosen columns, in any order', async () => {
    const columns: ManifestColumns = new Map([
      ['class', 'class10'],
      ['group', 'product'],
    ]);
    const { pictures } = await read('product,class,class10,path\nm01,tee,t-shirt,images/1.jpg\n', columns);
    expect(pictures).toEqual([
      {
        file: join(folder, 'images/1.jpg'),
        path: 'images/1.jpg',
        source: 'shop',
        className: 't-shirt',
        split: null,
        group: 'shop:m01',
        dealtBy: 'm01',
        attributes: {},
      },
    ]);
  });

  it('takes splits by their usual names, and no group from an empty field', async () => {
    const { pictures } = await read('path,class,split,contributor\n1,hat,Val,\n2,hat,test,7\n3,hat,,7\n');
    expect(pictures.map(({ split, group }) => [split, group])).toEqual([
      ['validation', null],
      ['test', 'shop:7'],
      [null, 'shop:7'],
    ]);
  });

  it('keeps the further columns that are asked for, and names one that is not there', async () => {
    const text = 'path,class,pose,title\n1,hat,worn,Hat\n2,hat, ,Cap\n';
    writeFileSync(join(folder, 'shop.csv'), text);
    const { pictures } = await readManifest(join(folder, 'shop.csv'), new Map(), ['pose']);
    expect(pictures.map(({ attributes }) => attributes)).toEqual([{ pose: 'worn' }, {}]);
    await expect(readManifest(join(folder, 'shop.csv'), new Map(), ['stance'])).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/no column stance/) as string,
      hint: expect.stringMatching(/path, class, pose, title/) as string,
    });
  });

  it.each([
    ['path,category\n1,hat\n', /no column class/],
    ['path,class\n1\n', /shop\.csv:2 has 1 fields, and the header 2/],
    ['path,class,split\n1,hat,train\n2,hat,training\n', /shop\.csv:3: there is no split training/],
    ['', /is empty/],
  ])('refuses %j', async (text, message) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message) as string,
    });
  });

  it('names a chosen column that is not there, and a file that is not', async () => {
    await expect(read('path,class\n1,hat\n', new Map([['group', 'product']]))).rejects.toThrow(/product/);
    await expect(readManifest(join(folder, 'none.csv'), new Map())).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});
