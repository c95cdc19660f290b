// A text as a QR code, light on both themes so that every camera reads it. Loaded when it is shown.
import { lazy, Suspense } from 'react';
import styles from './qr-code.module.css';

const Drawing = lazy(async () => ({ default: (await import('./qr-drawing.tsx')).QrDrawing }));

/** A QR code. @param label what it says, for who cannot see it. @param size side in px */
export function QrCode({ text, label, size = 220 }: { readonly text: string; readonly label: string; readonly size?: number }) {
  const side = `${size / 16}rem`;
  return (
    <div className={styles.paper} role="img" aria-label={label} style={{ inlineSize: side }}>
      <Suspense fallback={null}>
        <Drawing text={text} />
      </Suspense>
    </div>
  );
}
