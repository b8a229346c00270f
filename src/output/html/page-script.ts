/**
 * The script of the page. It shows the copy buttons, which need a script, and copies the command beside a button. A page
 * from disk has the clipboard in current browsers. In others, the command is selected for the copy keys.
 */
export const pageScript = `'use strict';
const said = document.getElementById('said');
for (const button of document.querySelectorAll('button.copy')) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    const code = button.previousElementSibling;
    let copied = false;
    try {
      await navigator.clipboard.writeText(code.textContent);
      copied = true;
    } catch {
      const range = document.createRange();
      range.selectNodeContents(code);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      copied = document.execCommand('copy');
    }
    button.textContent = copied ? 'Copied' : 'Selected';
    said.textContent = copied ? 'The command is copied.' : 'The command is selected. Press the keys that copy.';
    setTimeout(() => { button.textContent = 'Copy'; said.textContent = ''; }, 2000);
  });
}
`;
