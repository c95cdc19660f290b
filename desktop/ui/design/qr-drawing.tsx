// Draws a QR code as one path.
import { useMemo } from 'react';
import { encode } from 'uqr';

/** Fills what it stands in. */
export function QrDrawing({ text }: { readonly text: string }) {
  const { size, path } = useMemo(() => {
    const { size, data } = encode(text, { ecc: 'L', boostEcc: true, border: 0 });
    const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
    return { size, path };
  }, [text]);
  return (
    <svg viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges" aria-hidden="true">
      <path d={path} fill="#1e1823" />
    </svg>
  );
}
