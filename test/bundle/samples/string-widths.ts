// Prints the widths that string-width finds, of text as it may stand in a table or in help.

import stringWidth from 'string-width';

const texts = [
  '',
  'kubectl skyports',
  'tab\there',
  'line\nbreak',
  'naïve café',
  'cafe\u0301',
  '日本語',
  'ﾊﾝｶｸ',
  '한국어',
  'ελληνικά',
  'עברית',
  'हिन्दी',
  '🚀',
  '👨‍👩‍👧',
  '🇩🇪',
  '1\uFE0F\u20E3',
  '❤',
  '❤\uFE0F',
  'zero\u200Bwidth',
  '\u001b[31mred\u001b[39m',
  '\u001b]8;;https://example.com\u0007link\u001b]8;;\u0007',
  '\u0000\u0007',
  '…–—“”',
];
for (const text of texts) console.log(JSON.stringify(text), stringWidth(text));
