const waiting = new WeakMap<Request, () => void>();

/** Calls back just before the request is answered, well or not. */
export function beforeAnswer(request: Request, tell: () => void): void {
  waiting.set(request, tell);
}

export function aboutToAnswer(request: Request): void {
  waiting.get(request)?.();
  waiting.delete(request);
}
