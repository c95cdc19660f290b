// A QR code as one SVG path: square, with the quiet zone that scanners need. No markup is built from strings.
import { encode } from 'uqr';

/** Light modules around the code: fewer, and some scanners do not find it (ISO/IEC 18004). */
const QUIET_ZONE = 4;

/** A code to draw: the view box is `size` by `size`, the path is its dark modules. */
export interface QrPath {
  readonly size: number;
  readonly path: string;
}

/** The dark modules, rows from the top, true for dark; without a quiet zone. Medium error correction, as links are made for. */
export function qrModules(text: string): readonly (readonly boolean[])[] {
  return encode(text, { ecc: 'M', border: 0 }).data;
}

/** The code of a text, runs of dark modules joined. @throws when the text is longer than a QR code holds (2,331 bytes) */
export function qrPath(text: string): QrPath {
  const rows = qrModules(text);
  let path = '';
  for (const [y, row] of rows.entries()) {
    for (let x = 0; x < row.length; x += 1) {
      if (row[x] !== true) continue;
      const begin = x;
      while (row[x + 1] === true) x += 1;
      path += `M${begin + QUIET_ZONE} ${y + QUIET_ZONE}h${x - begin + 1}v1h-${x - begin + 1}z`;
    }
  }
  return { size: rows.length + 2 * QUIET_ZONE, path };
}
