import { WhyStack } from "./whyStack.ts";

/** Some stacks, each of which one fault at a time has. */
export class Lanes {
  readonly #free: WhyStack[] = [];
  readonly #waiting: ((stack: WhyStack) => void)[] = [];
  readonly #all: WhyStack[] = [];

  /** Makes stacks in namespaces of this name; the others take the image of the first. */
  async open(name: string, number: number): Promise<void> {
    const first = await WhyStack.make(name);
    const rest = Array.from({ length: number - 1 }, (_, k) => `${name}-${String(k + 2)}`);
    this.#all.push(first);
    const made = rest.map((namespace) => WhyStack.make(namespace, first.image));
    for (const one of await Promise.all(made)) this.#all.push(one);
    this.#free.push(...this.#all);
  }

  /** Lends a stack that is well to `work`; it is made well again when that fails. */
  async use<T>(work: (stack: WhyStack) => Promise<T>): Promise<T> {
    const stack =
      this.#free.pop() ?? (await new Promise<WhyStack>((take) => this.#waiting.push(take)));
    try {
      return await work(stack);
    } catch (error) {
      await stack.restore().catch(() => undefined);
      throw error;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(stack);
      else next(stack);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map(({ checkout }) => checkout.remove()));
  }
}
