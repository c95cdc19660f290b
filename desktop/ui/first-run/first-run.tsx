// The first run: name, lock, relay, people.

/** Calls `onDone` after its last step. */
export function FirstRun({ onDone }: { readonly onDone: () => void }) {
  return (
    <button type="button" onClick={onDone}>
      …
    </button>
  );
}
