/** Whether decoded text looks like Japanese, to tell EUC-JP from Shift_JIS when both decode without error. */

const SAMPLE_LENGTH = 100_000;

/**
 * From about -5 (garbage) to 1 (all kana): kana and punctuation speak for the encoding, ideographs a little;
 * half-width katakana (EUC-JP read as Shift_JIS is full of them), private use and replacement characters speak
 * against it. Zero or less means: not Japanese in this encoding.
 */
export function plausibility(text: string): number {
  const sample = text.length > SAMPLE_LENGTH ? text.slice(0, SAMPLE_LENGTH) : text;
  let outside = 0;
  let score = 0;
  let kana = 0;
  for (let i = 0; i < sample.length; i += 1) {
    const code = sample.charCodeAt(i);
    if (code < 0x80) continue;
    outside += 1;
    if (code >= 0x3041 && code <= 0x30fe) {
      kana += 1;
      score += 1;
    } else if (code >= 0x3000 && code <= 0x3020) score += 1;
    else if (code >= 0x4e00 && code <= 0x9fff) score += 0.5;
    else if (code >= 0xff01 && code <= 0xff60) score += 0.5;
    else if (code >= 0xff61 && code <= 0xff9f) score -= 1;
    else if (code >= 0xe000 && code <= 0xf8ff) score -= 5;
    else if (code === 0xfffd || (code >= 0x80 && code < 0xa0)) score -= 5;
  }
  if (outside === 0) return 0;
  // Western text read as Shift_JIS gives a handful of rare ideographs and no kana.
  return kana === 0 ? Math.min(0, score / outside) : score / outside;
}
