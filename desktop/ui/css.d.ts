// What an import of a style sheet gives: the names of its classes, as the build renames them.
declare module '*.module.css' {
  const classes: Readonly<Record<string, string>>;

  export { classes as default };
}
declare module '*.css';
