// The few words main itself shows, in English and German. The page has its own catalogues; these are too few for a library.

const en = {
  about: 'About Sotto',
  again: 'Keep trying',
  close: 'Close window',
  copy: 'Copy',
  cut: 'Cut',
  edit: 'Edit',
  engineStops: 'A part of Sotto keeps stopping.',
  engineStopsMore: 'It is started again each time. What you wrote is kept on this computer and nothing is lost.',
  hide: 'Hide Sotto',
  hideOthers: 'Hide others',
  lock: 'Lock',
  message: 'New message',
  messages: 'New messages: {count}',
  minimize: 'Minimise',
  open: 'Open Sotto',
  paste: 'Paste',
  quit: 'Quit Sotto',
  redo: 'Redo',
  request: 'Somebody wants to write to you',
  selectAll: 'Select all',
  undo: 'Undo',
  view: 'View',
  window: 'Window',
  zoomIn: 'Larger',
  zoomOut: 'Smaller',
  zoomReset: 'Actual size',
  fullScreen: 'Full screen',
} as const;

/** A word of main. */
export type Words = Readonly<Record<keyof typeof en, string>>;

const de: Words = {
  about: 'Über Sotto',
  again: 'Weiter versuchen',
  close: 'Fenster schließen',
  copy: 'Kopieren',
  cut: 'Ausschneiden',
  edit: 'Bearbeiten',
  engineStops: 'Ein Teil von Sotto bleibt immer wieder stehen.',
  engineStopsMore: 'Er wird jedes Mal neu gestartet. Was du geschrieben hast, liegt auf diesem Rechner; nichts ist verloren.',
  hide: 'Sotto ausblenden',
  hideOthers: 'Andere ausblenden',
  lock: 'Sperren',
  message: 'Neue Nachricht',
  messages: 'Neue Nachrichten: {count}',
  minimize: 'Minimieren',
  open: 'Sotto öffnen',
  paste: 'Einfügen',
  quit: 'Sotto beenden',
  redo: 'Wiederholen',
  request: 'Jemand möchte dir schreiben',
  selectAll: 'Alles auswählen',
  undo: 'Rückgängig',
  view: 'Ansicht',
  window: 'Fenster',
  zoomIn: 'Größer',
  zoomOut: 'Kleiner',
  zoomReset: 'Originalgröße',
  fullScreen: 'Vollbild',
};

/** Main's words in the language somebody chose, else that of the system. @param locale as `app.getLocale()` says it */
export function wordsFor(language: 'system' | 'en' | 'de', locale: string): Words {
  const chosen = language === 'system' ? locale.slice(0, 2).toLowerCase() : language;
  return chosen === 'de' ? de : en;
}
