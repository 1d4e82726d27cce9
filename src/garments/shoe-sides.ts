/** One shoe from the side, toe to the right, standing on y = 0 and about 28 cm long. */
import { pointsFrom } from './outline.js';
import { filled, lined } from './parts.js';
import type { Paint, Part } from './parts.js';
import type { Garment } from './spec.js';

export function sideView(garment: Garment): Part[] {
  switch (garment.style) {
    case 'boot':
      return boot(garment);
    case 'heel':
      return heel(garment);
    case 'loafer':
      return loafer(garment);
    case 'sandal':
      return sandal(garment);
    default:
      return sneaker(garment);
  }
}

export function solePaint(garment: Garment): Paint {
  const pick = garment.shape.detail[2];
  return pick < 0.6 ? '#ecebe6' : pick < 0.8 ? '#2a2624' : '#8a5a34';
}

function darkSole(garment: Garment): Paint {
  return garment.shape.detail[2] < 0.7 ? '#2a2320' : '#8d6a45';
}

function sole(garment: Garment, height: number, toe: number): Part {
  const h = height;
  return filled(
    pointsFrom(
      `-0.6 ${-h}! 14 ${-h + 0.6} 27.5 ${-h - toe}! 28.8 ${-h * 0.6 - toe} 27 0 1 0 -0.8 ${-h * 0.4}`,
    ),
    solePaint(garment),
  );
}

function sneaker(garment: Garment): Part[] {
  const { shape } = garment;
  const h = 2.4 + 1.6 * shape.detail[0];
  const collar = -h - 6.4 - 5 * shape.length;
  const tongue = collar - 1.2;
  const toe = -h - 3.4 - shape.flare;
  const upper = pointsFrom(
    `0 ${-h}! -0.9 ${-h - 4} 0.2 ${collar}! 4 ${collar + 1.4} 8 ${tongue}! 10 ${tongue + 0.4} 17 ${toe - 2.2} 23 ${toe - 0.4} 27 ${-h - 2} 28.2 ${-h}!`,
  );
  const laces = [0, 1, 2, 3].map((index) => {
    const x = 9.6 + index * 1.9;
    const y = tongue + 1.4 + ((toe - 2.2 - tongue) * (x - 9)) / 8;
    return lined(
      [
        [x - 1.6, y + 1.6],
        [x + 0.8, y - 0.6],
      ],
      0.9,
      'light',
    );
  });
  const side: Part =
    shape.flare < 0.5
      ? lined(pointsFrom(`5 ${-h - 1} 11 ${-h - 3.4} 17 ${-h - 1.2}`), 1.4, 'accent')
      : filled(pointsFrom(`8 ${-h}! 9.4 ${-h - 5} 14 ${-h - 4.4} 16 ${-h}!`), 'accent');
  return [
    filled(upper, 'fabric'),
    filled(
      pointsFrom(`20.6 ${-h}! 21.6 ${toe} 26 ${-h - 2.6} 28.2 ${-h}!`),
      shape.detail[1] < 0.5 ? 'trim' : 'light',
    ),
    filled(
      pointsFrom(`0 ${-h}! -0.8 ${-h - 4} 0.2 ${collar + 0.3}! 3.4 ${-h - 3} 4.4 ${-h}!`),
      shape.detail[1] < 0.5 ? 'accent' : 'trim',
    ),
    side,
    ...laces,
    sole(garment, h, 0.5),
  ];
}

function boot(garment: Garment): Part[] {
  const { shape } = garment;
  const rise = 2 + 3 * shape.detail[0];
  const top = -12 - 16 * shape.length;
  const width = 10 + 2 * shape.ease;
  const upper = pointsFrom(
    `0 ${-rise}! -0.4 -8 ${-0.8 * shape.ease} ${top}! ${width / 2} ${top + 0.8} ${width} ${top}! ${width - 0.6} -11.5 15 -8.6 23 -6.2 27.4 -3.6 27.6 -1.6!`,
  );
  const parts: Part[] = [
    filled(upper, 'fabric'),
    lined(pointsFrom('2 -9 8 -8.6 13 -9.6'), 0.4, 'trim'),
    filled(pointsFrom(`-0.2 ${-rise}! 7 ${-rise + 0.4}! 6.2 0! 0.4 0!`), darkSole(garment)),
    filled(pointsFrom(`0 ${-rise}! 14 -1.9 28 -1.9! 27.4 0! 12 0! 6 ${-rise + 1.4}!`), darkSole(garment)),
  ];
  if (shape.detail[1] < 0.5) {
    for (let y = top + 2; y < -9; y += 2.6)
      parts.push(
        lined(
          [
            [width - 3, y],
            [width + 0.2, y + 0.5],
          ],
          0.7,
          'light',
        ),
      );
    return parts;
  }
  return [
    ...parts,
    lined(
      [
        [3.4, top + 1],
        [3.6, -9],
      ],
      0.5,
      'trim',
    ),
  ];
}

