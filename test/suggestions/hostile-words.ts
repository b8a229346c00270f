/** Values as a user, a kubeconfig or a cluster may have them, each of which some shell reads otherwise unless it is quoted. */
export const hostileWords = [
  ...['a b', '$(touch x)', '`touch x`', 'a;b', "a'b", 'a"b', 'a\\b', 'a\\', '-n', '~', '*', '!x', '#x', '=x'],
  // Values that look like the end of one command and the begin of the next, or like a flag of the connection.
  ...['a && kubectl get b', 'a --context b', "'; touch x; '"],
];

/** Values that no shell takes on one line. */
export const unpastable = ['a\nb', 'a\n', '\na'];
