/** A promise that is settled from outside; `Promise.withResolvers` is not in Node.js 20. */
export class Deferred<T> {
  readonly promise: Promise<T>;
  resolve!: (value: T) => void;
  reject!: (error: unknown) => void;

  constructor() {
    this.promise = new Promise<T>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // A rejection that nobody waits for must not end the process.
    this.promise.catch(() => undefined);
  }
}