function heel(garment: Garment): Part[] {
  const { shape } = garment;
  const h = 5 + 6 * shape.detail[0];
  const slim = 0.7 + 2.4 * shape.detail[1];
  const upper = pointsFrom(
    `0 ${-h}! -0.7 ${-h - 3} -0.2 ${-h - 6}! 3 ${-h - 4} 8 ${-h * 0.72 - 1.6} 15 ${-h * 0.3 - 2.4} 19 -4.8! 23 -4.2 26.5 -2 26.8 -0.4! 17 -1 8 ${-h * 0.55}`,
  );
  const parts: Part[] = [
    filled(pointsFrom(`-0.2 ${-h - 0.3}! ${3.6 + slim * 0.5} ${-h + 1.2}! ${1 + slim} 0! 0.4 0!`), 'trim'),
    filled(upper, 'fabric'),
    lined(pointsFrom(`26.6 -0.3 17 -0.5 8 ${-h * 0.5} 3 ${-h + 1}`), 0.7, darkSole(garment)),
  ];
  if (shape.detail[2] < 0.4)
    parts.push(lined(pointsFrom(`0.4 ${-h - 6.4} 3.5 ${-h - 8} 7 ${-h - 5.4}`), 0.9, 'fabric'));
  return parts;
}

function loafer(garment: Garment): Part[] {
  const h = 1.6 + garment.shape.detail[0];
  const upper = pointsFrom(
    `0 ${-h}! -0.6 ${-h - 3.6} 0.4 ${-h - 6.6}! 5 ${-h - 5} 11 ${-h - 5.2}! 14.4 ${-h - 6.6}! 20 ${-h - 5} 26 ${-h - 2.8} 27.8 ${-h}!`,
  );
  return [
    filled(upper, 'fabric'),
    lined(pointsFrom(`13.4 ${-h - 5.6} 19 ${-h - 3.8} 25.4 ${-h - 1.6}`), 0.5, 'trim'),
    lined(
      pointsFrom(`11 ${-h - 4} 14.6 ${-h - 2} 16 ${-h}`),
      2,
      garment.shape.detail[1] < 0.5 ? 'accent' : 'trim',
    ),
    filled(pointsFrom(`0 ${-h}! 28 ${-h}! 27.6 -0.6! 8 -0.9! 7 0! 0.2 0!`), darkSole(garment)),
  ];
}

/** Straps seen slightly from above: bands that arch over the foot bed. */
function sandal(garment: Garment): Part[] {
  const { shape } = garment;
  const h = 1.6 + 3 * shape.detail[0];
  const strap = 1.8 + 1.6 * shape.detail[2];
  const parts: Part[] = [
    filled(
      pointsFrom(`-0.6 ${-h - 1.6}! 8 ${-h - 2.4} 20 ${-h - 2.2} 28.4 ${-h - 1.2} 27 ${-h}! 0 ${-h}!`),
      '#b08457',
    ),
    sole(garment, h, 0),
    lined(pointsFrom(`16.6 ${-h - 0.4} 18.4 ${-h - 4.6} 22 ${-h - 4.8} 24.4 ${-h - 0.6}`), strap, 'fabric'),
    lined(
      pointsFrom(`0.6 ${-h - 1.4} 0.8 ${-h - 6} 5 ${-h - 7.6} 9.6 ${-h - 6} 11 ${-h - 0.6}`),
      strap * 0.7,
      'fabric',
    ),
  ];
  if (shape.detail[1] < 0.6) {
    parts.push(lined(pointsFrom(`10.6 ${-h - 5.6} 15 ${-h - 5} 19.6 ${-h - 4.8}`), strap * 0.6, 'fabric'));
  }
  return parts;
}
