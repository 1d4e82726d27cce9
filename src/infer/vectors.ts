/** A network's raw outputs in the form in which they are stored and compared. */

/**
 * `latent`: [count, bits] in 0..1 -> [count, ceil(bits / 8)] bytes; a bit is set where the value is above 0.5
 * (Lin et al. 2015, "Deep Learning of Binary Hash Codes for Fast Image Retrieval", section 3.3), least
 * significant bit first.
 */
export function packBits(latent: Float32Array, count: number, bits: number): Uint8Array<ArrayBuffer> {
  const width = Math.ceil(bits / 8);
  const packed = new Uint8Array(count * width);
  for (let row = 0; row < count; row += 1) {
    for (let bit = 0; bit < bits; bit += 1) {
      if ((latent[row * bits + bit] ?? 0) <= 0.5) continue;
      const at = row * width + (bit >> 3);
      packed[at] = (packed[at] ?? 0) | (1 << (bit & 7));
    }
  }
  return packed;
}

/** A copy of `rows` ([count, width]) with every row of unit L2 length; a row of zeros stays one. */
export function unitRows(rows: Float32Array, count: number, width: number): Float32Array<ArrayBuffer> {
  const unit = new Float32Array(count * width);
  for (let start = 0; start < count * width; start += width) {
    let squares = 0;
    for (let at = start; at < start + width; at += 1) squares += (rows[at] ?? 0) ** 2;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let at = start; at < start + width; at += 1) unit[at] = (rows[at] ?? 0) * scale;
  }
  return unit;
}
