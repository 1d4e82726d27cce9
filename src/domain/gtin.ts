/** Global Trade Item Numbers (GS1 General Specifications): which digits are one, and their one form. */

/** GTIN-8, -12 (UPC-A), -13 (EAN) and -14. */
const LENGTHS: ReadonlySet<number> = new Set([8, 12, 13, 14]);

/**
 * The number as 14 digits, zeros in front, so that the four lengths can be compared; null for what is none: another
 * length, a wrong check digit, nothing but zeros. Spaces and hyphens between the digits do not count.
 */
export function gtin14(text: string): string | null {
  const digits = text.normalize('NFKC').replaceAll(/[\s\p{Dash}]/gu, '');
  if (!/^\d+$/.test(digits) || !LENGTHS.has(digits.length) || /^0+$/.test(digits)) return null;
  const full = digits.padStart(14, '0');
  return checkSum(full) % 10 === 0 ? full : null;
}

/** Weights 3 and 1 in turn from the left of 14 digits; the check digit makes the sum a multiple of ten. */
function checkSum(full: string): number {
  let sum = 0;
  for (let at = 0; at < full.length; at += 1) sum += Number(full.charAt(at)) * (at % 2 === 0 ? 3 : 1);
  return sum;
}

/**
 * Whether the number means the same in every shop. Numbers with the GS1 prefixes 020 to 029, 040 to 049 and 200 to
 * 299 are given by a shop to its own goods, and GTIN-8 that begin with 0 or 2 likewise; 050 to 059 and 981 to 999 are
 * coupons. Takes the form of 14 digits.
 */
export function isGlobal(gtin: string): boolean {
  if (gtin.startsWith('000000')) return !/^0{6}[02]/.test(gtin);
  return !/^.(02|04|05|2|98[1-9]|99)/.test(gtin);
}
