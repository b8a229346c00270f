// esbuild escapes such a character in a string; in a regular expression it does not.

console.log(/日/.test(process.argv[2] ?? ''));
