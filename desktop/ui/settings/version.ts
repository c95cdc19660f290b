// Which Sotto this is. A test holds it to package.json.

/** The version of this page. */
export const VERSION = '0.1.0';
