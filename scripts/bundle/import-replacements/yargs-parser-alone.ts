// Replaces the import of lib/platform-shims/esm.mjs in yargs 18.2's helpers.mjs. It gives yargs access to the machine.
//
// Why: it imports cliui, string-width and y18n, and reads files next to the executable. They are two thirds of yargs.
// Safe because: of the helpers, only `applyExtends` needs it, for configuration files that extend others. The plugin
// uses only `Parser`.
// Remove when: yargs exports its parser alone.

export default {};
