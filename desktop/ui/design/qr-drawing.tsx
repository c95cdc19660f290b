// Draws a QR code as one path.
import { useMemo } from 'react';
import { qrPath } from './qr-path.ts';

/** Fills what it stands in, its light margin included. */
export function QrDrawing({ text }: { readonly text: string }) {
  const { size, path } = useMemo(() => qrPath(text), [text]);
  return (
    <svg viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges" aria-hidden="true">
      <path d={path} fill="#1e1823" />
    </svg>
  );
}
