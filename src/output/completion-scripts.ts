/** A text in each completion file that this plugin writes. A file without this text is never overwritten. */
export const shimMark = 'Written by kubectl skyports completion';

/**
 * The text that enables completion. For `kubectl`, it is the program `kubectl_complete-skyports`, which kubectl runs.
 * For a shell, it is a script that completes `kubectl-skyports`.
 *
 * @param platform `process.platform`; on Windows, kubectl runs a .cmd file
 */
export function completionScript(target: keyof typeof scripts, platform: string): string {
  return target === 'kubectl' && platform === 'win32' ? windowsShim : scripts[target];
}

const posixShim = `#!/bin/sh
# ${shimMark}: kubectl runs this to complete "kubectl skyports".
exec kubectl-skyports __complete "$@" 2>/dev/null
`;

const windowsShim = `@rem ${shimMark}: kubectl runs this to complete "kubectl skyports".\r
@kubectl-skyports __complete %* 2>nul\r
`;

// Bash also splits words at = and :. So the script joins the parts of each word. From each candidate, it removes the
// part that is already on Bash's line.
const bash = `# ${shimMark}.
_kubectl_skyports() {
  local word words=() glued=0 line directive=0
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if ((\${#words[@]})) && { [[ $word == [=:] ]] || ((glued)); }; then
      words[-1]+=$word
    else
      words+=("$word")
    fi
    [[ $word == [=:] ]] && glued=1 || glued=0
  done
  ((\${#words[@]})) || words=('')
  local current=\${COMP_WORDS[COMP_CWORD]} typed=\${words[-1]}
  [[ $current == [=:] ]] && current=''
  local before=\${typed%"$current"}
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :*) directive=\${line#:} ;;
      *)
        line=\${line%%$'\\t'*}
        line=\${line#"$before"}
        printf -v line %q "$line"
        COMPREPLY+=("$line")
        ;;
    esac
  done < <("\${COMP_WORDS[0]}" __complete "\${words[@]}" 2>/dev/null)
  ((directive & 2)) && compopt -o nospace
  ((directive & 4)) || compopt -o default
}
complete -F _kubectl_skyports kubectl-skyports
`;

const zsh = `#compdef kubectl-skyports
# ${shimMark}.
_kubectl_skyports() {
  local line tab=$'\\t' directive=0 options=()
  local -a values shown
  for line in "\${(@f)$("\${words[1]}" __complete "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == :* ]]; then
      directive=\${line#:}
    elif [[ -n $line ]]; then
      values+=("\${line%%$tab*}")
      shown+=("\${line/$tab/  -- }")
    fi
  done
  [[ $PREFIX == -*=* ]] && compset -P '*='
  (( directive & 2 )) && options+=(-S '')
  (( \${#values} )) && compadd "\${options[@]}" -l -d shown -- "\${values[@]}"
  (( directive & 4 )) || _files
}
if [[ $funcstack[1] == _kubectl_skyports ]]; then
  _kubectl_skyports
else
  compdef _kubectl_skyports kubectl-skyports
fi
`;

const fish = `# ${shimMark}.
function __kubectl_skyports_complete
  set -l words (commandline -opc)
  set -l typed (commandline -ct)
  set -l before (string match -r -- '^-[^=]*=' $typed)
  set -l lines ($words[1] __complete $words[2..-1] "$typed" 2>/dev/null)
  set -l directive 0
  for line in $lines
    if string match -qr '^:' -- $line
      set directive (string sub -s 2 -- $line)
    else
      echo "$before$line"
    end
  end
  if test (math "bitand($directive, 4)") -eq 0
    __fish_complete_path $typed
  end
end
complete -c kubectl-skyports -e
complete -c kubectl-skyports -f -a '(__kubectl_skyports_complete)'
`;

const powershell = `# ${shimMark}.
Register-ArgumentCompleter -Native -CommandName kubectl-skyports -ScriptBlock {
  param($typed, $line, $cursor)
  $words = @($line.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursor } | ForEach-Object { "$_" })
  $found = & kubectl-skyports __complete @words "$typed" 2>$null
  foreach ($each in $found) {
    if ($each.StartsWith(':')) { continue }
    $value, $text = $each -split "\`t", 2
    if (-not $text) { $text = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $text)
  }
}
`;

const scripts = { kubectl: posixShim, bash, zsh, fish, powershell } as const;
