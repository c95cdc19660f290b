// The body of a notification as a system wants it: what Bob wrote must not become a link or a picture there.

/** Desktops of Linux read the body, and only the body, as markup (desktop notifications specification, "Markup"); others take it as it is. */
export function plainBody(text: string, platform: NodeJS.Platform): string {
  return platform === 'linux' ? text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') : text;
}
