// What a user can do in a mode that cannot ask callers for a password.
export const withOwnKey = "let the app ask callers itself: --api-key of vLLM and SGLang, Jupyter's token";
export const withPassword = 'add --mode ingress: an ingress controller can ask for a password';
export const withForward = 'leave the port closed, and use "kubectl skyports forward"';
