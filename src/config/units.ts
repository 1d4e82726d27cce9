/** Durations (`30s`, `5m`) and sizes (`10MiB`) as people write them in YAML. */
import { z } from 'zod';

const DURATION_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const SIZE_BYTES: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

function quantity(units: Readonly<Record<string, number>>, example: string): z.ZodType<number, string> {
  const pattern = new RegExp(`^(\\d+(?:\\.\\d+)?)(${Object.keys(units).join('|')})$`);
  const names = Object.keys(units).join(', ');
  return z
    .string({ error: `expected a quantity with its unit, such as ${example}` })
    .regex(pattern, { error: `expected a number followed by one of ${names}, such as ${example}` })
    .transform((text) => {
      const [, number = '0', unit = ''] = pattern.exec(text) ?? [];
      return Number(number) * (units[unit] ?? 1);
    });
}

/** `250ms`, `30s`, `5m`, `24h`, `7d` -> milliseconds. */
export const duration = (): z.ZodType<number, string> => quantity(DURATION_MS, '30s');
/** `512B`, `500KiB`, `10MiB`, `2GiB` -> bytes. */
export const size = (): z.ZodType<number, string> => quantity(SIZE_BYTES, '10MiB');

/** `5400000` -> `90m`: the largest unit of which it is a whole number. */
export const durationText = (ms: number): string => quantityText(ms, DURATION_MS);
/** `10485760` -> `10MiB`. */
export const sizeText = (bytes: number): string => quantityText(bytes, SIZE_BYTES);

function quantityText(value: number, units: Readonly<Record<string, number>>): string {
  const [smallest = ['', 1]] = Object.entries(units);
  const whole = Object.entries(units).findLast(([, size]) => value !== 0 && value % size === 0);
  const [unit, size] = whole ?? smallest;
  return `${value / size}${unit}`;
}
