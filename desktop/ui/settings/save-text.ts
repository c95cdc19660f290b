// Hands a text to the person as a file, by the browser's own way of saving. Nothing goes over any network.

/** Saves it under this name, wherever the person says. */
export function saveText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The saving has begun with the click; the address may go once the browser has taken it up.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
