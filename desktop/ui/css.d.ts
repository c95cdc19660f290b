// What an import of a style sheet gives: the names of its classes, as the build renames them.
declare module '*.module.css' {
  const classes: Readonly<Record<string, string>>;
  // biome-ignore lint/style/noDefaultExport: this is how the build gives them
  export default classes;
}
declare module '*.css';
