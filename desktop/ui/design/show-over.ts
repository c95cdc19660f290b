// Opens a dialog of the browser over the page, and closes it so that one can go on where one was: also with the caret. The browser gives back
// the focus alone; where a field inside had taken the caret, what is typed next would go nowhere.

type Field = HTMLTextAreaElement | HTMLInputElement;

/** Shows it above everything. Answers what closes it and gives back the focus and the caret. */
export function showOver(dialog: HTMLDialogElement): () => void {
  const before = document.activeElement;
  const field = isField(before) && before.selectionStart !== null ? before : null;
  const caret = [field?.selectionStart ?? 0, field?.selectionEnd ?? 0, field?.selectionDirection ?? 'none'] as const;
  dialog.showModal();
  return () => {
    dialog.close();
    if (field !== null && document.activeElement === field) field.setSelectionRange(...caret);
  };
}

function isField(element: Element | null): element is Field {
  return element instanceof HTMLTextAreaElement || element instanceof HTMLInputElement;
}
